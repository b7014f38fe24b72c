"""Where timelines outlive the process: one stream an incident, and an index of those whose end nobody has seen."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any, cast

from redis.exceptions import RedisError, ResponseError

from bot.errors import ForgottenError, InstrumentError, OvertakenError
from bot.model import codec
from bot.model.incident import AnyEvent, Delivered, Incident, Requested
from bot.queue import keys, letters, server

_PLACES = 9_999_999_999_999
"""The first half of the ids of entries that have a place: above every moment in milliseconds that the server gives."""


class RedisJournal:
    """bot.ports.Journal on the queue server. A timeline is kept for ``lifetime_s`` after its newest event.

    Every method raises InstrumentError when the server is away.
    """

    def __init__(self, url: str, *, ca_file: str | None = None, lifetime_s: int = keys.JOURNAL_S) -> None:
        self._url = url
        self._client = server.connect(url, ca_file=ca_file)
        self._lifetime_s = lifetime_s

    def append(self, incident: str, event: AnyEvent, position: int | None = None) -> None:
        """Write the event, and in the same transaction whether somebody still waits for the incident's end.

        Its place is the entry's id, and the server takes no id twice: a bot that slept while another went on with the
        incident writes nothing into it any more. A server that fails over may have forgotten the events before it; a
        gap would stay for ever, because entries are added at the end alone, so none is made.

        Raises:
            OvertakenError: somebody else has written there, or further on.
            ForgottenError: the events before it are not all there.
        """
        key, written = keys.journal(incident), letters.dump(codec.encode(event, AnyEvent))
        place = "*" if position is None else _place(position)
        try:
            self._write(key, incident, event, written, position)
        except ResponseError as error:
            if "equal or smaller" not in str(error):
                raise InstrumentError(server.sentence(self._url, error)) from error
            with server.said(self._url):
                stands = self._client.xrange(key, place, place)
            if not stands or stands[0][1][b"event"] != written:
                raise OvertakenError(f"Another bot has gone on with `{incident}`; please try again.") from error

    def _write(self, key: str, incident: str, event: AnyEvent, written: bytes, position: int | None) -> None:
        with _away(self._url), self._client.pipeline(transaction=True) as pipe, ExitStack() as ends:
            if position:
                ends.enter_context(_before(pipe, key, incident, position))
            pipe.xadd(key, {b"event": written}, id="*" if position is None else _place(position))
            pipe.expire(key, self._lifetime_s)
            if isinstance(event, Requested):
                pipe.zadd(keys.UNFINISHED, {incident: event.at.timestamp()}, nx=True)
                where = keys.asked(event.request.place.channel)
                pipe.zadd(where, {incident: event.at.timestamp()}, nx=True)
                pipe.zremrangebyscore(where, "-inf", event.at.timestamp() - self._lifetime_s)
                pipe.expire(where, self._lifetime_s)
            elif isinstance(event, Delivered):  # at once: who dies in between leaves nothing that nobody removes
                pipe.zrem(keys.UNFINISHED, incident)
                pipe.unlink(keys.kept(incident), keys.reports(incident))
            pipe.execute()

    def read(self, incident: str) -> Incident | None:
        """The incident, event by event.

        Raises:
            InstrumentError: another version wrote an event that this one does not know.
        """
        with server.said(self._url):
            entries = self._client.xrange(keys.journal(incident))
        try:
            events = tuple(_event(fields[b"event"]) for _, fields in entries)
        except (ValueError, KeyError) as error:
            raise InstrumentError(f"The journal of {incident} was written by another version: {error}.") from error
        return Incident(incident, events) if events else None

    def behind(self, lengths: Mapping[str, int]) -> frozenset[str]:
        """By their last places; a timeline that was begun without places is counted."""
        asked = [(name, length) for name, length in lengths.items() if length]
        with server.said(self._url), self._client.pipeline(transaction=False) as pipe:
            for name, length in asked:
                pipe.xrange(keys.journal(name), *[_place(length - 1)] * 2)
            doubted = [one for one, found in zip(asked, pipe.execute(), strict=True) if not found] if asked else []
            for name, length in doubted:
                pipe.xrange(keys.journal(name), count=length)
            counted = pipe.execute() if doubted else []
        return frozenset(name for (name, length), found in zip(doubted, counted, strict=True) if len(found) < length)

    def unfinished(self, channel: str | None = None) -> tuple[str, ...]:
        """The incidents whose end nobody has seen, oldest request first; those whose timeline ran out are dropped."""
        here, everywhere = self._unseen(channel)
        return everywhere if channel is None else here

    def crowd(self, channel: str) -> tuple[int, int]:
        """How many those are: of the channel, and of all."""
        here, everywhere = self._unseen(channel)
        return len(here), len(everywhere)

    def _unseen(self, channel: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The channel's, and all, oldest request first. However many there are, the server is asked twice."""
        with server.said(self._url):
            asked = self._client.zrange(keys.UNFINISHED, 0, -1, withscores=True)
            if not asked:
                return (), ()
            names = [name.decode() for name, _ in asked]
            with self._client.pipeline(transaction=False) as pipe:
                for name in names:
                    pipe.exists(keys.journal(name))
                if channel is not None:  # a channel's questions of a month are not read for those of a minute
                    pipe.zrevrangebyscore(keys.asked(channel), "+inf", asked[0][1])
                stands = pipe.execute()
            if gone := [name for name, exists in zip(names, stands, strict=False) if not exists]:
                self._client.zrem(keys.UNFINISHED, *gone)
        everywhere = tuple(name for name in names if name not in gone)
        asked_here = set() if channel is None else {name.decode() for name in stands[-1]}
        return tuple(name for name in everywhere if name in asked_here), everywhere

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()


