"""Timelines that another version wrote, or that somebody who may write to the queue server tampered with."""

from contextlib import closing
from typing import Any

import pytest
import redis
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import InstrumentError
from bot.model import codec
from bot.model.incident import AnyEvent, Incident
from bot.model.inquiry import AnyDeed
from bot.queue import inquiries, journal, keys
from bot.queue.inquiries import RedisInquiries
from bot.queue.journal import RedisJournal
from deploy.demo.server import Server
from tests.bot.inquiries.test_bundle import export
from tests.bot.slack import stories
from tests.hostile.damage import NEVER_JSON, as_bytes, damaged, damaged_bytes

TIMELINES: tuple[Incident, ...] = (
    stories.ended(stories.guest_proven()),
    stories.looked_up(stories.two_owners()),
    stories.captured(),
    stories.lost_and_expired(),
)
EVENTS: list[Any] = [codec.encode(event, AnyEvent) for one in TIMELINES for event in one.timeline]
DEEDS: list[Any] = [codec.encode(deed, AnyDeed) for deed in export().inquiry.timeline]


def spoiled(samples: list[Any]) -> st.SearchStrategy[bytes]:
    """One of them, damaged; or something that never was one."""
    whole = st.sampled_from(samples)
    return (
        whole.flatmap(damaged).map(as_bytes) | whole.map(as_bytes).flatmap(damaged_bytes) | st.sampled_from(NEVER_JSON)
    )


@given(spoiled(EVENTS))
def test_an_event_that_is_none_is_said_to_be_none(text: bytes) -> None:
    """Whatever is read can be written again, so a timeline is never half understood."""
    try:
        event = journal._event(text)
    except ValueError:
        return
    assert codec.decode(AnyEvent, codec.encode(event, AnyEvent)) == event  # type: ignore[arg-type]


@given(spoiled(DEEDS))
def test_a_deed_that_is_none_is_said_to_be_none(text: bytes) -> None:
    """The same of what a channel works on together."""
    try:
        deed = inquiries._event(text)
    except ValueError:
        return
    assert codec.decode(AnyDeed, codec.encode(deed, AnyDeed)) == deed  # type: ignore[arg-type]


@pytest.mark.server
def test_a_journal_that_cannot_be_read_is_an_instrument_that_failed(valkey: Server) -> None:
    """The other incidents are read, and nobody is told of a bug."""
    client = redis.Redis.from_url(valkey.url)
    with closing(RedisJournal(valkey.url)) as kept, closing(RedisInquiries(valkey.url)) as wider:
        for number, text in enumerate(NEVER_JSON):
            client.xadd(keys.journal(f"inc-{number}"), {b"event": text})
            with pytest.raises(InstrumentError, match="another version"):
                kept.read(f"inc-{number}")
        client.xadd(keys.journal("inc-empty"), {b"x": b"y"})
        with pytest.raises(InstrumentError, match="another version"):
            kept.read("inc-empty")
        assert wider.unended() == ()
    client.close()
