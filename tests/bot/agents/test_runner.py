"""The agent's loop, on the in-memory queue: whatever an ability does, the asker gets one answer."""

import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace

import pytest

from bot import log
from bot.agents.runner import LEAVING, Runner
from bot.errors import InstrumentError, RequestError
from bot.meters import JOB_SECONDS, JOBS, RUNNING
from bot.model.incident import Failed, Reported
from bot.model.job import Artifact, Job, Probe
from bot.ports import Ability, Work
from bot.queue.lease import OUT_OF_TIME
from bot.queue.memory import MemoryIntake
from tests.bot.counted import PaperMeter
from tests.contracts.bench import (
    MemoryBench,
    Waiting,
    agent,
    brings,
    evidence,
    finals,
    hear,
    job,
    keys_of,
    run_agent,
    told,
    until,
)


@pytest.fixture
def bench() -> Iterator[MemoryBench]:
    with ExitStack() as ends:
        yield MemoryBench(ends)


def failing(error: Exception) -> Ability:
    def ability(work: Work) -> Sequence[tuple[Artifact, bytes]]:
        raise error

    return ability


def reason_of(bench: MemoryBench, ability: Ability, probe: Probe = Probe.CAPTURE) -> str:
    run_agent(bench, "a", ["agent.a"], ability)
    queue = bench.queue()
    queue.put([job("agent.a", probe=probe)])
    (final,) = finals(hear(queue, lambda news: bool(finals(news))))
    assert isinstance(final.event, Failed)
    return final.event.reason


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(InstrumentError("Interface eth1 is down."), id="instrument"),
        pytest.param(RequestError("This agent does not ask outside 10.0.0.0/24."), id="request"),
    ],
)
def test_a_known_trouble_is_said_in_its_own_words(bench: MemoryBench, error: Exception) -> None:
    """The sentence was written for the card."""
    assert reason_of(bench, failing(error)) == str(error)


def test_a_bug_is_said_with_a_reference_and_without_its_insides(
    bench: MemoryBench, capsys: pytest.CaptureFixture[str]
) -> None:
    """The asker gets a handle, the log the trace, the channel no stack."""
    said = reason_of(bench, failing(KeyError("secret detail")))
    found = re.search(r"reference (\w{8})", said)
    assert found
    assert "secret detail" not in said
    logged = "".join(capsys.readouterr())
    assert found[1] in logged
    assert "KeyError" in logged


def test_the_agent_goes_on_after_a_bug(bench: MemoryBench) -> None:
    """One bad job must not cost a vantage."""
    turns = iter([failing(ZeroDivisionError()), brings(b"x")])
    run_agent(bench, "a", ["agent.a"], lambda work: next(turns)(work), slots=1)
    queue = bench.queue()
    queue.put([job("agent.a"), job("agent.a")])
    heard = finals(hear(queue, lambda news: len(finals(news)) == 2))
    assert told(heard) == ["Failed", "Reported"]


def test_a_job_of_an_unknown_kind_is_refused_with_what_is_known(bench: MemoryBench) -> None:
    """A job on the wrong queue is a mistake in somebody's settings: say where to look."""
    assert reason_of(bench, brings(b""), Probe.VCENTER) == "Agent a cannot do vcenter jobs; it can do: capture."


