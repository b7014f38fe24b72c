"""What an incident owes beside its card, by name, and what of it stands."""

from datetime import datetime, timedelta

import pytest

from bot.incidents import joining, parts
from bot.model.incident import CARD, AnyEvent, Closed, Flipped, Incident, Outcome, Published, Requested
from bot.model.request import Place
from tests.bot.incidents.ground import NOON, request

LATER = NOON + timedelta(seconds=2)


def incident(*events: AnyEvent) -> Incident:
    asked = request()
    return Incident(asked.id, (Requested(at=NOON, request=asked), *events))


def published(part: str, message: str = "1.2", channel: str = "C1") -> Published:
    return Published(at=NOON, channel=channel, message=message, part=part)


def flipped(at: datetime, says: str) -> Flipped:
    return Flipped(at=at, key=says, when=at, vantage="prod-1", says=says)


@pytest.mark.parametrize(
    ("name", "part", "known"),
    [
        pytest.param("inc-1", CARD, ("inc-1", CARD), id="card"),
        pytest.param("inc-1", parts.details(1), ("inc-1", "details 1"), id="details"),
        pytest.param("inc-1", parts.numbered(parts.STORY, 2), ("inc-1", "story 2"), id="story"),
        pytest.param("inc-1", parts.file("a b.png"), ("inc-1", "file a b.png"), id="sentence in a file's place"),
        pytest.param("C2", "also inc-1 ", ("inc-1", joining.copy_part(Place("C2"))), id="copy in a channel"),
        pytest.param("C2", "also inc-1 3.4", ("inc-1", joining.copy_part(Place("C2", "3.4"))), id="copy in a thread"),
        pytest.param("C1", "noted n-1", None, id="note"),
        pytest.param("inc-1", "uninvited", None, id="said to one person"),
    ],
)
def test_of_every_mark_it_is_known_whose_part_it_is(name: str, part: str, known: tuple[str, str] | None) -> None:
    """Slack tells a message's mark alone; what the journal knows must be found by it."""
    assert parts.marked(name, part) == known


def test_a_part_stands_where_it_was_published_and_nowhere_else() -> None:
    """Two copies in two channels have the same name."""
    one = incident(published("also ", channel="C2"), published("details 0", "1.3"), published("details 0", "1.4"))
    assert parts.messages(one, "also ", "C2") == ("1.2",)
    assert parts.messages(one, "also ", "C3") == ()
    assert parts.messages(one, "details 0", "C1") == ("1.3", "1.4")
    assert (parts.stands(one, "details 0"), parts.stands(one, "details 1")) == (True, False)


def test_what_ended_long_ago_owes_nothing_more() -> None:
    """Timelines of an older bot name no part but the card, and must not be posted again."""
    ended = incident(Closed(at=NOON, outcome=Outcome.ANSWERED))
    assert not parts.late(ended, NOON + timedelta(hours=1))
    assert parts.late(ended, NOON + timedelta(hours=25))
    assert not parts.late(incident(), NOON + timedelta(days=9))


@pytest.mark.parametrize(
    ("told", "untold"),
    [
        pytest.param((NOON, LATER), [], id="all"),
        pytest.param((NOON,), [["c"]], id="all but the newest"),
        pytest.param((), [["c"]], id="by an older bot, which wrote none down"),
    ],
)
def test_what_changed_and_was_never_told_is_told_by_the_next_bot(
    told: tuple[datetime, ...], untold: list[list[str]]
) -> None:
    """Together with what was found in the same moment, as it would have been."""
    found = (flipped(NOON, "a"), flipped(NOON, "b"), flipped(LATER, "c"))
    one = incident(*found, *(published(f"flips {at.isoformat()}") for at in told))
    assert [[flip.says for flip in together] for together in parts.untold(one)] == untold
