"""What every keeper of the channels' timelines promises: bot.ports.Inquiries, in memory and on both servers."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.model.incident import Requested
from bot.model.inquiry import Ended, Happened, Kind, Noted, Opened, Pinned, Reopened, Report, Summarised, Withdrawn
from bot.model.request import Person, Place
from bot.ports import Inquiries, Journal
from bot.queue.inquiries import MemoryInquiries, RedisInquiries
from bot.queue.journal import MemoryJournal, RedisJournal
from tests.bot.incidents.ground import request as question
from tests.contracts.test_journal import SERVERS

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ANA = Person("T1", "U1")


@dataclass(frozen=True)
class Kept:
    inquiries: Inquiries
    journal: Journal


@pytest.fixture(params=["memory", *(pytest.param(name, marks=pytest.mark.server) for name in SERVERS)])
def kept(request: pytest.FixtureRequest) -> Iterator[Kept]:
    if request.param == "memory":
        journal = MemoryJournal()
        yield Kept(MemoryInquiries(journal), journal)
        return
    url = request.getfixturevalue(request.param).url
    inquiries, written = RedisInquiries(url), RedisJournal(url)
    yield Kept(inquiries, written)
    inquiries.close()
    written.close()


def opened(channel: str = "C1", after_s: float = 0.0) -> Opened:
    return Opened(at=NOON + timedelta(seconds=after_s), by=ANA, channel=channel, text="odd VMs lose packets")


def test_a_timeline_is_read_back_event_by_event(kept: Kept) -> None:
    """Every kind of event, with everything in it."""
    report = Report("arp_claims", "same_vm_vnics", "guest", measured=False, about="app05")
    told = (
        replace(opened(), affected=("app01", "app03"), unaffected=("app02",)),
        Noted(at=NOON, note="note-1", by=ANA, text="two MACs", report=report, message="1.2", author=Person("T1", "U2")),
        Withdrawn(at=NOON, note="note-1", by=ANA),
        Happened(at=NOON, key="dc1/7", kind=Kind.MOVE, when=NOON, source="vCenter dc1", says="moved", incident="inc-1"),
        Summarised(at=NOON, told=("one", "two")),
        Pinned(at=NOON, message="1.3"),
        Ended(at=NOON, by=ANA, text="fixed"),
        Reopened(at=NOON, by=ANA),
    )
    for event in told:
        kept.inquiries.append("inq-a", event)
    read = kept.inquiries.read("inq-a")
    assert read is not None
    assert read.timeline == told
    assert kept.inquiries.read("inq-b") is None


def test_a_channel_knows_its_inquiries_oldest_first(kept: Kept) -> None:
    """And no other channel's."""
    kept.inquiries.append("inq-a", opened("C1", 60))
    kept.inquiries.append("inq-b", opened("C1"))
    kept.inquiries.append("inq-c", opened("C2"))
    assert kept.inquiries.of_channel("C1") == ("inq-b", "inq-a")
    assert kept.inquiries.of_channel("C3") == ()


def test_the_open_ones_are_known_in_whatever_channel(kept: Kept) -> None:
    """A bot that starts brings their summaries up to date."""
    kept.inquiries.append("inq-a", opened("C1", 60))
    kept.inquiries.append("inq-b", opened("C2"))
    assert kept.inquiries.unended() == ("inq-b", "inq-a")
    kept.inquiries.append("inq-b", Ended(at=NOON, by=ANA))
    assert kept.inquiries.unended() == ("inq-a",)
    kept.inquiries.append("inq-b", Reopened(at=NOON, by=ANA))
    assert set(kept.inquiries.unended()) == {"inq-a", "inq-b"}


def test_the_questions_of_a_channel_are_found_by_their_time(kept: Kept) -> None:
    """The newest, where there are more than are wanted, oldest first."""
    for number in range(4):
        asked = replace(question(), id=f"inc-{number}", place=Place("C1"), asked_at=NOON + timedelta(minutes=number))
        kept.journal.append(asked.id, Requested(at=asked.asked_at, request=asked))
    elsewhere = replace(question(), id="inc-x", place=Place("C2"))
    kept.journal.append(elsewhere.id, Requested(at=NOON, request=elsewhere))
    since, until = NOON + timedelta(minutes=1), NOON + timedelta(minutes=2)
    assert kept.inquiries.asked("C1", since, None, 10) == ("inc-1", "inc-2", "inc-3")
    assert kept.inquiries.asked("C1", since, until, 10) == ("inc-1", "inc-2")
    assert kept.inquiries.asked("C1", NOON, None, 2) == ("inc-2", "inc-3")
