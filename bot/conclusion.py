"""What an incident comes to once its evidence is in: a verdict, a path, a matrix of who reaches whom, or an owner."""

from collections.abc import Callable, Iterator

from bot import log
from bot.errors import InstrumentError, RequestError
from bot.incidents import compared
from bot.incidents.actions import Judge, Measure, Tell, Trace
from bot.incidents.running import Running
from bot.model.incident import AnyEvent, Compared, Incident, Judged, LookedUp, Measured, Traced, Watched
from bot.model.request import WATCH
from bot.model.verdict import Verdict
from bot.ports import Clock
from bot.split.reached import reach

_log = log.get(__name__)

Concluding = Judge | Trace | Measure | Tell


def conclusion(
    running: Running, action: Concluding, clock: Clock, recall: Callable[[str], Incident]
) -> Iterator[AnyEvent]:
    """The events that say it, in order; each is to be written down before the next is asked for.

    ``recall`` gives an earlier incident by its id.
    """
    name = running.incident.id
    if isinstance(action, Judge):
        yield from _judged(running, clock, recall)
    elif isinstance(action, Trace):
        path = running.trace()
        yield Traced(at=clock.now(), path=path)
        _log.info("traced", incident=name, hops=len(path.hops), clear=len(path.clear))
    elif isinstance(action, Measure):
        matrix = reach(running.incident, running.observations, running.blobs, clock.now())
        yield Measured(at=clock.now(), reach=matrix)
        _log.info("measured", incident=name, machines=len(matrix.machines))
    else:
        owners = running.look_up()
        assert owners is not None, "told only after a vCenter answered"
        yield LookedUp(at=clock.now(), owners=owners)
        _log.info("looked_up", incident=name, owners=len(owners.owners))


def _judged(running: Running, clock: Clock, recall: Callable[[str], Incident]) -> Iterator[AnyEvent]:
    """What the evidence shows beside the verdict, then the verdict, then what changed since it was asked before."""
    if running.incident.request.command == WATCH:
        yield Watched(at=clock.now(), says=running.watched())
    if running.tabled:
        yield Traced(at=clock.now(), path=running.trace())
    verdict = running.judge()
    yield Judged(at=clock.now(), verdict=verdict)
    before = running.incident.request.before
    if before and (says := _changes(before, verdict, recall)):
        yield Compared(at=clock.now(), before=before, says=says)
    _log.info("judged", incident=running.incident.id, verdict=verdict.verdict, grade=verdict.grade)


def _changes(before: str, verdict: Verdict, recall: Callable[[str], Incident]) -> tuple[str, ...]:
    """What changed; a question that nobody can find any more is no hindrance."""
    try:
        return compared.changes(recall(before), verdict)
    except (RequestError, InstrumentError) as error:
        return (f"What it was before cannot be read any more: {error}",)
