"""The loop of every agent process: take a job when there is a free slot, do it, say what came of it."""

import secrets
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot import log
from bot.errors import InstrumentError, RequestError
from bot.meters import JOB_SECONDS, JOBS, RUNNING
from bot.model.job import Agent, Artifact, Job, Probe
from bot.ports import NO_METER, Ability, Intake, Meter, Work

_log = log.get(__name__)

TURN_S = 1.0
"""How long the loop waits for one thing before it looks at the others."""

DRAIN_S = 3.0
"""How long jobs may go on after the stop. A check takes two seconds. Whoever stops an agent waits ten for all of it:
two turns, this, CUT_S for what does not finish, and the ability's own closing."""

CUT_S = 1.0
"""How long jobs that did not finish have to end children and close sockets; nothing is reported."""

Evidence = Sequence[tuple[Artifact, bytes]]

LEAVING = "The agent itself was stopped."

STOP_WITHIN_S = 5.0
"""How long an ability that was told to stop may go on before its job is given up."""


@dataclass(slots=True)
class _Running:
    """One job at work; ``told_at`` is when its ability was first seen to have a reason to stop.

    ``done``: the ability has ended, and what it brought is on its way, which may take long. ``broke``: by a bug.
    """

    job: Job
    done: bool = False
    broke: bool = False
    told_at: float | None = None
    over: threading.Event = field(default_factory=threading.Event)


class Runner:
    """Runs at most ``slots`` jobs at once, each in a thread of its own. Knows no queue but the Intake's.

    ``drain_s`` is how long jobs may go on after the stop; those that need longer are left to another agent.
    """

    def __init__(
        self,
        intake: Intake,
        abilities: Mapping[Probe, Ability],
        agent: Agent,
        *,
        slots: int = 8,
        drain_s: float = DRAIN_S,
        stop_within_s: float = STOP_WITHIN_S,
        turn_s: float = TURN_S,
        meter: Meter = NO_METER,
    ) -> None:
        self._intake = intake
        self._abilities = dict(abilities)
        self._agent = agent
        self._slots = threading.Semaphore(slots)
        self._drain_s = drain_s
        self._stop_within_s = stop_within_s
        self._turn_s = turn_s
        self._meter = meter
        self._running: dict[str, _Running] = {}
        self._leaving = threading.Event()

    def run(self, stop: threading.Event) -> None:
        """Take and do jobs until ``stop`` is set; then finish what runs, hand back what does not finish, and close."""
        _log.info("agent_ready", agent=self._agent.name, queues=self._agent.queues, probes=self._agent.probes)
        try:
            while not stop.is_set():
                self._give_up_overdue()
                if not self._slots.acquire(timeout=self._turn_s):
                    continue
                job = self._intake.take(self._turn_s)
                if job is None:
                    self._slots.release()
                    continue
                running = self._running[job.id] = _Running(job)
                threading.Thread(target=self._work, args=(running,), name=job.id, daemon=True).start()
            self._drain()
        finally:
            self._leaving.set()
            self._intake.close()

    def _drain(self) -> None:
        until = time.monotonic() + self._drain_s
        if not self._settle(until):
            self._leaving.set()
            self._settle(time.monotonic() + CUT_S)
        left = tuple(self._running)
        _log.info("agent_stopped", agent=self._agent.name, handed_back=left)

    def _settle(self, until: float) -> bool:
        """Whether every running job is over by then."""
        return all(running.over.wait(max(0.0, until - time.monotonic())) for running in tuple(self._running.values()))

    def _work(self, running: _Running) -> None:
        job, began_at, ended = running.job, time.monotonic(), "broke"
        self._meter.add(RUNNING, job.probe)
        with log.about(job=job.id, incident=job.incident):
            _log.info("job_begun", probe=str(job.probe))
            try:
                outcome = self._outcome(running)
                running.done = True
                told = self._report(job, outcome)
                ended = "broke" if running.broke else told
            finally:
                self._running.pop(job.id, None)
                running.over.set()
                self._slots.release()
                self._meter.add(RUNNING, job.probe, by=-1)
                self._meter.add(JOBS, job.probe, ended)
                self._meter.observe(JOB_SECONDS, time.monotonic() - began_at, job.probe)

    def _outcome(self, running: _Running) -> Evidence | str:
        """The evidence, or the sentence why there is none."""
        job = running.job
        ability = self._abilities.get(job.probe)
        if ability is None:
            can = ", ".join(sorted(self._abilities)) or "nothing"
            return f"Agent {self._agent.name} cannot do {job.probe} jobs; it can do: {can}."
        work = Work(
            job,
            stopped=lambda: self._stop_reason(job) is not None,
            report=lambda evidence: self._report_so_far(job, evidence),
            progress=lambda *far: self._intake.progress(job, *far),
            stop_reason=lambda: self._stop_reason(job),
            left_s=lambda: self._intake.left_s(job),
        )
        if why := work.stop_reason():  # taking it may have lasted: the link was slow, or this process stood still
            return f"It was not begun. {why}"
        try:
            return ability(work)
        except (InstrumentError, RequestError) as error:
            _log.warning("job_failed", reason=str(error))
            return log.redact(str(error))
        except Exception:  # noqa: BLE001  A bug in one ability must not end the agent, nor stay unseen by the asker.
            running.broke, reference = True, secrets.token_hex(4)
            _log.exception("ability_bug", probe=str(job.probe), reference=reference)
            return f"Agent {self._agent.name} has a fault in its {job.probe} probe; reference {reference} in its log."

    def _report(self, job: Job, outcome: Evidence | str) -> str:
        """How the job ended here."""
        if self._leaving.is_set():  # Cut short by our own stop: another agent does it anew and in full.
            if told := [] if isinstance(outcome, str) else [one for one in outcome if one[0].incomplete]:
                self._intake.report(job, told, final=False)  # It cannot hear again what this one heard.
            return "handed_back"
        if not isinstance(outcome, str):
            try:
                self._intake.report(job, outcome, final=True)
            except InstrumentError as error:
                outcome = str(error)
            else:
                _log.info("job_reported", artifacts=len(outcome))
                return "reported"
        self._intake.fail(job, outcome)
        return "failed"

    def _report_so_far(self, job: Job, evidence: Evidence) -> None:
        if not self._leaving.is_set():
            self._intake.report(job, evidence, final=False)

    def _stop_reason(self, job: Job) -> str | None:
        return LEAVING if self._leaving.is_set() else self._intake.stop_reason(job)

    def _give_up_overdue(self) -> None:
        """Answer for abilities that do not stop. Their slot stays taken: the thread is still there."""
        for running in tuple(self._running.values()):
            if running.done:
                continue
            if running.told_at is None:
                running.told_at = time.monotonic() if self._intake.stop_reason(running.job) else None
            elif time.monotonic() - running.told_at > self._stop_within_s:
                running.told_at = float("inf")
                with log.about(job=running.job.id, incident=running.job.incident):
                    _log.error("ability_does_not_stop", probe=str(running.job.probe))
                self._intake.fail(running.job, f"Agent {self._agent.name} could not end its {running.job.probe} probe.")
