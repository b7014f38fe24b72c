"""What every queue must keep, whichever server it stands on; the in-memory twin keeps the same."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import InstrumentError
from bot.model import codec
from bot.model.incident import Failed, Lost, Progressed, Reported, Started
from bot.model.job import Artifact
from bot.ports import Work
from bot.queue import keys, letters, seal
from bot.queue.lease import CANCELLED, NOBODY_ASKS
from bot.queue.letters import Order, Report
from tests.contracts.bench import (
    CLOCK,
    MASTERS,
    Bench,
    Waiting,
    agent,
    brings,
    evidence,
    finals,
    hear,
    job,
    job_of,
    run_agent,
    seconds_ago,
    told,
    until,
)


def order_for(queue: str) -> Order:
    asked = job(queue)
    return Order(asked, keys.reports(asked.incident), CLOCK.now())


def sealed(order: Order, masters: Sequence[bytes] = MASTERS) -> dict[bytes, bytes]:
    return letters.write_order(seal.queue_keys(masters, order.job.queue), order)


def test_jobs_fan_out_and_answers_come_as_they_are_ready(bench: Bench) -> None:
    """A slow vantage must not hold back what the quick ones saw."""
    slow = Waiting()
    run_agent(bench, "a", ["agent.a"], brings(b"a"))
    run_agent(bench, "b", ["agent.b"], brings(b"b"))
    run_agent(bench, "c", ["agent.c"], slow)
    queue = bench.queue()
    jobs = [job(f"agent.{name}") for name in "abc"]
    queue.put(jobs)
    heard = hear(queue, lambda news: len(finals(news)) == 2)
    assert {job_of(news) for news in finals(heard)} == {jobs[0].id, jobs[1].id}
    assert {data for news in finals(heard) for data in news.blobs.values()} == {b"a", b"b"}
    assert {news.incident for news in finals(heard)} == {jobs[0].incident, jobs[1].incident}
    slow.release.set()
    assert [job_of(news) for news in finals(hear(queue, lambda news: bool(finals(news))))] == [jobs[2].id]


def test_partial_evidence_comes_before_the_final(bench: Bench) -> None:
    """The card fills while an agent still listens; the same bytes may come in both reports."""
    go_on = threading.Event()

    def ability(work: Work) -> Sequence[tuple[Artifact, bytes]]:
        work.report([evidence(work.job, b"early")])
        assert go_on.wait(10)
        return [evidence(work.job, b"early"), evidence(work.job, b"late")]

    run_agent(bench, "a", ["agent.a"], ability)
    queue = bench.queue()
    queue.put([job("agent.a")])
    heard = hear(queue, lambda news: "Reported" in told(news))
    assert told(heard) == ["Started", "Reported"]
    assert list(heard[1].blobs.values()) == [b"early"]
    go_on.set()
    final = hear(queue, lambda news: bool(finals(news)))[0]
    assert sorted(final.blobs.values()) == [b"early", b"late"]


def test_progress_comes_before_the_final_and_never_after(bench: Bench) -> None:
    """People see that a capture works; what comes late would let a finished one seem to run."""
    queue = bench.queue()
    asked = job("agent.a")
    queue.put([asked])
    intake = bench.intake(agent("a", "agent.a"))
    assert intake.take(5.0) == asked
    intake.progress(asked, 12, 3400, None, 7.5)
    intake.progress(asked, 13, 3500, 2, 6.5)
    intake.report(asked, [], final=True)
    intake.progress(asked, 14, 3600, 2, 5.5)
    heard = hear(queue, lambda news: bool(finals(news))) + list(queue.news(0.3))
    far = [news.event for news in heard if isinstance(news.event, Progressed)]
    assert [(one.packets, one.size_bytes, one.dropped, one.left_s) for one in far] == [
        (12, 3400, None, 7.5),
        (13, 3500, 2, 6.5),
    ]
    assert {(one.job, one.agent) for one in far} == {(asked.id, "a")}
    assert told(heard) == ["Started", "Progressed", "Progressed", "Reported"]


def test_evidence_says_how_far_its_agents_clock_runs_ahead(bench: Bench) -> None:
    """Two vantages can be told on one clock only by what separates theirs."""
    run_agent(bench, "a", ["agent.a"], brings(b"x"))
    queue = bench.queue()
    queue.put([job("agent.a")])
    (final,) = finals(hear(queue, lambda news: bool(finals(news))))
    assert isinstance(final.event, Reported)
    (artifact,) = final.event.artifacts
    assert artifact.ahead_ms is not None
    assert abs(artifact.ahead_ms) < 100  # one machine, one clock


def test_an_agent_knows_how_long_a_job_is_waited_for(bench: Bench) -> None:
    """Whoever takes a job over late must report while somebody still waits."""
    queue = bench.queue()
    asked = job("agent.a", lives_s=20)
    queue.put([asked])
    intake = bench.intake(agent("a", "agent.a"))
    assert intake.take(5.0) == asked
    assert 15 < intake.left_s(asked) <= 20


def test_the_jobs_of_a_bot_that_is_gone_end(bench: Bench) -> None:
    """A capture that nobody can stop any more, and nobody will read, is none that anybody allowed."""
    ability = Waiting()
    run_agent(bench, "a", ["agent.a"], ability)
    queue = bench.queue(lease_s=1.0)
    queue.put([job("agent.a")])
    assert told(hear(queue, bool)) == ["Started"]
    queue.close()  # like a death: nothing is given back
    assert not ability.was_stopped.wait(keys.ORPHANED_S - 2), "another bot may still go on with it"
    assert ability.was_stopped.wait(3 + 3 * keys.LEASE_S)
    assert ability.reason == NOBODY_ASKS


def test_the_jobs_of_a_bot_that_is_followed_go_on(bench: Bench) -> None:
    """The agent does not even notice, and what it brings is heard by the next."""
    ability = Waiting()
    run_agent(bench, "a", ["agent.a"], ability)
    before, asked = bench.queue(lease_s=1.0), job("agent.a")
    before.put([asked])
    assert told(hear(before, bool)) == ["Started"]
    before.close()
    after = bench.queue("bot-2", lease_s=1.0)
    until(lambda: after.hold([asked.incident]))
    after.resume([asked])
    assert not ability.was_stopped.wait(0.5)
    ability.release.set()
    (final,) = finals(hear(after, lambda news: bool(finals(news))))
    assert list(final.blobs.values()) == [b"what was seen until then"]


def test_a_report_is_dated_by_the_bot_and_names_agent_and_attempt(bench: Bench) -> None:
    """An incident's timeline has one clock."""
    run_agent(bench, "prod-1", ["agent.prod-1"], brings(b"x"))
    queue = bench.queue()
    before = CLOCK.now()
    queue.put([job("agent.prod-1")])
    started, reported = (news.event for news in hear(queue, lambda news: len(news) == 2))
    assert isinstance(started, Started)
    assert (started.agent, started.attempt) == ("prod-1", 1)
    assert before <= started.at <= reported.at <= CLOCK.now()


