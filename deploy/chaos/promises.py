"""Everything that a run is held against, by the suite and by the rolling restart alike."""

from collections import Counter
from dataclasses import dataclass

from bot.model.audit import Entry
from deploy.chaos import asked, kept
from deploy.chaos.asked import Fault, Second
from deploy.chaos.evidence import Evidence


@dataclass(frozen=True, slots=True)
class Held:
    """What was found.

    ``lines`` are the audit's, by the place of the question in the chronicle; ``unacknowledged`` are Slack's errors that
    askers saw, and how often.
    """

    lines: dict[int, Entry]
    faults: tuple[Fault, ...]
    seconds: tuple[Second, ...]
    begun_anew: int
    judged_again: int
    unacknowledged: Counter[str]


def held(seen: Evidence) -> Held:
    """The run against every promise."""
    lines, unwritten = asked.pair(seen)
    found = list(asked.check(seen))
    broken, anew = kept.jobs(seen)
    untrue, judged = kept.timelines(seen)
    unanswered, told = kept.acknowledged(seen)
    faults = [
        *unwritten, *(one for one in found if isinstance(one, Fault)), *broken, *untrue, *unanswered,
        *kept.forged(seen), *kept.audit(seen), *kept.leftovers(seen), *kept.bugs(seen.directory), *kept.retained(seen),
    ]  # fmt: skip
    seconds = tuple(one for one in found if isinstance(one, Second))
    return Held(lines, tuple(faults), seconds, anew, judged, told)
