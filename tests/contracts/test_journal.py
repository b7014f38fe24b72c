"""What every journal must keep."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address

import pytest

from bot.errors import OvertakenError
from bot.model.incident import AnyEvent, Closed, Delivered, Lost, Outcome, Published, Requested, Started
from bot.model.request import Person, Place, Request, Target
from bot.ports import Journal
from bot.queue.journal import MemoryJournal, RedisJournal

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SERVERS = ("valkey", "redis_tcp", "redis_tls", "redis_as_bot")


@pytest.fixture(params=["memory", *(pytest.param(name, marks=pytest.mark.server) for name in SERVERS)])
def journal(request: pytest.FixtureRequest) -> Iterator[Journal]:
    """Each kind of journal in turn."""
    if request.param == "memory":
        yield MemoryJournal()
        return
    kept = RedisJournal(request.getfixturevalue(request.param).url)
    yield kept
    kept.close()


def requested(name: str, after_s: float = 0.0, channel: str = "C1") -> Requested:
    at = START + timedelta(seconds=after_s)
    target = Target(address=IPv4Address("10.0.0.5"))
    person, place = Person("T1", "U1"), Place(channel, "1.2")
    request = Request(name, "arpcheck", target, deep=False, person=person, place=place, asked_at=at)
    return Requested(at=at, request=request)


def closed(after_s: float) -> Closed:
    return Closed(at=START + timedelta(seconds=after_s), outcome=Outcome.ANSWERED)


def test_a_timeline_is_read_back_event_by_event(journal: Journal) -> None:
    """A restarted bot goes on from what it wrote, so nothing in it may have changed."""
    events: tuple[AnyEvent, ...] = (
        requested("inc-1"),
        Started(at=START, job="job-1", agent="a", attempt=2),
        Lost(at=START, job="job-1"),
        Published(at=START, channel="C1", message="1.3"),
        closed(3),
    )
    for event in events:
        journal.append("inc-1", event)
    incident = journal.read("inc-1")
    assert incident is not None
    assert (incident.id, incident.timeline) == ("inc-1", events)


def test_an_incident_that_never_was_is_none(journal: Journal) -> None:
    """No timeline is not an empty one."""
    assert journal.read("inc-0") is None
    assert journal.unfinished() == ()


def test_the_unfinished_are_listed_oldest_request_first(journal: Journal) -> None:
    """After a restart those who wait longest are answered first."""
    journal.append("inc-b", requested("inc-b", after_s=5))
    journal.append("inc-a", requested("inc-a", after_s=9))
    journal.append("inc-c", requested("inc-c", after_s=1))
    journal.append("inc-b", closed(10))
    assert journal.unfinished() == ("inc-c", "inc-b", "inc-a"), "an end that nobody has seen is not the end"
    journal.append("inc-b", Delivered(at=START))
    assert journal.unfinished() == ("inc-c", "inc-a")


def test_the_unfinished_of_one_channel_are_told_apart(journal: Journal) -> None:
    """A flood in one channel must not count against another."""
    journal.append("inc-a", requested("inc-a"))
    journal.append("inc-b", requested("inc-b", after_s=1, channel="C2"))
    journal.append("inc-c", requested("inc-c", after_s=2))
    journal.append("inc-d", requested("inc-d", after_s=3))
    journal.append("inc-c", Delivered(at=START))
    assert journal.unfinished("C1") == ("inc-a", "inc-d")
    assert journal.unfinished("C2") == ("inc-b",)
    assert journal.unfinished("C3") == ()


def test_the_crowd_of_a_channel_is_counted_together_with_that_of_all(journal: Journal) -> None:
    """Whoever lets one more question in weighs both, and reads them once."""
    assert journal.crowd("C1") == (0, 0)
    journal.append("inc-a", requested("inc-a"))
    journal.append("inc-b", requested("inc-b", after_s=1, channel="C2"))
    journal.append("inc-c", requested("inc-c", after_s=2))
    journal.append("inc-d", requested("inc-d", after_s=3))
    journal.append("inc-c", Delivered(at=START))
    assert [journal.crowd(channel) for channel in ("C1", "C2", "C3")] == [(2, 3), (1, 3), (0, 3)]


def test_what_is_noted_after_the_end_does_not_open_it_again(journal: Journal) -> None:
    """Nobody must be told twice because of a late note."""
    journal.append("inc-1", requested("inc-1"))
    journal.append("inc-1", closed(1))
    journal.append("inc-1", Delivered(at=START))
    journal.append("inc-1", Published(at=START, channel="C1", message="1.3"))
    assert journal.unfinished() == ()


def test_an_event_that_is_written_twice_at_its_place_stands_once(journal: Journal) -> None:
    """Whoever does not know whether the server took it writes it again."""
    journal.append("inc-1", requested("inc-1"), 0)
    for _ in range(2):
        journal.append("inc-1", closed(1), 1)
    incident = journal.read("inc-1")
    assert incident is not None
    assert incident.timeline == (requested("inc-1"), closed(1))


def test_whoever_was_overtaken_writes_nothing_any_more(journal: Journal) -> None:
    """A bot that slept while another went on would end the same question twice."""
    journal.append("inc-1", requested("inc-1"), 0)
    journal.append("inc-1", Lost(at=START, job="job-1"), 1)
    journal.append("inc-1", closed(1), 2)
    for late in (closed(9), Lost(at=START, job="job-2")):
        with pytest.raises(OvertakenError, match="Another bot has gone on with `inc-1`"):
            journal.append("inc-1", late, 1)
    incident = journal.read("inc-1")
    assert incident is not None
    assert [type(event).__name__ for event in incident.timeline] == ["Requested", "Lost", "Closed"]


def test_a_timeline_that_was_begun_without_places_goes_on_with_them(journal: Journal) -> None:
    """The version before wrote no places; its bots and ours meet in a rolling upgrade."""
    journal.append("inc-1", requested("inc-1"))
    journal.append("inc-1", Lost(at=START, job="job-1"), 1)
    journal.append("inc-1", closed(1))
    journal.append("inc-1", Delivered(at=START), 3)
    incident = journal.read("inc-1")
    assert incident is not None
    assert [type(event).__name__ for event in incident.timeline] == ["Requested", "Lost", "Closed", "Delivered"]
    assert journal.unfinished() == ()