def test_two_bots_hear_only_their_own(bench: Bench) -> None:
    """A second bot on the same server must neither swallow nor double the answers of the first."""
    run_agent(bench, "a", ["agent.a"], brings(b"x"))
    one, two = bench.queue("bot-1"), bench.queue("bot-2")
    first, second = job("agent.a"), job("agent.a")
    one.put([first])
    two.put([second])
    assert {job_of(news) for news in hear(one, lambda news: bool(finals(news)))} == {first.id}
    assert {job_of(news) for news in hear(two, lambda news: bool(finals(news)))} == {second.id}


def test_a_job_cancelled_before_it_is_taken_never_runs(bench: Bench) -> None:
    """Whoever closes an incident must not find packets on the wire afterwards."""
    queue = bench.queue()
    asked = job("agent.a")
    queue.put([asked])
    queue.cancel(asked)
    ability = Waiting()
    run_agent(bench, "a", ["agent.a"], ability)
    (final,) = finals(hear(queue, lambda news: bool(finals(news))))
    assert isinstance(final.event, Failed)
    assert "cancelled before it started" in final.event.reason
    assert not ability.begun.is_set()


def test_a_running_job_stops_when_it_is_cancelled_and_gives_what_it_has(bench: Bench) -> None:
    """A capture that a person ends early is still evidence."""
    ability = Waiting()
    run_agent(bench, "a", ["agent.a"], ability)
    queue = bench.queue()
    asked = job("agent.a")
    queue.put([asked])
    assert ability.begun.wait(10)
    queue.cancel(asked)
    assert ability.was_stopped.wait(10)
    assert ability.reason == CANCELLED
    (final,) = finals(hear(queue, lambda news: bool(finals(news))))
    assert list(final.blobs.values()) == [b"what was seen until then"]


