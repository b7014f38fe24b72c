"""A router or switch kept an old entry although the new one was told to it."""

from bot.model.cause import Cause, Settle, Side
from bot.model.exclusion import ONLY_LOSES

CAUSE = Cause(
    id="network.table_kept_old_entry",
    side=Side.NETWORK,
    claim=(
        "A router or switch keeps an entry that was replaced. Clear the entry of this address from the core "
        "router down, and align the timers."
    ),
    requires=(
        (
            "arp.answers_only_broadcasts",
            "overheard.echoes_to_unclaimed_mac",
            "tables.arp.kept_though_announced",
            "tables.arp.stale",
            "reported.arp.stale_though_announced",
            "reported.switch.timers",
            "reported.fdb.wrong",
        ),
    ),
    expects={
        "tables.arp.kept_though_announced": 3.0,
        "tables.arp.stale": 1.0,
        "icmp.routed_loss": 1.0,
        "vcenter.moves.loss_heals_after_each": 1.0,
        "arp.answers_only_broadcasts": 2.0,
        "icmp.target_loss": 1.0,
        "overheard.echoes_to_unclaimed_mac": 1.0,
        "reported.arp.stale_though_announced": 2.5,
        "reported.switch.timers": 2.0,
        "reported.fdb.wrong": 1.5,
        "reported.trial.fresh_address_works": 1.5,
        "reported.arp.router_missing": 0.5,
    },
    excluded_by={
        **ONLY_LOSES,
        "tables.arp.corrected_when_told": "The table took the MAC in as soon as somebody told it.",
        "arp.target_silent": "Broadcasts reach everybody whatever a table holds, and nobody answers them.",
    },
    settle=Settle(
        do=(
            "Hop by hop from the core to the host, compare the ARP and MAC table entries and their ages with "
            "the MAC that answers now."
        ),
        who="the network team",
    ),
    source="RFC 826; IEEE 802.1Q-2022 section 8.8.3 (ageing)",
)
