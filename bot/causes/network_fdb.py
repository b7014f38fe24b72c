"""A switch goes on sending to the port that a MAC has left, though it has heard it at its new one."""

from bot.model.cause import Cause, Settle, Side
from bot.model.exclusion import ONLY_LOSES

CAUSE = Cause(
    id="network.fdb_kept_old_port",
    side=Side.NETWORK,
    claim=(
        "A switch sends what is for this MAC to a port that does not lead to it, and did not learn better when the "
        "machine spoke. Clear that MAC table entry."
    ),
    requires=(
        (
            "tables.fdb.kept_wrong_port",
            "tables.fdb.old_port",
        ),
    ),
    expects={
        "tables.fdb.kept_wrong_port": 3.0,
        "tables.fdb.old_port": 1.0,
        "arp.answers_only_broadcasts": 1.5,
        "icmp.routed_loss": 1.0,
        "icmp.target_loss": 0.5,
        "vcenter.moves.loss_heals_after_each": 0.5,
    },
    excluded_by=dict(ONLY_LOSES),
    settle=Settle(
        do="On that switch clear the entry of this MAC; it must come back at the port of its host within a second.",
        who="the network team",
    ),
    source="IEEE 802.1Q-2022 sections 8.7 and 8.8.3 (learning and ageing)",
)
