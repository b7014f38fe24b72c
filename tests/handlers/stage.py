"""A coordinator that takes everything down, and Slack's payloads as they come through a socket."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from slack_bolt import App, BoltRequest, BoltResponse

import handlers
from bot.incidents.rights import Capability
from bot.model.dropped import DroppedFile
from bot.model.form import CaptureForm, Choice, NoteForm, Preview, TableForm
from bot.model.incident import Incident
from bot.model.request import Person, Place
from bot.model.roster import Home, Listing
from bot.ports import Once
from bot.queue.once import MemoryOnce
from bot.rosters.usage import usage
from bot.slack import tokens
from bot.slack.app import build_app
from tests.bot.slack.stories import ASKED_AT, asked
from tests.bot.slack.web_api import WebApi, web_api

KEY = b"k" * 32
Asked = tuple[str, str, str, Person, Place]


PREVIEW = Preview(
    target="10.0.0.5", where="segment prod", filter="host 10.0.0.5", duration_s=10.0, most_bytes=64 << 20, second=None,
    words="10.0.0.5 for 10s", at=ASKED_AT,
)  # fmt: skip


class Noting:
    """The coordinator's doors; raises ``refusal`` where one is set."""

    def __init__(self, refusal: Exception | None = None) -> None:
        self.refusal = refusal
        self.asked: list[Asked] = []
        self.usages: list[tuple[Person, Place]] = []
        self.posts: list[tuple[str, str, str, str]] = []
        self.files: list[tuple[DroppedFile, ...]] = []
        self.names: list[str | None] = []
        self.deeds: tuple[str, ...] = ()
        self.notes: list[tuple[dict[str, str], str | None, Person | None]] = []
        self.pasted: list[tuple[dict[str, str], str | None]] = []
        self.listing = Listing("One agent is heard, it is well.", ("`prod-1` on segment prod; well",))
        self.home = Home(ASKED_AT, (), 0, ("You may look, in #C0123ABCD.",), self.listing)
        self.offered = CaptureForm({"target": "10.0.0.5", "for": "10"}, (Choice("prod-1", "segment prod"),))

    def posted(self, name: str, part: str, channel: str, message: str) -> None:
        self.posts.append((name, part, channel, message))

    def ask(self, command: str, text: str, person: Person, place: Place, *, name: str | None = None) -> Incident:
        self.names.append(name)
        return self._note("ask", command, text, person, place)

    def again(self, incident: str, person: Person, place: Place) -> Incident:
        return self._note("again", "", incident, person, place)

    def capture(self, text: str, person: Person, place: Place, *, name: str | None = None) -> Incident:
        self.names.append(name)
        return self._note("capture", "", text, person, place)

    def form(self, incident: str | None, person: Person, place: Place) -> CaptureForm:
        self._note("form", "", incident or "", person, place)
        return self.offered

    def preview(self, fields: Mapping[str, str], person: Person, place: Place) -> Preview:
        self._note("preview", "", str(dict(fields)), person, place)
        return PREVIEW

    def start(self, fields: Mapping[str, str], person: Person, place: Place) -> Incident:
        return self._note("start", "", str(dict(fields)), person, place)

    def approve(self, incident: str, person: Person, place: Place) -> None:
        self._note("approve", "", incident, person, place)

    def decline(self, incident: str, person: Person, place: Place) -> None:
        self._note("decline", "", incident, person, place)

    def stop(self, incident: str, person: Person, place: Place) -> None:
        self._note("stop", "", incident, person, place)

    def stop_named(self, command: str, text: str, person: Person, place: Place) -> str:
        self._note("stop_named", command, text, person, place)
        return "inc-k3v9"

    def audit_of(self, person: Person, place: Place) -> tuple[str, ...]:
        self._note("audit_of", "", "", person, place)
        return self.deeds

    def download(self, incident: str, person: Person, place: Place) -> None:
        self._note("download", "", incident, person, place)

    def judge(
        self, files: Sequence[DroppedFile], text: str, person: Person, place: Place, *, name: str | None = None
    ) -> Incident:
        self.names.append(name)
        self.files.append(tuple(files))
        return self._note("judge", "", text, person, place)

    def dropped(self, files: Sequence[DroppedFile], person: Person, place: Place) -> None:
        self.files.append(tuple(files))
        self._note("dropped", "", "", person, place)

    def paste_words(self, text: str, files: Sequence[DroppedFile], person: Person, place: Place) -> str:
        self.files.append(tuple(files))
        self._note("paste_words", "", text, person, place)
        return "I read 4 entries."

    def paste(
        self,
        fields: Mapping[str, str],
        files: Sequence[DroppedFile],
        person: Person,
        place: Place,
        incident: str | None = None,
    ) -> str:
        self.files.append(tuple(files))
        self.pasted.append((dict(fields), incident))
        self._note("paste", "", fields.get("text", ""), person, place)
        return "I read 4 entries."

    def table_form(self, incident: str | None, person: Person, place: Place) -> TableForm:
        self._note("table_form", "", incident or "", person, place)
        return TableForm({"target": "10.0.0.5"}, (Choice("core", "core"),), (Choice("cisco_ios", "Cisco IOS"),))

    @property
    def inquirer(self) -> "Noting":
        """The doors to what a channel works on together are noted too."""
        return self

    def open(self, text: str, person: Person, place: Place) -> None:
        self._note("open", "", text, person, place)

    def close(self, text: str, person: Person, place: Place) -> None:
        self._note("close", "", text, person, place)

    def reopen(self, text: str, person: Person, place: Place) -> None:
        self._note("reopen", "", text, person, place)

    def summary(self, person: Person, place: Place, *, share: bool) -> None:
        self._note("summary", "", "share" if share else "", person, place)

    def timeline(self, person: Person, place: Place) -> None:
        self._note("timeline", "", "", person, place)

    @property
    def receptionist(self) -> "NotingReception":
        """The doors to who is in are noted too."""
        return NotingReception(self)

    @property
    def exporter(self) -> "Noting":
        """The door to the whole of it is noted too."""
        return self

    def export(self, text: str, person: Person, place: Place) -> str:
        self._note("export", "", text, person, place)
        return "I am putting it together."

    @property
    def noter(self) -> "NotingNotes":
        """The doors to what people write down are noted too."""
        return NotingNotes(self)

    def noted(self, door: str, command: str, text: str, person: Person, place: Place) -> Incident:
        return self._note(door, command, text, person, place)

    def _note(self, door: str, command: str, text: str, person: Person, place: Place) -> Incident:
        if self.refusal:
            raise self.refusal
        self.asked.append((door, command, text, person, place))
        return asked()


