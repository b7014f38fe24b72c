"""A device outside every vCenter answers for a VM's address."""

from bot.model.cause import Cause, Settle, Side
from bot.model.exclusion import SEVERAL_MACS_BY_DESIGN

CAUSE = Cause(
    id="network.foreign_device_claims_ip",
    side=Side.NETWORK,
    claim=(
        "A device that is no VM answers for the VM's address. Find the switch port of this MAC and unplug or "
        "renumber the device, after asking who has the address by right."
    ),
    requires=(
        "owner.mac_unknown_everywhere",
        "owner.target_vm_known",
        "arp.several_macs_claim",
    ),
    expects={
        "reported.arp.conflict_noticed": 1.0,
        "owner.mac_unknown_everywhere": 1.5,
        "owner.software_mac_unknown": 1.0,
        "arp.two_answers_per_request": 2.5,
        "arp.two_answers_repeatedly": 3.0,
        "arp.claims_interleave": 2.5,
        "arp.claims_unasked_again_and_again": 2.5,
        "path.relay_claims_target": 2.5,
        "arp.every_claimant_answers_probe": 2.0,
    },
    excluded_by={
        **SEVERAL_MACS_BY_DESIGN,
        "owner.every_mac_on_a_vm": "No foreign device is involved.",
        "arp.proxy_answers": "A router answering for others is not a device with the same address.",
        "owner.mac_on_host_nic": "An ESXi host is not a foreign device.",
        "arp.target_silent": "Nobody answers at all, so nobody answers in its place.",
    },
    settle=Settle(
        do=(
            "Look up in the MAC address table of the switches on which port the foreign MAC is learned, and what "
            "is plugged in there."
        ),
        who="the network team",
    ),
    source="RFC 5227 section 2.4; RFC 826",
)
