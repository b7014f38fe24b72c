"""A capture by its words, and by its form."""

import json
from typing import Any

import pytest

from bot.errors import FormError, InstrumentError, RequestError
from bot.model.form import CaptureForm, Choice
from bot.model.request import Person, Place
from deploy.demo.slack.blocks_check import check_view
from handlers import form
from tests.handlers.stage import PREVIEW, Stage, command, mention, on_stage, press, submit

ANA = Person("T1", "U7")


def capture(text: str, **changes: Any) -> dict[str, Any]:
    return command(text, command="/capture", **changes)


def shown(stage: Stage) -> dict[str, Any]:
    """The modal as it stands now."""
    stage.finish()
    view: dict[str, Any] = (stage.api.of("views.update") or stage.api.of("views.open"))[-1]["view"]
    return json.loads(view) if isinstance(view, str) else view


def answered(response: Any) -> dict[str, Any]:
    body = response.body
    answer: dict[str, Any] = json.loads(body) if isinstance(body, str) and body else body or {}
    return answer


def test_a_capture_in_words_is_taken_as_typed() -> None:
    """The words are the coordinator's to read."""
    with on_stage() as stage:
        assert stage.send(capture("10.0.0.5 for 60s arp")).status == 200
        assert stage.coordinator.asked == [("capture", "", "10.0.0.5 for 60s arp", ANA, Place("C1"))]


@pytest.mark.parametrize(("text", "wanted"), [("stop", ""), ("STOP inc-k3v9", "inc-k3v9")])
def test_stop_is_a_word_of_its_own(text: str, wanted: str) -> None:
    """The stopper is told, since the card changes only when the evidence is in."""
    with on_stage() as stage:
        answer = answered(stage.send(capture(text)))
        assert stage.coordinator.asked == [("stop_named", "capture", wanted, ANA, Place("C1"))]
        assert "is being stopped" in answer["text"]


@pytest.mark.parametrize("refusal", [RequestError("Not you."), InstrumentError("Redis is away.")])
@pytest.mark.parametrize("text", ["10.0.0.5", "stop"])
def test_a_refusal_is_shown_to_the_asker_alone(refusal: Exception, text: str) -> None:
    """At once, and nothing in the channel."""
    with on_stage(refusal) as stage:
        answer = answered(stage.send(capture(text)))
        assert (answer["response_type"], answer["text"]) == ("ephemeral", str(refusal))


def test_help_is_help_and_no_machine_of_that_name() -> None:
    """Whoever is lost types it everywhere."""
    with on_stage() as stage:
        assert "/capture 10.0.0.5 for 60s" in answered(stage.send(capture("help")))["text"]
        assert stage.coordinator.asked == []


def test_the_bare_command_opens_the_form_at_once_and_fills_it_then() -> None:
    """A trigger lives three seconds, and who may capture where is not always known by then."""
    with on_stage() as stage:
        assert stage.send(capture("")).status == 200
        view = shown(stage)
        assert stage.coordinator.asked == [("form", "", "", ANA, Place("C1"))]
        assert stage.api.of("views.open")[0]["trigger_id"] == "trigger "
        assert view["callback_id"] == form.FORM
        assert form.place_of(view) == Place("C1")


def test_a_cards_button_opens_the_form_for_its_thread() -> None:
    """Card, story and files go below the verdict that they are about."""
    with on_stage() as stage:
        stage.send(press("capture"))
        assert form.place_of(shown(stage)) == Place("C1", "5.5")


def test_who_may_not_capture_sees_why_instead_of_the_form() -> None:
    """A form that refuses only when it is filled wastes a minute."""
    with on_stage(RequestError("Ask the operator.")) as stage:
        stage.send(press("capture"))
        view = shown(stage)
        assert "Ask the operator." in json.dumps(view["blocks"])
        assert "submit" not in view


def test_a_form_that_slack_does_not_open_leaves_a_sentence() -> None:
    """Otherwise the button would just do nothing."""
    with on_stage() as stage:
        stage.api.spoil("views.open", "expired_trigger_id")
        stage.send(press("capture"))
        stage.finish()
        assert "expired_trigger_id" in stage.whispers()[0]["text"]


def filled(**values: str) -> dict[str, Any]:
    """The submission of the form; text where no other kind is meant."""
    view = form.capture_form(CaptureForm({}, (Choice("prod-1", "segment prod"),)), Place("C1", "5.5"))
    entered: dict[str, Any] = {name: {"type": "plain_text_input", "value": said} for name, said in values.items()}
    entered["traffic"] = {"type": "static_select", "selected_option": {"value": "usual"}}
    entered["at"] = {"type": "checkboxes", "selected_options": [{"value": "prod-1"}, {"value": "office-1"}]}
    return submit(view, entered)


