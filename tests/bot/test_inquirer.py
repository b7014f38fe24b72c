"""A channel's inquiry through the whole bot: opened, kept current, told, closed, and found again by the next bot."""

from collections.abc import Callable

import pytest

from bot.errors import InstrumentError, RequestError
from bot.inquirer import Inquirer
from bot.model.audit import Deed
from bot.model.inquiry import Inquiry, Pinned
from bot.model.people import Member, Membership
from bot.model.request import Person, Place
from bot.model.summary import Summary
from tests.bot.house import House
from tests.bot.incidents.ground import ASKER, HERE
from tests.bot.test_pasting import finish

BEN = Person("T1", "U2")


@pytest.fixture
def house() -> House:
    return House()


def doors(house: House) -> Inquirer:
    assert house.coordinator.inquirer is not None
    return house.coordinator.inquirer


def opened(house: House) -> Inquiry:
    doors(house).open('"odd VMs lose packets" affected 10.0.0.5 unaffected app02', ASKER, HERE)
    inquiry = doors(house).current(HERE.channel)
    assert inquiry is not None
    return inquiry


def board(house: House) -> Summary:
    return house.boards.boards[-1][0]


def test_it_is_opened_once_and_its_summary_stands_in_the_channel(house: House) -> None:
    """A second one is told what is open."""
    inquiry = opened(house)
    assert (inquiry.opened.text, inquiry.opened.affected) == ("odd VMs lose packets", ("10.0.0.5",))
    assert board(house).id == inquiry.id
    with pytest.raises(RequestError, match="open in this channel already since 12:00 UTC: odd VMs lose packets"):
        doors(house).open("another", BEN, HERE)
    doors(house).open("elsewhere", BEN, Place("C2"))
    assert Deed.REQUESTED in house.audit.deeds


def test_a_question_is_on_the_summary_while_it_runs_and_its_verdict_after(house: House) -> None:
    """Nobody has to ask for it."""
    opened(house)
    house.ask()
    assert board(house).running == ("arpcheck 10.0.0.5",)
    finish(house)
    assert board(house).running == ()
    assert [one.incident for one in board(house).machines] == [house.card.id]


def test_what_was_asked_shortly_before_belongs_to_it(house: House) -> None:
    """First one asks, then one calls it an incident."""
    early = house.ask()
    finish(house)
    house.clock.forward(29 * 60)
    inquiry = opened(house)
    assert [one.id for one in doors(house).questions(inquiry)] == [early.id]
    other = House()
    other.ask()
    finish(other)
    other.clock.forward(31 * 60)
    assert doors(other).questions(opened(other)) == ()


def test_the_next_bot_goes_on_with_the_same_message(house: House) -> None:
    """A restarted bot posts no second summary."""
    inquiry = opened(house)
    house.coordinator.pinned(inquiry.id, "55.1")
    house.coordinator = house.bot()
    house.ask()
    assert house.boards.boards[-1][1] == "55.1"
    found = doors(house).find(inquiry.id)
    assert found is not None
    assert isinstance(found.timeline[-1], Pinned)


def test_a_bot_that_starts_brings_every_open_summary_up_to_date(house: House) -> None:
    """The one before it may have died with a question on the summary that has ended since."""
    opened(house)
    doors(house).open("elsewhere", BEN, Place("C2"))
    doors(house).close("", BEN, Place("C2"))
    house.boards.boards.clear()
    house.coordinator = house.bot()
    doors(house).refresh_all()
    assert [shown.opened.channel for shown, _ in house.boards.boards] == [HERE.channel]


def test_the_whole_summary_is_for_whoever_asks_or_for_all(house: House) -> None:
    """The next one says what changed since it was shared."""
    opened(house)
    doors(house).summary(BEN, HERE, share=False)
    doors(house).summary(BEN, HERE, share=True)
    house.ask()
    finish(house)
    doors(house).summary(BEN, HERE, share=False)
    (one, _, _), (everybody, _, first), (_, _, last) = house.boards.briefs
    assert (one, everybody) == (BEN, None)
    assert first.changed == ()
    assert any(line.endswith("(new)") for line in last.changed)


