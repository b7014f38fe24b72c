"""What every keeper of a watch's evidence promises: bot.ports.Kept, in memory and on both servers."""

from collections.abc import Iterator
from hashlib import sha256

import pytest

from bot.errors import InstrumentError
from bot.ports import Kept
from bot.queue import keys, server
from bot.queue.kept import MemoryKept, RedisKept
from deploy.demo.server import Server
from tests.contracts.test_journal import SERVERS


@pytest.fixture(params=["memory", *(pytest.param(name, marks=pytest.mark.server) for name in SERVERS)])
def kept(request: pytest.FixtureRequest) -> Iterator[Kept]:
    if request.param == "memory":
        yield MemoryKept()
        return
    there = RedisKept(request.getfixturevalue(request.param).url)
    yield there
    there.close()


def blob(number: int) -> tuple[str, bytes]:
    """Bytes of every value, as captures have, under their digest."""
    data = bytes(range(256)) * number
    return f"sha256:{sha256(data).hexdigest()}", data


def test_what_was_kept_is_read_back_byte_by_byte(kept: Kept) -> None:
    """The verdict of the bot that takes over stands on it."""
    kept.put("inc-1", dict([blob(1), blob(4000)]))
    kept.put("inc-1", dict([blob(2)]))
    assert kept.all("inc-1") == dict([blob(1), blob(2), blob(4000)])


def test_the_same_bytes_are_kept_once(kept: Kept) -> None:
    """A report may come twice."""
    kept.put("inc-1", dict([blob(1)]))
    kept.put("inc-1", dict([blob(1)]))
    assert kept.all("inc-1") == dict([blob(1)])


def test_what_a_later_report_replaced_is_forgotten(kept: Kept) -> None:
    """An hour of beginnings would fill the server."""
    kept.put("inc-1", dict([blob(1), blob(2)]))
    kept.put("inc-2", dict([blob(1)]))
    kept.only("inc-1", [blob(2)[0], blob(3)[0]])
    assert kept.all("inc-1") == dict([blob(2)])
    assert kept.all("inc-2") == dict([blob(1)])
    kept.only("inc-0", [])


def test_each_incident_has_its_own(kept: Kept) -> None:
    """Two machines are watched at once, and one of them ends first."""
    kept.put("inc-1", dict([blob(1)]))
    kept.put("inc-2", dict([blob(2)]))
    kept.drop("inc-1")
    assert kept.all("inc-1") == {}
    assert kept.all("inc-2") == dict([blob(2)])


def test_nothing_is_kept_of_what_never_was(kept: Kept) -> None:
    """A bot may die before the first piece was in, and an end may be written down twice."""
    assert kept.all("inc-0") == {}
    kept.drop("inc-0")
    kept.put("inc-0", {})
    assert kept.all("inc-0") == {}


def test_what_is_read_back_is_the_readers_own(kept: Kept) -> None:
    """Who takes it in may change it."""
    kept.put("inc-1", dict([blob(1)]))
    kept.all("inc-1").clear()
    assert kept.all("inc-1") == dict([blob(1)])


@pytest.mark.server
def test_what_no_bot_comes_back_for_is_deleted_by_itself(valkey: Server) -> None:
    """Packets of machines lie nowhere for ever."""
    there, client = RedisKept(valkey.url), server.connect(valkey.url)
    there.put("inc-1", dict([blob(1)]))
    assert 0 < client.ttl(keys.kept("inc-1")) <= keys.KEPT_S
    client.close()
    there.close()


def test_a_server_that_is_away_is_said() -> None:
    """In the instrument's words, for the log; the watch itself goes on."""
    there = RedisKept("redis://127.0.0.1:1/0")
    for call in (lambda: there.put("inc-1", dict([blob(1)])), lambda: there.all("inc-1"), lambda: there.drop("inc-1")):
        with pytest.raises(InstrumentError, match=r"127\.0\.0\.1:1"):
            call()
    there.close()