def test_nobody_but_the_bot_can_cancel(bench: Bench) -> None:
    """A capture during an incident is not for strangers to end."""
    ability = Waiting()
    run_agent(bench, "a", ["agent.a"], ability)
    queue, stranger = bench.queue(), bench.queue("bot-2", [b"not the master key at all, no sir"])
    asked = job("agent.a")
    queue.put([asked])
    assert ability.begun.wait(10)
    stranger.cancel(asked)
    assert not ability.was_stopped.wait(1.2)
    ability.release.set()
    assert finals(hear(queue, lambda news: bool(finals(news))))


def test_an_expired_job_is_refused_and_the_asker_is_told(bench: Bench) -> None:
    """Evidence of the past hour, asked for in the past hour, would be read as evidence of now."""
    late = order_for("agent.a")
    late = replace(late, job=replace(late.job, expires_at=seconds_ago(5)), sent_at=seconds_ago(35))
    queue = bench.queue()
    ability = Waiting()
    run_agent(bench, "a", ["agent.a"], ability)
    queue.put([late.job])
    (final,) = finals(hear(queue, lambda news: bool(finals(news))))
    assert isinstance(final.event, Failed)
    assert "expired 5" in final.event.reason
    assert not ability.begun.is_set()
    assert len(bench.dead()) == 1


def test_a_wrong_clock_is_named_in_the_refusal(bench: Bench) -> None:
    """A bot whose clock is behind would see every job expire and never know why."""
    asked = order_for("agent.a")
    behind = timedelta(seconds=90)
    slow = replace(
        asked, job=replace(asked.job, expires_at=asked.job.expires_at - behind), sent_at=CLOCK.now() - behind
    )
    bench.slip_in("agent.a", sealed(slow))
    run_agent(bench, "a", ["agent.a"], Waiting())
    (reason,) = until(bench.dead)
    assert "The bot's clock is 90 s behind the queue server's: check NTP" in reason


FORGERIES = (
    pytest.param({b"body": b"{}", b"mac": b"00" * 32}, id="wrong-seal"),
    pytest.param({b"junk": b"1"}, id="no-seal"),
    pytest.param({b"body": b"\xff\xfe", b"mac": b"\xff"}, id="no-text"),
    pytest.param(sealed(order_for("agent.a"), [b"a master key that was never given"]), id="unknown-master-key"),
    pytest.param(sealed(order_for("agent.b")), id="moved-from-another-queue"),
    pytest.param(
        seal.seal(
            seal.queue_keys(MASTERS, "agent.a"), "order jobs:agent.a", letters.dump(codec.encode(order_for("agent.b")))
        ),
        id="another-queues-job-inside",
    ),
    pytest.param({**sealed(order_for("agent.a")), b"body": b'{"job":{}}'}, id="body-changed"),
)


@pytest.mark.parametrize("sealed_body", [pytest.param(b"[]", id="a-list"), pytest.param(b'{"job":7}', id="a-number")])
def test_a_sealed_order_that_makes_no_sense_does_not_stop_the_agent(bench: Bench, sealed_body: bytes) -> None:
    """Whoever shares a segment's key must not be able to end its other agents."""
    run_agent(bench, "a", ["agent.a"], brings(b"x"))
    own_keys = seal.queue_keys(MASTERS, "agent.a")
    bench.slip_in("agent.a", seal.seal(own_keys, "order jobs:agent.a", sealed_body))
    assert "cannot be read" in until(bench.dead)[0]
    queue = bench.queue()
    queue.put([job("agent.a")])
    assert finals(hear(queue, lambda news: bool(finals(news))))


