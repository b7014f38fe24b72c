"""The virtual port has no link under a vNIC that is plugged in."""

from bot.model.cause import Cause, Settle, Side
from bot.model.exclusion import VM_NOT_THERE

CAUSE = Cause(
    id="hypervisor.port_link_down",
    side=Side.HYPERVISOR,
    claim=(
        "The vNIC is plugged in, but its port on the virtual switch has no link. Give the vNIC another port, or move "
        "the VM."
    ),
    requires=("vcenter.port_link_down",),
    expects={"vcenter.port_link_down": 4.0},
    excluded_by={
        **VM_NOT_THERE,
        "arp.target_answers": "A port without a link lets no answer out.",
        "icmp.target_answers": "A port without a link lets no answer out.",
    },
    settle=Settle(
        do=("Look in vCenter at the port's status, and in the switch's events since when it has no link."),
        who="the virtualization team",
    ),
    source="vSphere API DVPortStatus.linkUp",
)
