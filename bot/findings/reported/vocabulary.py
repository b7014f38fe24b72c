"""What people can report, and what it establishes. One row, one finding; the ids are a public contract.

The piece before the last dot is the family: reports of one family are correlated and count once. A row here says
nothing about blame: that is the business of the causes, and many rows are expected by none on purpose. A stale ARP
entry, a link that is down, a MAC that flaps, a move and a restart that helped are found on every side alike.
"""

from bot.findings.reported.word import Word

_NO_VALUE = ""

ADDRESSES = (
    Word(
        "reported.arp.macs_of_one_vm", "Two MACs of one machine claim the address.", {"arp_claims": ("same_vm_vnics",)}
    ),
    Word(
        "reported.arp.mac_of_another_vm",
        "The MAC of another virtual machine claims the address.",
        {"arp_claims": ("other_vm",)},
    ),
    Word(
        "reported.arp.mac_of_cluster_peer",
        "The MAC of another node of the same cluster claims the address.",
        {"arp_claims": ("cluster_peer",)},
    ),
    Word(
        "reported.arp.mac_of_host",
        "The MAC of a virtualization host claims the address.",
        {"arp_claims": ("host_nic",)},
    ),
    Word(
        "reported.arp.mac_of_network_device",
        "The MAC of a router, firewall or switch claims the address.",
        {"arp_claims": ("router_or_firewall", "switch_mac"), "ip_conflict_event": ("router_or_firewall", "switch_mac")},
    ),
    Word(
        "reported.arp.owner_unknown",
        "A MAC claims the address that nobody could trace to a machine.",
        {"arp_claims": ("orphan_mac", "unknown", _NO_VALUE)},
    ),
    Word(
        "reported.arp.shared_by_design",
        "A virtual MAC claims the address, as routers share it.",
        {"arp_claims": ("virtual_mac",)},
    ),
    Word("reported.arp.conflict_noticed", "The guest reports an address conflict.", {"ip_conflict_event": ()}),
    Word("reported.arp.no_reply", "ARP requests for the address stay unanswered.", {"arp_no_reply": ()}),
    Word(
        "reported.arp.router_stale",
        "A router or peer keeps a MAC for the address that is no longer right.",
        {"router_arp_stale": ()},
    ),
    Word("reported.arp.router_missing", "The router has no ARP entry for the address.", {"router_arp_missing": ()}),
    Word(
        "reported.arp.router_right", "The router has the right ARP entry while packets are lost.", {"router_arp_ok": ()}
    ),
    Word(
        "reported.arp.router_changes", "The router's ARP entry for the address alternates.", {"router_arp_changes": ()}
    ),
    Word("reported.arp.announced", "A correct announcement of the address was captured.", {"garp_sent": ("correct",)}),
    Word(
        "reported.arp.announced_wrongly",
        "An announcement of the address came from the wrong node or with the wrong MAC.",
        {"garp_sent": ("wrong_node", "wrong_mac", "wrong_target")},
    ),
    Word(
        "reported.arp.not_announced",
        "A capture shows that nobody announced the address when it moved.",
        {"garp_not_sent": ()},
    ),
    Word("reported.dhcp.failed", "The guest got no address by DHCP.", {"dhcp": ("failed",)}),
    Word("reported.dhcp.same_client", "Two guests ask DHCP with one client identifier.", {"dhcp": ("same_client_id",)}),
    Word("reported.dhcp.leased_twice", "DHCP gave one address to two machines.", {"dhcp": ("double_lease",)}),
    Word(
        "reported.fdb.wrong",
        "A switch's MAC table has the MAC on the wrong port or not at all.",
        {"switch_fdb": ("wrong_port", "missing")},
    ),
    Word("reported.fdb.right", "The switches' MAC tables are right.", {"switch_fdb": ("ok",)}),
)

