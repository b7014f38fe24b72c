"""Every transition of an incident; what a look-up, a comparison and a watch do step by step stands in their modules.

    Requested --address known--> first look --> Queued --> tables Reported --> plan --> Queued
                  --> (Started, Reported, Lost)* --> Judged --> Closed
              --name or MAC----> look-ups --> Queued --> Reported* --> Resolved --> plan ...
              --"judge"--------> the shared file is fetched --> Queued --> Reported --> as above
              --"arptable"-----> as above ------------------------------------> Traced --> Closed
              --"watch"--------> pieces, one after the other (see watching) --> Watched --> Judged --> Closed
              --"reach"--------> who they are --> Queued --> probes of each --> Queued --> Measured --> Closed
              --"vcenter"------> look-ups --> Queued --> (Reported --> who else? --> Queued)* --> LookedUp --> Closed
              --"capture"------> admit ------> Queued --> (Started, Reported, Lost)* --> look-ups --> Queued --> Closed
                                     --two persons--> AwaitsApproval --> Approved --> Queued --> ...
                                                                     --> Declined, or in vain --> Closed

Look before you touch: where routers and switches can be read, nothing is sent before their tables are, because pings
and broadcasts repair what is wrong in them. Who does not tell in time is not waited for. An entry that is wrong is read
for a while before, and once more when all has ended: devices show their tables late, and keep what is very new.

Rules: a job ends by a final Reported, by Failed or by Expired, whichever comes first; what comes after adds nothing.
A MAC that shows up on the wire is looked up in every vCenter, once. When every job has ended the evidence is judged
and the incident closed. A look-up is never judged: what its machine has is looked up once more, for whoever shares
it, and when every job has ended what is known is told. Nothing waits for ever, because every job expires, and the
wait for a second person too.

A capture is admitted once its address is known and its plan can be carried out, so that nobody approves what cannot
be. A dead agent's job may be begun anew, so of each beginning the newest report counts. A stopped capture
waits ``STOP_S`` for what was captured so far. When it is over the vCenters are asked what moved meanwhile.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from ipaddress import IPv4Address

from bot.errors import RequestError
from bot.findings.entries_arp import LOCKED_S, SHOWN_AFTER_S, doubtful, unsettled
from bot.findings.flapping import turned
from bot.incidents import dropping, looking_up, pasting, planning, reaching, resolving, watching
from bot.incidents.actions import Action, Admit, Append, Deliver, Fetch, Judge, Put, Trace
from bot.incidents.folds import (
    SENDS,
    all_ended,
    awaits,
    captured_by,
    captures,
    ended,
    held,
    jobs,
    named,
    stopped,
    touched,
)
from bot.incidents.planning import Known, Plan
from bot.incidents.wishing import USUAL_S
from bot.model.addresses import Mac
from bot.model.capture import CaptureWish
from bot.model.finding import Evidence
from bot.model.incident import (
    Approved,
    AwaitsApproval,
    Closed,
    Declined,
    Event,
    Expired,
    Failed,
    Incident,
    Lost,
    Outcome,
    Progressed,
    Queued,
    Reported,
    Requested,
    Resolved,
    StopAsked,
    Watched,
)
from bot.model.job import Job, Probe
from bot.model.observation import (
    Observation,
)
from bot.model.request import CAPTURE, CHECK, JUDGE, LOOK_UP, REACH, TRACE, WATCH

STOP_S = 8.0  # an agent ends an ability within 5 s, and what it captured has to travel
APPROVAL = timedelta(minutes=15)
_ONCE = (Requested, Resolved, Approved)
"""What jobs follow from once."""
_LEADING = (*_ONCE, Declined, StopAsked, Reported, Failed, Expired, Lost)
"""Whatever something can follow from."""
_LAST = (Probe.CAPTURE, Probe.WATCH)
"""Jobs that last: who stops them does not wait for their end."""


def due(incident: Incident, known: Known) -> tuple[Action, ...]:
    """What the time alone asks for: a watch goes on, and ends, though nobody says anything."""
    watched = incident.request.command == WATCH and incident.address is not None
    return tuple(watching.due(incident, known)) if watched else ()


def adds_nothing(incident: Incident, event: Event) -> bool:
    """Whether the event is late or a duplicate."""
    if isinstance(event, Progressed | Reported | Failed | Expired):
        known = {job.id for job in jobs(incident)}
        return event.job not in known or event.job in ended(incident) or incident.closed is not None
    return isinstance(event, Closed) and incident.closed is not None


def overdue(incident: Incident, now: datetime) -> Iterator[Expired]:
    """An Expired for every job whose time has run out; of a stopped capture it runs out soon."""
    over, stop = ended(incident), stopped(incident)
    for job in jobs(incident):
        early = stop.at + timedelta(seconds=STOP_S) if stop and job.probe in _LAST else job.expires_at
        if job.id not in over and min(early, job.expires_at) <= now:
            yield Expired(at=now, job=job.id)


def lapsed(incident: Incident, now: datetime) -> Closed | None:
    """The end of a capture that nobody agreed to in time."""
    waits = awaits(incident)
    if waits is None or waits.until > now:
        return None
    sentence = (
        f"Nobody approved it by {waits.until:%H:%M} UTC, so nothing was captured; ask again when somebody who may "
        "approve is there."
    )
    return Closed(at=now, outcome=Outcome.REFUSED, sentence=sentence)


def step(incident: Incident, event: Event, seen: tuple[Observation, ...], known: Known) -> tuple[Action, ...]:
    """What follows from ``event``, which is already the timeline's last; ``seen`` are all observations so far."""
    if incident.closed:
        return ()
    try:
        return tuple(_step(incident, event, seen, known))
    except RequestError as refusal:
        return (Append(Closed(at=known.now, outcome=Outcome.REFUSED, sentence=str(refusal))),)


