"""The publisher against a Web API on a real socket, at a hundredth of the real pace."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.model.download import Link
from bot.model.incident import CARD, Incident, Outcome, Published
from bot.model.request import Person, Place
from bot.slack.outbox import Pace
from bot.slack.publisher import Publisher
from tests.bot.slack import stories
from tests.bot.slack.web_api import LOST, WebApi, web_api
from tests.contracts.bench import until

PACE = Pace(per_channel_s=0.01, burst=3, update_gap_s=0.02, backoff_s=0.02, backoff_max_s=0.1)
SLOW = Pace(per_channel_s=0.01, burst=3, update_gap_s=60, backoff_s=0.02, backoff_max_s=0.1)
POST, UPDATE = "chat.postMessage", "chat.update"


class Desk:
    """A publisher, its Slack, and what it called back with."""

    def __init__(self, api: WebApi, pace: Pace, since: datetime) -> None:
        self.api, self.noted, self.seen = api, list[tuple[str, ...]](), list[str]()
        self.ours: Callable[[], bool] = lambda: True
        self.written: Incident | None = None
        self.read = 0
        self.publisher = Publisher(
            api.client,
            key=b"k" * 32,
            published=lambda *place: self.noted.append(place),
            delivered=self.seen.append,
            ours=lambda _: self.ours(),
            written=lambda _: self._read(),
            since=since,
            now=lambda: stories.ASKED_AT,
            pace=pace,
        )
        self.publisher.start()

    def _read(self) -> Incident | None:
        self.read += 1
        return self.written

    def posts(self, thread: str | None = None, channel: str = "C1") -> list[dict[str, Any]]:
        return [args for args in self.api.of(POST, channel) if args.get("thread_ts") == thread]

    def headline(self, channel: str = "C1") -> str:
        """The header of the card as it stands in the channel."""
        shown = [m["blocks"] for m in self.api.messages.values() if m["channel"] == channel and m.get("blocks")]
        headers = [blocks[0]["text"]["text"] for blocks in shown if blocks[0]["type"] == "header"]
        return headers[-1] if headers else ""


@contextmanager
def desk(pace: Pace = PACE, since: datetime = stories.ASKED_AT) -> Iterator[Desk]:
    with web_api() as api:
        working = Desk(api, pace, since)
        yield working
        working.publisher.close(0.5)


@pytest.fixture
def at_desk() -> Iterator[Desk]:
    with desk() as working:
        yield working


def test_a_card_is_posted_edited_and_ended_with_its_details_in_the_thread(at_desk: Desk) -> None:
    """One line in the channel, everything else in its thread, once."""
    show, api = at_desk.publisher.show, at_desk.api
    show(stories.running(), ())
    api.wait_for(lambda: len(at_desk.posts()) == 1)
    show(stories.running(), (stories.FACT,))
    api.wait_for(lambda: len(api.of(UPDATE)) == 1)
    for _ in range(3):
        show(stories.ended(), ())
    at_desk.publisher.complete(stories.ended())
    assert at_desk.publisher.close(2)
    (ts,) = [ts for ts, message in api.messages.items() if "thread_ts" not in message]
    assert at_desk.headline() == "🖥️ GUEST · proven · 10.0.0.5"
    (details,) = [reply for reply, message in api.messages.items() if message.get("thread_ts") == ts]
    assert at_desk.noted == [("inc-k3v9", "C1", ts), ("inc-k3v9", "C1", details, "details 0")]
    assert at_desk.seen == ["inc-k3v9"]
    assert at_desk.posts()[0]["unfurl_links"] is False
    assert at_desk.posts()[0]["text"]


def test_a_look_up_is_one_card_with_its_details_and_commands_in_the_thread(at_desk: Desk) -> None:
    """The same way as a verdict's; seen once it has ended, so that no later bot shows it again."""
    show, api = at_desk.publisher.show, at_desk.api
    show(stories.asked(command="vcenter"), ())
    api.wait_for(lambda: at_desk.headline() == "🔎 Looking up 10.0.0.5")
    for _ in range(2):
        show(stories.looked_up(stories.two_owners()), ())
    at_desk.publisher.complete(stories.looked_up(stories.two_owners()))
    assert at_desk.publisher.close(2)
    (ts,) = [ts for ts, message in api.messages.items() if "thread_ts" not in message]
    assert at_desk.headline() == "⚠️ CONFLICT · 10.0.0.5"
    (thread,) = at_desk.posts(thread=ts)
    assert "/proc/net/bonding/" in str(thread["blocks"])
    assert at_desk.seen == ["inc-k3v9"]


