"""What Slack delivers with something wrong in it: acknowledged always, and no door of ours is opened by half of it."""

import json
import traceback
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.dropped import DroppedFile
from bot.model.request import Person, Place
from bot.ports import Claim
from handlers.form import FORM as CAPTURE_FORM
from handlers.form import capture_form, preview_view
from handlers.note_form import FORM as NOTE_FORM
from handlers.note_form import note_form
from handlers.tables import FORM as TABLES_FORM
from handlers.tables import table_form
from tests.bot.slack.web_api import web_api
from tests.handlers.stage import PREVIEW, Noting, Stage, chosen, command, mention, press, submit
from tests.hostile.damage import damaged

PLACE = Place("C1", "5.5")
PERSON = Person("T1", "U7")
NOBODY = Noting()
LINE = {"type": "plain_text_input", "value": "10.0.0.5"}
CHOSEN = {"type": "checkboxes", "selected_options": [{"value": "prod-1"}]}
FILES = [{"id": "F1", "name": "a.pcap", "size": 5}]
ASKED: tuple[Any, ...] = (
    *(command("10.0.0.5", command=f"/{name}") for name in ("arpcheck", "vcenter", "arptable", "watch", "reach")),
    command("10.0.0.5 for 10s", command="/capture"),
    command("", command="/capture"),
    command("it was rebooted", command="/note"),
    command('open "odd VMs lose packets" affected app01', command="/incident"),
    command("", command="/agents"),
    mention("<@UBOT> arpcheck 10.0.0.5", files=FILES),
    mention("<@UBOT> judge this 10.0.0.5", files=FILES),
    mention("<@UBOT> table core-1 core", files=FILES, thread_ts="5.5"),
    mention("<@UBOT> note it was rebooted"),
)
PRESSED: tuple[Any, ...] = (
    *(press(name) for name in ("check_again", "stop", "download", "approve", "decline", "capture", "add_tables",
                               "judge", "withdraw_note", "incident_summary")),
    *(chosen(name, "10.0.0.5", files=FILES, user="U8") for name in ("add_evidence", "read_tables", "judge_capture")),
)  # fmt: skip
SENT: tuple[Any, ...] = (
    submit({**capture_form(NOBODY.offered, PLACE), "callback_id": CAPTURE_FORM}, {"target": LINE, "at": CHOSEN}),
    submit(preview_view(PREVIEW, {"target": "10.0.0.5"}, PLACE)),
    submit({**note_form(NOBODY.noter.form("x", PERSON, PLACE), PLACE, "1.1", PERSON), "callback_id": NOTE_FORM},
           {"text": LINE}),
    submit({**table_form(NOBODY.table_form(None, PERSON, PLACE), PLACE, None, "", (DroppedFile("F1", "x", 3),)),
            "callback_id": TABLES_FORM}, {"text": LINE, "device": LINE}),
    submit({"callback_id": "judge_form", "private_metadata": "F1 C1 5.5"}, {"judge_target": LINE}),
)  # fmt: skip
METADATA = tuple(one for one in SENT if one["view"]["private_metadata"].startswith("{"))


class Strict(Noting):
    """A coordinator whose doors take what their signatures say, and nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[tuple[Any, ...]] = []

    def _note(self, door: str, command: str, text: str, person: Person, place: Place) -> Any:
        texts: list[Any] = [command, text, person.team, person.user, place.channel]
        optional: list[Any] = [place.thread]
        for files in self.files:
            texts += [one for file in files for one in (file.id, file.name)]
        for fields, incident in self.pasted:
            texts += [*fields, *fields.values()]
            optional.append(incident)
        for noted, message, author in self.notes:
            texts += [*noted, *noted.values(), *((author.team, author.user) if author else ())]
            optional.append(message)
        self.wrong += [(door, one) for one in texts if not isinstance(one, str)]
        self.wrong += [(door, one) for one in optional if not isinstance(one, str | None)]
        return super()._note(door, command, text, person, place)


class Forgetful:
    """bot.ports.Once that has met nothing before: damaged samples keep the name of the one that they were made of."""

    def seen(self, name: str) -> bool:
        return False

    def claim(self, name: str) -> Claim:
        return Claim.OURS

    def done(self, name: str) -> None:
        """Nothing is remembered."""


class StrictStage(Stage):
    coordinator: Strict


@pytest.fixture(scope="module")
def stage() -> Iterator[StrictStage]:
    with web_api() as api:
        made = StrictStage(api, Strict(), listener_threads=1, once=Forgetful())
        yield made
        made.finish()


def delivered(stage: StrictStage, body: Any) -> None:
    """It gets an answer, and nobody else's door was asked with what is none of its words."""
    door = stage.coordinator
    door.files, door.pasted, door.notes, door.wrong = [], [], [], []
    try:
        answer = stage.send(body)
    except Exception as error:  # noqa: BLE001  whose it is, is the question
        # Bolt itself reads some fields before anything of ours can; the runners take that (tests.bot.slack).
        *_, (innermost, _) = traceback.walk_tb(error.__traceback__)
        assert "slack_bolt" in innermost.f_code.co_filename, "it is ours"
        return
    assert answer.status in (200, 404), answer.body
    # A listener may go on after its acknowledgement; with one thread, what is handed over now runs after it.
    stage.app.listener_runner.listener_executor.submit(lambda: None).result()
    assert door.wrong == []


@pytest.mark.parametrize("samples", [ASKED, PRESSED, SENT], ids=["asked", "pressed", "sent"])
@given(st.data())
def test_a_damaged_payload_is_answered(stage: StrictStage, samples: tuple[Any, ...], data: st.DataObject) -> None:
    """Fields that are missing, of another type or too much."""
    body = data.draw(st.sampled_from(samples).flatmap(damaged))
    if isinstance(body, dict):
        delivered(stage, body)


@given(st.sampled_from(METADATA), st.data())
def test_what_a_form_carried_and_came_back_changed_is_answered(
    stage: StrictStage, body: dict[str, Any], data: st.DataObject
) -> None:
    """private_metadata is ours, but it was in other hands in between."""
    kept = data.draw(damaged(json.loads(body["view"]["private_metadata"])))
    delivered(stage, {**body, "view": {**body["view"], "private_metadata": json.dumps(kept)}})


@given(st.sampled_from(PRESSED[:10]), st.text(max_size=200) | st.sampled_from(["\ud800", "inc-1.", ".", "x" * 9_000]))
def test_a_button_without_our_proof_opens_no_door(stage: StrictStage, body: dict[str, Any], value: str) -> None:
    """Its presser is told so, and nothing is looked up under the id that it names."""
    before = len(stage.coordinator.asked)
    action = {**body["actions"][0], "value": value}
    delivered(stage, {**body, "actions": [action]})
    assert len(stage.coordinator.asked) == before