def resume(incident: Incident, seen: tuple[Observation, ...], known: Known) -> tuple[Action, ...]:
    """What whoever takes it over does at once: what had to follow from the last event, and perhaps did not yet.

    Every step but the first looks at what there is, so that taken twice it adds nothing. Who died between a job's
    leaving and its line in the timeline lets the job be put twice: it has the same id, and runs once.
    """
    if incident.closed:
        return ()
    if any(isinstance(event, Watched) for event in incident.timeline) and not incident.verdict:
        return (Judge(),)
    traced = incident.request.command == TRACE and incident.path
    if incident.verdict or incident.owners or incident.reach or traced:
        return (Append(Closed(at=known.now, outcome=Outcome.ANSWERED)),)
    last = max(position for position, event in enumerate(incident.timeline) if isinstance(event, _LEADING))
    event, after = incident.timeline[last], incident.timeline[last + 1 :]
    if not _asked_anything(incident):  # pasted tables are evidence before anything is asked
        event, after = incident.timeline[0], ()
    if isinstance(event, _ONCE) and any(isinstance(one, Queued | AwaitsApproval) for one in after):
        return ()
    return step(incident, event, seen, known)


def _asked_anything(incident: Incident) -> bool:
    queued = [event for event in incident.timeline if isinstance(event, Queued)]
    asked = any(not event.jobs or any(job.queue != pasting.QUEUE for job in event.jobs) for event in queued)
    return asked or any(isinstance(event, AwaitsApproval | Resolved) for event in incident.timeline)


def _step(incident: Incident, event: Event, seen: tuple[Observation, ...], known: Known) -> Iterator[Action]:
    address, command = incident.address, incident.request.command
    if command == LOOK_UP:
        yield from looking_up.step(incident, event, seen, known)
    elif command == REACH:
        yield from reaching.step(incident, event, seen, known)
    elif isinstance(event, Requested) and address is None:
        yield Put(resolving.jobs(incident, known))
    elif isinstance(event, Requested | Resolved) and address is not None:
        planned = _planned(incident, address, known)
        yield Admit(planned) if command == CAPTURE and isinstance(planned, Put) else planned
        if not planned.jobs:  # only what people pasted is there, and all of it is
            yield _over(incident)
    elif command == WATCH and address is not None:
        yield from watching.step(incident, seen, known)
    else:
        yield from _went_on(incident, event, seen, known)