class NotingNotes:
    """The doors of bot.noter, noted by the coordinator that they belong to."""

    def __init__(self, coordinator: Noting) -> None:
        self._coordinator = coordinator

    def form(self, text: str, person: Person, place: Place) -> NoteForm:
        self._coordinator.noted("note_form", "", text, person, place)
        rooms = (("Guest", (Choice("reported.guest.looks_well", "Inside the guest everything looks well."),)),)
        stages = (Choice("symptom", "It was plain."), Choice("diagnostic", "I looked."))
        return NoteForm({"text": text, "about": "10.0.0.5"}, rooms, stages, (Choice("guest", "guest"),))

    def note_words(self, text: str, person: Person, place: Place, message: str | None = None) -> None:
        self._coordinator.noted("note_words", message or "", text, person, place)

    def note(
        self,
        fields: Mapping[str, str],
        person: Person,
        place: Place,
        message: str | None = None,
        author: Person | None = None,
    ) -> None:
        self._coordinator.notes.append((dict(fields), message, author))
        self._coordinator.noted("note", "", fields.get("text", ""), person, place)

    def withdraw(self, note: str, person: Person, place: Place) -> None:
        self._coordinator.noted("withdraw", "", note, person, place)


class NotingReception:
    """The doors of bot.receptionist, noted by the coordinator that they belong to."""

    def __init__(self, coordinator: Noting) -> None:
        self._coordinator = coordinator

    def agents(self, person: Person, place: Place) -> Listing:
        self._coordinator.noted("agents", "", "", person, place)
        return self._coordinator.listing

    def usage(self, person: Person, place: Place) -> str:
        self._coordinator.usages.append((person, place))  # help asks nothing of anybody
        if self._coordinator.refusal:
            raise self._coordinator.refusal
        return usage(dict.fromkeys(Capability))

    def home(self, person: Person) -> Home:
        self._coordinator.noted("home", "", "", person, Place(""))
        return self._coordinator.home


