"""A firewall or protection agent inside the guest shut the traffic out."""

from bot.model.cause import Cause, Settle, Side
from bot.model.exclusion import ONLY_LOSES

CAUSE = Cause(
    id="guest.firewall_drops",
    side=Side.GUEST,
    claim=("A firewall or protection agent inside the guest drops the packets. Have its owner lift the block."),
    requires=(("reported.guest.firewall_drops", "icmp.only_echoes_lost"),),
    expects={
        "icmp.only_echoes_lost": 1.5,
        "reported.guest.firewall_drops": 3.5,
        "reported.scope.some_protocols": 1.5,
        "reported.onset.guest_change": 1.5,
    },
    excluded_by={
        **ONLY_LOSES,
        "arp.answers_only_broadcasts": "A guest's firewall lets no ARP through that it drops when it comes alone.",
    },
    settle=Settle(
        do=("Inside the guest read the firewall's drop counters or its log while somebody pings the address."),
        who="whoever runs the guest",
    ),
    source="RFC 1122 section 3.2.2.6; Linux netfilter counters",
)
