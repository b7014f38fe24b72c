"""How much waits, as a bot with its rights is told by a real server."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from bot.errors import InstrumentError
from bot.queue import server
from bot.queue.acl import COUNTED, bot_rules
from bot.queue.depths import Depth, Depths
from deploy.demo.server import Server
from tests.contracts.bench import RightsBench, Waiting, brings, job, run_agent, until

pytestmark = pytest.mark.server


@pytest.fixture
def bench(redis_tcp: Server) -> Iterator[RightsBench]:
    with ExitStack() as ends:
        yield RightsBench(redis_tcp.url, ends)


@pytest.fixture
def depths(redis_as_bot: Server) -> Iterator[Depths]:
    asking = Depths(redis_as_bot.url)
    yield asking
    asking.close()


def test_what_waits_is_told_apart_from_what_an_agent_has(bench: RightsBench, depths: Depths) -> None:
    """A long queue whose jobs are all under way is a busy agent; one that nobody takes from is a lost one."""
    queue = bench.queue()
    queue.put([job("agent.a"), job("agent.a"), job("agent.b")])
    assert depths.of(["agent.a", "agent.b", "agent.c"]) == (
        (Depth("agent.a", 2, None), Depth("agent.b", 1, None), Depth("agent.c", 0, None)),
        0,
    )
    ability = Waiting()
    end = run_agent(bench, "a", ["agent.a"], ability)
    until(lambda: depths.of(["agent.a"])[0] == (Depth("agent.a", 2, 2),))
    ability.release.set()
    until(lambda: depths.of(["agent.a"])[0] == (Depth("agent.a", 0, 0),))
    end()


def test_what_was_refused_is_counted(bench: RightsBench, depths: Depths) -> None:
    """A bot may count the dead letters; it may not read one."""
    end = run_agent(bench, "a", ["agent.a"], brings(b""))
    bench.slip_in("agent.a", {b"body": b"forged"})
    until(lambda: depths.of([])[1] == 1)
    end()


def test_a_server_whose_acl_is_older_is_one_sentence(redis_tcp: Server) -> None:
    """After an upgrade the rights come with `queue acl load`; until then only these figures are missing."""
    client = server.connect(redis_tcp.url)
    rules = [rule for rule in bot_rules() if rule != COUNTED]
    client.execute_command("ACL", "SETUSER", "old", "on", ">pw", *rules)
    client.close()
    depths = Depths(redis_tcp.url.replace("//", "//old:pw@"))
    with pytest.raises(InstrumentError, match=r"does not permit a command that is needed .* check its ACL"):
        depths.of(["agent.a"])
    depths.close()


def test_a_server_that_is_away_is_one_sentence(redis_as_bot: Server) -> None:
    """No figure, rather than a zero."""
    depths = Depths(redis_as_bot.url)
    redis_as_bot.kill()
    with pytest.raises(InstrumentError, match="cannot be reached"):
        depths.of(["agent.a"])
    depths.close()
