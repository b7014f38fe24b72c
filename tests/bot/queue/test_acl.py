"""Every role's rights on the server: enough for its work, and no more.

That they suffice is shown by the contract tests, which run with them (``rights`` and ``redis_as_bot`` there).
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack

import pytest
import redis

from bot.model.job import Artifact
from bot.ports import Claim, Work
from bot.queue import keys, server
from bot.queue.acl import agent_rules, bot_rules, enroll_rules, operator_rules
from bot.queue.once import RedisOnce
from deploy.demo.server import Server
from tests.contracts.bench import RightsBench, ServerBench, evidence, finals, hear, job, run_agent, told, until

pytestmark = pytest.mark.server

EVERYTHING = [
    pytest.param(["KEYS", "*"], id="what-there-is"),
    pytest.param(["FLUSHALL"], id="everything"),
    pytest.param(["CONFIG", "GET", "dir"], id="the-configuration"),
    pytest.param(["CONFIG", "SET", "maxmemory", "1"], id="another-configuration"),
    pytest.param(["ACL", "LIST"], id="the-rights-of-others"),
    pytest.param(["ACL", "SETUSER", "mine", "on", "nopass", "+@all"], id="more-rights"),
    pytest.param(["EVAL", "return 1", "0"], id="a-program"),
    pytest.param(["SUBSCRIBE", "x"], id="a-channel"),
    pytest.param(["CLIENT", "KILL", "TYPE", "normal"], id="the-connections-of-others"),
    pytest.param(["REPLICAOF", "127.0.0.1", "1"], id="a-copy-elsewhere"),
    pytest.param(["SHUTDOWN", "NOSAVE"], id="the-server"),
]
"""What nobody may who does the product's work."""


@pytest.fixture
def bench(redis_tcp: Server) -> Iterator[RightsBench]:
    with ExitStack() as ends:
        yield RightsBench(redis_tcp.url, ends)


@pytest.fixture(params=["agent.a", "vcenter.a", "network.a"])
def worker(request: pytest.FixtureRequest) -> str:
    """The queue of each kind of worker in turn; readers are agents of that name."""
    queue: str = request.param
    return queue


def enter(url: str, user: str, rules: Sequence[str]) -> str:
    """The address with which the user logs in who has these rules."""
    client = server.connect(url)
    client.execute_command("ACL", "SETUSER", user, "on", ">pw", *rules)
    client.close()
    return url.replace("//", f"//{user}:pw@")


def refuse(url: str, command: list[str]) -> None:
    client = server.connect(url)
    with pytest.raises(redis.exceptions.NoPermissionError):
        client.execute_command(*command)
    client.close()


def test_the_rights_suffice_for_everything_that_an_agent_does(bench: RightsBench, worker: str) -> None:
    """A right that is missing shows in the middle of the night, at the first job that a dead agent left."""

    def ability(work: Work) -> Sequence[tuple[Artifact, bytes]]:
        work.report([evidence(work.job, b"early")])
        return [evidence(work.job, b"late")]

    queue = bench.queue()
    queue.put([job(worker)])
    # An earlier life of the agent took the job and died.
    name = worker.removeprefix("agent.")
    bench.client.xgroup_create(keys.jobs(worker), keys.GROUP, id="0")
    bench.client.xreadgroup(keys.GROUP, f"{name}:dead", {keys.jobs(worker): ">"})
    end = run_agent(bench, name, [worker], ability)
    heard = hear(queue, lambda news: bool(finals(news)))
    assert [kind for kind in told(heard) if kind != "Lost"] == ["Started", "Reported", "Reported"]
    bench.slip_in(worker, {b"body": b"forged"})
    until(bench.dead)
    end()
    assert queue.agents() == ()
    consumers = [found["name"].decode() for found in bench.client.xinfo_consumers(keys.jobs(worker), keys.GROUP)]
    assert consumers == [f"{name}:dead"]


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["XADD", "jobs:agent.b", "*", "body", "x"], id="another-queue"),
        pytest.param(["XREADGROUP", "GROUP", "agents", "a", "STREAMS", "jobs:agent.b", ">"], id="anothers-jobs"),
        pytest.param(["SET", "cancel:job-1", "x"], id="cancel"),
        pytest.param(["SET", "agent:b", "x"], id="another-agents-announcement"),
        pytest.param(["SET", "asking:bot-1", "x"], id="somebody-who-asks"),
        pytest.param(["XRANGE", "journal:inc-1", "-", "+"], id="a-timeline"),
        pytest.param(["XADD", "journal:inc-1", "*", "event", "x"], id="another-past"),
        pytest.param(["XRANGE", "rep:bot-1", "-", "+"], id="what-others-report"),
        pytest.param(["HGETALL", "artifact:sha256:00:1"], id="what-others-captured"),
        pytest.param(["HGETALL", "kept:inc-1"], id="what-a-watch-brought"),
        pytest.param(["SET", "delivery:x", "1"], id="a-decision"),
        pytest.param(["SCAN", "0"], id="the-names-of-all-keys"),
        *EVERYTHING,
    ],
)
def test_the_rights_end_at_the_agents_own_door(redis_tcp: Server, worker: str, command: list[str]) -> None:
    """A stolen agent must not become a stolen queue."""
    refuse(enter(redis_tcp.url, worker, agent_rules(worker.removeprefix("agent."), [worker])), command)


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["XREADGROUP", "GROUP", "agents", "a", "STREAMS", "jobs:agent.a", ">"], id="an-agents-jobs"),
        pytest.param(["XRANGE", "jobs:agent.a", "-", "+"], id="what-waits"),
        pytest.param(["SET", "seen:job-1", "x"], id="the-mark-against-replay"),
        pytest.param(["DEL", "seen:job-1"], id="a-replay"),
        pytest.param(["SET", "alive:a:1", "x"], id="a-life"),
        pytest.param(["SET", "agent:a", "x"], id="an-announcement"),
        pytest.param(["XRANGE", "dead", "-", "+"], id="dead-letters"),
        *EVERYTHING,
    ],
)
def test_the_rights_of_a_bot_end_where_those_of_an_agent_begin(redis_tcp: Server, command: list[str]) -> None:
    """Its password lies beside the Slack tokens: with it nothing is unmarked, and no agent is played."""
    refuse(enter(redis_tcp.url, "bot", bot_rules()), command)


