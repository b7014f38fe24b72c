"""The segment is flooded: a loop, or a table too small."""

from bot.model.cause import Cause, Settle, Side
from bot.model.exclusion import ONLY_LOSES

CAUSE = Cause(
    id="network.storm",
    side=Side.NETWORK,
    claim=("The segment is flooded. Find the loop or the port that the flood enters by, and shut it."),
    requires=(
        (
            "segment.own_frames_return",
            "segment.arp_flood",
            "arp.answers_doubled",
            "reported.switch.flooded",
            "vcenter.uplink.flooded",
        ),
    ),
    expects={
        "vcenter.uplink.flooded": 1.5,
        "segment.own_frames_return": 3.0,
        "segment.arp_flood": 1.5,
        "arp.answers_doubled": 1.0,
        "reported.switch.flooded": 1.5,
        "reported.switch.busy": 3.0,
        "reported.scope.physical_machines_too": 2.0,
        "reported.switch.mac_flaps": 1.0,
        "reported.scope.many_hosts": 1.5,
    },
    excluded_by=dict(ONLY_LOSES),
    settle=Settle(
        do=(
            "Read broadcast and unknown-unicast counters of all ports of the segment twice, ten seconds "
            "apart: by which port does it enter?"
        ),
        who="the network team",
    ),
    source="IEEE 802.1Q-2022 clause 13 (loop prevention)",
)
