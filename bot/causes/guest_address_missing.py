"""The guest lacks the address, or has another one."""

from bot.model.cause import Cause, Settle, Side
from bot.model.exclusion import ONLY_LOSES

CAUSE = Cause(
    id="guest.address_missing",
    side=Side.GUEST,
    claim=("The guest does not carry the address. Configure it again, and find out what took it away."),
    requires=(("guest.address_gone", "reported.guest.address_missing"),),
    expects={
        "guest.address_gone": 3.0,
        "arp.target_silent": 1.0,
        "reported.guest.address_missing": 4.0,
        "reported.onset.guest_change": 1.5,
        "reported.scope.guest_attribute": 1.5,
    },
    excluded_by={
        **ONLY_LOSES,
        "arp.target_answers": "Somebody has the address and answers.",
        "icmp.target_answers": "Somebody has the address and answers.",
    },
    settle=Settle(
        do=("Open the VM's console and list its addresses: is this one there, and on the right interface?"),
        who="whoever runs the guest",
    ),
    source="RFC 1122 section 3.3.1.6",
)