def test_states_that_come_faster_than_slack_takes_them_become_one_edit() -> None:
    """And the last one is not delayed by the distance between edits."""
    with desk(SLOW) as working:
        show, api = working.publisher.show, working.api
        show(stories.queued(stories.asked()), ())
        api.wait_for(lambda: len(working.posts()) == 1)
        show(stories.running(), (stories.FACT,))
        api.wait_for(lambda: len(api.of(UPDATE)) == 1)
        for number in range(20):
            show(stories.running(), (f"fact {number}",))
        show(stories.ended(), ())
        show(stories.running(), ("late",))
        api.wait_for(lambda: "GUEST" in working.headline())
        assert working.publisher.close(2)
        assert len(api.of(UPDATE)) == 2
        assert "GUEST" in working.headline()


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param((429, 0.1), id="rate limit"),
        pytest.param(500, id="server error"),
        pytest.param("internal_error", id="internal error"),
        pytest.param(LOST, id="lost answer"),
    ],
)
def test_a_last_state_survives_every_passing_trouble(at_desk: Desk, trouble: Any) -> None:
    """A verdict that is lost behind "looking" is worse than none."""
    api = at_desk.api
    at_desk.publisher.show(stories.running(), ())
    api.wait_for(lambda: len(at_desk.posts()) == 1)
    api.spoil(UPDATE, trouble, trouble)
    at_desk.publisher.show(stories.ended(), ())
    at_desk.publisher.show(stories.running(), ("late",))
    api.wait_for(lambda: len(api.of(UPDATE)) >= 3)
    assert at_desk.publisher.close(2)
    assert "GUEST" in at_desk.headline()
    assert len(api.of(POST)) == 2  # the card and its details, each once


def test_a_rate_limited_channel_does_not_hold_up_another(at_desk: Desk) -> None:
    """Slack limits each channel for itself."""
    api = at_desk.api
    api.spoil(POST, (429, 60))
    at_desk.publisher.show(stories.running(), ())
    api.wait_for(lambda: len(api.of(POST)) == 1)
    at_desk.publisher.show(stories.ended(name="inc-2", place=Place("C2")), ())
    api.wait_for(lambda: "GUEST" in at_desk.headline("C2"))
    assert len(api.of(POST, "C1")) == 1


@pytest.mark.parametrize("thread", [None, "1.0"])
def test_a_post_whose_answer_was_lost_is_found_and_not_repeated(at_desk: Desk, thread: str | None) -> None:
    """Two cards for one question would show two different states for ever."""
    api = at_desk.api
    api.spoil(POST, LOST)
    at_desk.publisher.show(stories.ended(place=Place("C1", thread)), ())
    api.wait_for(lambda: "GUEST" in at_desk.headline() and len(api.of(POST)) >= 2)
    assert at_desk.publisher.close(2)
    cards = [ts for ts, m in api.messages.items() if m["metadata"]["event_payload"]["part"] == "card"]
    assert at_desk.noted[0] == ("inc-k3v9", "C1", cards[0])
    assert [note[3:] for note in at_desk.noted] == [(), ("details 0",)]
    assert len(cards) == 1


def test_details_whose_answer_was_lost_are_not_repeated(at_desk: Desk) -> None:
    """The same care in the thread."""
    api = at_desk.api
    at_desk.publisher.show(stories.running(), ())
    api.wait_for(lambda: len(at_desk.posts()) == 1)
    api.spoil(POST, LOST)
    at_desk.publisher.show(stories.ended(), ())
    api.wait_for(lambda: len(api.of("conversations.replies")) == 1)
    assert at_desk.publisher.close(2)
    assert len(api.messages) == 2


def test_without_the_right_to_look_it_posts_again(at_desk: Desk) -> None:
    """Twice is better than never; the scope is optional in the manifest for this reason."""
    at_desk.api.spoil(POST, LOST)
    at_desk.api.spoil("conversations.history", "missing_scope")
    at_desk.publisher.show(stories.ended(), ())
    at_desk.api.wait_for(lambda: len(at_desk.posts()) == 2)


