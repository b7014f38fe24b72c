"""One guest gives one address two MACs: a bonding or clustering agent gone wrong, or ARP flux.

From outside the two look alike, and both are cured in the same place, so they are one cause.
"""

from bot.model.cause import Cause, Settle, Side
from bot.model.exclusion import SEVERAL_MACS_BY_DESIGN

CAUSE = Cause(
    id="guest.bonding_agent_answers_with_two_macs",
    side=Side.GUEST,
    claim=(
        "The guest does this itself: a crashed bonding or clustering agent, or ARP flux. Restart the agent "
        "(or fix arp_ignore and arp_announce) in the guest, then clear the ARP entry of this address from the "
        "core router down."
    ),
    requires=(("owner.macs_on_one_vm", "reported.arp.two_macs_and_loss"),),
    expects={
        "reported.arp.two_macs_and_loss": 3.0,
        "reported.guest.agent_faulty": 3.0,
        "guest.agent_ended": 2.0,
        "guest.address_on_two_macs": 2.0,
        "arp.two_answers_per_request": 3.0,
        "arp.two_answers_repeatedly": 4.0,
        "arp.claims_interleave": 2.0,
        "arp.sender_differs_from_frame": 2.0,
        "icmp.loss_depends_on_mac": 3.0,
    },
    excluded_by={
        **SEVERAL_MACS_BY_DESIGN,
        "owner.macs_on_several_vms": "One guest alone would not use the MAC of another VM.",
        "arp.target_silent": "Nobody answers at all, so nobody answers in its place.",
    },
    settle=Settle(
        do=(
            "Inside the guest read /proc/net/bonding/*, ip -br addr, ip neigh and sysctl "
            "net.ipv4.conf.all.arp_ignore, and look whether the bonding or clustering agent runs."
        ),
        who="whoever runs the guest",
    ),
    source=(
        "Linux Documentation/networking/bonding.rst (balance-alb) and ip-sysctl.rst (arp_ignore, arp_announce); RFC 826"
    ),
)
