"""A router answers ARP for a VM's address and so competes with the VM."""

from bot.model.cause import Cause, Settle, Side
from bot.model.exclusion import SEVERAL_MACS_BY_DESIGN

CAUSE = Cause(
    id="network.proxy_arp_answers",
    side=Side.NETWORK,
    claim=(
        "A router answers ARP on behalf of this VM (proxy ARP) and takes packets away from it. Switch proxy "
        "ARP off on that router interface."
    ),
    requires=(
        "arp.proxy_answers",
        "owner.target_vm_known",
        "arp.several_macs_claim",
    ),
    expects={
        "arp.two_answers_per_request": 1.0,
        "arp.two_answers_repeatedly": 1.0,
        "icmp.target_loss": 3.0,
        "icmp.loss_depends_on_mac": 3.0,
    },
    excluded_by={
        "owner.every_mac_on_a_vm": "Every answer comes from a VM, so no router answers in its place.",
        **SEVERAL_MACS_BY_DESIGN,
        "arp.target_silent": "Nobody answers at all, so nobody answers in its place.",
    },
    settle=Settle(
        do=(
            "On the router read whether proxy ARP is on for the interface on this segment (show ip interface), "
            "and why it has a route to this address elsewhere."
        ),
        who="the network team",
    ),
    source="RFC 1027; Linux net/ipv4/arp.c arp_process()",
)