def test_a_card_of_the_process_before_us_is_found_again() -> None:
    """It died after posting and before noting where."""
    with desk(since=stories.ASKED_AT + timedelta(minutes=1)) as working:
        mark = {"event_type": "ruleout_incident", "event_payload": {"id": "inc-k3v9", "part": "card"}}
        working.api.messages["1.5"] = {"channel": "C1", "metadata": mark, "blocks": []}
        working.publisher.show(stories.ended(), ())
        working.api.wait_for(lambda: "GUEST" in working.headline())
        assert (working.posts(), working.api.of(UPDATE)[0]["ts"]) == ([], "1.5")


def test_a_card_whose_place_was_noted_is_edited_there(at_desk: Desk) -> None:
    """After a restart the journal knows where it stands."""
    posted = Published(at=stories.after(1), channel="C1", message="1.5")
    at_desk.api.messages["1.5"] = {"channel": "C1", "metadata": {"event_payload": {"part": "card"}}, "blocks": []}
    at_desk.publisher.show(stories.then(stories.running(), posted), ())
    at_desk.api.wait_for(lambda: [u["ts"] for u in at_desk.api.of(UPDATE)] == ["1.5"])
    assert (at_desk.posts(), at_desk.noted) == ([], [])


@pytest.mark.parametrize(
    "error", ["message_not_found", "cant_update_message", "is_archived", "channel_not_found", "not_in_channel"]
)
def test_a_card_that_is_gone_is_left_alone(at_desk: Desk, error: str) -> None:
    """Who deleted the card does not want it back, and an archived channel stays so."""
    api = at_desk.api
    at_desk.publisher.show(stories.running(), ())
    api.wait_for(lambda: len(at_desk.posts()) == 1)
    api.spoil(UPDATE, error)
    at_desk.publisher.show(stories.running(), (stories.FACT,))
    api.wait_for(lambda: len(api.of(UPDATE)) == 1)
    at_desk.publisher.show(stories.ended(), ())
    assert at_desk.publisher.close(2)
    assert (len(api.of(UPDATE)), len(api.of(POST))) == (1, 1)
    assert at_desk.seen == ["inc-k3v9"], "nobody waits for it any longer"


def test_an_asker_where_the_bot_is_not_invited_is_told_directly(at_desk: Desk) -> None:
    """A slash command works in any channel; without this the asker would wait for ever."""
    at_desk.api.spoil(POST, "not_in_channel")
    at_desk.publisher.show(stories.running(), ())
    at_desk.api.wait_for(lambda: len(at_desk.api.of(POST, "U7")) == 1)
    assert "/invite @ruleout" in at_desk.api.of(POST, "U7")[0]["text"]


def test_where_late_edits_are_forbidden_the_verdict_becomes_a_reply(at_desk: Desk) -> None:
    """A workspace may allow edits for a minute only; a deep check may take longer."""
    api = at_desk.api
    at_desk.publisher.show(stories.running(), ())
    api.wait_for(lambda: len(at_desk.posts()) == 1)
    api.spoil(UPDATE, "edit_window_closed")
    at_desk.publisher.show(stories.ended(), ())
    api.wait_for(lambda: len(api.of(POST)) == 3)
    (ts,) = [ts for ts, message in api.messages.items() if "thread_ts" not in message]
    assert [m["blocks"][0]["type"] for m in at_desk.posts(thread=ts)] == ["header", "section"]


def test_refused_blocks_are_said_again_in_plain_sections(at_desk: Desk) -> None:
    """A Slack that knows a block no more must not swallow a verdict."""
    at_desk.api.spoil(POST, "invalid_blocks", "invalid_blocks")
    at_desk.publisher.show(stories.ended(), ())
    at_desk.api.wait_for(lambda: len(at_desk.api.messages) >= 2)
    first, second, third = at_desk.posts()[:3]
    assert {block["type"] for block in first["blocks"]} > {"section"}
    assert {block["type"] for block in second["blocks"]} == {"section"}
    assert not third.get("blocks")
    assert "GUEST · proven" in third["text"]


def test_asked_in_a_thread_everything_stays_there(at_desk: Desk) -> None:
    """A thread cannot have a thread of its own."""
    at_desk.publisher.show(stories.ended(place=Place("C1", "1.0")), ())
    at_desk.api.wait_for(lambda: len(at_desk.posts(thread="1.0")) == 2)
    assert at_desk.posts() == []


