"""The VM stood still during a snapshot or a move for longer than its peers wait."""

from bot.model.cause import Cause, Settle, Side
from bot.model.exclusion import ONLY_LOSES

CAUSE = Cause(
    id="hypervisor.long_stun",
    side=Side.HYPERVISOR,
    claim=(
        "The host paused the VM for longer than its peers wait. Shorten the pause: smaller or fewer "
        "snapshots, faster storage."
    ),
    requires=("reported.host.long_stun",),
    expects={
        "reported.host.long_stun": 3.0,
        "reported.onset.host_change": 1.0,
    },
    excluded_by=dict(ONLY_LOSES),
    settle=Settle(
        do=("Compare the stop times in the VM's log with the minutes of the loss."),
        who="the virtualization team",
    ),
    source="Broadcom KB 1002836 (snapshot stun times in vmware.log)",
)