@pytest.mark.parametrize("forgery", FORGERIES)
def test_what_the_bot_did_not_seal_for_this_queue_never_runs(bench: Bench, forgery: dict[bytes, bytes]) -> None:
    """Who can write to the server must not be able to put packets on a production segment; and it must not jam."""
    ability = Waiting()
    ability.release.set()
    run_agent(bench, "a", ["agent.a"], ability)
    bench.slip_in("agent.a", forgery)
    (reason,) = until(bench.dead)
    assert "seal" in reason
    assert not ability.begun.is_set()
    queue = bench.queue()
    queue.put([job("agent.a")])
    assert finals(hear(queue, lambda news: bool(finals(news))))


def test_a_sealed_order_of_another_version_is_said_to_its_asker(bench: Bench) -> None:
    """A bot that was upgraded before its agents must learn it in words, not by a job that runs out."""
    queue = bench.queue()
    asked = job("agent.a")
    queue.put([asked])
    first = bench.intake(agent("first", "agent.a"))
    assert first.take(5.0) == asked  # So that the bot waits for an answer under this id.
    body = b'{"job":{"id":"%s","colour":"red"},"reply":"%s"}' % (
        asked.id.encode(),
        keys.reports(asked.incident).encode(),
    )
    bench.slip_in("agent.a", seal.seal(seal.queue_keys(MASTERS, "agent.a"), "order jobs:agent.a", body))
    assert first.take(0.5) is None
    (final,) = finals(hear(queue, lambda news: bool(finals(news))))
    assert isinstance(final.event, Failed)
    assert "cannot be read by this version" in final.event.reason


def test_a_replayed_order_runs_once(bench: Bench) -> None:
    """A recorded order, written again, would let anyone repeat a measurement at will."""
    letter = sealed(order_for("agent.a"))
    runs: list[str] = []

    def ability(work: Work) -> Sequence[tuple[Artifact, bytes]]:
        runs.append(work.job.id)
        return []

    run_agent(bench, "a", ["agent.a"], ability)
    for _ in range(3):
        bench.slip_in("agent.a", letter)
    reasons = until(lambda: found if len(found := bench.dead()) == 2 else None)
    assert all("copy" in reason for reason in reasons)
    assert len(runs) == 1


def test_a_replay_is_met_also_where_its_mark_was_deleted(bench: Bench) -> None:
    """Whoever may delete keys on the server must not make a living agent do again what it has done."""
    order = order_for("agent.a")
    runs: list[str] = []

    def ability(work: Work) -> Sequence[tuple[Artifact, bytes]]:
        runs.append(work.job.id)
        return []

    run_agent(bench, "a", ["agent.a"], ability)
    bench.slip_in("agent.a", sealed(order))
    until(lambda: runs)
    bench.unmark(order.job.id)
    bench.slip_in("agent.a", sealed(order))
    assert ["copy" in reason for reason in until(bench.dead)] == [True]
    assert len(runs) == 1


def test_a_replay_is_met_by_the_other_agents_of_the_segment_too(bench: Bench) -> None:
    """The marks are the server's, so a copy finds no agent that has not heard of the first."""
    letter, busy, runs = sealed(order_for("segment.prod")), Waiting(), list[str]()

    def second(work: Work) -> Sequence[tuple[Artifact, bytes]]:
        runs.append(work.job.id)
        return []

    run_agent(bench, "a", ["segment.prod"], busy, slots=1)
    bench.slip_in("segment.prod", letter)
    assert busy.begun.wait(15)
    run_agent(bench, "b", ["segment.prod"], second)
    bench.slip_in("segment.prod", letter)
    assert ["copy" in reason for reason in until(bench.dead)] == [True]
    assert runs == []
    busy.release.set()


def test_a_report_is_heard_by_the_bot_that_asked_and_refused_by_another(bench: Bench) -> None:
    """Sealed by an agent's key as it is: nobody here asked for it, so nobody here believes it."""
    asking, other = bench.queue("bot-1"), bench.queue("bot-2")
    asked, foreign = job("agent.a"), job("agent.a")
    asking.put([asked])
    other.put([foreign])
    moved = Report(Failed(at=CLOCK.now(), job=asked.id, agent="a", reason="elsewhere"), "")
    reply = keys.reports(foreign.incident)
    bench.slip_report(foreign.incident, letters.write_report(seal.queue_keys(MASTERS, "agent.a"), reply, moved))
    run_agent(bench, "a", ["agent.a"], brings(b"x"))
    heard = hear(other, lambda news: bool(finals(news)))
    assert {job_of(news) for news in heard} == {foreign.id}
    assert [job_of(news) for news in finals(hear(asking, lambda news: bool(finals(news))))] == [asked.id]