def test_slack_away_for_a_while_loses_nothing(at_desk: Desk) -> None:
    """Every card has its newest state when Slack is back, and nobody sees the ones between."""
    api = at_desk.api
    at_desk.publisher.show(stories.running(), ())
    api.wait_for(lambda: len(at_desk.posts()) == 1)
    api.go_away()
    try:
        at_desk.publisher.show(stories.running(), (stories.FACT,))
        at_desk.publisher.show(stories.ended(), ())
        at_desk.publisher.show(stories.ended(name="inc-2", place=Place("C2")), ())
    finally:
        api.come_back()
    api.wait_for(lambda: "GUEST" in at_desk.headline() and "GUEST" in at_desk.headline("C2"))
    assert at_desk.publisher.close(2)
    assert len(at_desk.posts()) == 1


def test_closing_delivers_the_last_states_and_says_when_it_could_not() -> None:
    """A restart must not leave a card that looks for ever."""
    with desk() as working:
        working.publisher.show(stories.ended(), ())
        assert working.publisher.close(2)
        assert "GUEST" in working.headline()
    with desk() as working:
        working.api.go_away()
        working.publisher.show(stories.ended(), ())
        assert not working.publisher.close(0.05)
        working.api.come_back()


def test_a_whisper_is_for_one_person_where_they_asked(at_desk: Desk) -> None:
    """And what it repeats cannot call the channel."""
    at_desk.publisher.whisper(Person("T1", "U7"), Place("C1", "1.0"), "No <!channel> here.")
    at_desk.api.wait_for(lambda: len(at_desk.api.of("chat.postEphemeral")) == 1)
    (whisper,) = at_desk.api.of("chat.postEphemeral")
    assert (whisper["user"], whisper["thread_ts"], whisper["text"]) == ("U7", "1.0", "No &lt;!channel&gt; here.")


def attached(at_desk: Desk, incident: Incident) -> None:
    at_desk.publisher.show(incident, ())
    at_desk.publisher.attach(incident, "10.0.0.5-a.pcap", b"\xd4\xc3\xb2\xa1", "probe-a1: 4 bytes")


def test_a_file_goes_into_the_cards_thread(at_desk: Desk) -> None:
    """With its bytes and its comment."""
    attached(at_desk, stories.running())
    at_desk.api.wait_for(lambda: len(at_desk.api.of("files.completeUploadExternal")) == 1)
    (done,) = at_desk.api.of("files.completeUploadExternal")
    assert (done["channel_id"], done["initial_comment"]) == ("C1", "probe-a1: 4 bytes")
    assert done["thread_ts"] in at_desk.api.messages


@pytest.mark.parametrize(
    ("method", "trouble"),
    [
        pytest.param("files.getUploadURLExternal", ["missing_scope"], id="refused"),
        pytest.param("upload", [500] * 3, id="upload refused"),
        pytest.param("files.completeUploadExternal", [LOST] * 3, id="unanswered"),
    ],
)
def test_a_file_that_cannot_be_uploaded_leaves_a_sentence_and_the_verdict(
    at_desk: Desk, method: str, trouble: list[Any]
) -> None:
    """The verdict does not hang on a file."""
    at_desk.api.spoil(method, *trouble)
    attached(at_desk, stories.running())
    at_desk.publisher.show(stories.ended(), ())
    at_desk.api.wait_for(lambda: any("could not be uploaded" in post["text"] for post in at_desk.api.of(POST)))
    assert at_desk.publisher.close(2)
    assert "GUEST" in at_desk.headline()


def test_one_card_that_breaks_us_does_not_silence_the_others(at_desk: Desk) -> None:
    """A bug in the coordinator's call-back, or in a card, is one incident's."""
    del at_desk.noted  # so that the call-back raises
    at_desk.publisher.show(stories.running(), ())
    at_desk.publisher.show(stories.unanswered(Outcome.FAILED, "x", name="inc-2"), ())
    at_desk.api.wait_for(lambda: len(at_desk.posts()) == 2)


def approvals(working: Desk) -> dict[str, dict[str, Any]]:
    """The messages to a second person, by their timestamp ids."""
    kept = working.api.messages.items()
    return {ts: m for ts, m in kept if m.get("metadata", {}).get("event_payload", {}).get("part") == "approval"}


