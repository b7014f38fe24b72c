"""The address came to another MAC and the guest told nobody."""

from bot.model.cause import Cause, Settle, Side
from bot.model.exclusion import ONLY_LOSES

CAUSE = Cause(
    id="guest.address_never_announced",
    side=Side.GUEST,
    claim=(
        "The guest took the address over without announcing it, so tables keep the old MAC. Let it send a "
        "gratuitous ARP, and make its agent do so at every take-over."
    ),
    requires=(("overheard.echoes_to_unclaimed_mac", "tables.arp.stale", "reported.arp.not_announced"),),
    expects={
        "overheard.echoes_to_unclaimed_mac": 1.0,
        "tables.arp.stale": 1.0,
        "tables.arp.corrected_when_told": 1.0,
        "arp.moved_unannounced": 3.0,
        "icmp.routed_loss": 1.5,
        "reported.arp.not_announced": 3.0,
        "reported.onset.guest_change": 1.0,
        "reported.guest.agent_faulty": 2.0,
    },
    excluded_by={
        **ONLY_LOSES,
        "tables.arp.kept_though_announced": "The address was announced, and the table did not listen.",
    },
    settle=Settle(
        do=("Capture at the VM's switch port during the next take-over: does a gratuitous ARP leave the guest?"),
        who="the virtualization team with the cluster's owner",
    ),
    source="RFC 5227 section 3; RFC 5944 section 4.6 (gratuitous ARP)",
)
