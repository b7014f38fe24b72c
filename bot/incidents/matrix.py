"""What the probes of many machines brought, machine by machine and place by place."""

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Address

from bot.findings.echo_series import Series, series_of
from bot.findings.listening import Window, windows
from bot.findings.reading import claims
from bot.incidents import folds
from bot.incidents.flips import LOSING
from bot.incidents.reaching import probed
from bot.model.finding import Evidence
from bot.model.incident import Expired, Failed, Incident
from bot.model.observation import Observation
from bot.model.reach import Cell, Touch


def cells(
    incident: Incident, observations: Mapping[str, tuple[Observation, ...]]
) -> dict[IPv4Address, tuple[Cell, ...]]:
    """Every machine's cells by its address; ``observations`` are those of each artifact, by digest."""
    asked = probed(folds.jobs(incident))
    seen: dict[IPv4Address, list[Observation]] = {address: [] for address in asked.values()}
    for artifact in folds.artifacts(incident):
        if artifact.job in asked:
            seen[asked[artifact.job]] += observations.get(artifact.digest, ())
    failed = _failures(incident, asked)
    return {
        address: (*_seen(Evidence(address, tuple(found))), *failed.get(address, ())) for address, found in seen.items()
    }


def affected(found: Iterable[Cell]) -> bool | None:
    """Whether any place sees a loss or a second owner; None: no place can say, or one lost ping is all there is.

    A place that cannot tell does not clear a machine, but another one that hears all its answers does.
    """
    told = [cell for cell in found if cell.touch is not Touch.UNKNOWN]
    if any(cell.sent - cell.answered >= LOSING or len(cell.macs) > 1 for cell in told):
        return True
    return False if told and all(cell.touch is Touch.ALL for cell in told) else None


def _seen(evidence: Evidence) -> Iterable[Cell]:
    by_place: dict[str, list[Window]] = {}
    for window in windows(evidence):
        by_place.setdefault(window.vantage.segment, []).append(window)
    for place, there in sorted(by_place.items()):
        series = [found for window in there if (found := series_of(evidence, window))]
        artifacts = {window.artifact for window in there}
        macs = dict.fromkeys(claim.mac for claim in claims(evidence) if claim.seen.artifact in artifacts)
        yield _cell(place, series, tuple(macs))


def _cell(place: str, series: list[Series], macs: tuple[str, ...]) -> Cell:
    sent = sum(len(one.sent) for one in series)
    answered = sent - sum(len(one.lost) for one in series)
    fit = bool(series) and all(one.fit for one in series)
    if not sent:
        return Cell(place, Touch.UNKNOWN, 0, 0, macs, "nothing was sent from there")
    if answered == sent:
        return Cell(place, Touch.ALL, sent, answered, macs)
    if not fit:
        return Cell(place, Touch.UNKNOWN, sent, answered, macs, "the instrument heard no control or lost frames itself")
    return Cell(place, Touch.SOME if answered else Touch.NONE, sent, answered, macs)


def _failures(incident: Incident, asked: Mapping[str, IPv4Address]) -> dict[IPv4Address, list[Cell]]:
    """A place that could not look is named with the reason."""
    queues = {job.id: job.queue.partition(".")[2] for job in folds.jobs(incident)}
    found: dict[IPv4Address, list[Cell]] = {}
    for event in incident.timeline:
        if isinstance(event, Failed | Expired) and event.job in asked:
            why = event.reason if isinstance(event, Failed) else "no report in time"
            found.setdefault(asked[event.job], []).append(Cell(queues[event.job], Touch.UNKNOWN, 0, 0, (), why))
    return found
