"""A switch hears the target's MAC on a port behind which its VM is not: another machine sends with it, or a loop."""

from bot.model.cause import Cause, Settle, Side
from bot.model.exclusion import ONLY_LOSES

CAUSE = Cause(
    id="network.mac_flaps_between_ports",
    side=Side.NETWORK,
    claim=(
        "A MAC of this address comes in by a port behind which its VM is not: another machine sends with it, or a loop "
        "brings its frames back. Follow that port."
    ),
    requires=(("tables.fdb.flaps_elsewhere",),),
    expects={
        "tables.fdb.flaps_elsewhere": 3.0,
        "segment.own_frames_return": 1.0,
        "arp.answers_only_broadcasts": 1.0,
        "icmp.target_loss": 1.0,
        "reported.switch.mac_flaps": 0.5,
    },
    excluded_by=dict(ONLY_LOSES),
    settle=Settle(
        do="Follow the other port of that MAC, switch by switch, to the machine or the loop behind it.",
        who="the network team",
    ),
    source="IEEE 802.1Q-2022 section 8.7 (a station is where it was heard last)",
)