def test_a_report_that_nobody_asked_for_is_refused(bench: Bench) -> None:
    """An agent must not be able to testify in a case that it was not called in."""
    queue = bench.queue()
    unasked, asked = job("agent.a"), job("agent.a")
    event = Reported(at=CLOCK.now(), job=unasked.id, agent="a", artifacts=(), final=True)
    own_keys = seal.queue_keys(MASTERS, "agent.a")
    reply = keys.reports(asked.incident)
    bench.slip_report(asked.incident, letters.write_report(own_keys, reply, Report(event, "")))
    run_agent(bench, "a", ["agent.a"], brings(b"x"))
    queue.put([asked])
    heard = hear(queue, lambda news: bool(finals(news)))
    assert {job_of(news) for news in heard} == {asked.id}


@pytest.mark.parametrize(
    ("signer", "about"),
    [
        pytest.param("agent.b", None, id="key-of-another-queue"),
        pytest.param("agent.a", "inc-elsewhere", id="written-for-another-incident"),
    ],
)
def test_a_report_with_a_wrong_seal_is_refused(bench: Bench, signer: str, about: str | None) -> None:
    """An agent that was broken into can lie about its own segment alone."""
    queue = bench.queue()
    asked = job("agent.a")
    queue.put([asked])
    event = Failed(at=CLOCK.now(), job=asked.id, agent="b", reason="trust me")
    reply = keys.reports(about or asked.incident)
    bench.slip_report(asked.incident, letters.write_report(seal.queue_keys(MASTERS, signer), reply, Report(event, "")))
    run_agent(bench, "a", ["agent.a"], brings(b"honest"))
    (final,) = finals(hear(queue, lambda news: bool(finals(news))))
    assert list(final.blobs.values()) == [b"honest"]


def test_what_several_questions_brought_comes_in_the_order_in_which_they_were_asked(bench: Bench) -> None:
    """However the answers came in meanwhile: whoever asks the same twice is told the same twice."""
    queue = bench.queue()
    asked = [job("agent.a") for _ in range(8)]
    queue.put(asked)
    for one in reversed(asked):
        report = Report(Failed(at=CLOCK.now(), job=one.id, agent="a", reason="no"), "")
        reply = keys.reports(one.incident)
        signed = letters.write_report(seal.queue_keys(MASTERS, "agent.a"), reply, report)
        bench.slip_report(one.incident, signed)
    assert [job_of(news) for news in finals(queue.news(5))] == [one.id for one in asked]


def test_a_queue_without_an_agent_is_said_to_be_lost_once_and_may_still_answer(bench: Bench) -> None:
    """People must hear within a second or two that nobody looks; a restarted agent still helps."""
    queue = bench.queue()
    asked = job("agent.a")
    queue.put([asked])
    (lost,) = hear(queue, bool)
    assert isinstance(lost.event, Lost)
    assert (lost.incident, lost.event.job) == (asked.incident, asked.id)
    assert queue.news(2.5) == ()
    run_agent(bench, "a", ["agent.a"], brings(b"x"))
    assert told(hear(queue, lambda news: bool(finals(news)))) == ["Started", "Reported"]


def test_an_agent_takes_no_more_than_it_has_slots_for(bench: Bench) -> None:
    """A job that waits behind a capture of five minutes is a job that another agent could have done."""
    busy = Waiting()
    run_agent(bench, "a", ["agent.a", "segment.prod"], busy, slots=1)
    queue = bench.queue()
    queue.put([job("agent.a")])
    assert busy.begun.wait(10)
    run_agent(bench, "b", ["segment.prod"], brings(b"from b"), slots=1)
    shared = [job("segment.prod") for _ in range(4)]
    queue.put(shared)
    heard = finals(hear(queue, lambda news: len(finals(news)) == 4))
    assert {job_of(news) for news in heard} == {wanted.id for wanted in shared}
    busy.release.set()
    assert finals(hear(queue, lambda news: bool(finals(news))))


