"""A VM sends what floods the segment or makes a switch shut its port."""

from bot.model.cause import Cause, Settle, Side
from bot.model.exclusion import ONLY_LOSES

CAUSE = Cause(
    id="guest.vm_floods_segment",
    side=Side.GUEST,
    claim=(
        "A VM floods the segment, or sends what made the switch shut the port. Find the VM by the frames' "
        "source, stop it, then enable the port again."
    ),
    requires=(
        (
            "reported.capture.vm_made_switch_shut_port",
            "reported.capture.vm_talks_wildly",
            "vcenter.guest.floods",
        ),
    ),
    expects={
        "vcenter.guest.floods": 1.5,
        "reported.capture.vm_made_switch_shut_port": 3.0,
        "reported.capture.vm_talks_wildly": 3.0,
        "reported.switch.flooded": 1.0,
    },
    excluded_by=dict(ONLY_LOSES),
    settle=Settle(
        do=("Count the frames by source MAC on the uplink for ten seconds, and look the loudest up in vCenter."),
        who="the network team",
    ),
    source="IEEE 802.1Q-2022 clause 13 (BPDUs come from bridges alone)",
)