GUEST = (
    Word("reported.guest.duplicate_ip", "Two machines are configured with the address.", {"guest_duplicate_ip": ()}),
    Word(
        "reported.guest.vip_on_several_nodes",
        "Several nodes of the cluster carry the shared address.",
        {"guest_vip_on_multiple_nodes": ()},
    ),
    Word(
        "reported.guest.agent_faulty",
        "The clustering or bonding agent in the guest is in a wrong state.",
        {
            "guest_agent_state": (
                "claims_active",
                "role_flap",
                "announce_failed",
                "excluded",
                "not_taking_over",
                "crashed",
                "interface_failed",
                "foreign_advert",
            )
        },
    ),
    Word("reported.guest.address_missing", "The guest does not have the address.", {"guest_ip_missing": ()}),
    Word(
        "reported.guest.nic_misconfigured",
        "The guest's network interface is configured wrongly.",
        {"guest_nic_misconfig": ()},
    ),
    Word("reported.guest.route_wrong", "A route in the guest is missing, stale or in the way.", {"guest_route": ()}),
    Word("reported.guest.firewall_drops", "A firewall inside the guest shut the traffic out.", {"guest_firewall": ()}),
    Word("reported.guest.receive_errors", "The guest counts receive errors.", {"guest_counters": ()}),
    Word(
        "reported.guest.local_symptom", "Programs in the guest complain about the network.", {"guest_local_symptom": ()}
    ),
    Word("reported.guest.looks_well", "Inside the guest everything looks well.", {"guest_log_ok": ()}),
    Word("reported.bond.members", "The MACs belong to the members of one bond.", {"guest_bonding_mode": ()}),
)

NETWORK = (
    Word(
        "reported.switch.port_vlan_wrong",
        "The switch port's VLANs or mode differ from the healthy ports'.",
        {"switch_port_vlan_mismatch": ()},
    ),
    Word("reported.switch.port_shut", "A switch has shut the port to protect itself.", {"switch_port_errdisabled": ()}),
    Word("reported.switch.fault_logged", "A switch logged a fault of its own.", {"switch_log_fault": ()}),
    Word(
        "reported.switch.busy", "A switch's control plane was saturated in step with the loss.", {"switch_cpu_high": ()}
    ),
    Word(
        "reported.switch.timers",
        "A switch keeps ARP entries longer than MAC table entries.",
        {"switch_setting": ("arp_gt_mac_timer",)},
    ),
    Word("reported.switch.fabric_fault", "The fabric manager reports a fault on the uplinks.", {"ucs_fault": ()}),
    Word(
        "reported.switch.mac_flaps",
        "A MAC moves between ports again and again.",
        {"mac_flapping_log": (), "switch_fdb": ("flips",)},
    ),
    Word(
        "reported.switch.flooded", "The segment was flooded with broadcast or unknown unicast.", {"storm_broadcast": ()}
    ),
    Word(
        "reported.switch.config_right",
        "The network's configuration was checked and is right.",
        {"network_config_ok": ()},
    ),
)

HYPERVISOR = (
    Word(
        "reported.host.faulty",
        "The host's own networking is broken: driver, service, bridge, flow or filter.",
        {"host_state_fault": ()},
    ),
    Word(
        "reported.host.policy_rejects",
        "The port group rejects foreign MACs, and such frames are in play.",
        {"security_policy_reject": ("policy_setting", _NO_VALUE)},
    ),
    Word(
        "reported.host.port_blocked",
        "The VM's port on the virtual switch is blocked.",
        {"security_policy_reject": ("port_blocked",)},
    ),
    Word("reported.host.vlan_wrong", "The VLAN of the VM's port group is wrong.", {"portgroup_vlan_mismatch": ()}),
    Word("reported.host.teaming_wrong", "The host's teaming does not fit the switch.", {"teaming_mismatch": ()}),
    Word("reported.host.teams_by_ip_hash", "The host balances its uplinks by IP hash.", {"teaming_iphash": ()}),
    Word("reported.host.vnic_unplugged", "The VM's vNIC is unplugged or gone.", {"vnic_disconnected": ()}),
    Word("reported.host.vnic_well", "The VM's vNIC is connected.", {"vnic_ok": ()}),
    Word(
        "reported.host.setting_suspect",
        "A setting of the host's networking was changed or unusual.",
        {"hypervisor_setting": ()},
    ),
    Word(
        "reported.host.same_as_healthy",
        "The host's configuration equals that of healthy hosts.",
        {"hypervisor_config_ok": ()},
    ),
    Word(
        "reported.host.does_not_notify",
        "The virtual switch does not notify the switches of a move.",
        {"notify_switches": ("off",)},
    ),
    Word("reported.host.mac_conflict", "Two vNICs have the same MAC.", {"mac_conflict_event": ()}),
    Word("reported.host.long_stun", "The VM stood still for long during a snapshot or a move.", {"vm_stun_time": ()}),
    Word("reported.uplink.down", "An uplink of the host is down.", {"uplink_down": ()}),
    Word("reported.uplink.flaps", "An uplink of the host loses its link again and again.", {"uplink_flap": ()}),
    Word("reported.uplink.up", "The host's uplinks are up.", {"uplink_ok": ()}),
)

