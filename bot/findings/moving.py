"""Did the address go from one MAC to another, once, and is the old one silent since? So do failovers and planned moves.

Not a finding: what several of them read.
"""

from dataclasses import dataclass
from itertools import pairwise

from bot.findings.reading import Claim, claimants, claims, requests
from bot.model.addresses import BROADCAST, Mac
from bot.model.finding import Evidence

ASKED_SINCE = 2  # one lost frame must not read as silence


@dataclass(frozen=True, slots=True)
class Move:
    """The last claim of the old MAC, the first of the new one, and how often whoever was told both asked since."""

    before: Claim
    after: Claim
    asked_since: int

    @property
    def for_good(self) -> bool:
        """Whether the old MAC would have been heard, had it still answered."""
        return self.asked_since >= ASKED_SINCE


def move(evidence: Evidence) -> Move | None:
    """The last move, or None where the MACs that claim the target do so in turn, or there is one alone."""
    return evidence.once(_read_move)


def superseded(evidence: Evidence) -> frozenset[Mac]:
    """The MACs that the target had before it moved for good."""
    moved = move(evidence)
    return frozenset(claimants(evidence)) - {moved.after.mac} if moved and moved.for_good else frozenset()


def _read_move(evidence: Evidence) -> Move | None:
    heard = claims(evidence)
    turns = [pair for pair in pairwise(heard) if pair[0].mac != pair[1].mac]
    if not turns or len(turns) >= len(claimants(evidence)):
        return None
    before, after = turns[-1]
    # Who was told the old MAC has to ask again: teaming tells each asker another one. And only whose answers come by
    # here would have shown one of the old MAC.
    at = after.seen.seen_at
    told_old = {claim.told[0] for claim in heard if claim.told and claim.seen.seen_at < at}
    told_new = {claim.told[0] for claim in heard if claim.told and claim.seen.seen_at >= at}
    asked = [one for one in requests(evidence) if one.sent_to == BROADCAST and one.seen_at >= at]
    return Move(before, after, sum(one.asker_mac in told_old & told_new for one in asked))
