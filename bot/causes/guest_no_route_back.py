"""The guest answers its own segment but not others: wrong gateway, netmask or firewall."""

from bot.model.cause import Cause, Settle, Side
from bot.model.exclusion import LOST_ON_ITS_SEGMENT

CAUSE = Cause(
    id="guest.no_route_back",
    side=Side.GUEST,
    claim=("The guest answers on its own segment but not to others: check its default gateway, netmask and firewall."),
    requires=(("icmp.routed_loss", "reported.guest.route_wrong"),),
    expects={
        "reported.guest.route_wrong": 3.5,
        "reported.scope.routed_only": 1.0,
        "icmp.routed_loss": 1.5,
    },
    excluded_by={
        **LOST_ON_ITS_SEGMENT,
        "arp.two_answers_per_request": "A second answer on the segment itself is no matter of routes.",
        "vcenter.vnic_disconnected": "The guest is unplugged.",
        "vcenter.vm_powered_off": "The guest is off.",
        "arp.target_silent": "The guest does not even answer on its own segment.",
    },
    settle=Settle(
        do="Inside the guest read ip route and ip addr: is the default gateway right, and the netmask?",
        who="whoever runs the guest",
    ),
    source="RFC 1122 section 3.3.1",
)
