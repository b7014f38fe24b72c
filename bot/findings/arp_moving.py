"""When the address went to another MAC, did the new one tell everybody? If not, whoever did not ask keeps the old one.

Only a capture that holds the move tells: the last claim of the old MAC, the first of the new one, and all between.
"""

from datetime import timedelta

from bot.findings.listening import windows
from bot.findings.moving import Move, move
from bot.findings.reading import claims
from bot.findings.wording import finding
from bot.model.finding import Evidence, Finding, Standing
from bot.model.observation import Listened

UNANNOUNCED = "arp.moved_unannounced"

TELLS_WITHIN = timedelta(seconds=2)
"""So long after its first claim the new owner may still announce itself (RFC 5227 section 2.3: twice, 2 s apart)."""


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """Whether a move was recorded in which nobody announced the address."""
    moved = move(evidence)
    if moved is None:
        says = f"No capture holds the moment in which {evidence.target} went to another MAC."
        return (finding(UNANNOUNCED, Standing.UNKNOWN, says),)
    new = moved.after.mac
    told = [claim.seen for claim in claims(evidence) if claim.mac == new and claim.told is None]
    if told:
        says = f"`{new}` told everybody on the segment that it has {evidence.target}."
        return (finding(UNANNOUNCED, Standing.ABSENT, says, told),)
    seen = [moved.before.seen, moved.after.seen]
    if not _recorded(evidence, moved):
        says = f"{evidence.target} went from `{moved.before.mac}` to `{new}`, but no capture holds all around it."
        return (finding(UNANNOUNCED, Standing.UNKNOWN, says, seen),)
    says = (
        f"{evidence.target} went from `{moved.before.mac}` to `{new}`, and nobody announced it: whoever held the old "
        "MAC and did not ask again still has it."
    )
    return (finding(UNANNOUNCED, Standing.PRESENT, says, seen),)


def _recorded(evidence: Evidence, moved: Move) -> bool:
    """Whether one recording without known losses goes from before the move to well after it."""
    before, after = moved.before.seen, moved.after.seen
    whole = {window.artifact for window in windows(evidence) if window.complete is not False}
    until = max((one.seen_at for one in evidence.of(Listened) if one.artifact == after.artifact), default=after.seen_at)
    return before.artifact == after.artifact in whole and until - after.seen_at >= TELLS_WITHIN
