"""A DHCP server gave one address to two machines."""

from bot.model.cause import Cause, Settle, Side
from bot.model.exclusion import VM_NOT_THERE

CAUSE = Cause(
    id="network.dhcp_leased_twice",
    side=Side.NETWORK,
    claim=("The DHCP service leased one address twice, or not at all. Correct its pools, then renew the leases."),
    requires=(("reported.dhcp.leased_twice", "reported.dhcp.failed"),),
    expects={
        "reported.dhcp.leased_twice": 3.0,
        "reported.dhcp.failed": 1.0,
        "reported.onset.network_change": 1.5,
    },
    excluded_by={
        **VM_NOT_THERE,
        "owner.macs_on_one_vm": "One VM has both MACs.",
        "owner.macs_on_several_vms": "Two VMs carry the address at this moment, whoever gave it to them.",
    },
    settle=Settle(
        do=("List the leases of this address on every DHCP server with their client identifiers and times."),
        who="whoever keeps the address plan",
    ),
    source="RFC 2131 section 3.1",
)