OLD, NEW, STRANGE = (
    b"the key of last year, now retired",
    b"the key of this year, now in use!",
    b"nobody ever handed this key out",
)


@pytest.mark.parametrize(
    ("bots", "agents"),
    [
        pytest.param([OLD, NEW], [OLD], id="agent-not-yet-changed"),
        pytest.param([NEW, OLD], [OLD, NEW], id="bot-signs-with-the-new-key"),
        pytest.param([NEW, OLD], [NEW], id="agent-already-changed"),
    ],
)
def test_keys_are_changed_without_stopping(bench: Bench, bots: list[bytes], agents: list[bytes]) -> None:
    """A key that cannot be changed during the day is a key that is never changed."""
    run_agent(bench, "a", ["agent.a"], brings(b"x"), masters=agents)
    queue = bench.queue("bot-1", bots)
    queue.put([job("agent.a")])
    assert told(hear(queue, lambda news: bool(finals(news)))) == ["Started", "Reported"]


def test_a_key_that_is_no_longer_valid_is_refused(bench: Bench) -> None:
    """Else changing it would be for nothing."""
    ability = Waiting()
    run_agent(bench, "a", ["agent.a"], ability, masters=[NEW])
    bench.queue("bot-1", [OLD]).put([job("agent.a")])
    assert "seal" in until(bench.dead)[0]
    assert not ability.begun.is_set()


def test_large_evidence_arrives_whole(bench: Bench) -> None:
    """A minute of a busy segment is tens of megabytes."""
    data = bytes(range(256)) * (20 * 4096) + b"and an odd end"
    run_agent(bench, "a", ["agent.a"], brings(data))
    queue = bench.queue()
    queue.put([job("agent.a")])
    (final,) = finals(hear(queue, lambda news: bool(finals(news))))
    assert list(final.blobs.values()) == [data]


def test_evidence_that_is_too_large_is_refused_in_a_sentence(bench: Bench) -> None:
    """One capture must not fill the server that every other incident needs."""
    run_agent(bench, "a", ["agent.a"], brings(b"x" * 2_000_001), limit_bytes=2_000_000)
    queue = bench.queue()
    queue.put([job("agent.a")])
    (final,) = finals(hear(queue, lambda news: bool(finals(news))))
    assert isinstance(final.event, Failed)
    assert "more than the 2 MB that may travel" in final.event.reason


def test_evidence_that_is_not_what_its_digest_says_is_refused(bench: Bench) -> None:
    """A witness is a digest: other bytes under its name would be a forged witness."""

    def ability(work: Work) -> Sequence[tuple[Artifact, bytes]]:
        described, _ = evidence(work.job, b"the true bytes")
        return [(described, b"other bytes...")]

    run_agent(bench, "a", ["agent.a"], ability)
    queue = bench.queue()
    queue.put([job("agent.a")])
    (final,) = finals(hear(queue, lambda news: bool(finals(news))))
    assert isinstance(final.event, Failed)
    assert "did not arrive whole" in final.event.reason


def test_equal_bytes_of_two_agents_both_arrive(bench: Bench) -> None:
    """Two empty tables have one digest; removing the first must not take the second along."""
    run_agent(bench, "a", ["agent.a"], brings(b"[]"))
    run_agent(bench, "b", ["agent.b"], brings(b"[]"))
    queue = bench.queue()
    queue.put([job("agent.a"), job("agent.b")])
    heard = finals(hear(queue, lambda news: len(finals(news)) == 2))
    assert [list(news.blobs.values()) for news in heard] == [[b"[]"], [b"[]"]]


def test_the_agents_say_what_they_can_do_and_what_runs(bench: Bench) -> None:
    """Planning asks who is there; a person asks what they do."""
    ability = Waiting()
    end = run_agent(bench, "b", ["agent.b", "segment.prod"], ability)
    run_agent(bench, "a", ["agent.a"], ability)
    queue = bench.queue()
    assert [(found.name, found.queues) for found in queue.agents()] == [
        ("a", ("agent.a",)),
        ("b", ("agent.b", "segment.prod")),
    ]
    ages = [(CLOCK.now() - found.heard_at).total_seconds() for found in queue.agents()]
    assert all(-0.5 < age < keys.LEASE_S for age in ages), ages
    asked = job("agent.b")
    queue.put([asked])
    until(lambda: [found.running for found in queue.agents()] == [(), (asked.id,)])
    ability.release.set()
    end()
    assert [found.name for found in queue.agents()] == ["a"]


