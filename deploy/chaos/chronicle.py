"""What happened in a run, as seen from outside: every post and edit in Slack, every question, every fault, with times.

Times are of this machine's wall clock, in seconds, which every process of the run shares.
"""

import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from deploy.chaos.plan import Happening
from deploy.demo.slack import StandIn
from deploy.demo.slack.records import BOT_USER
from deploy.demo.slack.workspace import Change


@dataclass(frozen=True, slots=True)
class Shown:
    """A state of one of the bot's messages. ``mark`` is its metadata's payload: incident and part."""

    at: float
    channel: str
    ts: str
    thread: str | None
    mark: tuple[str, str] | None
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asked. ``error`` is Slack's (none: acknowledged), ``told`` what was shown to the asker instead.

    ``said`` is what the audit has to say that was said.
    """

    at: float
    channel: str
    user: str
    text: str
    said: str
    ack_ms: float | None
    error: str | None
    told: str

    @property
    def accepted(self) -> bool:
        """Whether the asker has to be answered by a card."""
        return self.error is None and not self.told


@dataclass(frozen=True, slots=True)
class Done:
    """A fault that was done: ``at`` to ``until``; ``what`` says what exactly, where the plan could not know."""

    at: float
    until: float
    happening: Happening
    what: str = ""


@dataclass
class Chronicle:
    """Safe from several threads."""

    shown: list[Shown] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    """Messages that the bot took away again, by timestamp id."""
    whispers: list[tuple[float, str, str, str]] = field(default_factory=list)
    """What the bot showed to one person alone: when, the ids of channel and person, and the text."""
    done: list[Done] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)
    """What the suite itself could not do, which is no fault of the house."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def follow(self, slack: StandIn) -> None:
        """Take down every message of the bot from now on, and all of the stand-in's own log."""
        slack.slack.log = deque(slack.slack.log, maxlen=None)

        def changed(change: Change) -> None:
            message = change.body.get("message")
            if change.kind == "gone":
                self.gone.add(change.body["ts"])
            if change.kind != "message" or not message or message["user"] != BOT_USER:
                return
            if change.viewer is None:
                self.shown.append(_shown(change.body["channel"], message))
            else:
                self.whispers.append((time.time(), change.body["channel"], change.viewer, message["text"]))

        slack.look(lambda workspace: workspace.on_change.append(changed))

    def asked(self, question: Question) -> None:
        """A question was asked."""
        with self.lock:
            self.questions.append(question)

    def did(self, at: float, happening: Happening, what: str = "", until: float | None = None) -> None:
        """A fault is over."""
        with self.lock:
            self.done.append(Done(at, until or time.time(), happening, what))

    def cards(self) -> dict[tuple[str, str], dict[str, list[Shown]]]:
        """By incident and part: every message that stands with its mark, by timestamp, with all its states in order."""
        found: dict[tuple[str, str], dict[str, list[Shown]]] = {}
        for one in self.shown:
            if one.mark and one.ts not in self.gone:
                found.setdefault(one.mark, {}).setdefault(one.ts, []).append(one)
        return found

    def during(self, begins_at: float, ends_at: float) -> Iterator[Done]:
        """The faults that fall into this time."""
        return (one for one in self.done if one.at <= ends_at and one.until >= begins_at)


def _shown(channel: str, message: dict[str, Any]) -> Shown:
    payload = (message.get("metadata") or {}).get("event_payload")
    mark = (str(payload["id"]), str(payload["part"])) if payload and "part" in payload else None
    return Shown(time.time(), channel, message["ts"], message.get("thread_ts"), mark, message["text"])
