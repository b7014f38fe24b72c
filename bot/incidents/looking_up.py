"""A look-up step by step: every vCenter is asked, then for whoever shares what the machine has; then it is told."""

from collections.abc import Iterator

from bot.errors import RequestError
from bot.incidents import planning
from bot.incidents.actions import Append, Put, Tell
from bot.incidents.folds import all_ended, artifacts, gaps, jobs
from bot.incidents.identities import identities
from bot.incidents.planning import Known
from bot.model.incident import Closed, Event, Expired, Failed, Incident, Outcome, Reported, Requested
from bot.model.job import Job, Probe
from bot.model.observation import Observation, VcenterAnswered


def step(
    incident: Incident, event: Event, seen: tuple[Observation, ...], known: Known
) -> Iterator[Put | Append | Tell]:
    """What follows from ``event``, which is already the timeline's last; ``seen`` are all observations so far."""
    if isinstance(event, Requested):
        yield Put(_asked(incident, known))
    elif isinstance(event, Reported | Failed | Expired):
        sharers = _sharers(incident, seen, known) if isinstance(event, Reported) else ()
        if sharers:
            yield Put(sharers)
        elif all_ended(incident) and any(isinstance(observation, VcenterAnswered) for observation in seen):
            yield Tell()
        elif all_ended(incident):
            unread = ["What came back cannot be read."] if artifacts(incident) else []
            sentence = " ".join(("No vCenter could be asked, so nothing is known.", *gaps(incident), *unread))
            yield Append(Closed(at=known.now, outcome=Outcome.FAILED, sentence=sentence))


def _asked(incident: Incident, known: Known) -> tuple[Job, ...]:
    target = incident.request.target
    if not known.vcenters:
        raise RequestError(
            f"No vCenter is configured, so nobody can say who has {target}; the operator of ruleout lists them in "
            "RULEOUT_VCENTERS and starts `ruleout vcenter` beside each."
        )
    return planning.plan_look_up(incident.id, target, known=known)


def _sharers(incident: Incident, seen: tuple[Observation, ...], known: Known) -> tuple[Job, ...]:
    """Look-ups for whoever shares an address or MAC with the machine that was asked for, each once."""
    had = [job for job in jobs(incident) if job.probe is Probe.VCENTER]
    ips, macs = identities(incident.request.target, seen)
    ips = tuple(address for address in ips if address not in {job.target for job in had})
    macs = tuple(mac for mac in macs if mac not in {mac for job in had for mac in job.options.macs})
    silent = {job.queue for job in had if job.id in _unanswered(incident)}
    vcenters = [name for name in known.vcenters if f"vcenter.{name}" not in silent]
    if not (ips or macs):
        return ()
    return planning.plan_sharers(incident.id, ips, macs, vcenters, known=known, first=len(jobs(incident)))


def _unanswered(incident: Incident) -> frozenset[str]:
    return frozenset(event.job for event in incident.timeline if isinstance(event, Failed | Expired))
