"""The lease of a bot on a real server, where it runs out."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from bot.queue import server as queue_server
from bot.queue.holding import Holding
from deploy.demo.server import Server
from tests.contracts.bench import until

pytestmark = pytest.mark.server

LEASE_S = 0.4


@pytest.fixture
def ends() -> Iterator[ExitStack]:
    with ExitStack() as ends:
        yield ends


def holding(server: Server, ends: ExitStack, bot: str) -> Holding:
    """One bot's, which is stuck as soon as it has not listened for a moment."""
    found = Holding(server.url, queue_server.connect(server.url), bot, lease_s=LEASE_S, deaf_s=0.1)
    ends.callback(found.close)
    return found


def listens(one: Holding) -> tuple[str, ...]:
    """What it has lost, as soon as it has lost anything."""

    def lost() -> tuple[str, ...]:
        one.heard()
        return one.lost()

    found: tuple[str, ...] = until(lost)
    return found


def test_what_another_had_to_its_end_is_not_held_again_by_itself(valkey: Server, ends: ExitStack) -> None:
    """Nobody has it any more when this one listens again, but it is another's timeline by then."""
    one, two = holding(valkey, ends, "bot-1"), holding(valkey, ends, "bot-2")
    assert one.take(["inc-1"]) == {"inc-1"}
    until(lambda: two.take(["inc-1"]))
    two.give("inc-1")
    assert listens(one) == ("inc-1",)
    assert not one.holds("inc-1")
    assert one.take(["inc-1"]) == {"inc-1"}, "whoever has looked may have it"
    one.heard()
    assert one.holds("inc-1")
