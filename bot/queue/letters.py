"""What travels between a bot and its agents: orders one way, reports the other, each sealed. No I/O."""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast

from bot.model import codec
from bot.model.incident import AnyEvent, Failed, Progressed, Published, Reported, Started, StopAsked
from bot.model.job import Job
from bot.queue import keys
from bot.queue.seal import Fields, ForgedError, Keys, seal, unseal

T = TypeVar("T")

Said = Started | Progressed | Reported | Failed
"""What an agent may say about a job."""

Word = StopAsked | Published
"""What a bot may be told of an incident that another one has in hand."""

BOTS = "bots"
"""The name of the key that seals what bots tell each other: no queue has it, and no agent its key."""

SKEW_WORTH_SAYING_S = 2.0


@dataclass(frozen=True, slots=True)
class Order:
    """A job on its way to an agent: where the answers go, and when it left by the bot's clock."""

    job: Job
    reply: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Report:
    """What an agent says; ``upload`` tells where the bytes of the event's artifacts lie."""

    event: Said
    upload: str


class UnreadableError(ValueError):
    """The seal fits but the order inside is not one that this version knows."""

    def __init__(self, job: str, reply: str, why: str) -> None:
        super().__init__(f"the order cannot be read by this version: {why}")
        self.job = job
        self.reply = reply


def write_order(queue_keys: Keys, order: Order) -> dict[bytes, bytes]:
    """The order, sealed for its job's queue alone."""
    return seal(queue_keys, _order_context(order.job.queue), dump(codec.encode(order)))


def read_order(queue_keys: Keys, queue: str, fields: Fields) -> Order:
    """The order that was put on this queue.

    Raises:
        ForgedError: nobody with this queue's key put it on this queue.
        UnreadableError: a bot of another version sealed it.
    """
    body = unseal(queue_keys, _order_context(queue), fields)
    raw = None
    try:
        raw = codec.loads(body)
        order = codec.decode(Order, raw)
    except ValueError as error:
        raise UnreadableError(_text(raw, "job", "id"), _text(raw, "reply"), str(error)) from error
    if order.job.queue != queue:
        raise ForgedError("the job inside is for another queue than the seal")
    return order


def write_report(queue_keys: Keys, reply: str, report: Report) -> dict[bytes, bytes]:
    """The report, sealed for this job's asker alone."""
    job = report.event.job
    body = dump({"event": codec.encode(report.event, AnyEvent), "upload": report.upload})
    return {b"job": job.encode(), **seal(queue_keys, _report_context(reply, job), body)}


def read_report(queue_keys: Keys, reply: str, job: str, fields: Fields, now: datetime) -> Report:
    """The report on the job, dated by the reader's clock.

    Raises:
        ForgedError: nobody with the key of the job's queue wrote it, or it was written for another asker or job.
        ValueError: an agent of another version wrote it.
    """
    raw = codec.loads(unseal(queue_keys, _report_context(reply, job), fields))
    if not isinstance(raw, dict) or not isinstance(raw.get("upload"), str):
        raise ValueError("not a report: it lacks its event or upload")  # noqa: TRY004  foreign bytes, not our call
    event: AnyEvent = codec.decode(cast(Any, AnyEvent), raw.get("event"))
    if not isinstance(event, Said) or event.job != job:
        raise ValueError("not a report on this job")
    return Report(replace(event, at=now), raw["upload"])


def write_word(bot_keys: Keys, reply: str, word: Word) -> dict[bytes, bytes]:
    """What a person told one bot, for the one that has the incident in hand."""
    return {b"word": b"1", **seal(bot_keys, _word_context(reply), dump(codec.encode(word, AnyEvent)))}


def is_word(fields: Fields) -> bool:
    """Whether this entry claims to be a bot's word, rather than an agent's report."""
    return b"word" in fields


def read_word(bot_keys: Keys, reply: str, fields: Fields) -> Word:
    """What another bot was told.

    Raises:
        ForgedError: no bot wrote it, or for another incident.
        ValueError: a bot of another version wrote it.
    """
    word: AnyEvent = codec.decode(cast(Any, AnyEvent), json.loads(unseal(bot_keys, _word_context(reply), fields)))
    if isinstance(word, Word):
        return word
    raise ValueError("not a word that bots tell each other")


def cancel_context(job: str) -> str:
    """What the seal of a cancellation is bound to."""
    return f"cancel {job}"


def refusal(order: Order, *, entered_at: datetime, now: datetime, delivery: int, replayed: bool) -> str | None:
    """Why the order must not be run, as a sentence, or None.

    ``entered_at`` and ``now`` are of the server's clock, which all agents share; the expiry is of the bot's.
    """
    if replayed:
        return "It is a copy of an order that was taken before."
    if now > order.job.expires_at:
        late_s = (now - order.job.expires_at).total_seconds()
        return f"It expired {late_s:.1f} s before an agent took it.{_skew(order.sent_at - entered_at)}"
    if delivery > keys.DELIVERIES:
        return f"It was given up: the agent died on it {keys.DELIVERIES} times."
    return None


def _skew(ahead: timedelta) -> str:
    ahead_s = ahead.total_seconds()
    if abs(ahead_s) < SKEW_WORTH_SAYING_S:
        return ""
    way = "ahead of" if ahead_s > 0 else "behind"
    return f" The bot's clock is {abs(ahead_s):.0f} s {way} the queue server's: check NTP on both."


def _order_context(queue: str) -> str:
    return f"order {keys.jobs(queue)}"


def _report_context(reply: str, job: str) -> str:
    return f"report {reply} {job}"


def _word_context(reply: str) -> str:
    return f"word {reply}"


def _text(value: Any, *path: str) -> str:
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""


def dump(value: Any) -> bytes:
    """JSON without a space too many."""
    return json.dumps(value, separators=(",", ":")).encode()


def load(kind: type[T], text: bytes) -> T:
    """The noun in the JSON.

    Raises:
        ValueError: it is not JSON, or not of this kind.
    """
    return codec.decode(kind, codec.loads(text))