def _went_on(incident: Incident, event: Event, seen: tuple[Observation, ...], known: Known) -> Iterator[Action]:
    address = incident.address
    if isinstance(event, Approved | Declined | StopAsked):
        yield from _decided(incident, event, known)
    elif isinstance(event, Reported | Failed | Expired | Lost):
        if address is None and all_ended(incident):
            yield Append(Resolved(at=known.now, address=resolving.resolved(incident, seen)))
        elif address is not None and incident.request.command == CAPTURE:
            yield from _captured(incident, address, known)
        elif address is not None:
            yield from _looked(incident, event, address, seen, known)


def _looked(
    incident: Incident, event: Event, address: IPv4Address, seen: tuple[Observation, ...], known: Known
) -> Iterator[Put | Append | Judge | Trace]:
    """Whoever shows up on the wire is looked up; when all is in, it is judged, or there is nothing to judge."""
    if why := _unfetched(incident, event):
        yield Append(Closed(at=known.now, outcome=Outcome.FAILED, sentence=why))
        return
    touching = _touching(incident, address, seen, known)
    if touching:
        yield touching
    if touching and touching.jobs:
        return
    heard_from = _heard_from(incident, known)
    more = _owners(incident, address, seen, heard_from)
    if not more and all_ended(incident):
        more = _once_more(incident, address, seen, heard_from)
    if more:
        yield Put(more)
    elif all_ended(incident):
        yield _over(incident)


def _over(incident: Incident) -> Trace | Judge:
    return Trace() if incident.request.command == TRACE else Judge()


def _touching(incident: Incident, address: IPv4Address, seen: tuple[Observation, ...], known: Known) -> Put | None:
    """The probes, once, when every first look at the tables is over or nobody is there to take it."""
    looks = [job for job in jobs(incident) if job.probe is Probe.NETWORK]
    over = ended(incident) | {event.job for event in incident.timeline if isinstance(event, Lost)}
    if incident.request.command not in (CHECK, TRACE) or not looks or touched(incident):
        return None
    if any(job.id not in over for job in looks):
        return None
    there, first, deep = _heard_from(incident, known), len(jobs(incident)), incident.request.deep
    if len(looks) == len({job.queue for job in looks}) and doubtful(Evidence(address, seen)):
        # Whether it stays though the target speaks can be told only of one that stood a while before.
        longer = planning.plan_once_more(
            incident.id, address, held(address, seen), for_s=LOCKED_S, known=there, first=first
        )
        if longer:
            return Put(longer)
    try:
        plan = planning.plan_check(
            incident.id, address, deep=deep, known=there, first=first, watched=held(address, seen)
        )
    except RequestError as nobody:  # the agents that were there a moment ago are gone, or only tables are wanted
        plan = Plan((), (str(nobody),))
    return Put(plan.jobs, plan.gaps)


def _decided(incident: Incident, event: Event, known: Known) -> Iterator[Put | Fetch | Append]:
    if isinstance(event, Approved) and incident.address is not None:
        yield _planned(incident, incident.address, known)
    elif isinstance(event, Declined):
        sentence = "A second person declined it, so nothing was captured."
        yield Append(Closed(at=known.now, outcome=Outcome.REFUSED, sentence=sentence))
    elif isinstance(event, StopAsked) and not captured_by(incident):
        sentence = "Stopped before anything was captured."
        yield Append(Closed(at=known.now, outcome=Outcome.STOPPED, sentence=sentence))


def _captured(incident: Incident, address: IPv4Address, known: Known) -> Iterator[Put | Deliver]:
    """When every capture has ended, what moved meanwhile is asked; then it is handed over."""
    recorded = captured_by(incident)
    if not recorded or not all_ended(incident):
        return
    last = max(position for position, job in enumerate(jobs(incident)) if job.probe is Probe.CAPTURE)
    asked = len(jobs(incident)) > last + 1
    if asked or not known.vcenters or not captures(incident):
        yield Deliver()
    else:
        yield Put(planning.plan_moves(incident.id, address, known=known, first=len(jobs(incident))))


def _unfetched(incident: Incident, event: Event) -> str | None:
    """Why there is nothing to judge: the shared file could not be had or read."""
    fetching = {job.id for job in jobs(incident) if job.queue == dropping.QUEUE}
    if isinstance(event, Failed) and event.job in fetching:
        return event.reason
    if isinstance(event, Expired) and event.job in fetching:
        return f"The file could not be fetched within {dropping.FETCH_S:.0f} s; please ask again."
    return None


