"""Every transition of a watch: pieces that follow each other without a pause, and vCenter asked beside them.

    Requested --address known--> piece --> Queued --(time)--> piece ...
              --(end or Stop)--> vCenter --> Watched --> Judged

A piece is one job for each segment; the next one begins before it ends. So an agent that dies costs what it had not
reported, and a bot that dies is followed by another, which goes on where the timeline ends. Nobody alive on a segment
is a gap with its time, and the next piece tries again.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.errors import RequestError
from bot.incidents import asking, planning
from bot.incidents.actions import Action, Append, Judge, Put
from bot.incidents.flips import flips, unseen
from bot.incidents.folds import all_ended, jobs
from bot.incidents.planning import Known
from bot.incidents.wishing import duration_s
from bot.model.finding import Evidence
from bot.model.incident import Flipped, Incident, Queued, StopAsked, Watched
from bot.model.job import Job, JobOptions, Probe
from bot.model.observation import Observation
from bot.model.request import WATCH, Target
from bot.model.watch import WatchWish
from bot.probes.watching import TAIL_S

USUAL_S, MOST_S, LEAST_S = 600.0, 3600.0, 10.0
PIECES = 90
"""A watch has about so many pieces, as far as their bounds allow."""
SHORTEST_S, LONGEST_S = 5.0, 15.0
GRACE_S = 6.0
"""An agent that dies is noticed after 3 s, and its successor needs the piece's own time."""
VCENTER_EVERY_S = 10.0
_FOR = re.compile(r"(?:^|\s)for(?:\s+([-+]?[0-9]\S*(?:\s+\w+)?|\S+))?\s*$", re.IGNORECASE)


def parse(text: str) -> tuple[Target, WatchWish]:
    """The machine and for how long: ``10.0.0.5 for 10m``.

    Raises:
        RequestError: it names no machine, or no time that one can watch.
    """
    found = _FOR.search(text)
    target = asking.parse(text[: found.start()] if found else text, WATCH).target
    wanted_s = USUAL_S
    if found and not found[1]:
        raise RequestError("`for` needs a time, for example `for 10m`.")
    if found:
        wanted_s = duration_s(found[1], most_s=MOST_S, what="watch", least_s=LEAST_S)
    return target, wish(wanted_s)


def wish(wanted_s: float) -> WatchWish:
    """A watch of so many seconds, cut into pieces."""
    return WatchWish(wanted_s, min(LONGEST_S, max(SHORTEST_S, wanted_s / PIECES)))


def ends_at(incident: Incident) -> datetime | None:
    """When it is over, once it has begun."""
    first = _pieces(incident)
    wished = incident.request.watch
    assert wished is not None, "a watch says how long"
    return first[0].asked_at + timedelta(seconds=wished.duration_s) if first else None


def first(incident: Incident, known: Known) -> Put:
    """The first piece, and vCenter beside it.

    Raises:
        RequestError: nobody can watch this machine.
    """
    assert incident.address is not None, "it is known whom to watch"
    queues = planning.watchers(incident.address, known)
    put = _piece(incident, known, queues)
    gaps = (*put.gaps, *(() if known.vcenters else (planning.NO_VCENTER,)))
    return Put((*put.jobs, *_vcenters(incident, known, len(put.jobs))), gaps)


def step(incident: Incident, seen: tuple[Observation, ...], known: Known) -> Iterator[Action]:
    """What changed since; and the end, when all has come in that will."""
    address = incident.address
    assert address is not None, "it is known whom to watch"
    told = [event.key for event in incident.timeline if isinstance(event, Flipped)]
    for one in unseen(flips(Evidence(address, seen)), told):
        yield Append(Flipped(at=known.now, key=one.key, when=one.when, vantage=one.vantage, says=one.says))
    yield from due(incident, known)


def due(incident: Incident, known: Known) -> Iterator[Action]:
    """What the time asks for: the next piece, vCenter, or the end."""
    until = ends_at(incident)
    if until is None or incident.closed or any(isinstance(event, Watched) for event in incident.timeline):
        return
    if not _over(incident, known.now, until):
        yield from _next(incident, known, until)
    elif all_ended(incident):
        last = _last(incident, Probe.VCENTER)
        if known.vcenters and (last is None or last < _over_at(incident, until)):
            yield Put(_vcenters(incident, known, len(jobs(incident))))
        else:
            yield Judge()


def _over(incident: Incident, now: datetime, until: datetime) -> bool:
    return now >= _over_at(incident, until)


def _over_at(incident: Incident, until: datetime) -> datetime:
    return min([until, *(event.at for event in incident.timeline if isinstance(event, StopAsked))])


def _next(incident: Incident, known: Known, until: datetime) -> Iterator[Action]:
    wished, address = incident.request.watch, incident.address
    assert wished is not None and address is not None, "a watch says how long, and whom"  # noqa: PT018
    begun = max(event.at for event in incident.timeline if isinstance(event, Queued) and _is_piece(event))
    due_at = begun + timedelta(seconds=wished.piece_s - TAIL_S)
    if known.now < due_at or (until - known.now).total_seconds() < TAIL_S:
        return
    gap: tuple[str, ...] = ()
    try:
        queues = planning.watchers(address, known)
    except RequestError as nobody:
        queues = planning.watchers_elsewhere(address, known)
        missed = [event for event in incident.timeline if isinstance(event, Queued) and _is_piece(event)][-1]
        if all(job.queue in queues for job in missed.jobs if job.probe is Probe.WATCH):
            gap = ()  # said already
        else:
            gap = (f"From {known.now:%H:%M:%S} UTC on nobody could watch on its own segment. {nobody}",)
    put = _piece(incident, known, queues)
    last = _last(incident, Probe.VCENTER)
    asks = last is None or (known.now - last).total_seconds() >= VCENTER_EVERY_S
    more = _vcenters(incident, known, len(jobs(incident)) + len(put.jobs)) if asks else ()
    yield Put((*put.jobs, *more), gap)


def _is_piece(event: Queued) -> bool:
    return not event.jobs or any(job.probe is Probe.WATCH for job in event.jobs)


def _pieces(incident: Incident) -> list[Job]:
    return [job for job in jobs(incident) if job.probe is Probe.WATCH]


def _last(incident: Incident, probe: Probe) -> datetime | None:
    asked = [job.asked_at for job in jobs(incident) if job.probe is probe]
    return max(asked) if asked else None


def _piece(incident: Incident, known: Known, queues: tuple[str, ...]) -> Put:
    wished = incident.request.watch
    assert wished is not None, "a watch says how long"
    asked = [(Probe.WATCH, queue, incident.address, JobOptions(listen_s=wished.piece_s)) for queue in queues]
    until = known.now + timedelta(seconds=wished.piece_s + GRACE_S)
    return Put(planning.jobs(incident.id, asked, known=known, first=len(jobs(incident)), expires_at=until))


def _vcenters(incident: Incident, known: Known, first: int) -> tuple[Job, ...]:
    assert incident.address is not None, "it is known whom to watch"
    return planning.plan_moves(incident.id, incident.address, known=known, first=first)
