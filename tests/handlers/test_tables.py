"""Pasted tables at Slack's door: payloads in, the coordinator asked, forms and sentences out."""

import json
from typing import Any

import pytest

from bot.errors import FormError, InstrumentError, RequestError
from bot.model.dropped import DroppedFile
from bot.model.request import Person, Place
from handlers.tables import FORM
from tests.handlers.stage import chosen, mention, on_stage, opened, press, submit

WHO = Person("T1", "U7")
TABLE = "core-1#show ip arp\nInternet  10.0.0.5  187  0050.5680.1234  ARPA  Vlan10"
FILE = {"id": "F1", "name": "core-1.txt", "size": 400}


def element(view: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(block for block in view["blocks"] if block.get("block_id") == name)["element"]
    return found


def filled(files: tuple[dict[str, Any], ...] = (), **values: str) -> dict[str, Any]:
    kept = {"place": ["C1", "3.3"], "incident": "inc-k3v9", "files": [[f["id"], f["name"], f["size"]] for f in files]}
    blocks = [{"type": "input", "block_id": name} for name in ("target", "device", "role", "platform", "text")]
    view = {"type": "modal", "callback_id": FORM, "private_metadata": json.dumps(kept), "blocks": blocks}
    state = {name: {"type": "plain_text_input", "value": value} for name, value in values.items()}
    chosen = {"type": "static_select", "selected_option": {"value": "recognise"}}
    return submit(view, {**state, "platform": chosen})


@pytest.mark.parametrize("word", ["table", "tables", "Table", "/table"])
def test_a_mention_is_answered_with_what_was_read(word: str) -> None:
    """At once, for the reporter alone, in the thread."""
    with on_stage() as stage:
        stage.send(mention(f"<@UBOT> {word} core-1 core\n{TABLE}", files=[FILE], thread_ts="3.3"))
        stage.finish()
        assert stage.coordinator.asked == [
            ("paste_words", "", f"core-1 core\n{TABLE}", WHO, Place("C1", "3.3"))
        ]  # fmt: skip
        assert stage.coordinator.files == [(DroppedFile("F1", "core-1.txt", 400),)]
        (whisper,) = stage.whispers()
        assert (whisper["text"], whisper["thread_ts"]) == ("I read 4 entries.", "3.3")


def test_angle_brackets_of_a_prompt_come_through() -> None:
    """Slack escapes them in the text of a message."""
    with on_stage() as stage:
        stage.send(mention("<@UBOT> table\n&lt;dist-3&gt;display arp\n"))
        stage.finish()
        assert stage.coordinator.asked[0][2] == "<dist-3>display arp"


@pytest.mark.parametrize("error", [RequestError("I find no table in that."), InstrumentError("Slack is away.")])
def test_a_refusal_is_whispered(error: Exception) -> None:
    """Silence would look like a crash."""
    with on_stage(error) as stage:
        stage.send(mention("<@UBOT> table hello"))
        stage.finish()
        assert [one["text"] for one in stage.whispers()] == [str(error)]


def test_the_button_opens_a_form_about_the_cards_machine() -> None:
    """The new card belongs into the thread of the one that was pressed."""
    with on_stage() as stage:
        stage.send(press("add_tables"))
        stage.finish()
        view = opened(stage)
        assert stage.coordinator.asked == [("table_form", "", "inc-k3v9", WHO, Place("C1", "5.5"))]
        assert json.loads(view["private_metadata"]) == {"place": ["C1", "5.5"], "incident": "inc-k3v9", "files": []}
        assert element(view, "target")["initial_value"] == "10.0.0.5"
        assert element(view, "platform")["initial_option"]["value"] == "recognise"
        assert element(view, "text")["max_length"] == 3_000
        hint = next(block for block in view["blocks"] if block["block_id"] == "text")["hint"]["text"]
        assert "3,000 characters" in hint
        assert "attach it as a file" in hint


def test_the_shortcut_fills_the_form_with_the_message() -> None:
    """Whoever pasted it into the channel need not paste it again."""
    with on_stage() as stage:
        stage.send(chosen("read_tables", TABLE))
        stage.finish()
        assert element(opened(stage), "text")["initial_value"] == TABLE


def test_the_shortcut_keeps_the_file_of_the_message() -> None:
    """A snippet is a file; its text is read when the form is sent."""
    with on_stage() as stage:
        stage.send(chosen("read_tables", "see here", files=[FILE]))
        stage.finish()
        view = opened(stage)
        assert json.loads(view["private_metadata"])["files"] == [["F1", "core-1.txt", 400]]
        assert "initial_value" not in element(view, "text")


def test_a_message_that_no_form_holds_is_told_the_other_way() -> None:
    """Cut off, it would be a table with a hole."""
    with on_stage() as stage:
        stage.send(chosen("read_tables", "x" * 3_001))
        stage.finish()
        assert stage.api.of("views.open") == []
        assert "This message has 3,001 characters, and a form holds 3,000" in stage.whispers()[0]["text"]


def test_who_may_not_is_told_and_sees_no_form() -> None:
    """Rather than after they have typed."""
    with on_stage(RequestError("You may not.")) as stage:
        stage.send(press("add_tables"))
        stage.finish()
        assert stage.api.of("views.open") == []
        assert [one["text"] for one in stage.whispers()] == ["You may not."]


def test_the_filled_form_is_handed_on_and_answered() -> None:
    """Where a choice says "recognise", nothing is said."""
    with on_stage() as stage:
        answer = stage.send(filled(target="10.0.0.5", device="core-1", text=TABLE))
        stage.finish()
        assert answer.body in ("", None)
        fields = {"target": "10.0.0.5", "device": "core-1", "text": TABLE}
        assert stage.coordinator.pasted == [(fields, "inc-k3v9")]
        (whisper,) = stage.whispers()
        assert (whisper["text"], whisper["thread_ts"]) == ("I read 4 entries.", "3.3")


def test_what_is_wrong_stands_beside_its_field() -> None:
    """Nothing that was typed is lost."""
    with on_stage(FormError({"text": "I find no table in `that`.", "device": "No name."})) as stage:
        answer = stage.send(filled(text="hello"))
        assert json.loads(answer.body) == {
            "response_action": "errors",
            "errors": {"text": "I find no table in that.", "device": "No name."},
        }


def test_what_is_wrong_with_a_file_is_whispered() -> None:
    """The form is gone by then: Slack waits three seconds for an answer, a file may take longer."""
    with on_stage(FormError({"text": "I find no table in that."})) as stage:
        answer = stage.send(filled(files=(FILE,), target="10.0.0.5"))
        stage.finish()
        assert answer.body in ("", None)
        assert stage.coordinator.files == [(DroppedFile("F1", "core-1.txt", 400),)]
        assert [one["text"] for one in stage.whispers()] == ["I find no table in that."]
