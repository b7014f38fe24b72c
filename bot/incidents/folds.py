"""What an incident's timeline says: folds over its events, of which the newest counts."""

from collections.abc import Iterable
from datetime import datetime
from ipaddress import IPv4Address

from bot.model.addresses import Mac, can_own
from bot.model.incident import (
    Approved,
    AwaitsApproval,
    Closed,
    Declined,
    Expired,
    Failed,
    Incident,
    Queued,
    Reported,
    Started,
    StopAsked,
)
from bot.model.job import Artifact, Job, Probe
from bot.model.network import ArpEntry
from bot.model.observation import (
    ArpAnnounced,
    ArpAnswer,
    ArpAsked,
    NeighbourHeld,
    NicFound,
    Observation,
    RowSeen,
)
from bot.model.request import WATCH

SENDS = (Probe.ARP, Probe.ICMP)
"""The jobs of a check that put packets on the wire."""


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


def all_ended(incident: Incident) -> bool:
    """Whether nothing more is awaited of any job so far."""
    return {job.id for job in jobs(incident)} <= ended(incident)


def artifacts(incident: Incident) -> tuple[Artifact, ...]:
    """The newest artifacts of every job: a final report replaces the evidence so far.

    A capture that died and was begun anew, perhaps by the same agent, has two parts: of each the newest counts.
    """
    newest: dict[tuple[str, str, int], tuple[Artifact, ...]] = {}
    lives = dict.fromkeys((job.id for job in captured_by(incident)), 0)
    for event in incident.timeline:
        if isinstance(event, Started) and event.job in lives:
            lives[event.job] += 1
        elif isinstance(event, Reported):
            agent = event.agent if event.job in lives else ""
            newest[event.job, agent, lives.get(event.job, 0)] = event.artifacts
    every = tuple(artifact for brought in newest.values() for artifact in brought)
    return _newest_word(every) if incident.request.command == WATCH else every


def _newest_word(every: tuple[Artifact, ...]) -> tuple[Artifact, ...]:
    """Of a watch each vCenter's newest word counts: it tells all that it told before, and asked often it is much."""
    last = {one.vantage.agent: one for one in every if one.probe is Probe.VCENTER}
    return tuple(one for one in every if one.probe is not Probe.VCENTER or last[one.vantage.agent] is one)


def captured_by(incident: Incident) -> tuple[Job, ...]:
    """The jobs that capture."""
    return tuple(job for job in jobs(incident) if job.probe is Probe.CAPTURE)


def captures(incident: Incident) -> tuple[Artifact, ...]:
    """What was captured, by each agent."""
    return tuple(artifact for artifact in artifacts(incident) if artifact.probe is Probe.CAPTURE)


def awaits(incident: Incident) -> AwaitsApproval | None:
    """What a second person has to agree to now; None: nothing, or not any more."""
    for event in reversed(incident.timeline):
        if isinstance(event, Approved | Declined | StopAsked | Closed):
            return None
        if isinstance(event, AwaitsApproval):
            return event
    return None


def stopped(incident: Incident) -> StopAsked | None:
    """Who wanted a capture to end early, and when."""
    return next((event for event in incident.timeline if isinstance(event, StopAsked)), None)


def lives_until(incident: Incident) -> datetime:
    """The moment after which an incident that has not ended, or whose end nobody has seen, has lost its bot."""
    if incident.closed:
        return incident.closed.at
    waits = [event.until for event in incident.timeline if isinstance(event, AwaitsApproval)]
    return max([incident.request.asked_at, *waits, *(job.expires_at for job in jobs(incident))])


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


def touched(incident: Incident) -> bool:
    """Whether anything that sends packets was queued, or nobody was there to send it.

    The first look at the tables is over then.
    """
    queued = [event for event in incident.timeline if isinstance(event, Queued)]
    return any(not event.jobs or any(job.probe in SENDS for job in event.jobs) for event in queued)


def held(address: IPv4Address, seen: Iterable[Observation]) -> tuple[Mac, ...]:
    """The MACs that tables hold for the address, or vCenter gives its vNICs: whose ports are worth watching."""
    macs: list[Mac | None] = []
    for one in seen:
        if isinstance(one, RowSeen) and isinstance(one.row, ArpEntry) and one.row.ip == address:
            macs.append(one.row.mac)
        elif isinstance(one, NicFound) and address in one.addresses:
            macs.append(one.mac)
    return tuple(dict.fromkeys(mac for mac in macs if mac is not None and can_own(mac)))


def gaps(incident: Incident) -> tuple[str, ...]:
    """What nobody looked at, as sentences: planned gaps, failed instruments, jobs that ran out of time."""
    named = {job.id: job for job in jobs(incident)}
    found = [gap for event in incident.timeline if isinstance(event, Queued) for gap in event.gaps]
    for event in incident.timeline:
        if isinstance(event, Failed) and event.job in named:
            found.append(f"{event.agent} could not look: {event.reason}")
        elif isinstance(event, Expired) and event.job in named:
            found.append(_silence(incident, named[event.job]))
    return tuple(dict.fromkeys(found))


def _silence(incident: Incident, job: Job) -> str:
    heard = [event.agent for event in incident.timeline if isinstance(event, Reported) and event.job == job.id]
    if heard:
        return f"{heard[-1]} fell silent before its capture was over, so only its beginning is here."
    return f"Nobody answered on {job.queue} within the time."