EXPERIMENTS = (
    Word(
        "reported.capture.lost_in_host",
        "Frames leave the VM and never leave the host.",
        {"capture": ("leaves_vm_not_outside",)},
    ),
    Word(
        "reported.capture.unanswered_outside",
        "Requests leave by the uplink and no answer comes back.",
        {"capture": ("leaves_uplink_no_reply",)},
    ),
    Word(
        "reported.capture.lost_between_vms",
        "Frames leave one VM and do not reach the other.",
        {"capture": ("sent_by_vm_a_absent_at_vm_b",)},
    ),
    Word(
        "reported.capture.own_frames_return",
        "The VM's own frames come back in by another uplink.",
        {"capture": ("own_frame_returns_on_uplink",)},
    ),
    Word(
        "reported.capture.vm_talks_wildly",
        "A VM itself sends what floods the segment or alarms the switch.",
        {"capture": ("flood_source_vm_mac", "bpdu_from_vm_mac")},
    ),
    Word(
        "reported.capture.tag_missing",
        "Frames arrive without the VLAN tag that they need.",
        {"capture": ("tag_missing",)},
    ),
    Word(
        "reported.trial.host_setting",
        "Changing one setting of the host changes the outcome.",
        {"ab_test": ("host_setting", "portgroup", "datastore")},
    ),
    Word(
        "reported.trial.fresh_address_works", "A fresh address on the same VM works.", {"ab_test": ("fresh_ip_works",)}
    ),
)

SCOPE = (
    Word(
        "reported.scope.guest_attribute",
        "What the guests run separates the affected from the unaffected.",
        {"affected_group": ()},
        "guest",
    ),
    Word(
        "reported.scope.network_attribute",
        "The switch separates the affected from the unaffected.",
        {"affected_group": ()},
        "network",
    ),
    Word(
        "reported.scope.host_attribute",
        "The host separates the affected from the unaffected.",
        {"affected_group": ()},
        "hypervisor",
    ),
    Word(
        "reported.scope.follows_host", "The loss stays with a host, whatever VM runs there.", {"loss_follows_host": ()}
    ),
    Word("reported.scope.follows_vm", "The loss travels with the VM.", {"loss_follows_vm": ()}),
    Word("reported.scope.follows_uplink", "The loss stays with one uplink.", {"loss_follows_uplink": ()}),
    Word("reported.scope.many_hosts", "Many or all hosts are affected.", {"all_hosts_affected": ()}),
    Word(
        "reported.scope.physical_machines_too",
        "Machines that are not virtual fail as well.",
        {"physical_hosts_affected_too": ()},
    ),
    Word("reported.scope.one_vm", "One VM alone is affected.", {"single_vm_only": ()}),
    Word("reported.scope.one_vlan", "One VLAN alone is affected.", {"only_one_vlan": ()}),
    Word(
        "reported.scope.across_hosts_only",
        "VMs on one host reach each other, across hosts they do not.",
        {"same_host_ok_cross_host_bad": ()},
    ),
    Word(
        "reported.scope.within_a_host_too", "Even VMs on one host do not reach each other.", {"same_host_also_bad": ()}
    ),
    Word(
        "reported.scope.routed_only",
        "The own subnet works, through the router nothing does.",
        {"same_subnet_ok_routed_bad": ()},
    ),
    Word(
        "reported.scope.inbound_only",
        "The VM can open connections but cannot be reached.",
        {"outbound_ok_inbound_bad": ()},
    ),
    Word(
        "reported.scope.hosts_themselves",
        "The hosts themselves do not reach each other.",
        {"host_to_host_ping_bad": ()},
    ),
    Word("reported.scope.some_protocols", "Some protocols or ports work and others do not.", {"protocol_split": ()}),
    Word("reported.scope.large_frames", "Small packets pass and large ones vanish.", {"mtu_blackhole": ()}),
    Word(
        "reported.loss.seen",
        "Packets are lost.",
        {
            "icmp_loss": (
                "all",
                "intermittent",
                "one_direction",
                "after_idle",
                "after_start",
                "until_timeout",
                "until_manual_action",
                "shifting",
                "periodic",
                _NO_VALUE,
            ),
            "loss_after_event": (),
            "loss_after_vmotion": (),
            "loss_follows_host": (),
            "loss_follows_vm": (),
        },
    ),
)

