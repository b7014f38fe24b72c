"""Every transition of an incident, and nowhere else.

    Requested --address known--> plan --> Queued --> (Started, Reported, Lost)* --> Judged --> Closed
              --name or MAC----> look-ups --> Queued --> Reported* --> Resolved --> plan ...

Rules: a job ends by a final Reported, by Failed or by Expired, whichever comes first; what comes after adds nothing.
A MAC that shows up on the wire is looked up in every vCenter, once. When every job has ended the evidence is judged
and the incident closed. Nothing waits for ever, because every job expires.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Address

from bot.errors import RequestError
from bot.incidents import planning
from bot.incidents.planning import Known
from bot.model.addresses import Mac, can_own
from bot.model.incident import (
    Closed,
    Event,
    Expired,
    Failed,
    Incident,
    Outcome,
    Queued,
    Reported,
    Requested,
    Resolved,
)
from bot.model.job import Artifact, Job, Probe
from bot.model.observation import (
    ArpAnnounced,
    ArpAnswer,
    ArpAsked,
    GuestRowFound,
    NeighbourHeld,
    NicFound,
    Observation,
    VcenterAnswered,
    VmFound,
)


@dataclass(frozen=True, slots=True)
class Put:
    """Put these jobs on their queues, then append a Queued event with the gaps."""

    jobs: tuple[Job, ...]
    gaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Append:
    """Append this event."""

    event: Resolved | Closed | Expired


@dataclass(frozen=True, slots=True)
class Judge:
    """Judge all evidence, append Judged and close."""


@dataclass(frozen=True, slots=True)
class Deliver:
    """Hand the captured files to the people and close."""


Action = Put | Append | Judge | Deliver


def jobs(incident: Incident) -> tuple[Job, ...]:
    """Every job that was queued for the incident, in order."""
    return tuple(job for event in incident.timeline if isinstance(event, Queued) for job in event.jobs)


def ended(incident: Incident) -> frozenset[str]:
    """Ids of the jobs from which nothing more is awaited."""
    return frozenset(
        event.job
        for event in incident.timeline
        if (isinstance(event, Reported) and event.final) or isinstance(event, Failed | Expired)
    )


def artifacts(incident: Incident) -> tuple[Artifact, ...]:
    """The newest artifacts of every job: a final report replaces the evidence so far."""
    newest: dict[str, tuple[Artifact, ...]] = {}
    for event in incident.timeline:
        if isinstance(event, Reported):
            newest[event.job] = event.artifacts
    return tuple(artifact for brought in newest.values() for artifact in brought)


def named(address: IPv4Address, seen: Iterable[Observation]) -> tuple[Mac, ...]:
    """Every MAC that claims the address, or that a vantage held for it: the owner of a silent address is found so.

    Who asks with the address as its own claims it too: peers learn from questions as from answers (RFC 826).
    """
    macs = [
        one.mac
        for one in seen
        if isinstance(one, ArpAnswer | ArpAnnounced | NeighbourHeld) and one.ip == address and one.mac is not None
    ]
    macs += [one.asker_mac for one in seen if isinstance(one, ArpAsked) and one.asker == address and not one.ours]
    return tuple(dict.fromkeys(mac for mac in macs if can_own(mac)))


def gaps(incident: Incident) -> tuple[str, ...]:
    """What nobody looked at, as sentences: planned gaps, failed instruments, jobs that ran out of time."""
    named = {job.id: job for job in jobs(incident)}
    found = [gap for event in incident.timeline if isinstance(event, Queued) for gap in event.gaps]
    for event in incident.timeline:
        if isinstance(event, Failed) and event.job in named:
            found.append(f"{event.agent} could not look: {event.reason}")
        elif isinstance(event, Expired) and event.job in named:
            found.append(f"Nobody answered on {named[event.job].queue} within the time.")
    return tuple(dict.fromkeys(found))


def adds_nothing(incident: Incident, event: Event) -> bool:
    """Whether the event is late or a duplicate."""
    if isinstance(event, Reported | Failed | Expired):
        known = {job.id for job in jobs(incident)}
        return event.job not in known or event.job in ended(incident) or incident.closed is not None
    return isinstance(event, Closed) and incident.closed is not None


def overdue(incident: Incident, now: datetime) -> Iterator[Expired]:
    """An Expired for every job whose time has run out."""
    over = ended(incident)
    for job in jobs(incident):
        if job.id not in over and job.expires_at <= now:
            yield Expired(at=now, job=job.id)


def step(incident: Incident, event: Event, seen: tuple[Observation, ...], known: Known) -> tuple[Action, ...]:
    """What follows from ``event``, which is already the timeline's last; ``seen`` are all observations so far."""
    if incident.closed:
        return ()
    try:
        return tuple(_step(incident, event, seen, known))
    except RequestError as refusal:
        return (Append(Closed(at=known.now, outcome=Outcome.REFUSED, sentence=str(refusal))),)


