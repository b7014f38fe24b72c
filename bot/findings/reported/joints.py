"""What only reports together say. Each of their parts is found on every side; joined they point to one."""

from bot.findings.reported.word import Joint

ALL = (
    Joint(
        "reported.arp.two_macs_and_loss",
        "Two MACs of one machine claim the address, and packets are lost.",
        all_of=("reported.arp.macs_of_one_vm", "reported.loss.seen"),
    ),
    Joint(
        "reported.arp.two_macs_by_design",
        "Several MACs belong to one machine or one shared address, and no loss is reported.",
        any_of=("reported.arp.macs_of_one_vm", "reported.arp.shared_by_design"),
        none_of=("reported.loss.seen",),
    ),
    Joint(
        "reported.arp.stale_though_announced",
        "A table kept the old MAC although the new one was announced, and no host kept the announcement back.",
        all_of=("reported.arp.router_stale", "reported.arp.announced"),
        none_of=("reported.host.policy_rejects", "reported.capture.lost_in_host", "reported.host.faulty"),
    ),
    Joint(
        "reported.host.kept_announcement_back",
        "The new MAC was announced, and the announcement did not leave the host.",
        all_of=("reported.arp.announced",),
        any_of=("reported.host.policy_rejects", "reported.capture.lost_in_host"),
    ),
    Joint(
        "reported.capture.vm_made_switch_shut_port",
        "A switch shut the port because of what a VM behind it sent.",
        all_of=("reported.switch.port_shut", "reported.capture.vm_talks_wildly"),
    ),
    Joint(
        "reported.uplink.of_many_hosts",
        "Uplinks of several hosts fail at once, or their fabric reports a fault.",
        any_of=("reported.uplink.down", "reported.uplink.flaps"),
        all_of=("reported.scope.many_hosts",),
    ),
    Joint(
        "reported.switch.uplinks_and_fabric",
        "Uplinks fail, and the switches or the fabric above them report a fault.",
        any_of=("reported.switch.fabric_fault", "reported.switch.fault_logged"),
        all_of=("reported.uplink.down",),
    ),
)
