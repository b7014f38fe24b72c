"""A VMkernel or physical interface of an ESXi host has the address of a VM."""

from bot.model.cause import Cause, Settle, Side
from bot.model.exclusion import SEVERAL_MACS_BY_DESIGN

CAUSE = Cause(
    id="hypervisor.host_interface_claims_ip",
    side=Side.HYPERVISOR,
    claim=("An ESXi host uses the VM's address on one of its own interfaces. Correct whichever of the two is wrong."),
    requires=(
        ("owner.mac_on_host_nic", "reported.arp.mac_of_host"),
        ("owner.target_vm_known", "reported.arp.mac_of_host"),
        ("arp.several_macs_claim", "reported.arp.mac_of_host"),
    ),
    expects={
        "reported.arp.mac_of_host": 3.0,
        "owner.mac_on_host_nic": 1.5,
        "arp.two_answers_per_request": 2.5,
        "arp.two_answers_repeatedly": 3.0,
        "arp.claims_interleave": 2.5,
    },
    excluded_by={
        "owner.every_mac_on_a_vm": "No host interface is involved.",
        **SEVERAL_MACS_BY_DESIGN,
        "owner.mac_unknown_everywhere": "No host interface has this MAC.",
        "arp.target_silent": "Nobody answers at all, so nobody answers in its place.",
    },
    settle=Settle(
        do=(
            "In vCenter look at the VMkernel adapters of that host, and in the address plan at who has the "
            "address by right."
        ),
        who="the virtualization team",
    ),
    source="vSphere API HostVirtualNicSpec.ip; RFC 5227 section 2.4",
)
