"""Notes and exports as Slack gets them: a line that fits and rings nobody by accident; a file, or why there is none."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.inquiry import Noted, Report, Withdrawn
from bot.model.request import Person, Place
from bot.slack import tokens
from bot.slack.limits import check_message
from bot.slack.notes import WITHDRAW, note_message, withdrawal_message
from tests.bot.slack.stories import ASKED_AT
from tests.bot.slack.test_publisher import POST, Desk, desk
from tests.bot.slack.web_api import LOST

KEY = b"k" * 32
ANA, BEN = Person("T1", "U11"), Person("T1", "U22")
HERE = Place("C1")


def noted(text: str = "core-1 <!channel> went down", report: Report | None = None, **changes: Any) -> Noted:
    return Noted(**{"at": ASKED_AT, "note": "note-x", "by": ANA, "text": text, "report": report, **changes})


def test_a_report_says_who_noted_it_what_it_is_and_its_id() -> None:
    """One line; whoever wrote the message is named too, and nothing in it calls the channel."""
    report = Report("switch_log_fault", "crash", about="10.0.0.5")
    message = note_message(noted(report=report, author=BEN), ("The same is noted by U22 already.",), KEY)
    said = str(message.blocks)
    for part in (
        "*Noted as evidence* by <@U11>, as <@U22> wrote",
        "switch_log_fault=crash",
        "`note-x`",
        "about 10.0.0.5",
    ):
        assert part in said
    assert "The same is noted by <@U22> already." in said
    assert "<!channel>" not in said
    assert "<!channel>" not in message.text
    (button,) = message.blocks[-1]["elements"]
    assert tokens.read(KEY, WITHDRAW, button["value"]) == "note-x"


def test_free_text_is_not_called_evidence() -> None:
    """It weighs nothing."""
    said = str(note_message(noted(), (), KEY).blocks)
    assert "*Noted* by <@U11>" in said
    assert "evidence" not in said


def test_who_took_it_back_is_said() -> None:
    """For all who read it before."""
    message = withdrawal_message(Withdrawn(at=ASKED_AT, note="note-x", by=BEN))
    assert "`note-x` stays in the timeline and weighs nothing any more; withdrawn by <@U22>." in str(message.blocks)


@given(st.text(max_size=4000), st.lists(st.text(min_size=1, max_size=500), max_size=4))
def test_it_fits_slack_whatever_is_written(text: str, lines: list[str]) -> None:
    """A note that Slack refuses would be a note that nobody sees."""
    assert check_message(note_message(noted(text), lines, KEY).blocks) == ()


@pytest.fixture
def at_desk() -> Any:
    with desk() as working:
        yield working


def test_a_note_is_posted_once_though_the_answer_was_lost(at_desk: Desk) -> None:
    """Twice it would look like two people."""
    at_desk.api.spoil(POST, LOST)
    at_desk.publisher.post_note(HERE, noted(), ())
    at_desk.publisher.post_withdrawal(Place("C1", "1.1"), Withdrawn(at=ASKED_AT, note="note-x", by=BEN))
    assert at_desk.publisher.close(2)
    assert len([post for post in at_desk.api.messages.values() if "Noted" in post["text"]]) == 1
    assert len(at_desk.posts(thread="1.1")) == 1


def test_an_export_is_shared_in_its_channel(at_desk: Desk) -> None:
    """With what it is good for."""
    at_desk.publisher.share(HERE, "inq.zip", b"data", "Everything of inq-1.")
    at_desk.api.wait_for(lambda: len(at_desk.api.of("files.completeUploadExternal")) == 1)
    (done,) = at_desk.api.of("files.completeUploadExternal")
    assert (done["channel_id"], done["initial_comment"]) == ("C1", "Everything of inq-1.")


def test_an_export_that_cannot_be_shared_says_so(at_desk: Desk) -> None:
    """Whoever waits for it hears of it."""
    at_desk.api.spoil("files.getUploadURLExternal", "missing_scope")
    at_desk.publisher.share(HERE, "inq.zip", b"data", "x")
    at_desk.api.wait_for(lambda: any("could not be uploaded" in post["text"] for post in at_desk.api.of(POST)))
    assert "`inq.zip`" in at_desk.posts()[-1]["text"]
