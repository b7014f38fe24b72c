"""The agent's rights on the server: enough for its work, and no more."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack

import pytest
import redis

from bot.model.job import Artifact
from bot.ports import Work
from bot.queue import keys, server
from bot.queue.acl import agent_rules
from deploy.demo.server import Server
from tests.contracts.bench import ServerBench, evidence, finals, hear, job, run_agent, told, until

pytestmark = pytest.mark.server


@pytest.fixture
def bench(redis_tcp: Server) -> Iterator[ServerBench]:
    with ExitStack() as ends:
        yield ServerBench(redis_tcp.url, ends)


@pytest.fixture
def restricted(bench: ServerBench) -> str:
    """The address with which the agent a logs in."""
    rules = agent_rules("a", ["agent.a"])
    bench.client.execute_command("ACL", "SETUSER", "agent-a", "on", ">pw", *rules)
    return bench.url.replace("//", "//agent-a:pw@")


def test_the_rights_suffice_for_everything_that_an_agent_does(bench: ServerBench, restricted: str) -> None:
    """A right that is missing shows in the middle of the night, at the first job that a dead agent left."""

    def ability(work: Work) -> Sequence[tuple[Artifact, bytes]]:
        work.report([evidence(work.job, b"early")])
        return [evidence(work.job, b"late")]

    queue = bench.queue()
    queue.put([job("agent.a")])
    # An earlier life of the agent took the job and died.
    bench.client.xgroup_create(keys.jobs("agent.a"), keys.GROUP, id="0")
    bench.client.xreadgroup(keys.GROUP, "a:dead", {keys.jobs("agent.a"): ">"})
    agents = ServerBench(restricted, bench.ends)
    end = run_agent(agents, "a", ["agent.a"], ability)
    heard = hear(queue, lambda news: bool(finals(news)))
    assert [kind for kind in told(heard) if kind != "Lost"] == ["Started", "Reported", "Reported"]
    agents.slip_in("agent.a", {b"body": b"forged"})
    until(bench.dead)
    end()
    assert queue.agents() == ()
    consumers = [found["name"] for found in bench.client.xinfo_consumers(keys.jobs("agent.a"), keys.GROUP)]
    assert consumers == [b"a:dead"]


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["XADD", "jobs:agent.b", "*", "body", "x"], id="another-queue"),
        pytest.param(["SET", "cancel:job-1", "x"], id="cancel"),
        pytest.param(["SET", "agent:b", "x"], id="another-agents-announcement"),
        pytest.param(["XRANGE", "journal:inc-1", "-", "+"], id="a-timeline"),
        pytest.param(["XRANGE", "rep:bot-1", "-", "+"], id="what-others-report"),
        pytest.param(["HGETALL", "artifact:sha256:00:1"], id="what-others-captured"),
        pytest.param(["HGETALL", "kept:inc-1"], id="what-a-watch-brought"),
        pytest.param(["KEYS", "*"], id="what-there-is"),
        pytest.param(["FLUSHALL"], id="everything"),
    ],
)
def test_the_rights_end_at_the_agents_own_door(restricted: str, command: list[str]) -> None:
    """A stolen agent must not become a stolen queue."""
    client = server.connect(restricted)
    with pytest.raises(redis.exceptions.NoPermissionError):
        client.execute_command(*command)
    client.close()
