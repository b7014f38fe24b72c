"""Who is heard: agents on a real server, with the right keys and with wrong ones."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest

from bot.doctor import heard
from bot.doctor.line import Line, Standing
from bot.doctor.queues import Way
from bot.model import codec
from bot.queue import keys, letters
from bot.queue.acl import bot_rules
from bot.queue.server import entered
from deploy.demo.server import Server
from tests.bot.doctor.saying import wrongs
from tests.contracts.bench import CLOCK, MASTERS, ServerBench, Waiting, agent, brings, job, run_agent, until

pytestmark = pytest.mark.server
OTHER = (b"another master key, of old times.",)


@pytest.fixture
def bench(redis_tcp: Server) -> Iterator[ServerBench]:
    with ExitStack() as ends:
        yield ServerBench(redis_tcp.url, ends)


@pytest.fixture
def way(bench: ServerBench) -> Way:
    """The way of a bot with a bot's rights alone."""
    bench.client.execute_command("ACL", "SETUSER", "bot", "on", ">pw", *bot_rules())
    return Way(entered(bench.url, "bot", "pw"), None)


def agents(way: Way, *, vcenters: tuple[str, ...] = (), version: str = "1") -> list[Line]:
    return list(heard.agents(way, MASTERS, CLOCK, version, vcenters, ()))


def test_agents_that_are_well_are_named_by_segment_and_answer_a_sealed_order(bench: ServerBench, way: Way) -> None:
    """Nothing is carried out, and nothing is left behind."""
    works = Waiting()
    run_agent(bench, "prod-1", ["segment.prod", "agent.prod-1"], works)
    until(lambda: b'"ahead_ms":null' not in (bench.client.get("agent:prod-1") or b"null"))
    lines = agents(way)
    assert {line.standing for line in lines} == {Standing.OK}
    assert "segment prod is looked at by prod-1" in [line.says for line in lines]
    assert any("answered under seal on agent.prod-1, segment.prod" in line.says for line in lines)
    assert not works.begun.is_set()
    assert bench.dead() == []
    assert list(bench.client.scan_iter("rep:*")) == []


def test_an_agent_with_other_keys_looks_alive_and_is_found_out(bench: ServerBench, way: Way) -> None:
    """It announces itself as ever, and refuses every job."""
    run_agent(bench, "prod-1", ["agent.prod-1"], brings(b"x"), masters=OTHER)
    run_agent(bench, "prod-2", ["agent.prod-2"], brings(b"x"))
    says = wrongs(agents(way))
    assert ["prod-1 is heard and did not answer a sealed order on agent.prod-1" in one for one in says] == [True]


def test_an_agent_that_is_at_work_is_not_accused(bench: ServerBench, way: Way) -> None:
    """Its slots may be full: then nobody can tell."""
    busy = Waiting()
    run_agent(bench, "prod-1", ["agent.prod-1"], busy, slots=1)
    bench.queue().put([job("agent.prod-1")])
    assert busy.begun.wait(15)
    until(lambda: b"job-" in (bench.client.get("agent:prod-1") or b""))
    lines = agents(way)
    assert wrongs(lines) == []
    assert any(line.standing is Standing.UNKNOWN and "is at work" in line.says for line in lines)
    busy.release.set()


def test_nobody_and_a_reader_that_is_configured_and_silent_are_wrong(bench: ServerBench, way: Way) -> None:
    """A vCenter that nobody serves makes every MAC unknown."""
    nobody, no_reader = wrongs(agents(way, vcenters=("dc1",)))
    assert nobody == "no agent is heard, so nobody can look"
    assert no_reader == "nobody is heard who serves vcenter.dc1, which is configured"


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        pytest.param({"version": "0.0.1"}, "runs version 0.0.1, and here is 1", id="version"),
        pytest.param({"ahead_ms": 90_000}, "is 90 s ahead of the queue server's", id="clock ahead"),
        pytest.param({"ahead_ms": -5_000}, "is 5 s behind the queue server's", id="clock behind"),
    ],
)
def test_another_version_and_a_wrong_clock_are_told_by_name(
    bench: ServerBench, way: Way, changed: dict[str, object], says: str
) -> None:
    """Each agent says both with every heartbeat."""
    told = replace(agent("prod-9"), **{"ahead_ms": 0, **changed})  # type: ignore[arg-type]
    bench.client.set(keys.agent("prod-9"), letters.dump(codec.encode(told)), px=60_000)
    assert [says in one for one in wrongs(agents(way))] == [True]


def test_two_processes_of_one_name_are_found_and_a_restarted_one_is_not_accused(bench: ServerBench, way: Way) -> None:
    """They overwrite each other's announcement, so the list of agents shows one."""
    run_agent(bench, "prod-1", ["agent.prod-1"], brings(b"x"))
    run_agent(bench, "prod-2", ["agent.prod-2"], brings(b"x"))
    bench.client.set(keys.alive("prod-2:gone"), b"1", px=int(keys.LEASE_S * 1000))
    assert [line.standing for line in heard.doubles(way)] == [Standing.OK]
    run_agent(bench, "prod-1", ["agent.prod-1"], brings(b"x"))
    assert ["2 processes stand under the name prod-1" in one for one in wrongs(heard.doubles(way))] == [True]
