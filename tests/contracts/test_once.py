"""What every memory of Slack's deliveries promises: bot.ports.Once, in memory and on both servers."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from secrets import token_hex

import pytest

from bot.ports import Claim, Once
from bot.queue import keys, server
from bot.queue.once import MemoryOnce, RedisOnce
from tests.contracts.test_journal import SERVERS

Dies = Callable[[], None]


class Bots:
    """Bots that live, and how each of them dies."""

    def __init__(self, url: str | None) -> None:
        self._url, self._first, self._run = url, MemoryOnce("bot-0"), token_hex(4)

    def one(self) -> tuple[Once, Dies]:
        bot = f"bot-{token_hex(4)}"
        if self._url is None:
            memory = MemoryOnce(bot, self._first)
            return memory, memory.dies
        client = server.connect(self._url)
        client.set(keys.bot(bot), b"1")
        return RedisOnce(self._url, bot), lambda: client.delete(keys.bot(bot))

    def name(self, told: str) -> str:
        """A name of this test alone: the server has those of others."""
        return f"event:{self._run}:{told}"


@pytest.fixture(params=["memory", *(pytest.param(name, marks=pytest.mark.server) for name in SERVERS)])
def bots(request: pytest.FixtureRequest) -> Bots:
    return Bots(None if request.param == "memory" else request.getfixturevalue(request.param).url)


def test_what_was_seen_by_one_bot_was_seen_by_all(bots: Bots) -> None:
    """Slack gives a doubled delivery to whichever is connected."""
    (one, _), (two, _) = bots.one(), bots.one()
    name, other = bots.name("Ev1"), bots.name("Ev2")
    assert [one.seen(name), two.seen(name), one.seen(name), two.seen(other)] == [False, True, True, False]


def test_of_many_bots_one_is_at_it(bots: Bots) -> None:
    """All of them are told in the same moment."""
    name, many = bots.name("Ev1"), [bots.one()[0] for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        claims = list(pool.map(lambda one: one.claim(name), many))
    assert sorted(claims) == [Claim.OURS, *[Claim.TAKEN] * 7]


def test_what_is_done_is_done_for_all(bots: Bots) -> None:
    """It is acknowledged, wherever it is told again."""
    (one, dies), (two, _) = bots.one(), bots.one()
    name = bots.name("Ev1")
    assert one.claim(name) is Claim.OURS
    one.done(name)
    dies()
    assert (one.claim(name), two.claim(name)) == (Claim.DONE, Claim.DONE)


def test_what_a_dead_bot_was_at_is_another_ones_once(bots: Bots) -> None:
    """Nobody else will do it; and two who inherit must not both."""
    (first, dies), (second, second_dies), (third, _) = bots.one(), bots.one(), bots.one()
    name = bots.name("Ev1")
    first.claim(name)
    assert second.claim(name) is Claim.TAKEN
    dies()
    assert (second.claim(name), third.claim(name)) == (Claim.OURS, Claim.TAKEN)
    second_dies()
    assert (third.claim(name), second.claim(name)) == (Claim.OURS, Claim.TAKEN)
    third.done(name)
    assert third.claim(name) is Claim.DONE


def test_a_bot_that_is_at_it_itself_does_not_begin_anew(bots: Bots) -> None:
    """Slack tells it again to the same socket."""
    (one, _) = bots.one()
    name = bots.name("Ev1")
    assert (one.claim(name), one.claim(name)) == (Claim.OURS, Claim.TAKEN)
