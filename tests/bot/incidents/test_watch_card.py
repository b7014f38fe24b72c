"""What the card of a running watch says: who watches, when they were last heard, what changed, how much is left."""

from datetime import timedelta

from bot.incidents import watch_card, watching
from bot.incidents.card import card
from bot.incidents.folds import jobs
from bot.incidents.instruments import Stage
from bot.incidents.printed import as_text
from bot.model.incident import (
    Closed,
    Expired,
    Failed,
    Flipped,
    Incident,
    Lost,
    Outcome,
    Queued,
    Reported,
    Started,
    Watched,
)
from bot.model.job import Job
from tests.bot.incidents.ground import NOON
from tests.bot.incidents.test_watching import asked, at, begun, known, put, then


def job(incident: Incident, queue: str, number: int = -1) -> Job:
    return [one for one in jobs(incident) if one.queue == queue][number]


def started(incident: Incident, queue: str, after_s: float, agent: str) -> Incident:
    return then(incident, Started(at=at(after_s), job=job(incident, queue).id, agent=agent, attempt=1))


def reported(incident: Incident, queue: str, after_s: float, agent: str) -> Incident:
    name = job(incident, queue).id
    return then(incident, Reported(at=at(after_s), job=name, agent=agent, artifacts=(), final=False))


def next_piece(incident: Incident, after_s: float) -> Incident:
    (wanted,) = watching.due(incident, known(after_s))
    return put(incident, after_s, wanted)


def lines(incident: Incident, after_s: float) -> list[str]:
    """The instruments as the card shows them."""
    return [f"{one.name}: {one}" for one in card(incident, (), now=at(after_s)).instruments]


def test_each_place_has_one_line_however_many_pieces_it_was_asked_for() -> None:
    """An hour of pieces would be four hundred."""
    incident = begun()
    for after_s in range(4, 40, 4):
        incident = next_piece(incident, after_s)
    assert lines(incident, 40) == [
        "prod: looking: waiting", "office: looking: waiting", "vCenter dc1: looking: waiting",
    ]  # fmt: skip


def test_a_place_is_named_after_the_agent_that_spoke_last_and_says_when() -> None:
    """A standby may have taken over; and how old a word is tells whether to believe it."""
    incident = started(begun(), "segment.prod", 1, "prod-1")
    assert lines(incident, 3)[0] == "prod-1: looking: watching, heard 2 s ago"
    incident = reported(next_piece(incident, 4), "segment.prod", 6, "prod-2")
    assert lines(incident, 9.4)[0] == "prod-2: looking: watching, heard 3 s ago"


def test_a_clock_that_runs_behind_makes_no_negative_age() -> None:
    """The word may be newer than the card's own time."""
    assert lines(started(begun(), "segment.prod", 5, "prod-1"), 3)[0].endswith("heard 0 s ago")


def test_an_instrument_that_failed_says_why() -> None:
    """In its own sentence."""
    incident = begun()
    reason = "The agent has no IPv4 address on eth1."
    incident = then(incident, Failed(at=at(1), job=job(incident, "segment.prod").id, agent="prod-1", reason=reason))
    shown = card(incident, (), now=at(2)).instruments[0]
    assert (shown.name, shown.stage, shown.reason) == ("prod-1", Stage.FAILED, reason)


def test_a_dead_agent_stays_told_while_the_next_piece_is_asked_for() -> None:
    """A piece is younger than its deadline, so the newest of them never is the one that was lost."""
    incident = reported(begun(), "segment.prod", 2, "prod-1")
    incident = next_piece(incident, 4)
    incident = then(incident, Lost(at=at(7), job=job(incident, "segment.prod").id))
    assert lines(incident, 7)[0] == "prod-1: failed: nobody is there"
    incident = next_piece(incident, 8)
    assert lines(incident, 9)[0] == "prod-1: failed: nobody is there"
    incident = then(incident, Expired(at=at(15), job=job(incident, "segment.prod", -2).id))
    incident = next_piece(incident, 16)
    assert lines(incident, 17)[0] == "prod-1: failed: nobody is there"
    incident = started(incident, "segment.prod", 18, "prod-2")
    assert lines(incident, 18)[0] == "prod-2: looking: watching, heard 0 s ago"


def test_an_old_piece_that_expires_says_nothing_of_who_watches_now() -> None:
    """The successor is at work already."""
    incident = next_piece(begun(), 4)
    incident = reported(incident, "segment.prod", 6, "prod-2")
    incident = then(incident, Expired(at=at(11), job=job(incident, "segment.prod", 0).id))
    assert lines(incident, 11)[0] == "prod-2: looking: watching, heard 5 s ago"


def test_what_was_brought_before_the_time_ran_out_is_no_trouble() -> None:
    """Only its last word is missing."""
    incident = reported(begun(), "segment.prod", 2, "prod-1")
    incident = then(incident, Expired(at=at(11), job=job(incident, "segment.prod").id))
    assert watch_card.trouble(incident, [job(incident, "segment.prod")]) is None


def flip(number: int) -> Flipped:
    when = NOON + timedelta(seconds=number)
    return Flipped(at=when, key=str(number), when=when, vantage="prod", says=f"Change {number}.")


def test_the_newest_changes_are_shown_and_all_are_counted() -> None:
    """The latest first; the thread has them all."""
    incident = then(begun(), *(flip(number) for number in range(8)))
    shown = card(incident, (), now=at(8))
    assert shown.facts[0] == "`12:00:07` Change 7."
    assert shown.facts[-1] == "`12:00:02` Change 2."
    assert len(shown.facts) == 6
    assert shown.headline == "Watching 10.0.0.5 · 52 s left · 8 changes"


def test_the_time_that_is_left() -> None:
    """Seconds at the end, minutes before; none once it is over, and nothing before it began."""
    incident = begun(duration_s=600)
    assert [watch_card.left(incident, at(s)) for s in (0, 479, 481, 600, 700)] == [
        "10 min left", "2 min left", "119 s left", "0 s left", "0 s left",
    ]  # fmt: skip
    assert watch_card.left(asked(), at(0)) == ""
    assert watch_card.left(incident, None) == ""


def test_what_has_ended_shows_what_was_seen_and_no_time() -> None:
    """The sentences of the experiment, and whatever nobody could see."""
    incident = then(
        begun(),
        Queued(at=at(4), jobs=(), gaps=("From 12:00:04 UTC on nobody could watch on its own segment.",)),
        Watched(at=at(60), says=("On its host, from prod: 0 of 100 pings lost.",)),
        Closed(at=at(61), outcome=Outcome.FAILED, sentence="The bot was restarted."),
    )
    shown = card(incident, ())
    assert shown.watched == ("On its host, from prod: 0 of 100 pings lost.",)
    assert shown.missing == ("From 12:00:04 UTC on nobody could watch on its own segment.",)
    assert "left" not in shown.headline
    assert "nobody could watch on its own segment" in " ".join(as_text(shown).split())
