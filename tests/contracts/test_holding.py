"""Which bot has an incident in hand: what every queue must keep when bots die, sleep, or are many."""

from dataclasses import replace

from bot.model.incident import Reported, StopAsked
from bot.model.request import Person
from bot.queue import keys, letters, seal
from tests.contracts.bench import (
    CLOCK,
    MASTERS,
    Bench,
    agent,
    brings,
    evidence,
    finals,
    hear,
    job,
    run_agent,
    told,
    until,
)

ANA = Person("T1", "U1")
LEASE_S = 1.0


def fresh() -> str:
    return job("agent.a").incident


def test_of_two_bots_one_has_it(bench: Bench) -> None:
    """Both see in the same moment that its bot is gone."""
    one, two, incident = bench.queue("bot-1", lease_s=LEASE_S), bench.queue("bot-2", lease_s=LEASE_S), fresh()
    until(lambda: one.hold([incident]))
    assert until(lambda: two.hold([fresh()]))
    assert one.hold([incident]) == {incident}
    assert two.hold([incident]) == frozenset()
    assert one.taken() == two.taken() == ()


def test_what_a_dead_bot_had_is_the_next_ones_after_a_lease(bench: Bench) -> None:
    """People wait for seconds, not for minutes."""
    one, two, incident = bench.queue("bot-1", lease_s=LEASE_S), bench.queue("bot-2", lease_s=LEASE_S), fresh()
    one.begin(incident)
    assert two.hold([incident]) == frozenset()
    one.close()
    assert until(lambda: two.hold([incident]), 4 * LEASE_S) == {incident}


def test_a_bot_that_listens_keeps_what_it_has(bench: Bench) -> None:
    """A long capture is no death."""
    one, two, incident = bench.queue("bot-1", lease_s=LEASE_S), bench.queue("bot-2", lease_s=LEASE_S), fresh()
    one.begin(incident)
    for _ in range(6):
        one.news(LEASE_S / 3)
        assert two.hold([incident]) == frozenset()
    assert one.taken() == ()


def test_a_bot_learns_what_was_taken_out_of_its_hand(bench: Bench) -> None:
    """Else two would write to one card; its late reports are not this one's any more."""
    one, two, asked = bench.queue("bot-1", lease_s=LEASE_S), bench.queue("bot-2", lease_s=LEASE_S), job("agent.a")
    one.begin(asked.incident)
    one.put([asked])
    assert two.hold([asked.incident], seize=True) == {asked.incident}
    assert until(one.taken) == (asked.incident,)
    assert one.taken() == ()
    two.resume([asked])
    run_agent(bench, "a", ["agent.a"], brings(b"x"))
    assert told(hear(two, lambda news: bool(finals(news)))) == ["Started", "Reported"]
    assert one.news(0.3) == ()


def test_what_was_heard_but_not_taken_in_is_heard_by_the_next(bench: Bench) -> None:
    """A bot may die between the report and the line that says so."""
    one, two, asked = bench.queue("bot-1", lease_s=LEASE_S), bench.queue("bot-2", lease_s=LEASE_S), job("agent.a")
    run_agent(bench, "a", ["agent.a"], brings(b"x"))
    one.begin(asked.incident)
    one.put([asked])
    heard = hear(one, lambda news: bool(finals(news)))
    one.close()
    until(lambda: two.hold([asked.incident]))
    two.resume([asked])
    again = hear(two, lambda news: bool(finals(news)))
    assert finals(again)[0].blobs == finals(heard)[0].blobs
    assert finals(two.news(0.3)) == []


def test_what_was_taken_in_is_not_heard_again(bench: Bench) -> None:
    """The server is no archive: what a bot has written down is removed."""
    one, two, asked = bench.queue("bot-1", lease_s=LEASE_S), bench.queue("bot-2", lease_s=LEASE_S), job("agent.a")
    run_agent(bench, "a", ["agent.a"], brings(b"x"))
    one.begin(asked.incident)
    one.put([asked])
    assert hear(one, lambda news: bool(finals(news)))
    assert one.news(0.1) == ()  # to ask again says that it was taken in
    two.hold([asked.incident], seize=True)
    two.resume([asked])
    assert two.news(0.3) == ()


def test_a_word_reaches_whoever_has_it_in_hand(bench: Bench) -> None:
    """Slack tells any of the bots that somebody pressed Stop."""
    one, two, incident = bench.queue("bot-1", lease_s=LEASE_S), bench.queue("bot-2", lease_s=LEASE_S), fresh()
    one.begin(incident)
    word = StopAsked(at=CLOCK.now(), by=ANA)
    two.tell(incident, word)
    (news,) = hear(one, bool)
    assert (news.incident, news.event) == (incident, word)