NOBODY = Noting()


class Stage:
    """The real app with the real handlers, a noting coordinator, and a Web API that answers."""

    def __init__(self, api: WebApi, coordinator: Noting, listener_threads: int = 32, once: Once | None = None) -> None:
        self.api, self.coordinator = api, coordinator
        self.app: App = build_app(
            api.client, key=KEY, once=once or MemoryOnce(), register=lambda app: handlers.register(app, coordinator),
            listener_threads=listener_threads,
        )  # fmt: skip

    def send(self, body: dict[str, Any]) -> BoltResponse:
        """Deliver as the socket does."""
        return self.app.dispatch(BoltRequest(mode="socket_mode", body=body))

    def finish(self) -> None:
        """Wait for what runs after an acknowledgement."""
        self.app.listener_runner.listener_executor.shutdown()

    def whispers(self) -> list[dict[str, Any]]:
        """What single persons were told."""
        return self.api.of("chat.postEphemeral")


@contextmanager
def on_stage(refusal: Exception | None = None) -> Iterator[Stage]:
    """A stage for the length of one test."""
    with web_api() as api:
        stage = Stage(api, Noting(refusal))
        yield stage
        stage.finish()


def command(text: str, **changes: Any) -> dict[str, Any]:
    """A slash command."""
    return {
        "command": "/arpcheck",
        "text": text,
        "team_id": "T1",
        "user_id": "U7",
        "channel_id": "C1",
        "trigger_id": f"trigger {text}",
        "response_url": "http://127.0.0.1:1/",
        **changes,
    }


def mention(text: str, event_id: str = "Ev1", shared: bool = False, **event: Any) -> dict[str, Any]:
    """An app_mention; ``shared``: in a channel that two companies share."""
    said = {"type": "app_mention", "text": text, "user": "U7", "channel": "C1", "ts": "1.1", "team": "T1", **event}
    return {
        "type": "event_callback",
        "team_id": "T1",
        "event_id": event_id,
        "event": said,
        "is_ext_shared_channel": shared,
        "authorizations": [{"team_id": "T1", "user_id": "UBOT", "is_bot": True}],
    }


def press(action: str, value: str | None = None, *, team: str | None = "T1", **message: Any) -> dict[str, Any]:
    """A pressed button; without a value the genuine one."""
    return {
        "type": "block_actions",
        "team": {"id": "T1"},
        "user": {"id": "U7", "team_id": team},
        "channel": {"id": "C1"},
        "trigger_id": f"trigger {action}",
        "message": {"ts": "5.5", **message},
        "response_url": "http://127.0.0.1:1/",
        "actions": [
            {
                "type": "button",
                "action_id": action,
                "block_id": "b",
                "value": tokens.sign(KEY, action, "inc-k3v9") if value is None else value,
            }
        ],
    }


def submit(view: dict[str, Any], values: dict[str, Any] | None = None, view_id: str = "V1") -> dict[str, Any]:
    """A submitted modal; ``values`` are the state's, by block id."""
    given = {name: {name: value} for name, value in (values or {}).items()}
    shown = {"id": view_id, "hash": "h", "private_metadata": "", **view, "state": {"values": given}}
    return {
        "type": "view_submission",
        "team": {"id": "T1"},
        "user": {"id": "U7", "team_id": "T1"},
        "trigger_id": f"trigger {view_id} {len(given)} {view.get('callback_id')}",
        "view": shown,
    }


def chosen(shortcut: str, text: str = "", **message: Any) -> dict[str, Any]:
    """A shortcut on a message."""
    return {
        "type": "message_action",
        "callback_id": shortcut,
        "team": {"id": "T1"},
        "user": {"id": "U7", "team_id": "T1"},
        "channel": {"id": "C1"},
        "trigger_id": f"trigger {shortcut}",
        "message": {"ts": "3.3", "text": text, **message},
        "response_url": "http://127.0.0.1:1/",
    }


def opened(stage: Stage) -> dict[str, Any]:
    """The only modal that was opened."""
    (call,) = stage.api.of("views.open")
    view: dict[str, Any] = call["view"]
    return view