def test_it_is_closed_once_and_told_to_all(house: House) -> None:
    """Two who close it at once are told apart; a closed one is opened again with all it had."""
    inquiry = opened(house)
    doors(house).close("the agent was restarted", BEN, HERE)
    assert house.boards.briefs[-1][0] is None
    assert board(house).ended is not None
    with pytest.raises(RequestError, match="closed at 12:00 UTC already; `/incident reopen`"):
        doors(house).close("", ASKER, HERE)
    doors(house).reopen("it is back", ASKER, HERE)
    current = doors(house).current(HERE.channel)
    assert current is not None
    assert current.id == inquiry.id
    with pytest.raises(RequestError, match="there is nothing to open again"):
        doors(house).reopen("", ASKER, HERE)


def test_two_who_close_at_the_same_moment(house: House) -> None:
    """Both read it open; one of them closes it."""
    inquiry = opened(house)
    house.decided.add(f"closing:{inquiry.id}:0")
    with pytest.raises(RequestError, match="Somebody else closed it in this moment"):
        doors(house).close("", BEN, HERE)
    assert doors(house).current(HERE.channel) is not None


def test_the_timeline_lists_everything_with_source_and_confidence(house: House) -> None:
    """Who said it, or which instrument."""
    opened(house)
    house.clock.forward(1)
    house.ask()
    finish(house)
    doors(house).timeline(BEN, HERE)
    lines, before = house.boards.lines[-1]
    assert before == 0
    assert [(str(line.confidence), bool(line.who)) for line in lines] == [
        ("said", True), ("said", True), ("judged", False),
    ]  # fmt: skip
    assert lines[0].says == "Incident opened: odd VMs lose packets (affected 10.0.0.5; not affected app02)"
    assert lines[1].says == "Asked: arpcheck 10.0.0.5"
    assert lines[2].incident == house.card.id


@pytest.mark.parametrize(
    "door",
    [
        lambda to: to.summary(ASKER, HERE, share=False),
        lambda to: to.timeline(ASKER, HERE),
        lambda to: to.close("", ASKER, HERE),
        lambda to: to.reopen("", ASKER, HERE),
    ],
)
def test_where_none_was_opened_the_way_to_open_one_is_said(house: House, door: Callable[[Inquirer], None]) -> None:
    """Nobody has to know the words."""
    with pytest.raises(RequestError, match="No incident is open in this channel; open one"):
        door(doors(house))


def test_who_may_not_check_here_may_not_open_or_read(house: House) -> None:
    """The refusal is among the deeds."""
    house.directory.members[ASKER] = Member(Membership.GUEST)
    with pytest.raises(RequestError):
        opened(house)
    assert house.audit.deeds == [Deed.REFUSED]


def test_what_breaks_apart_is_told_to_whoever_waits(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that goes away between the door and the answer leaves nobody waiting."""
    opened(house)
    read = house.inquiries.read

    def away(name: str) -> Inquiry | None:
        monkeypatch.setattr(house.inquiries, "read", read)
        monkeypatch.setattr(house.inquiries, "asked", _away)
        return read(name)

    monkeypatch.setattr(house.inquiries, "read", away)
    doors(house).summary(BEN, HERE, share=False)
    assert house.boards.whispers == ["The queue server cannot be reached."]
    assert house.boards.briefs == []


def _away(*_: object) -> tuple[str, ...]:
    raise InstrumentError("The queue server cannot be reached.")


def test_a_check_is_answered_though_the_inquiry_cannot_be_reached(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The shared truth is worth less than the answer itself."""
    opened(house)
    monkeypatch.setattr(house.inquiries, "of_channel", _away)
    house.ask()
    finish(house)
    assert house.card.closed is not None
    assert house.card.verdict is not None