def test_a_job_that_a_stopping_agent_cannot_finish_is_done_by_another(bench: Bench) -> None:
    """Restarting an agent in the middle of an incident costs seconds, not the evidence."""
    endless = Waiting()
    end = run_agent(bench, "a", ["segment.prod"], endless)
    queue = bench.queue()
    queue.put([job("segment.prod")])
    assert endless.begun.wait(10)
    run_agent(bench, "b", ["segment.prod"], brings(b"anew, in full"))
    end()
    heard = hear(queue, lambda news: bool(finals(news)))
    assert [news.event.attempt for news in heard if isinstance(news.event, Started)] == [1, 1]
    assert list(finals(heard)[0].blobs.values()) == [b"anew, in full"]


def test_a_job_may_be_handed_back_more_often_than_agents_may_die_on_it(bench: Bench) -> None:
    """Whoever restarts all agents, twice, gives up no capture that lasts longer than that."""
    queue = bench.queue()
    queue.put([asked := job("agent.a")])
    for _ in range(keys.DELIVERIES + 1):
        intake = bench.intake(agent("a", "agent.a"))
        assert intake.take(10.0) == asked
        intake.close()
    intake = bench.intake(agent("a", "agent.a"))
    taken = intake.take(10.0)
    assert taken
    intake.report(taken, [evidence(taken, b"whole")], final=True)
    heard = hear(queue, lambda news: bool(finals(news)))
    assert {news.event.attempt for news in heard if isinstance(news.event, Started)} == {1}
    assert list(finals(heard)[0].blobs.values()) == [b"whole"]


def test_what_is_said_after_the_final_report_is_dropped(bench: Bench) -> None:
    """At-least-once must look like once."""
    queue = bench.queue()
    asked = job("agent.a")
    queue.put([asked])
    intake = bench.intake(agent("a", "agent.a"))
    taken = intake.take(5.0)
    assert taken == asked
    intake.report(taken, [], final=True)
    intake.fail(taken, "too late")
    intake.report(taken, [], final=True)
    event = Failed(at=CLOCK.now(), job=asked.id, agent="b", reason="from a second agent")
    own_keys = seal.queue_keys(MASTERS, "agent.a")
    reply = keys.reports(asked.incident)
    bench.slip_report(asked.incident, letters.write_report(own_keys, reply, Report(event, "")))
    assert told(hear(queue, lambda news: bool(finals(news))) + list(queue.news(0.3))) == ["Started", "Reported"]


def test_a_partial_report_that_cannot_travel_does_not_end_the_job(bench: Bench) -> None:
    """A running capture must not fail because of a progress note."""
    queue = bench.queue()
    queue.put([job("agent.a")])
    intake = bench.intake(agent("a", "agent.a"), limit_bytes=10)
    taken = intake.take(5.0)
    assert taken
    intake.report(taken, [evidence(taken, b"far too many bytes")], final=False)
    with pytest.raises(InstrumentError, match="more than"):
        intake.report(taken, [evidence(taken, b"far too many bytes")], final=True)
    intake.report(taken, [evidence(taken, b"few")], final=True)
    assert told(hear(queue, lambda news: bool(finals(news)))) == ["Started", "Reported"]


def test_many_threads_put_at_once(bench: Bench) -> None:
    """Every handler puts from its own thread; no order may be lost or mixed up."""
    run_agent(bench, "a", ["agent.a"], brings(b"x"), slots=8)
    queue = bench.queue()
    jobs = [job("agent.a") for _ in range(60)]
    threads = [threading.Thread(target=queue.put, args=([wanted],)) for wanted in jobs]
    for thread in threads:
        thread.start()
    heard = finals(hear(queue, lambda news: len(finals(news)) == len(jobs)))
    for thread in threads:
        thread.join()
    assert {job_of(news) for news in heard} == {wanted.id for wanted in jobs}