def _step(incident: Incident, event: Event, seen: tuple[Observation, ...], known: Known) -> Iterator[Action]:
    address = incident.address
    if isinstance(event, Requested) and address is None:
        yield Put(_resolving(incident, known))
    elif isinstance(event, Requested | Resolved) and address is not None:
        yield _planned(incident, address, known)
    elif isinstance(event, Reported | Failed | Expired):
        if address is not None and incident.request.command != "capture":
            yield from _owners(incident, address, seen, known)
        elif address is None and _all_ended(incident):
            yield Append(Resolved(at=known.now, address=_resolved(incident, seen)))
        if address is not None and _all_ended(incident):
            yield Deliver() if incident.request.command == "capture" else Judge()


def _all_ended(incident: Incident) -> bool:
    return {job.id for job in jobs(incident)} <= ended(incident)


def _planned(incident: Incident, address: IPv4Address, known: Known) -> Put:
    if incident.request.command == "capture":
        plan = planning.plan_capture(incident.id, address, known=known)
    else:
        first = len(jobs(incident))
        plan = planning.plan_check(incident.id, address, deep=incident.request.deep, known=known, first=first)
    return Put(plan.jobs, plan.gaps)


def _owners(incident: Incident, address: IPv4Address, seen: tuple[Observation, ...], known: Known) -> Iterator[Put]:
    asked = {mac for job in jobs(incident) if job.probe is Probe.VCENTER for mac in job.options.macs}
    new = tuple(mac for mac in named(address, seen) if mac not in asked)
    wire = [job for job in jobs(incident) if job.probe is Probe.ARP]
    if new and known.vcenters and wire:
        expires_at = max(job.expires_at for job in wire)
        yield Put(
            planning.plan_owners(
                incident.id, address, new, known=known, first=len(jobs(incident)), expires_at=expires_at
            )
        )


def _resolving(incident: Incident, known: Known) -> tuple[Job, ...]:
    target = incident.request.target
    if not known.vcenters:
        raise RequestError(
            f"{target} is not an IPv4 address, and no vCenter is configured that could know it; "
            "ask for an address, for example `/arpcheck 10.0.0.5`."
        )
    return planning.plan_resolve(incident.id, name=target.name, mac=target.mac, known=known)


def _resolved(incident: Incident, seen: tuple[Observation, ...]) -> IPv4Address:
    target = incident.request.target
    vms = {o.vm: o.name for o in seen if isinstance(o, VmFound)}
    rows = [o for o in seen if isinstance(o, NicFound | GuestRowFound) and target.mac in (None, o.mac)]
    addresses = sorted({address for row in rows for address in row.addresses})
    if not vms:
        whom = f"named {target.name}" if target.name else f"with MAC {target.mac}"
        answered = any(isinstance(observation, VcenterAnswered) for observation in seen)
        said = f"No vCenter knows a VM {whom}" if answered else f"No vCenter could be asked for a VM {whom}"
        raise RequestError(" ".join((f"{said}; give an IPv4 address, for example 10.0.0.5.", *gaps(incident))))
    if len(vms) > 1:
        raise RequestError(
            f"{len(vms)} VMs match {target}: {', '.join(sorted(vms.values()))}; ask for one of their addresses."
        )
    name = next(iter(vms.values()))
    if not addresses:
        raise RequestError(f"vCenter knows {name} but no address of it (VMware Tools report none); give the address.")
    if len(addresses) > 1:
        raise RequestError(f"{name} has {len(addresses)} addresses: {', '.join(map(str, addresses))}; ask for one.")
    return addresses[0]