def _planned(incident: Incident, address: IPv4Address, known: Known) -> Put | Fetch:
    first = len(jobs(incident))
    if incident.request.command == JUDGE:
        plan = dropping.plan(incident.id, address, known=known, first=first)
        return Fetch(plan.jobs, plan.gaps)
    if incident.request.command == WATCH:
        return watching.first(incident, known)
    if incident.request.command == CAPTURE:
        wish = incident.request.capture or CaptureWish(USUAL_S)
        plan = planning.plan_capture(incident.id, address, wish, known=known, first=first)
    else:
        plan = _check(incident, address, known, first)
    pasted = bool(incident.request.tables)
    return Put(plan.jobs, tuple(gap for gap in plan.gaps if not (pasted and gap == planning.NO_NETWORK)))


def _check(incident: Incident, address: IPv4Address, known: Known, first: int) -> Plan:
    """The first look, or the whole check at once where no router or switch can be read.

    Tables can be compared without an agent on the segment too; they are then all there is. So can pasted ones.
    """
    pasted, readers = incident.request.tables, planning.readers(known)
    try:
        plan = planning.plan_check(incident.id, address, deep=incident.request.deep, known=known, first=first)
    except RequestError as nobody:
        if not pasted and (incident.request.command != TRACE or not readers):
            raise
        why = () if readers else (str(nobody),)  # with readers it is said once they have told
    else:
        if not readers:
            return plan
        why = ()
    plan = planning.plan_first_look(incident.id, address, known=known, first=first)
    return Plan(plan.jobs, (*plan.gaps, *why))


def _owners(incident: Incident, address: IPv4Address, seen: tuple[Observation, ...], known: Known) -> tuple[Job, ...]:
    wire = [job for job in jobs(incident) if job.probe is Probe.ARP or job.queue == dropping.QUEUE]
    if not wire:
        return ()
    expires_at, macs = max(job.expires_at for job in wire), named(address, seen)
    return planning.plan_owners(
        incident.id,
        address,
        _unasked(incident, Probe.VCENTER, macs),
        unplaced=_unasked(incident, Probe.NETWORK, macs),
        known=known,
        first=len(jobs(incident)),
        expires_at=expires_at,
    )


def _once_more(
    incident: Incident, address: IPv4Address, seen: tuple[Observation, ...], known: Known
) -> tuple[Job, ...]:
    """The tables once more, where what they showed so far may be half of it.

    A device may show an entry for a while after it took the right one in, and would be accused of not listening. A
    MAC that changed its port while the target was asked for may have moved, or be back when nobody asks.
    """
    sent = next((place for place, job in enumerate(jobs(incident)) if job.probe in SENDS), 0)
    watched = [job for job in jobs(incident)[sent:] if job.probe is Probe.NETWORK and job.options.listen_s]
    once = len(watched) == len({job.queue for job in watched})
    evidence = Evidence(address, seen)
    if not once or not (unsettled(evidence) or turned(evidence)):
        return ()
    return planning.plan_once_more(
        incident.id, address, held(address, seen), for_s=SHOWN_AFTER_S, known=known, first=len(jobs(incident))
    )


def _heard_from(incident: Incident, known: Known) -> Known:
    """What is known, without the readers of tables that have let this incident down: they are not waited for again."""
    told = {event.job for event in incident.timeline if isinstance(event, Reported)}
    failed = {event.job for event in incident.timeline if isinstance(event, Failed | Expired | Lost)}
    silent = {job.queue for job in jobs(incident) if job.probe is Probe.NETWORK and job.id in failed - told}
    return replace(known, networks=tuple(name for name in known.networks if f"network.{name}" not in silent))


def _unasked(incident: Incident, probe: Probe, macs: tuple[Mac, ...]) -> tuple[Mac, ...]:
    """Those of the MACs that no job of this kind has asked about."""
    asked = {mac for job in jobs(incident) if job.probe is probe for mac in job.options.macs}
    return tuple(mac for mac in macs if mac not in asked)
