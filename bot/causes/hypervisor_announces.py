"""A host announces a MAC without end."""

from bot.model.cause import Cause, Settle, Side
from bot.model.exclusion import ONLY_LOSES

CAUSE = Cause(
    id="hypervisor.announces_without_end",
    side=Side.HYPERVISOR,
    claim=(
        "The host floods the segment with notices of where a MAC is. Patch it, and until then look which guest joins "
        "multicast groups or changes its MAC."
    ),
    requires=("arp.rarp_notice_storm",),
    expects={
        "arp.rarp_notice_storm": 3.0,
        "reported.switch.flooded": 1.0,
        "reported.switch.mac_flaps": 0.5,
        "reported.scope.follows_host": 1.0,
    },
    excluded_by=dict(ONLY_LOSES),
    settle=Settle(
        do="Read the host's build, and whether its release notes name excessive RARP broadcasts.",
        who="the virtualization team",
    ),
    source="ESXi 5.0 Update 1 release notes (excessive RARP broadcasts); Broadcom KB 343401 (at most about eight)",
)
