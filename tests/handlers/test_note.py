"""Notes at Slack's door: payloads in, the noter asked, a form and sentences out."""

import json
from typing import Any

import pytest

from bot.errors import FormError, RequestError
from bot.model.request import Person, Place
from bot.slack import tokens
from handlers.note_form import FORM
from tests.handlers.stage import KEY, chosen, command, mention, on_stage, opened, press, submit

WHO = Person("T1", "U7")


def filled(**values: Any) -> dict[str, Any]:
    kept = {"place": ["C1", "3.3"], "message": "3.3", "author": ["T1", "U8"]}
    blocks = [{"type": "input", "block_id": name} for name in ("says", "value", "about", "stage", "domain", "text")]
    view = {"type": "modal", "callback_id": FORM, "private_metadata": json.dumps(kept), "blocks": blocks}
    return submit(view, values)


def test_words_are_noted_and_the_channel_is_told_by_the_chat() -> None:
    """The command itself says nothing more."""
    with on_stage() as stage:
        response = stage.send(command("the core was rebooted at 12:03", command="/note"))
        assert stage.coordinator.asked == [("note_words", "", "the core was rebooted at 12:03", WHO, Place("C1"))]
        assert not response.body


def test_a_refusal_is_for_the_asker_alone() -> None:
    """What was refused stands nowhere."""
    with on_stage(RequestError("No incident is open.")) as stage:
        response = stage.send(command("seen", command="/note"))
        assert "No incident is open." in str(response.body)
        assert "ephemeral" in str(response.body)
        stage.send(command("", command="/note", trigger_id="t2"))
        stage.finish()
        assert [one["text"] for one in stage.whispers()] == ["No incident is open."]
        assert stage.api.of("views.open") == []


def test_alone_it_opens_a_form() -> None:
    """With everything that can be reported, by rooms."""
    with on_stage() as stage:
        stage.send(command("", command="/note"))
        stage.finish()
        view = opened(stage)
        assert json.loads(view["private_metadata"]) == {"place": ["C1", None], "message": None, "author": None}
        by = {block["block_id"]: block["element"] for block in view["blocks"]}
        assert [group["label"]["text"] for group in by["says"]["option_groups"]] == ["Guest"]
        assert by["about"]["initial_value"] == "10.0.0.5"
        assert by["stage"]["initial_option"]["value"] == "symptom"
        assert "initial_value" not in by["text"]


@pytest.mark.parametrize("word", ["note", "Note", "/note"])
def test_a_mention_in_a_thread(word: str) -> None:
    """With the message that it was taken from."""
    with on_stage() as stage:
        stage.send(mention(f"<@UBOT> {word} a &lt;b&gt;", thread_ts="1.0", ts="1.1"))
        stage.finish()
        assert stage.coordinator.asked == [("note_words", "1.1", "a <b>", WHO, Place("C1", "1.0"))]
        assert stage.whispers() == []


def test_a_refused_mention_is_whispered_in_its_thread() -> None:
    """Silence would look like a crash."""
    with on_stage(RequestError("No incident is open.")) as stage:
        stage.send(mention("<@UBOT> note seen", thread_ts="1.0"))
        stage.finish()
        assert [(one["text"], one["thread_ts"]) for one in stage.whispers()] == [("No incident is open.", "1.0")]


def test_the_shortcut_keeps_whose_message_it_was() -> None:
    """Its text stands in the form as its writer sees it."""
    with on_stage() as stage:
        stage.send(chosen("add_evidence", "uplink &lt;1&gt; is down", user="U8", team="T1"))
        stage.finish()
        view = opened(stage)
        assert json.loads(view["private_metadata"]) == {
            "place": ["C1", "3.3"], "message": "3.3", "author": ["T1", "U8"],
        }  # fmt: skip
        (text,) = [block["element"] for block in view["blocks"] if block["block_id"] == "text"]
        assert text["initial_value"] == "uplink <1> is down"


def test_the_message_of_an_app_has_no_author() -> None:
    """Its word is whoever's who noted it."""
    with on_stage() as stage:
        stage.send(chosen("add_evidence", "alarm", user="U8", bot_id="B1"))
        stage.finish()
        assert json.loads(opened(stage)["private_metadata"])["author"] is None


def test_a_message_that_no_form_holds_is_told_so() -> None:
    """Cut off, it would be another message."""
    with on_stage() as stage:
        stage.send(chosen("add_evidence", "x" * 3001, user="U8"))
        stage.finish()
        (whisper,) = stage.whispers()
        assert whisper["text"].startswith("This message has 3,001 characters, and a note holds 3,000")
        assert stage.api.of("views.open") == []


def test_the_form_is_noted() -> None:
    """With its message and author."""
    with on_stage() as stage:
        stage.send(
            filled(
                says={"type": "static_select", "selected_option": {"value": "reported.uplink.down"}},
                stage={"type": "radio_buttons", "selected_option": {"value": "diagnostic"}},
                text={"type": "plain_text_input", "value": "vmnic4"},
            )
        )
        assert stage.coordinator.notes == [
            (
                {"says": "reported.uplink.down", "stage": "diagnostic", "text": "vmnic4"}, "3.3", Person("T1", "U8"),
            )
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        pytest.param(
            FormError({"value": "Say which.", "kind": "No."}), {"value": "Say which.", "target": "No."}, id="x"
        ),
        pytest.param(RequestError("No incident is open."), {"text": "No incident is open."}, id="closed"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(error: Exception, shown: dict[str, str]) -> None:
    """So that it can be repaired there."""
    with on_stage(error) as stage:
        response = stage.send(filled(text={"type": "plain_text_input", "value": "x"}))
        body = json.loads(response.body) if isinstance(response.body, str) else response.body
        assert body == {"response_action": "errors", "errors": shown}


def test_the_button_takes_it_back() -> None:
    """By whoever pressed it, if it is theirs."""
    with on_stage() as stage:
        stage.send(press("withdraw_note", tokens.sign(KEY, "withdraw_note", "note-x")))
        assert stage.coordinator.asked == [("withdraw", "", "note-x", WHO, Place("C1"))]
    with on_stage(RequestError("Only whoever noted it.")) as stage:
        stage.send(press("withdraw_note", tokens.sign(KEY, "withdraw_note", "note-x"), thread_ts="1.0"))
        stage.finish()
        assert [(one["text"], one["thread_ts"]) for one in stage.whispers()] == [("Only whoever noted it.", "1.0")]