class MemoryJournal:
    """bot.ports.Journal for as long as the process lives."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._timelines: dict[str, list[AnyEvent]] = {}

    def append(self, incident: str, event: AnyEvent, position: int | None = None) -> None:
        """Write the event at the end."""
        with self._lock:
            timeline = self._timelines.setdefault(incident, [])
            if position is not None and position > len(timeline):
                raise ForgottenError(incident, max(0, len(timeline) - 1))
            if position is None or position == len(timeline):
                timeline.append(event)
            elif timeline[position] != event:
                raise OvertakenError(f"Another bot has gone on with `{incident}`; please try again.")

    def behind(self, lengths: Mapping[str, int]) -> frozenset[str]:
        """Memory forgets nothing, but may never have known."""
        with self._lock:
            return frozenset(name for name, length in lengths.items() if len(self._timelines.get(name, ())) < length)

    def read(self, incident: str) -> Incident | None:
        """The incident so far."""
        with self._lock:
            timeline = tuple(self._timelines.get(incident, ()))
        return Incident(incident, timeline) if timeline else None

    def requests(self) -> tuple[tuple[str, Requested], ...]:
        """How each incident began."""
        with self._lock:
            begun = [(name, timeline[0]) for name, timeline in self._timelines.items()]
        return tuple((name, first) for name, first in begun if isinstance(first, Requested))

    def unfinished(self, channel: str | None = None) -> tuple[str, ...]:
        """The incidents whose end nobody has seen, oldest request first."""
        with self._lock:
            asked = [
                (timeline[0].at, incident)
                for incident, timeline in self._timelines.items()
                if not any(isinstance(event, Delivered) for event in timeline)
                and channel in (None, _channel(timeline[0]))
            ]
        return tuple(incident for _, incident in sorted(asked))

    def crowd(self, channel: str) -> tuple[int, int]:
        """How many those are: of the channel, and of all."""
        return len(self.unfinished(channel)), len(self.unfinished())


def _place(position: int) -> str:
    """The id of the entry that stands there."""
    return f"{_PLACES}-{position}"


@contextmanager
def _before(pipe: Any, key: str, incident: str, position: int) -> Iterator[None]:
    """Look whether all events before the position are there, and hold the connection to that server meanwhile.

    Raises:
        ForgottenError: they are not.
    """
    there = pipe.immediate_execute_command("XRANGE", key, *[_place(position - 1)] * 2)
    tie = pipe.connection
    tie.steady = True  # it fails rather than be made again: what was looked at is what is written to
    try:
        if not there:
            every = pipe.immediate_execute_command("XRANGE", key, "-", "+")
            if len(every) < position:
                placed = bool(every) and every[-1][0].startswith(f"{_PLACES}-".encode())
                raise ForgottenError(incident, len(every) - placed)  # the last is compared with ours
        yield
    finally:
        tie.steady = False


@contextmanager
def _away(url: str) -> Iterator[None]:
    """As ``server.said``, but for what the server itself refuses."""
    try:
        yield
    except ResponseError:
        raise
    except RedisError as error:
        raise InstrumentError(server.sentence(url, error)) from error


def _channel(first: AnyEvent) -> str | None:
    return first.request.place.channel if isinstance(first, Requested) else None


def _event(text: bytes) -> AnyEvent:
    event: AnyEvent = codec.decode(cast(Any, AnyEvent), codec.loads(text))
    return event