def test_a_second_person_is_asked_in_the_cards_thread_and_the_message_says_then_what_they_decided(
    at_desk: Desk,
) -> None:
    """One message, whose buttons are gone with the decision."""
    show, api = at_desk.publisher.show, at_desk.api
    show(stories.waits(), ())
    show(stories.waits(), ())
    api.wait_for(lambda: len(approvals(at_desk)) == 1)
    ((ts, asked),) = approvals(at_desk).items()
    (card_ts,) = [ts for ts, m in api.messages.items() if m["metadata"]["event_payload"]["part"] == "card"]
    assert asked["thread_ts"] == card_ts
    assert [b["type"] for b in asked["blocks"]][-1] == "actions"
    show(stories.captured(), ())
    assert at_desk.publisher.close(2)
    assert list(approvals(at_desk)) == [ts]
    assert "approved by <@U8>" in str(api.messages[ts]["blocks"])
    assert "actions" not in [b["type"] for b in api.messages[ts]["blocks"]]


def test_a_second_person_asked_by_the_process_before_us_is_not_asked_twice() -> None:
    """Two messages with buttons would be pressed by two people."""
    with desk(since=stories.ASKED_AT + timedelta(minutes=1)) as working:
        for ts, part, thread in (("1.5", "card", None), ("1.6", "approval", "1.5")):
            mark = {"event_type": "ruleout_incident", "event_payload": {"id": "inc-k3v9", "part": part}}
            working.api.messages[ts] = {"channel": "C1", "metadata": mark, "blocks": [], "thread_ts": thread}
        working.publisher.show(stories.captured(), ())
        assert working.publisher.close(2)
        assert working.api.of(POST) == []
        assert "approved by" in str(working.api.messages["1.6"]["blocks"])


def test_a_second_person_whose_message_was_noted_is_told_there_without_looking() -> None:
    """The right to look is optional; the journal knows where both messages stand."""
    with desk(since=stories.ASKED_AT + timedelta(minutes=1)) as working:
        notes = [
            Published(at=stories.after(1), channel="C1", message=ts, part=part)
            for ts, part in (("1.5", "card"), ("1.6", "approval"))
        ]
        for note in notes:
            working.api.messages[note.message] = {"channel": "C1", "metadata": {"event_payload": {}}, "blocks": []}
        working.publisher.show(stories.then(stories.captured(), *notes), ())
        assert working.publisher.close(2)
        assert (working.api.of(POST), working.api.of("conversations.replies")) == ([], [])
        assert "approved by" in str(working.api.messages["1.6"]["blocks"])


def test_the_message_to_a_second_person_never_holds_up_the_card_that_it_belongs_to() -> None:
    """It is urgent, the card is not: asked for first it would use up the channel's pace, try after try."""
    pace = Pace(per_channel_s=0.3, burst=1, update_gap_s=0.02, backoff_s=0.05, backoff_max_s=0.1)
    with desk(pace=pace) as working:
        working.publisher.show(stories.running("inc-1"), ())
        working.publisher.show(stories.waits(), ())
        working.api.wait_for(lambda: len(approvals(working)) == 1)
        parts = [m["metadata"]["event_payload"]["part"] for m in working.api.messages.values()]
        assert parts == ["card", "card", "approval"]


def test_how_far_a_capture_is_comes_in_one_edit_at_a_time() -> None:
    """A word each second from each agent must not use up what Slack lets us edit."""
    with desk(pace=SLOW) as working:
        working.publisher.show(stories.captures(), ())
        working.api.wait_for(lambda: len(working.posts()) == 1)
        for left_s in range(40, 0, -1):
            working.publisher.show(stories.captures(), (), stories.words(float(left_s)))
        working.publisher.show(stories.captured(), ())
        assert working.publisher.close(2)
        assert len(working.api.of(UPDATE)) == 1
        assert working.headline() == "📎 CAPTURE DONE · 10.0.0.5"


def test_the_story_of_a_capture_stands_in_its_thread_and_calls_who_asked(at_desk: Desk) -> None:
    """An edit notifies nobody."""
    at_desk.publisher.show(stories.captures(), ())
    at_desk.api.wait_for(lambda: len(at_desk.posts()) == 1)
    (ts,) = at_desk.api.messages
    at_desk.publisher.tell(stories.captures(), ("`00:50:56:de:ad:be` answered 3 times.", "<!channel> & more"), "story")
    at_desk.publisher.show(stories.captured(), ())
    assert at_desk.publisher.close(2)
    (told,) = [post for post in at_desk.posts(thread=ts) if "story" in post["metadata"]["event_payload"]["part"]]
    text = str(told["blocks"])
    assert "<@U7> *What the capture of 10.0.0.5 shows*" in text
    assert "`00:50:56:de:ad:be`" in text
    assert "<!channel>" not in text