def test_what_came_too_late_to_hand_is_not_begun(bench: MemoryBench, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was in time when it was taken; then the link was slow, and nobody waits for it any more."""
    monkeypatch.setattr(MemoryIntake, "stop_reason", lambda _self, _job: OUT_OF_TIME)
    begun: list[Work] = []

    def ability(work: Work) -> Sequence[tuple[Artifact, bytes]]:
        begun.append(work)
        return ()

    assert reason_of(bench, ability) == f"It was not begun. {OUT_OF_TIME}"
    assert begun == []


def test_an_ability_is_told_when_its_time_is_up(bench: MemoryBench) -> None:
    """Nobody reads the answer of an expired job, and its slot is needed."""
    ability = Waiting()
    run_agent(bench, "a", ["agent.a"], ability)
    bench.queue().put([job("agent.a", lives_s=0.3)])
    assert ability.was_stopped.wait(5)


def test_an_ability_that_does_not_stop_is_answered_for(bench: MemoryBench) -> None:
    """A hung driver call must not leave the card waiting for ever."""
    release = threading.Event()

    def stubborn(work: Work) -> Sequence[tuple[Artifact, bytes]]:
        release.wait(20)
        return [evidence(work.job, b"far too late")]

    described = agent("a", "agent.a")
    runner = Runner(
        bench.intake(described), {Probe.CAPTURE: stubborn}, described, stop_within_s=0.1, turn_s=0.05, drain_s=0.1
    )
    stop = threading.Event()
    thread = threading.Thread(target=runner.run, args=(stop,))
    thread.start()
    queue = bench.queue()
    queue.put([job("agent.a", lives_s=0.2)])
    heard = hear(queue, lambda news: bool(finals(news)))
    release.set()
    stop.set()
    thread.join()
    event = finals(heard)[0].event
    assert isinstance(event, Failed)
    assert "could not end its capture probe" in event.reason
    assert queue.news(0.2) == ()


class SlowIntake(MemoryIntake):
    """A server far away: a report is on its way for a while."""

    def report(self, job: Job, evidence: Sequence[tuple[Artifact, bytes]], *, final: bool) -> None:
        threading.Event().wait(0.6)
        super().report(job, evidence, final=final)


def test_evidence_that_travels_long_is_waited_for(bench: MemoryBench) -> None:
    """A stopped capture of some megabytes takes seconds over a slow line: it is not an ability that hangs."""
    described = agent("a", "agent.a")
    ability = Waiting()
    intake = SlowIntake(bench.server, keys_of(described.queues), described)
    runner = Runner(intake, {Probe.CAPTURE: ability}, described, stop_within_s=0.1, turn_s=0.05, drain_s=5)
    stop = threading.Event()
    thread = threading.Thread(target=runner.run, args=(stop,))
    thread.start()
    queue = bench.queue()
    asked = job("agent.a")
    queue.put([asked])
    assert ability.begun.wait(5)
    queue.cancel(asked)
    heard = hear(queue, lambda news: bool(finals(news)))
    stop.set()
    thread.join()
    assert told(heard) == ["Started", "Reported"]


def test_a_stop_lets_running_jobs_finish(bench: MemoryBench) -> None:
    """An upgrade of an agent costs nobody an answer."""
    ability = Waiting()
    described = agent("a", "agent.a")
    runner = Runner(bench.intake(described), {Probe.CAPTURE: ability}, described, turn_s=0.05)
    stop = threading.Event()
    thread = threading.Thread(target=runner.run, args=(stop,))
    thread.start()
    queue = bench.queue()
    queue.put([job("agent.a")])
    assert ability.begun.wait(5)
    stop.set()
    assert not ability.was_stopped.wait(0.2)
    ability.release.set()
    thread.join(5)
    assert not thread.is_alive()
    assert told(hear(queue, lambda news: bool(finals(news)))) == ["Started", "Reported"]
    assert queue.agents() == ()


def test_a_stop_that_cannot_wait_still_brings_what_was_captured(bench: MemoryBench) -> None:
    """A successor hears what comes, not what came."""
    begun = threading.Event()

    def ability(work: Work) -> Sequence[tuple[Artifact, bytes]]:
        begun.set()
        while not (reason := work.stop_reason()):
            begun.wait(0.01)
        artifact, data = evidence(work.job, b"what was seen until then")
        return [(replace(artifact, incomplete=reason), data), evidence(work.job, b"half of a check")]

    end = run_agent(bench, "a", ["agent.a"], ability)
    queue = bench.queue()
    queue.put([job("agent.a")])
    assert begun.wait(5)
    end()
    heard = hear(queue, lambda news: "Reported" in told(news))
    assert finals(heard) == []
    (news,) = (one for one in heard if isinstance(one.event, Reported))
    assert isinstance(news.event, Reported)
    assert [artifact.incomplete for artifact in news.event.artifacts] == [LEAVING]
    assert list(news.blobs.values()) == [b"what was seen until then"]


def test_a_stopped_agent_takes_nothing_more(bench: MemoryBench) -> None:
    """What comes after the stop belongs to another agent."""
    end = run_agent(bench, "a", ["agent.a"], brings(b"x"))
    until(lambda: bench.queue("bot-2").agents())
    end()
    queue = bench.queue()
    queue.put([job("agent.a")])
    assert told(list(queue.news(0.3))) == ["Lost"]


def test_each_job_is_counted_by_its_end_and_timed(bench: MemoryBench) -> None:
    """A bug is told apart from an instrument that cannot look."""
    meter, queue = PaperMeter(), bench.queue()

    def ability(work: Work) -> Sequence[tuple[Artifact, bytes]]:
        name = work.job.options.names[0]
        if name == "failed":
            raise InstrumentError("Interface eth1 is down.")
        if name == "broke":
            raise ZeroDivisionError
        return [evidence(work.job, b"packets")]

    of = agent("a", "agent.a")
    runner = Runner(bench.intake(of), {Probe.CAPTURE: ability}, of, meter=meter, turn_s=0.05)
    stop = threading.Event()
    running = threading.Thread(target=runner.run, args=(stop,))
    running.start()
    queue.put([job("agent.a", names=(name,)) for name in ("reported", "failed", "broke", "reported")])
    hear(queue, lambda news: len(finals(news)) == 4)
    stop.set()
    running.join(10)
    ends = {"reported": 2, "failed": 1, "broke": 1}
    assert {end: meter.of(JOBS, "capture", end) for end in ends} == ends
    assert len(meter.took(JOB_SECONDS, "capture")) == 4
    assert meter.of(RUNNING, "capture") == 0
    assert meter.wrong == []


def test_every_line_about_a_job_names_it_and_its_incident(
    bench: MemoryBench, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also what a thread logs that the ability has started."""

    def ability(work: Work) -> Sequence[tuple[Artifact, bytes]]:
        apart = threading.Thread(target=log.carried(lambda: log.get("t").info("said_apart")))
        apart.start()
        apart.join()
        log.get("t").info("said_here")
        return [evidence(work.job, b"packets")]

    end = run_agent(bench, "a", ["agent.a"], ability)
    queue, wanted = bench.queue(), job("agent.a")
    queue.put([wanted])
    hear(queue, lambda news: bool(finals(news)))
    end()
    said = capsys.readouterr()
    lines = (said.out + said.err).splitlines()
    for event in ("job_begun", "said_apart", "said_here", "job_reported"):
        (line,) = (one for one in lines if event in one)
        assert f"incident={wanted.incident}" in line
        assert f"job={wanted.id}" in line