def test_a_word_that_the_dead_one_had_not_heard_reaches_the_next(bench: Bench) -> None:
    """Who pressed Stop was told that it stops."""
    one, two, incident = bench.queue("bot-1", lease_s=LEASE_S), bench.queue("bot-2", lease_s=LEASE_S), fresh()
    one.begin(incident)
    one.close()
    two.tell(incident, StopAsked(at=CLOCK.now(), by=ANA))
    until(lambda: two.hold([incident]))
    assert told(hear(two, bool)) == ["StopAsked"]


def test_an_agent_cannot_speak_as_a_bot(bench: Bench) -> None:
    """Nor can a bot's word be moved to another incident."""
    queue, incident, other = bench.queue(lease_s=LEASE_S), fresh(), fresh()
    queue.begin(incident)
    word = StopAsked(at=CLOCK.now(), by=ANA)
    agents, bots = seal.queue_keys(MASTERS, "agent.a"), seal.queue_keys(MASTERS, letters.BOTS)
    bench.slip_report(incident, letters.write_word(agents, keys.reports(incident), word))
    bench.slip_report(incident, letters.write_word(bots, keys.reports(other), word))
    bench.slip_report(incident, {b"word": b"1", b"body": b"{}"})
    queue.tell(incident, replace(word, by=Person("T1", "U2")))
    (news,) = hear(queue, bool)
    assert isinstance(news.event, StopAsked)
    assert news.event.by.user == "U2"


def test_what_is_given_out_of_hand_can_be_taken_at_once(bench: Bench) -> None:
    """A bot that is told to end lets the others go on without a pause."""
    one, two, incident = bench.queue("bot-1", lease_s=LEASE_S), bench.queue("bot-2", lease_s=LEASE_S), fresh()
    until(lambda: two.hold([fresh()]))
    one.begin(incident)
    one.leave(incident)
    assert two.hold([incident]) == {incident}


def test_what_came_in_while_it_was_given_out_of_hand_is_heard_by_the_next(bench: Bench) -> None:
    """A bot that is told to end goes on listening; what it has read but not written down is not lost with it."""
    one, two, asked = bench.queue("bot-1", lease_s=LEASE_S), bench.queue("bot-2", lease_s=LEASE_S), job("agent.a")
    run_agent(bench, "a", ["agent.a"], brings(b"x"))
    one.begin(asked.incident)
    one.put([asked])
    heard = hear(one, lambda news: bool(finals(news)))
    one.leave(asked.incident)
    assert one.news(0.1) == ()
    until(lambda: two.hold([asked.incident]))
    two.resume([asked])
    assert finals(hear(two, lambda news: bool(finals(news))))[0].blobs == finals(heard)[0].blobs


def test_what_ended_leaves_nothing_behind(bench: Bench) -> None:
    """Late reports on it would lie on the server, and be heard by whoever takes it next."""
    queue, asked = bench.queue(lease_s=LEASE_S), job("agent.a")
    queue.begin(asked.incident)
    queue.put([asked])
    intake = bench.intake(agent("a", "agent.a"))
    taken = until(lambda: intake.take(1.0))
    intake.report(taken, [evidence(taken, b"late")], final=True)
    queue.end(asked.incident)
    other = bench.queue("bot-2", lease_s=LEASE_S)
    assert until(lambda: other.hold([asked.incident]))
    other.resume([asked])
    assert not any(isinstance(news.event, Reported) for news in other.news(0.3))


def test_a_bot_knows_whether_it_is_alone(bench: Bench) -> None:
    """Only then does what it runs have to end with it."""
    one = bench.queue("bot-1", lease_s=LEASE_S)
    assert until(one.alone)
    two = bench.queue("bot-2", lease_s=LEASE_S)
    assert until(lambda: not one.alone())
    two.close()
    assert until(one.alone)


def test_whoever_fell_silent_is_missed_by_a_bot_that_is_started_later(bench: Bench) -> None:
    """After a restart of the bot a dead agent would else look like one that never was."""
    intake = bench.intake(agent("prod-1", "agent.prod-1"))
    one = bench.queue("bot-1", lease_s=LEASE_S)
    until(one.agents)
    intake.close()
    two = bench.queue("bot-2", lease_s=LEASE_S)
    assert until(lambda: not two.agents())
    (known,) = (known for known in two.roll() if known.name == "prod-1")
    assert (known.queues, known.running) == (("agent.prod-1",), ())
    assert abs((CLOCK.now() - known.heard_at).total_seconds()) < 15
