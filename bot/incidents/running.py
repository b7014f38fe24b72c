"""An incident while it runs: its timeline, the bytes that were brought back, and what they say so far."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.incidents import bundle, folds, judging, owning, reaching, tracing, watched
from bot.model.finding import Evidence, Finding, Standing
from bot.model.incident import AnyEvent, Incident, Progressed, Reported
from bot.model.job import Probe
from bot.model.observation import Observation, TableRead
from bot.model.owners import Owners
from bot.model.path import Path
from bot.model.request import CAPTURE, LOOK_UP, REACH, WATCH
from bot.model.verdict import Verdict
from bot.probes import vcenter


@dataclass(slots=True)
class Running:
    """Everything in memory about one incident; whoever changes it holds its lock.

    ``facts`` are the statements established so far, for the card. ``observations`` and ``unreadable`` (sentences) are
    what the artifacts say, by digest. ``told`` are the jobs whose first evidence is among the facts. ``heard`` is the
    last word on each capture that runs. ``shown_at``: when its card was last brought up to date. ``handed``: what was
    captured is on its way to the people.

    ``unwritten`` is how many of the newest events the journal does not have yet, ``withheld`` whether its end is not
    shown for that.

    What a capture brings is read once, when it is handed over: it may be large, and its beginning comes often.
    """

    incident: Incident
    facts: tuple[str, ...] = ()
    blobs: dict[str, bytes] = field(default_factory=dict)
    observations: dict[str, tuple[Observation, ...]] = field(default_factory=dict)
    unreadable: dict[str, tuple[str, ...]] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    heard: dict[str, Progressed] = field(default_factory=dict)
    shown_at: datetime | None = None
    handed: bool = False
    unwritten: int = 0
    withheld: bool = False

    def append(self, event: AnyEvent) -> None:
        """The event is the timeline's last from now on."""
        self.incident = replace(self.incident, timeline=(*self.incident.timeline, event))
        if isinstance(event, Reported):
            needed = {artifact.digest for artifact in folds.artifacts(self.incident)}
            self.blobs = {digest: data for digest, data in self.blobs.items() if digest in needed}
            self.observations = {digest: seen for digest, seen in self.observations.items() if digest in needed}

    def progressed(self, event: Progressed) -> None:
        """The newest word on a capture; it stands in no timeline."""
        self.heard[event.job] = event

    @property
    def progress(self) -> tuple[Progressed, ...]:
        """The last word on each capture that runs."""
        over = folds.ended(self.incident)
        return tuple(
            self.heard[job.id] for job in folds.captured_by(self.incident) if job.id in self.heard.keys() - over
        )

    def silent_since(self, moment: datetime) -> bool:
        """Whether something runs whose card was last shown before that moment."""
        over = folds.ended(self.incident)
        watches = self.incident.request.command == WATCH and self.incident.closed is None
        runs = watches or any(job.id not in over for job in folds.jobs(self.incident))
        return runs and not self.handed and self.shown_at is not None and self.shown_at < moment

    def take_in(self, report: Reported, blobs: Mapping[str, bytes]) -> None:
        """Read what a report brought; a capture that nobody judges is read when it is handed over."""
        self.blobs.update(blobs)
        for artifact in report.artifacts:
            if artifact.probe is Probe.CAPTURE and self.incident.request.command == CAPTURE:
                continue
            about = self.incident.address or reaching.probed(folds.jobs(self.incident)).get(artifact.job)
            seen, unreadable = judging.read((artifact,), self.blobs, about)
            self.observations[artifact.digest], self.unreadable[artifact.digest] = seen, unreadable

    def tell(self, report: Reported) -> None:
        """Bring the facts up to date with a job's first evidence.

        What the job adds later waits for the verdict: a card is edited every two seconds at most, and to work out
        more than it can show would delay other people's checks.
        """
        if self.incident.closed or report.job in self.told or self.incident.request.command in (CAPTURE, WATCH):
            return
        if self.incident.request.command == LOOK_UP:
            self.told.add(report.job)
            self.facts = owning.summary(found) if (found := self.look_up()) else ()
        elif evidence := self.evidence():
            self.told.add(report.job)
            self.facts = _statements(judging.judge_evidence(evidence)[1])

    def trace(self) -> Path:
        """What the tables on the way hold for it. The incident has an address."""
        evidence = self.evidence()
        assert evidence is not None, "only an incident with an address is traced"
        return tracing.trace(evidence)

    def watched(self) -> tuple[str, ...]:
        """What a watch shows, sentence by sentence."""
        evidence = self.evidence()
        return watched.says(evidence) if evidence else ()

    @property
    def tabled(self) -> bool:
        """Whether a table on the way was read, or should have been."""
        return any(isinstance(one, TableRead) for one in self.seen())

    def judge(self) -> Verdict:
        """The verdict on what is here. The incident has an address."""
        evidence = self.evidence()
        assert evidence is not None, "only an incident with an address is judged"
        verdict, established = judging.judge_evidence(evidence, case=self.incident.id)
        self.facts = _statements(established)
        return verdict

    def look_up(self) -> Owners | None:
        """What the snapshots that came back say about whoever was asked for; None before the first of them."""
        newest = folds.artifacts(self.incident)
        bytes_of = [self.blobs[one.digest] for one in newest if self.observations.get(one.digest)]
        if not bytes_of:
            return None
        gaps = (*folds.gaps(self.incident), *self._unreadable())
        return owning.answer(self.incident.request.target, list(map(vcenter.parse, bytes_of)), self.seen(), gaps)

    def seen(self) -> tuple[Observation, ...]:
        """Every observation in the newest artifacts."""
        newest = folds.artifacts(self.incident)
        return tuple(one for artifact in newest for one in self.observations.get(artifact.digest, ()))

    def evidence(self) -> Evidence | None:
        """What the newest artifacts show, or None while the address is not known."""
        if self.incident.address is None:
            return None
        gaps = (*folds.gaps(self.incident), *self._unreadable())
        return Evidence(self.incident.address, self.seen(), gaps)

    def _unreadable(self) -> tuple[str, ...]:
        newest = folds.artifacts(self.incident)
        return tuple(gap for artifact in newest for gap in self.unreadable.get(artifact.digest, ()))

    def case(self) -> dict[str, bytes] | None:
        """The files of its case, or None where nothing was brought back and nothing judged."""
        incident, newest = self.incident, folds.artifacts(self.incident)
        if incident.request.command in (LOOK_UP, REACH):
            return bundle.pack_look_up(incident, newest, folds.gaps(incident), self.blobs) if newest else None
        if incident.address is None or not (newest or incident.verdict):
            return None
        case = bundle.Case(incident.address, newest, folds.gaps(incident), incident.timeline, incident.verdict)
        return bundle.pack(case, self.blobs)


def _statements(findings: tuple[Finding, ...]) -> tuple[str, ...]:
    return tuple(finding.statement for finding in findings if finding.standing is Standing.PRESENT)