def test_a_picture_is_described_for_who_cannot_see_it(at_desk: Desk) -> None:
    """Alternative text is part of the evidence."""
    at_desk.publisher.show(stories.captured(), ())
    at_desk.publisher.attach(stories.captured(), "timeline.png", b"\x89PNG", "over time", "Two MACs claim 10.0.0.5.")
    assert at_desk.publisher.close(2)
    (asked,) = at_desk.api.of("files.getUploadURLExternal")
    assert asked["alt_txt"] == "Two MACs claim 10.0.0.5."


def test_links_are_whispered_to_one_person_in_the_cards_thread(at_desk: Desk) -> None:
    """They open for that person alone."""
    link = Link("a.pcapng", "https://files.example.net/a", "sha256:aa", 9, stories.ASKED_AT)
    at_desk.publisher.hand(Person("T1", "U8"), Place("C1", "1.5"), (link,))
    assert at_desk.publisher.close(2)
    (whisper,) = at_desk.api.of("chat.postEphemeral")
    assert (whisper["user"], whisper["thread_ts"]) == ("U8", "1.5")
    assert "<https://files.example.net/a|a.pcapng>" in whisper["text"]


# ---- where our messages stand, told by Slack ---------------------------------------------------------------------


def test_a_card_that_a_dead_bot_posted_is_gone_on_with(at_desk: Desk) -> None:
    """It was posted and not written down; Slack tells of it before we post another."""
    incident, api = stories.running(), at_desk.api
    api.messages["7.7"] = {"channel": "C1", "text": "posted by a bot that died"}
    api.spoil(POST, "internal_error")  # so that the card is known here and stands nowhere yet
    at_desk.publisher.show(incident, ())
    api.wait_for(lambda: len(api.of(POST)) == 1)
    at_desk.publisher.found(incident.id, CARD, "C1", "7.7", None)
    api.wait_for(lambda: len(api.of(UPDATE)) == 1)
    assert api.of(UPDATE)[0]["ts"] == "7.7"
    assert len(api.of(POST)) == 1


def test_a_card_too_many_is_taken_back(at_desk: Desk) -> None:
    """Slack tells of it late: the card is posted anew by then, and the older one would say "looking" for ever."""
    incident, api = stories.running(), at_desk.api
    api.messages["7.7"] = {"channel": "C1", "text": "posted by a bot that died"}
    at_desk.publisher.show(incident, ())
    api.wait_for(lambda: bool(at_desk.noted))
    (_, _, ts) = at_desk.noted[0]
    at_desk.publisher.found(incident.id, CARD, "C1", "7.7", ts)
    at_desk.publisher.found(incident.id, CARD, "C1", ts, ts)
    api.wait_for(lambda: len(api.of("chat.delete")) == 1)
    assert at_desk.publisher.close(2)
    assert [args["ts"] for args in api.of("chat.delete")] == ["7.7"]


def test_a_card_of_another_bot_is_left_alone_and_its_double_taken_back(at_desk: Desk) -> None:
    """Slack tells any of the bots; what stands in the journal is that card's place."""
    api = at_desk.api
    at_desk.publisher.found("inc-other", CARD, "C1", "5.5", "5.5")
    at_desk.publisher.found("inc-other", CARD, "C1", "6.6", None)
    at_desk.publisher.found("inc-other", CARD, "C1", "7.7", "5.5")
    assert at_desk.publisher.close(2)
    assert [args["ts"] for args in api.of("chat.delete")] == ["7.7"]


# ---- bots that sleep, and copies ---------------------------------------------------------------------------------


def test_the_card_of_another_bot_is_not_touched(at_desk: Desk) -> None:
    """What waited here for Slack's pace is older than what the other one shows."""
    show, api = at_desk.publisher.show, at_desk.api
    show(stories.running(), ())
    until(lambda: at_desk.noted)
    at_desk.ours = lambda: False
    show(stories.ended(), ())
    assert at_desk.publisher.close(2)
    assert api.of(UPDATE) == []
    assert at_desk.seen == []


def slept(desk: Desk) -> None:
    """From here on: ours when it is looked up, and not any more when Slack has answered."""
    answers = iter([True, False])
    desk.ours = lambda: next(answers, False)