def test_a_filled_form_shows_its_preview_on_top() -> None:
    """Closing the preview leads back to what was filled in."""
    with on_stage() as stage:
        answer = answered(stage.send(filled(target="10.0.0.5", **{"for": "60"})))
        fields = {"target": "10.0.0.5", "for": "60", "at": "prod-1,office-1"}
        assert stage.coordinator.asked == [("preview", "", str(fields), ANA, Place("C1", "5.5"))]
        assert answer["response_action"] == "push"
        assert answer["view"]["callback_id"] == form.START
        text = json.dumps(answer["view"]["blocks"])
        for expected in (PREVIEW.filter, "segment prod", "10 s", "64 MiB", "Nobody"):
            assert expected in text


def test_each_mistake_is_shown_beside_its_input() -> None:
    """What has no input of its own stands beside the target."""
    with on_stage(FormError({"for": "`0` is no time.", "elsewhere": "No agent is alive."})) as stage:
        answer = answered(stage.send(filled(target="10.0.0.5")))
        assert answer["response_action"] == "errors"
        assert answer["errors"] == {"for": "0 is no time.", "target": "No agent is alive."}


def seen(view_id: str = "V2") -> dict[str, Any]:
    """The submission of a preview."""
    view = form.preview_view(PREVIEW, {"target": "10.0.0.5", "for": "60"}, Place("C1", "5.5"))
    return submit(view, view_id=view_id)


def test_the_preview_starts_what_it_showed_and_closes_everything() -> None:
    """What stood in the form, not what stands there now."""
    with on_stage() as stage:
        assert answered(stage.send(seen()))["response_action"] == "clear"
        fields = {"target": "10.0.0.5", "for": "60"}
        assert stage.coordinator.asked == [("start", "", str(fields), ANA, Place("C1", "5.5"))]


def test_a_preview_that_is_pressed_twice_starts_one_capture() -> None:
    """Each press has a trigger of its own; the form is the same."""
    with on_stage() as stage:
        stage.send(seen())
        stage.send({**seen(), "trigger_id": "another"})
        assert len(stage.coordinator.asked) == 1
        stage.send(seen("V3"))
        assert len(stage.coordinator.asked) == 2


@pytest.mark.parametrize("body", [filled(target="10.0.0.5"), seen()], ids=["form", "preview"])
def test_a_right_that_was_lost_meanwhile_is_told_in_the_form(body: dict[str, Any]) -> None:
    """It is looked up at every step."""
    with on_stage(RequestError("Not any more.")) as stage:
        answer = answered(stage.send(body))
        assert answer["response_action"] == "update"
        assert "Not any more." in json.dumps(answer["view"])


def test_a_bug_behind_the_form_is_told_in_it() -> None:
    """A form that closes without a word looks like a capture that began."""
    with on_stage(ZeroDivisionError()) as stage:
        answer = answered(stage.send(seen()))
        assert answer["response_action"] == "update"
        assert "bug in ruleout" in json.dumps(answer["view"])


def test_the_team_in_a_form_is_its_persons_own() -> None:
    """The body's team is the installed one even when somebody of another company submits."""
    with on_stage() as stage:
        body = seen()
        body["user"] = {"id": "U7", "team_id": "T999"}
        stage.send(body)
        assert stage.coordinator.asked[0][3] == Person("T999", "U7")


@pytest.mark.parametrize(
    "vantages",
    [
        pytest.param(0, id="none alive"),
        pytest.param(3, id="three"),
        pytest.param(10, id="ten"),
        pytest.param(200, id="more than check boxes hold"),
    ],
)
def test_slack_takes_the_form_whatever_stands_in_it(vantages: int) -> None:
    """A refused view is a button that does nothing."""
    choices = tuple(Choice(f"{'a' * 60}-{n}", f"segment {'b' * 60}") for n in range(vantages))
    views = [
        form.loading(),
        form.refusal("`00:50:56:de:ad:be` is not yours. " * 20),
        form.capture_form(CaptureForm({"target": "a" * 80, "for": "10"}, choices), Place("C1", "5.5")),
        form.preview_view(PREVIEW, {"host": "10.0.0.5," * 50}, Place("C1")),
    ]
    for view in views:
        assert check_view(json.loads(json.dumps(view))) is None


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        pytest.param("<@UBOT> capture 10.0.0.5 for 60s", ("capture", "", "10.0.0.5 for 60s"), id="capture"),
        pytest.param("<@UBOT> capture stop", ("stop_named", "capture", ""), id="stop"),
        pytest.param("<@UBOT> capture stop inc-1", ("stop_named", "capture", "inc-1"), id="stop one"),
    ],
)
def test_a_mention_in_a_thread_captures_and_stops_there(text: str, asked: tuple[str, ...]) -> None:
    """Slash commands do not work in threads."""
    with on_stage() as stage:
        stage.send(mention(text, thread_ts="1.0"))
        stage.finish()
        assert stage.coordinator.asked == [(*asked, ANA, Place("C1", "1.0"))]


def test_a_mention_that_names_no_machine_is_told_how() -> None:
    """A form cannot be opened from a message."""
    with on_stage() as stage:
        stage.send(mention("<@UBOT> capture"))
        stage.finish()
        assert stage.coordinator.asked == []
        assert "/capture 10.0.0.5 for 60s" in stage.whispers()[0]["text"]