def test_a_bot_with_its_rights_meets_each_delivery_once(redis_as_bot: Server) -> None:
    """The marks are a bot's alone."""
    one, two = (RedisOnce(redis_as_bot.url, bot) for bot in ("bot-1", "bot-2"))
    assert (one.seen("Ev1"), two.seen("Ev1")) == (False, True)
    assert (one.claim("Ev2"), two.claim("Ev2")) == (Claim.OURS, Claim.OURS)
    two.done("Ev2")
    assert one.claim("Ev2") is Claim.DONE


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["SET", "asking:bot-1", "x"], id="a-key"),
        pytest.param(["DEL", "journal:inc-1"], id="a-timeline"),
        pytest.param(["XADD", "jobs:agent.a", "*", "body", "x"], id="a-job"),
        pytest.param(["XTRIM", "dead", "MAXLEN", "0"], id="dead-letters"),
        *(one for one in EVERYTHING),
    ],
)
def test_whoever_looks_after_the_server_changes_nothing_in_it(redis_tcp: Server, command: list[str]) -> None:
    """Looking needs no right to write, so a mistyped command costs nothing."""
    refuse(enter(redis_tcp.url, "operator", operator_rules()), command)


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["SCAN", "0"], id="the-names-of-invitations"),
        pytest.param(["SET", "invite:x", "1"], id="an-invitation-of-its-own"),
        pytest.param(["DEL", "invited:x"], id="the-mark-of-a-used-one"),
        pytest.param(["GET", "agent:a"], id="who-there-is"),
        pytest.param(["XADD", "jobs:agent.a", "*", "body", "x"], id="a-job"),
        pytest.param(["XRANGE", "dead", "-", "+"], id="dead-letters"),
        *EVERYTHING,
    ],
)
def test_whoever_was_invited_fetches_and_does_nothing_else(redis_tcp: Server, command: list[str]) -> None:
    """Its password is in every invitation that was ever printed."""
    refuse(enter(redis_tcp.url, "enroll", enroll_rules()), command)


def test_whoever_looks_after_the_server_sees_its_state_and_the_dead_letters(bench: ServerBench) -> None:
    """The commands that the operator's page names."""
    operator = server.connect(enter(bench.url, "operator", operator_rules()))
    bench.client.xadd(keys.DEAD, {"reason": "forged"})
    assert operator.xlen(keys.DEAD) == 1
    assert operator.xrange(keys.DEAD)[0][1] == {b"reason": b"forged"}
    assert operator.info("persistence")["aof_enabled"] == 1
    assert keys.DEAD.encode() in set(operator.scan_iter())
    operator.close()


def test_every_kind_of_key_is_the_bots_or_said_not_to_be(bench: ServerBench) -> None:
    """A kind of key that is new in bot.queue.keys must be granted or refused by intention."""
    families = [line.split("|")[1].split() for line in (keys.__doc__ or "").splitlines() if line.startswith("| ")]
    patterns = [family[0].partition(":")[0] for family in families if family[0] != "key"]
    assert len(patterns) > 15
    granted = {rule.partition("~")[2].partition(":")[0] for rule in bot_rules() if "~" in rule}
    assert {pattern for pattern in patterns if pattern not in granted} == {"alive", "seen", "dead"}
