"""The vNIC that carries the address is unplugged in the VM's settings."""

from bot.model.cause import Cause, Settle, Side

CAUSE = Cause(
    id="hypervisor.vnic_disconnected",
    side=Side.HYPERVISOR,
    claim=(
        "The vNIC is unplugged in the VM's settings. Tick Connected for it in vCenter, and find out in the "
        "VM's events who unticked it."
    ),
    requires=(("vcenter.vnic_disconnected", "reported.host.vnic_unplugged"),),
    expects={
        "reported.host.vnic_unplugged": 4.0,
        "vcenter.vnic_disconnected": 4.0,
        "arp.target_silent": 1.0,
    },
    excluded_by={
        "arp.target_answers": "An unplugged vNIC lets no answer out.",
        "icmp.target_answers": "An unplugged vNIC lets no answer out.",
    },
    settle=Settle(
        do="In vCenter look at Connected of the VM's network adapter, and at the VM's recent events.",
        who="the virtualization team",
    ),
    source="vSphere API VirtualDeviceConnectInfo.connected",
)
