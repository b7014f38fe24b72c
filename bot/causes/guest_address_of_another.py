"""A guest was given an address that a machine outside the guests has by right."""

from bot.model.cause import Cause, Settle, Side
from bot.model.exclusion import SEVERAL_MACS_BY_DESIGN

CAUSE = Cause(
    id="guest.address_belongs_to_another",
    side=Side.GUEST,
    claim=(
        "The VM may have been given an address that belongs to somebody else. Ask who has it by right before "
        "changing either."
    ),
    requires=(
        "arp.several_macs_claim",
        "owner.target_vm_known",
    ),
    expects={
        "owner.mac_unknown_everywhere": 1.0,
        "owner.mac_on_host_nic": 1.0,
        "owner.software_mac_unknown": 1.0,
    },
    excluded_by={
        **SEVERAL_MACS_BY_DESIGN,
        "owner.every_mac_on_a_vm": "Nobody but VMs claims the address.",
        "arp.proxy_answers": "A router that answers for others does not own the address.",
        "arp.target_silent": "Nobody answers at all, so nobody answers in its place.",
    },
    settle=Settle(
        do="Look up in the address plan (IPAM, DHCP leases) who has this address by right.",
        who="whoever keeps the address plan",
    ),
    source="RFC 5227 section 2.4",
)
