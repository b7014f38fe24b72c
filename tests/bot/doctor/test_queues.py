"""The queue server as a role sees it: real servers, right and wrong in each way that a newcomer finds."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from bot.doctor import queues
from bot.doctor.line import Line, Standing
from bot.doctor.queues import Way
from bot.model import codec
from bot.model.addresses import Mac
from bot.model.job import Agent, Vantage
from bot.queue import checkup, keys, letters, server, tried
from bot.queue.acl import BOT_COMMANDS, COMMANDS, agent_rules, bot_rules
from bot.queue.acl_file import acl_file
from bot.system import SystemClock
from deploy.demo.server import Server
from tests.bot.doctor.saying import standings, wrongs
from tests.fixtures.servers import Authority, Guard

pytestmark = pytest.mark.server
NOW = SystemClock().now()
MASTER = bytes(range(32))
AGENTS = ("segment.prod,agent.prod-1", "vcenter.dc1")
OF_THE_CONNECTION = {"multi", "exec", "hello", "auth"}
"""Each connection sends them itself: who lacks them sees nothing but that."""


def entered(url: str, user: str, rules: Sequence[str]) -> Way:
    client = server.connect(url)
    client.execute_command("ACL", "SETUSER", user, "on", ">pw", *rules)
    client.close()
    return Way(server.entered(url, user, "pw"), None)


@pytest.fixture(params=["valkey", "redis_tcp"])
def running(request: pytest.FixtureRequest) -> Server:
    """Each kind of server in turn."""
    found: Server = request.getfixturevalue(request.param)
    return found


def test_a_server_that_is_well_is_said_to_be_with_its_name_and_version(running: Server) -> None:
    """`ok` and nothing else; both kinds name themselves."""
    lines = list(queues.server(Way(running.url, None), NOW))
    assert wrongs(lines) == []
    assert lines[0].says.startswith(("the queue server answers (valkey 9", "the queue server answers (redis 7"))


def test_a_server_that_is_away_or_lets_us_not_in_is_one_line(redis_tcp: Server) -> None:
    """What is wrong with it nobody can tell then."""
    refused = list(queues.server(Way(redis_tcp.url.replace("//", "//bot:s3cret@"), None), NOW))
    assert len(refused) == 1
    assert "refused our name or password" in wrongs(refused)[0]
    redis_tcp.kill()
    assert "cannot be reached" in wrongs(queues.server(Way(redis_tcp.url, None), NOW))[0]


def test_a_certificate_is_checked_and_its_end_told(redis_tls: Server, authority: Authority) -> None:
    """The one of these tests is valid for two days, which is too short for anybody."""
    bare = redis_tls.url.partition("?")[0]
    lines = list(queues.server(Way(bare, str(authority.ca)), NOW))
    assert ["valid until" in says for says in wrongs(lines)] == [True]
    month_ago = list(queues.server(Way(bare, str(authority.ca)), NOW - timedelta(days=30)))
    assert wrongs(month_ago) == []
    assert any("certificate is trusted" in line.says for line in month_ago)
    assert "certificate that we do not trust" in wrongs(queues.server(Way(bare, None), NOW))[0]


@pytest.mark.parametrize(
    ("sight", "says"),
    [
        pytest.param({"version": (6, 2, 9)}, "is redis 6.2.9", id="old"),
        pytest.param({"role": "slave"}, "is a slave", id="a copy"),
        pytest.param({"ahead_s": 90.0}, "90 s ahead of", id="our clock"),
        pytest.param({"ahead_s": -3.0}, "3 s behind", id="its clock"),
        pytest.param({}, "in the clear", id="no TLS"),
    ],
)
def test_what_a_server_must_not_be(monkeypatch: pytest.MonkeyPatch, sight: dict[str, Any], says: str) -> None:
    """Servers that are not here: what they would answer is put in their place."""
    seen = {"name": "redis", "version": (7, 2), "role": "master", "rtt_s": 0.1, "ahead_s": 0.0, "certified_until": None}
    monkeypatch.setattr(checkup, "look", lambda *_, **__: checkup.Sight(**{**seen, **sight}))
    url = "unix:///run/q.sock" if sight else "redis://bot:s3cret@queue.dc1"
    lines = list(queues.server(Way(url, None), NOW))
    assert [says in one for one in wrongs(lines)] == [True]
    assert "s3cret" not in str(lines)


def test_a_copy_of_a_server_is_no_server(running: Server) -> None:
    """The role comes from the server itself."""
    client = server.connect(running.url)
    client.execute_command("REPLICAOF", "127.0.0.1", "1")
    client.close()
    assert any("takes no jobs" in says for says in wrongs(queues.server(Way(running.url, None), NOW)))


def test_every_command_of_a_role_is_tried(running: Server) -> None:
    """One that is added to bot.queue.acl and not to bot.queue.tried would be a right that nobody misses."""
    for commands, words in (
        (COMMANDS, tried.needed_by_agent("a", ["agent.a"])),
        (BOT_COMMANDS, tried.NEEDED_BY_BOT),
    ):
        sent = {one[0].lower() for one in words} | {f"{one[0]}|{one[1]}".lower() for one in words if len(one) > 1}
        assert {command for command in commands if command not in sent} <= OF_THE_CONNECTION
    everything = [*tried.needed_by_agent("a", ["agent.a"]), *tried.NEEDED_BY_BOT, *tried.DANGEROUS_FOR_BOT]
    assert checkup.refused(running.url, [*everything, *tried.DANGEROUS_FOR_AGENT]) == ()


def test_the_rights_that_we_hand_out_are_enough_and_no_more(running: Server) -> None:
    """Right: what bot.queue.acl grants passes whole."""
    bot = entered(running.url, "bot", bot_rules())
    agent = entered(running.url, "agent.a", agent_rules("a", ["segment.prod", "agent.a"]))
    assert standings(queues.bot_rights(bot)) == {Standing.OK}
    assert standings(queues.agent_rights(agent, "a", ["segment.prod", "agent.a"])) == {Standing.OK}


def test_a_right_that_is_missing_or_too_much_is_named(running: Server) -> None:
    """Wrong: a command, a queue of another agent, and a user who may do everything."""
    less = entered(running.url, "less", [*bot_rules(), "-xadd"])
    (missing,) = wrongs(queues.bot_rights(less))
    assert "lacks rights" in missing
    assert "XADD jobs:" in missing
    other = entered(running.url, "b", agent_rules("b", ["agent.b"]))
    (elsewhere,) = wrongs(queues.agent_rights(other, "a", ["agent.a"]))
    assert "XREADGROUP" in elsewhere
    assert "must not: KEYS *, FLUSHALL" in wrongs(queues.bot_rights(Way(running.url, None)))[0]


def test_trying_carries_nothing_out(running: Server) -> None:
    """A doctor who flushes the server to see whether it can be flushed."""
    client = server.connect(running.url)
    client.set("mine", b"1")
    list(queues.bot_rights(Way(running.url, None)))
    list(queues.agent_rights(Way(running.url, None), "a", ["agent.a"]))
    assert client.keys("*") == [b"mine"]
    client.close()


def test_what_the_server_keeps_is_asked_as_operator_where_the_role_may_not(guard: Guard) -> None:
    """With the bot's master key; an agent is told where somebody could look."""
    house = guard(acl_file([MASTER], AGENTS), MASTER)
    bot, operator = (Way(house.url(user, MASTER), str(house.ca)) for user in ("bot", "operator"))
    assert standings(queues.keeping(bot, operator)) == {Standing.OK}
    assert standings(queues.keeping(bot, None)) == {Standing.UNKNOWN}


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        pytest.param("appendonly", "no", "keeps nothing through a restart", id="no log"),
        pytest.param("maxmemory-policy", "allkeys-lru", "would throw keys away (allkeys-lru)", id="eviction"),
        pytest.param("maxmemory", "1mb", "uses", id="full"),
    ],
)
def test_a_server_that_loses_something_is_wrong(running: Server, name: str, value: str, says: str) -> None:
    """A default Redis loses everything at a restart."""
    client = server.connect(running.url)
    client.config_set(name, value)
    assert [says in one for one in wrongs(queues.keeping(Way(running.url, None), None))] == [True]
    client.close()


def test_a_second_machine_under_our_name_is_told_by_its_mac(running: Server) -> None:
    """A copied file of settings: both would take each other's jobs."""
    mine = Vantage("a", "prod", "eth0", Mac("02:00:00:00:00:01"))
    client = server.connect(running.url)

    def said(by: Vantage | None) -> list[Line]:
        if by:
            told = Agent("a", ("agent.a",), (), (by,), "1", NOW)
            client.set(keys.agent("a"), letters.dump(codec.encode(told)))
        return list(queues.own_name(Way(running.url, None), mine))

    assert "nobody else" in said(None)[0].says
    assert "stands here" in said(mine)[0].says
    other = Vantage("a", "prod", "ens3", Mac("02:00:00:00:00:02"))
    assert "ens3 with 02:00:00:00:00:02, here is eth0" in wrongs(said(other))[0]
    client.close()
