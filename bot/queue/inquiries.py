"""Where the channels' own timelines outlive the process: one stream an inquiry, and what was opened and asked where."""

import threading
from datetime import datetime
from typing import Any, cast

from bot.errors import InstrumentError
from bot.model import codec
from bot.model.inquiry import AnyDeed, Ended, Inquiry, Opened, Reopened
from bot.queue import keys, letters, server
from bot.queue.journal import MemoryJournal


class RedisInquiries:
    """bot.ports.Inquiries on the queue server. A timeline is kept for ``lifetime_s`` after its newest event.

    Which question was asked where the journal writes down (``RedisJournal.append``). Every method raises
    InstrumentError when the server is away.
    """

    def __init__(self, url: str, *, ca_file: str | None = None, lifetime_s: int = keys.JOURNAL_S) -> None:
        self._url = url
        self._client = server.connect(url, ca_file=ca_file)
        self._lifetime_s = lifetime_s

    def append(self, inquiry: str, event: AnyDeed) -> None:
        """Write the event; an opening also into its channel's list, in the same transaction."""
        key = keys.inquiry(inquiry)
        with server.said(self._url), self._client.pipeline(transaction=True) as pipe:
            pipe.xadd(key, {b"event": letters.dump(codec.encode(event, AnyDeed))})
            pipe.expire(key, self._lifetime_s)
            if isinstance(event, Opened):
                where = keys.inquiries(event.channel)
                pipe.zadd(where, {inquiry: event.at.timestamp()}, nx=True)
                pipe.expire(where, self._lifetime_s)
            if isinstance(event, Opened | Reopened):
                pipe.zadd(keys.UNENDED, {inquiry: event.at.timestamp()}, nx=True)
            elif isinstance(event, Ended):
                pipe.zrem(keys.UNENDED, inquiry)
            pipe.execute()

    def read(self, inquiry: str) -> Inquiry | None:
        """The inquiry, event by event.

        Raises:
            InstrumentError: another version wrote an event that this one does not know.
        """
        with server.said(self._url):
            entries = self._client.xrange(keys.inquiry(inquiry))
        try:
            events = tuple(_event(fields[b"event"]) for _, fields in entries)
        except (ValueError, KeyError) as error:
            raise InstrumentError(f"The timeline of {inquiry} was written by another version: {error}.") from error
        return Inquiry(inquiry, events) if events else None

    def of_channel(self, channel: str) -> tuple[str, ...]:
        """The ids of the channel's inquiries whose timelines are kept, oldest first."""
        with server.said(self._url):
            names = [name.decode() for name in self._client.zrange(keys.inquiries(channel), 0, -1)]
            with self._client.pipeline(transaction=False) as pipe:
                for name in names:
                    pipe.exists(keys.inquiry(name))
                return tuple(name for name, kept in zip(names, pipe.execute(), strict=True) if kept)

    def unended(self) -> tuple[str, ...]:
        """The ids of the open inquiries, oldest first; one whose timeline ran out is forgotten."""
        with server.said(self._url):
            names = [name.decode() for name in self._client.zrange(keys.UNENDED, 0, -1)]
            with self._client.pipeline(transaction=False) as pipe:
                for name in names:
                    pipe.exists(keys.inquiry(name))
                kept = dict(zip(names, pipe.execute(), strict=True))
            if gone := [name for name, exists in kept.items() if not exists]:
                self._client.zrem(keys.UNENDED, *gone)
        return tuple(name for name, exists in kept.items() if exists)

    def asked(self, channel: str, since: datetime, until: datetime | None, most: int) -> tuple[str, ...]:
        """The newest questions of that time, oldest first."""
        first, last = since.timestamp(), "+inf" if until is None else until.timestamp()
        with server.said(self._url):
            found = self._client.zrevrangebyscore(keys.asked(channel), last, first, start=0, num=most)
        return tuple(name.decode() for name in reversed(found))

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()


class MemoryInquiries:
    """bot.ports.Inquiries for as long as the process lives; what was asked it reads in the journal."""

    def __init__(self, journal: MemoryJournal) -> None:
        self._journal = journal
        self._lock = threading.Lock()
        self._timelines: dict[str, list[AnyDeed]] = {}

    def append(self, inquiry: str, event: AnyDeed) -> None:
        """Write the event at the end."""
        with self._lock:
            self._timelines.setdefault(inquiry, []).append(event)

    def read(self, inquiry: str) -> Inquiry | None:
        """The inquiry so far."""
        with self._lock:
            timeline = tuple(self._timelines.get(inquiry, ()))
        return Inquiry(inquiry, timeline) if timeline else None

    def of_channel(self, channel: str) -> tuple[str, ...]:
        """The ids of the channel's inquiries, oldest first."""
        with self._lock:
            here = [
                (timeline[0].at, name)
                for name, timeline in self._timelines.items()
                if isinstance(timeline[0], Opened) and timeline[0].channel == channel
            ]
        return tuple(name for _, name in sorted(here))

    def unended(self) -> tuple[str, ...]:
        """The ids of the open inquiries, oldest first."""
        with self._lock:
            every = [Inquiry(name, tuple(timeline)) for name, timeline in self._timelines.items()]
        return tuple(one.id for one in sorted(every, key=lambda one: one.opened.at) if one.ended is None)

    def asked(self, channel: str, since: datetime, until: datetime | None, most: int) -> tuple[str, ...]:
        """The newest questions of that time, oldest first."""
        found = [
            (first.at, name)
            for name, first in self._journal.requests()
            if first.request.place.channel == channel and since <= first.at and (until is None or first.at <= until)
        ]
        return tuple(name for _, name in sorted(found)[-most:])


def _event(text: bytes) -> AnyDeed:
    event: AnyDeed = codec.decode(cast(Any, AnyDeed), codec.loads(text))
    return event