HISTORY = (
    Word(
        "reported.onset.guest_change",
        "It began when the guest's software or configuration changed.",
        {"loss_after_event": ("guest_update", "guest_config_change")},
    ),
    Word(
        "reported.onset.network_change",
        "It began when the network was changed.",
        {"loss_after_event": ("network_change",)},
    ),
    Word(
        "reported.onset.host_change",
        "It began when the virtualization hosts were changed.",
        {
            "loss_after_event": (
                "hypervisor_change",
                "host_hardware_change",
                "vnic_type_change",
                "cross_hypervisor_migration",
            )
        },
    ),
    Word(
        "reported.trigger.moved_or_paused",
        "It began with a live migration, a snapshot or a pause of the VM.",
        {
            "loss_after_vmotion": (),
            "loss_after_event": ("snapshot_stun", "suspend_resume", "clock_jump", "guest_or_stun"),
        },
    ),
    Word(
        "reported.trigger.restarted",
        "It began when a machine was started, restarted, cloned or made anew.",
        {
            "loss_after_event": (
                "reboot",
                "power_cycle",
                "vm_power_on",
                "vm_recreate",
                "clone",
                "planned_shutdown",
                "host_crash",
            )
        },
    ),
    Word(
        "reported.trigger.failed_over",
        "It began with a failover of a cluster or an uplink.",
        {"loss_after_event": ("cluster_failover", "cluster_rejoin", "uplink_failover", "link_bounce", "network_blip")},
    ),
    Word("reported.cure.restart", "A restart in the guest helped for a time.", {"cured_by": ("guest_restart",)}),
    Word(
        "reported.cure.traffic",
        "An announcement, a flushed ARP table or outgoing traffic helped for a time.",
        {"cured_by": ("arp_flush_or_announce", "outbound_traffic")},
    ),
    Word(
        "reported.cure.listening",
        "While somebody captured in promiscuous mode it worked.",
        {"cured_by": ("promiscuous_capture",)},
    ),
    Word(
        "reported.cure.move",
        "Moving the VM helped.",
        {"cured_by": ("move_vm", "failback", "uplink_back", "link_cycle")},
    ),
    Word("reported.cure.revert", "Taking the last change back helped.", {"cured_by": ("revert_change",)}),
    Word(
        "reported.countered.guest", "A repair in the guest changed nothing.", {"countermeasure_no_effect": ("guest",)}
    ),
    Word(
        "reported.countered.network",
        "A repair in the network changed nothing.",
        {"countermeasure_no_effect": ("network",)},
    ),
    Word(
        "reported.countered.hypervisor",
        "A repair on the hosts changed nothing.",
        {"countermeasure_no_effect": ("hypervisor",)},
    ),
)

ALL = (*ADDRESSES, *GUEST, *NETWORK, *HYPERVISOR, *EXPERIMENTS, *SCOPE, *HISTORY)