def test_an_end_that_was_written_over_by_a_bot_that_slept_is_shown_again(at_desk: Desk) -> None:
    """Between the look and the call it was stopped, and another bot has ended the question meanwhile."""
    show, api = at_desk.publisher.show, at_desk.api
    show(stories.running(), ())
    api.wait_for(lambda: len(at_desk.noted) == 1)
    place = Published(at=stories.ASKED_AT, channel="C1", message=at_desk.noted[0][2])
    at_desk.written = stories.then(stories.ended(), place)
    slept(at_desk)
    show(stories.running(), (stories.FACT,))
    api.wait_for(lambda: len(api.of(UPDATE)) == 2)
    assert at_desk.publisher.close(2)
    assert at_desk.headline() == "🖥️ GUEST · proven · 10.0.0.5"
    assert at_desk.seen == [], "its own bot says so"


def test_an_end_that_was_written_over_is_shown_again_as_soon_as_the_journal_can_be_read(at_desk: Desk) -> None:
    """The server may be away in the very moment; what stands there would say "checking" for ever."""
    show, api = at_desk.publisher.show, at_desk.api
    show(stories.running(), ())
    api.wait_for(lambda: len(at_desk.noted) == 1)
    slept(at_desk)
    show(stories.running(), (stories.FACT,))
    until(lambda: at_desk.read > 2)
    assert len(api.of(UPDATE)) == 1
    place = Published(at=stories.ASKED_AT, channel="C1", message=at_desk.noted[0][2])
    at_desk.written = stories.then(stories.ended(), place)
    api.wait_for(lambda: len(api.of(UPDATE)) == 2)
    assert at_desk.headline() == "🖥️ GUEST · proven · 10.0.0.5"


def test_an_end_over_which_slack_took_a_state_without_an_answer_is_shown_again(at_desk: Desk) -> None:
    """The bot that slept looks before it tries again, and sees that it is another one's."""
    show, api = at_desk.publisher.show, at_desk.api
    show(stories.running(), ())
    api.wait_for(lambda: len(at_desk.noted) == 1)
    place = Published(at=stories.ASKED_AT, channel="C1", message=at_desk.noted[0][2])
    at_desk.written = stories.then(stories.ended(), place)
    slept(at_desk)
    api.spoil(UPDATE, LOST)
    show(stories.running(), (stories.FACT,))
    api.wait_for(lambda: len(api.of(UPDATE)) == 2)
    assert at_desk.publisher.close(2)
    assert at_desk.headline() == "🖥️ GUEST · proven · 10.0.0.5"


def test_a_card_that_a_bot_posted_in_its_sleep_is_taken_away(at_desk: Desk) -> None:
    """The other one has posted its own; nobody would ever bring this one up to date."""
    place = Published(at=stories.ASKED_AT, channel="C1", message="1.9")
    at_desk.written = stories.then(stories.running(), place)
    slept(at_desk)
    at_desk.publisher.show(stories.running(), ())
    at_desk.api.wait_for(lambda: bool(at_desk.api.of("chat.delete")))
    assert [args["ts"] for args in at_desk.api.of("chat.delete")] == list(at_desk.api.messages)


def test_a_question_is_over_when_its_copies_stand_too(at_desk: Desk) -> None:
    """Before that a bot that dies would leave those who asked the same elsewhere without an answer."""
    api, incident = at_desk.api, stories.ended()
    at_desk.publisher.also(incident, Place("C2", "1.2"))
    at_desk.publisher.show(incident, ())
    at_desk.publisher.complete(incident)
    assert at_desk.publisher.close(2)
    (ts,) = [ts for ts, message in api.messages.items() if message["channel"] == "C2"]
    assert ("inc-k3v9", "C2", ts, "also 1.2") in at_desk.noted
    assert at_desk.seen == ["inc-k3v9"]


def test_a_copy_that_can_never_stand_keeps_no_question_open(at_desk: Desk) -> None:
    """The bot was thrown out of that channel meanwhile."""
    at_desk.api.spoil(POST, "not_in_channel")
    at_desk.publisher.also(stories.ended(), Place("C2"))
    at_desk.api.wait_for(lambda: len(at_desk.api.of(POST)) == 1)
    at_desk.publisher.show(stories.ended(), ())
    at_desk.publisher.complete(stories.ended())
    assert at_desk.publisher.close(2)
    assert at_desk.seen == ["inc-k3v9"]


# ---- what an end owes --------------------------------------------------------------------------------------------


