"""Somebody typed a wrong entry into a router's or switch's table, or left a right one behind."""

from bot.model.cause import Cause, Settle, Side
from bot.model.exclusion import ONLY_LOSES

CAUSE = Cause(
    id="network.static_entry_wrong",
    side=Side.NETWORK,
    claim=(
        "A static entry in a router or switch points elsewhere than the machine that answers. It neither ages nor "
        "learns: remove it there."
    ),
    requires=(
        (
            "tables.arp.static_wrong",
            "tables.fdb.static_wrong",
        ),
    ),
    expects={
        "tables.arp.static_wrong": 3.0,
        "tables.fdb.static_wrong": 3.0,
        "arp.answers_only_broadcasts": 1.0,
        "icmp.routed_loss": 1.0,
        "icmp.target_loss": 0.5,
    },
    excluded_by=dict(ONLY_LOSES),
    settle=Settle(
        do="Read who set the entry and why (configuration history), remove it, and check again.",
        who="the network team",
    ),
    source="RFC 1812 section 3.3.2; IEEE 802.1Q-2022 section 8.8.1 (static filtering entries)",
)
