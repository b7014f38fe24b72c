"""The channel's summary as messages: it fits Slack whatever stands in it, stands once, pinned, and is kept current."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.inquiries.timeline import timeline
from bot.model.cause import Side
from bot.model.finding import Witness
from bot.model.inquiry import Ended, Inquiry, Noted, Opened
from bot.model.request import Person, Place
from bot.model.summary import Confidence, Ground, How, Line, Next, SideState, Summary
from bot.slack.boards import board_message, brief_message, lines_message
from bot.slack.limits import check_message
from bot.slack.publisher import Publisher
from tests.bot.inquiries.test_summary import HOST_OUT, INQUIRY, NOON, guest, healthy, question, told
from tests.bot.slack.test_publisher import PACE
from tests.bot.slack.web_api import LOST, WebApi, web_api

KEY = b"k" * 32
ANA = Person("T1", "U1")
SHOWN = told((question(5, guest(HOST_OUT)), question(6, healthy()), question(7, None)))


def words(message: object) -> str:
    return str(message)


def test_a_newcomer_reads_the_three_sides_the_lead_and_what_is_next() -> None:
    """In this order, each mark with its word."""
    message = board_message(SHOWN, KEY)
    said = words(message.blocks)
    assert "🚨 INCIDENT · odd VMs lose packets" in said
    for part in ("🔴 *GUEST*  suspect", "❔ *NETWORK*  open", "✅ *HYPERVISOR*  ruled out", "👉 *Next*"):
        assert part in said
    assert said.index("GUEST*  suspect") < said.index("👉 *Next*")
    assert "Running: arpcheck 10.0.0.7" in said
    assert "affected: app01, app03" in said
    assert [button["action_id"] for button in message.blocks[-1]["elements"]] == [
        "incident_summary",
        "incident_timeline",
    ]


def test_the_whole_of_it_names_cases_notes_changes_and_why_not_to_reboot() -> None:
    """Every sentence can be checked."""
    note = Noted(at=NOON, note="note-1", by=ANA, text="the core was rebooted <!channel>")
    shown = replace(
        SHOWN, notes=(note,), changed=("GUEST: suspect (was open)",), split=(Ground("odd names: cluster a"),)
    )
    said = words(brief_message(shown).blocks)
    for part in (
        "GUEST: suspect (was open)",
        "inc-5-0",
        "<@U1>",
        "Why not just reboot the hosts?",
        "odd names: cluster a",
    ):
        assert part in said
    assert "<!channel>" not in said


def test_a_closed_one_says_who_closed_it_and_when() -> None:
    """And with what last word."""
    ended = Ended(at=NOON, by=ANA, text="agent restarted")
    said = words(board_message(replace(SHOWN, ended=ended), KEY).blocks)
    assert "⏹️ CLOSED · odd VMs lose packets" in said
    assert "closed by <@U1> at 12:00 UTC  ·  agent restarted" in said


LONG = st.text(min_size=1, max_size=3000)
GROUND = st.builds(Ground, LONG, st.none() | st.just("inc-1"), st.none() | st.builds(Witness, LONG, LONG, LONG))
SIDE = st.builds(
    SideState,
    st.sampled_from(Side),
    st.sampled_from(How),
    st.just(()),
    st.lists(GROUND, min_size=1, max_size=9).map(tuple),
)
SUMMARIES = st.builds(
    Summary, id=st.just("inq-1"), ended=st.none() | st.builds(Ended, at=st.just(NOON), by=st.just(ANA), text=LONG),
    opened=st.builds(
        Opened, at=st.just(NOON), by=st.just(ANA), channel=st.just("C1"), text=LONG,
        affected=st.lists(LONG, max_size=64).map(tuple),
    ),
    at=st.just(NOON), gist=LONG, sides=st.lists(SIDE, max_size=3).map(tuple), lead=st.none() | GROUND,
    next=st.builds(Next, LONG, LONG), machines=st.lists(GROUND, max_size=70).map(tuple),
    split=st.lists(GROUND, max_size=9).map(tuple), missing=st.lists(LONG, max_size=6).map(tuple),
    running=st.lists(LONG, max_size=30).map(tuple), reboot=LONG, changed=st.lists(LONG, max_size=30).map(tuple),
    notes=st.lists(st.builds(Noted, at=st.just(NOON), note=LONG, by=st.just(ANA), text=LONG), max_size=9).map(tuple),
    told=st.just(()), asked=st.integers(0, 1000),
)  # fmt: skip


@given(SUMMARIES)
@settings(max_examples=60, deadline=None)
def test_whatever_stands_in_it_slack_takes_it(shown: Summary) -> None:
    """People write much, and machines have long names."""
    for message in (board_message(shown, KEY), brief_message(shown)):
        assert check_message(message.blocks) == ()
        assert 0 < len(message.text) < 4000


@given(st.lists(st.builds(Line, st.just(NOON), LONG, LONG, st.sampled_from(Confidence)), min_size=0, max_size=40))
@settings(max_examples=40, deadline=None)
def test_lines_of_a_timeline_fit_too(lines: list[Line]) -> None:
    """Forty of the longest."""
    assert check_message(lines_message(lines, 10_000).blocks) == ()


def test_a_line_has_its_moment_its_source_and_how_sure_it_is() -> None:
    """Who said it, or which instrument."""
    inquiry = Inquiry("inq-1", (*INQUIRY.timeline,))
    said = words(lines_message(timeline(inquiry, (question(5, guest()),)), 3).blocks)
    assert "the newest 3; 3 before them" in said
    assert "`12:00:05` Incident opened: odd VMs lose packets" in said
    assert "_<@U1>, said_" in said
    assert "_ruleout, judged_ `inc-5-0`" in said


class Desk:
    """A publisher and its Slack."""

    def __init__(self, api: WebApi) -> None:
        self.api, self.pinned = api, list[tuple[str, str]]()
        self.publisher = Publisher(
            api.client, key=KEY, published=lambda *_: None, delivered=lambda _: None,
            pinned=lambda inquiry, message: self.pinned.append((inquiry, message)), since=NOON, now=lambda: NOON,
            pace=PACE,
        )  # fmt: skip
        self.publisher.start()


@contextmanager
def desk() -> Iterator[Desk]:
    with web_api() as api:
        working = Desk(api)
        yield working
        working.publisher.close(0.5)


def test_it_is_posted_and_pinned_once_and_then_edited_there() -> None:
    """However often it changes."""
    with desk() as at:
        at.publisher.board(SHOWN, "C1", None)
        at.api.wait_for(lambda: bool(at.api.of("pins.add")))
        at.publisher.board(replace(SHOWN, gist="something new"), "C1", None)
        at.api.wait_for(lambda: bool(at.api.of("chat.update")))
        ((_, ts),) = at.pinned
        assert len(at.api.of("chat.postMessage")) == 1
        assert at.api.of("chat.update")[0]["ts"] == ts
        assert at.api.of("pins.add")[0]["timestamp"] == ts


def test_the_message_of_the_bot_before_is_edited() -> None:
    """No second summary after a restart."""
    with desk() as at:
        ts = at.api.client.chat_postMessage(channel="C1", text="before")["ts"]
        at.publisher.board(SHOWN, "C1", str(ts))
        at.api.wait_for(lambda: bool(at.api.of("chat.update")))
        assert at.api.of("chat.update")[0]["ts"] == ts
        assert at.pinned == []


def test_one_that_somebody_deleted_is_posted_anew() -> None:
    """The channel is not left without it."""
    with desk() as at:
        at.api.spoil("chat.update", "message_not_found")
        at.publisher.board(SHOWN, "C1", "1.1")
        at.api.wait_for(lambda: bool(at.pinned))
        assert len(at.api.of("chat.postMessage")) == 1


@pytest.mark.parametrize("error", ["is_archived", "channel_not_found", "not_in_channel"])
def test_where_it_cannot_stand_there_is_no_endless_trying(error: str) -> None:
    """Whoever opened it is told where the bot is not invited; the next channel goes on."""
    with desk() as at:
        at.api.spoil("chat.postMessage", error)
        at.publisher.board(SHOWN, "C1", None)
        at.publisher.board(replace(SHOWN, id="inq-2"), "C2", None)
        at.api.wait_for(lambda: [one[0] for one in at.pinned] == ["inq-2"])
        if error == "is_archived":
            assert at.api.of("chat.postMessage", "U1") == []
        else:
            at.api.wait_for(lambda: bool(at.api.of("chat.postMessage", "U1")))
            assert "/invite @ruleout" in at.api.of("chat.postMessage", "U1")[0]["text"]


def test_a_post_whose_answer_was_lost_is_found_again() -> None:
    """One summary, not two."""
    with desk() as at:
        at.api.spoil("chat.postMessage", LOST)
        at.publisher.board(SHOWN, "C1", None)
        at.api.wait_for(lambda: bool(at.api.of("chat.update") or at.pinned))
        assert len([one for one in at.api.messages.values() if one["channel"] == "C1"]) == 1


def test_a_pin_that_is_refused_leaves_the_summary_standing() -> None:
    """The right to pin may not have been granted yet."""
    with desk() as at:
        at.api.spoil("pins.add", "missing_scope")
        at.publisher.board(SHOWN, "C1", None)
        at.api.wait_for(lambda: bool(at.api.of("pins.add")))
        at.publisher.brief(None, Place("C1"), SHOWN)
        at.api.wait_for(lambda: len(at.api.of("chat.postMessage")) == 2)