def test_an_end_is_delivered_when_its_thread_is_whole_and_nothing_more_will_come(at_desk: Desk) -> None:
    """A bot that dies before that is followed by one that posts the rest."""
    api, incident, order = at_desk.api, stories.ended(), list[str]()
    at_desk.publisher.tell(incident, ("It answered.",), "story")
    at_desk.publisher.attach(incident, "a.pcap", b"data", "probe-a1: 4 bytes")
    at_desk.publisher.show(incident, ())
    api.wait_for(lambda: len(at_desk.noted) == 4)
    assert at_desk.seen == []
    order += [note[3] for note in at_desk.noted[1:]]
    at_desk.publisher.complete(incident)
    assert at_desk.publisher.close(2)
    assert sorted(order) == ["details 0", "file a.pcap", "story"]
    assert ("inc-k3v9", "C1", "F1", "file a.pcap") in at_desk.noted
    assert at_desk.seen == ["inc-k3v9"]


def test_what_stands_already_is_not_posted_again(at_desk: Desk) -> None:
    """The bot before this one wrote it down."""
    parts = {"card": "1.5", "details 0": "1.6", "file a.pcap": "F9", "story": "1.7"}
    notes = [Published(at=stories.after(3), channel="C1", message=ts, part=part) for part, ts in parts.items()]
    at_desk.api.messages["1.5"] = {"channel": "C1", "metadata": {}, "blocks": []}
    incident = stories.then(stories.ended(), *notes)
    at_desk.publisher.tell(incident, ("It answered.",), "story")
    at_desk.publisher.attach(incident, "a.pcap", b"data", "probe-a1: 4 bytes")
    at_desk.publisher.show(incident, ())
    at_desk.publisher.complete(incident)
    assert at_desk.publisher.close(2)
    assert at_desk.api.of(POST) + at_desk.api.of("files.completeUploadExternal") == []
    assert at_desk.seen == ["inc-k3v9"]


def test_a_file_of_the_process_before_us_is_found_by_its_title(at_desk: Desk) -> None:
    """It carries no mark, so its title names the incident; another one's of the same name is not taken for it."""
    others = {"id": "F7", "title": "a.pcap · inc-other"}
    ours = {"id": "F8", "title": "a.pcap · inc-k3v9"}
    for ts, file in (("1.6", others), ("1.7", ours)):
        at_desk.api.messages[ts] = {"channel": "C1", "thread_ts": "1.5", "files": [file], "metadata": None}
    at_desk.api.messages["1.5"] = {"channel": "C1", "metadata": {}, "blocks": []}
    card = Published(at=stories.after(1), channel="C1", message="1.5")
    incident = stories.then(stories.ended(), card)
    at_desk.publisher.attach(incident, "a.pcap", b"data", "probe-a1: 4 bytes")
    at_desk.api.wait_for(lambda: len(at_desk.api.of("conversations.replies")) == 1)
    assert at_desk.publisher.close(2)
    assert at_desk.noted == [("inc-k3v9", "C1", "F8", "file a.pcap")]
    assert at_desk.api.of("files.completeUploadExternal") == []


def test_the_sentence_about_a_file_that_could_not_be_uploaded_stands_in_its_place(at_desk: Desk) -> None:
    """The next bot neither says it again nor tries again."""
    at_desk.api.spoil("files.getUploadURLExternal", "missing_scope")
    attached(at_desk, stories.ended())
    at_desk.publisher.complete(stories.ended())
    assert at_desk.publisher.close(2)
    ((message,),) = ([note[2] for note in at_desk.noted if note[3:] == ("file 10.0.0.5-a.pcap",)],)
    assert "could not be uploaded" in at_desk.api.messages[message]["text"]
    assert at_desk.seen == ["inc-k3v9"]


def test_in_the_thread_of_another_bots_card_nothing_is_posted(at_desk: Desk) -> None:
    """It waited here for Slack's pace; that one posts it, or has."""
    api = at_desk.api
    at_desk.publisher.show(stories.running(), ())
    api.wait_for(lambda: len(at_desk.noted) == 1)
    at_desk.ours = lambda: False
    at_desk.publisher.tell(stories.running(), ("It answered.",), "story")
    at_desk.publisher.attach(stories.running(), "a.pcap", b"data", "probe-a1: 4 bytes")
    assert at_desk.publisher.close(2)
    assert (len(api.of(POST)), api.of("files.completeUploadExternal")) == (1, [])
