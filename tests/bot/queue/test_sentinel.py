"""Sentinels choose the primary: real ones, of Valkey and of Redis, and the one address that every role is given."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis

from bot.doctor import queues
from bot.doctor.queues import Way
from bot.errors import InstrumentError
from bot.queue import address, server
from bot.queue.acl import agent_rules, bot_rules
from bot.system import SystemClock
from deploy.demo.pair import Pair, said
from deploy.demo.server import Server
from tests.bot.doctor.saying import wrongs
from tests.contracts.bench import ServerBench, brings, finals, hear, job, run_agent, until
from tests.fixtures.servers import Authority, on_free_port
from tests.fixtures.tools import program

NAME = "ruleout"
SENTINELS = 3


# ---- the address -----------------------------------------------------------------------------------------------------


def test_an_address_of_sentinels_is_taken_apart() -> None:
    """User and password are the servers'; the sentinels' own are options."""
    found = address.sought(
        "rediss+sentinel://bot:s%2Fcret@s1.dc1,s2.dc1:26380,[2001:db8::1]:1/ruleout/2"
        "?sentinel_username=asker&sentinel_password=other&ssl_ca_certs=ca.crt"
    )
    assert found == address.Sought(
        sentinels=(("s1.dc1", 26379), ("s2.dc1", 26380), ("2001:db8::1", 1)),
        name="ruleout",
        user="asker",
        password="other",
        bare="rediss://bot:s%2Fcret@/2?ssl_ca_certs=ca.crt",
    )
    assert address.sought("rediss://s1.dc1") is None


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("redis+sentinel://bot:s3cret@s1.dc1:26379", id="no name"),
        pytest.param("redis+sentinel://bot:s3cret@/ruleout", id="no host"),
        pytest.param("redis+sentinel://bot:s3cret@s1:port/ruleout", id="no port"),
        pytest.param("redis+sentinel://bot:s3cret@s1/ruleout/two", id="no number of a database"),
        pytest.param("unix+sentinel://bot:s3cret@s1/ruleout", id="another protocol"),
        pytest.param("rediss+sentinel://bot:s3cret@s1/ruleout?ssl_cert_reqs=none", id="no check"),
    ],
)
def test_an_address_of_sentinels_that_cannot_be_used_is_refused_without_its_secrets(url: str) -> None:
    """The sentence goes to a log that many read."""
    with pytest.raises(InstrumentError) as caught:
        server.connect(url)
    assert "s3cret" not in str(caught.value)


def page(user: str) -> list[str]:
    """The rules that the operator's page gives this user."""
    lines = Path("deploy/README.md").read_text(encoding="utf-8").splitlines()
    (line,) = (one for one in lines if one.startswith(f'echo "user {user} on '))
    return line.partition(") ")[2].partition('"')[0].split()


# ---- real ones -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Watched:
    """A pair whose primary sentinels choose."""

    pair: Pair
    sentinels: tuple[Server, ...]

    def url(self, login: str = "", name: str = NAME) -> str:
        """The address that a role is given."""
        hosts = ",".join(one.url.removeprefix("redis://") for one in self.sentinels)
        return f"redis+sentinel://{login}{hosts}/{name}"


@pytest.fixture
def watched(pair: Pair, tmp_path: Path) -> Iterator[Watched]:
    """The pair of each kind in turn, watched by three sentinels of its kind."""
    its_program = pair.primary.program
    with ExitStack() as ends:

        def start(number: int) -> Server:
            def make(port: int) -> Server:
                directory = tmp_path / f"{number}-{port}"
                directory.mkdir()
                settings = directory / "sentinel.conf"
                settings.write_text(
                    f"bind 127.0.0.1\nport {port}\nsentinel monitor {NAME} 127.0.0.1 {pair.port(pair.primary)} 2\n"
                    f"sentinel down-after-milliseconds {NAME} 1000\nsentinel failover-timeout {NAME} 5000\n"
                )
                return Server.sentinel(settings, its_program, f"redis://127.0.0.1:{port}")

            one = on_free_port(make)
            ends.callback(one.kill)
            return one

        found = Watched(pair, tuple(start(number) for number in range(SENTINELS)))
        for one in found.sentinels:
            until(lambda one=one: len(said(one, "SENTINEL", "SENTINELS", NAME)) == SENTINELS - 1)  # type: ignore[misc]
            until(lambda one=one: said(one, "SENTINEL", "REPLICAS", NAME))  # type: ignore[misc]
        yield found


def guard(watched: Watched) -> None:
    """Let nobody in but the users that the page names, replica and sentinels among them."""
    users = {"bot": bot_rules(), "agent.a": agent_rules("a", ["agent.a"]), "operator": ("~*", "&*", "+@all")}
    users |= {name: tuple(page(name)) for name in ("replica", "sentinel")}
    servers = (watched.pair.primary, watched.pair.replica)
    for one in servers:  # an ACL is not replicated
        for name, rules in users.items():
            said(one, "ACL", "SETUSER", name, "on", ">pw", *rules)
        said(one, "CONFIG", "SET", "masteruser", "replica", "masterauth", "pw")
    for one in watched.sentinels:
        said(one, "SENTINEL", "SET", NAME, "auth-user", "sentinel", "auth-pass", "pw")
    for one in servers:
        one.url, bare = server.entered(one.url, "operator", "pw"), one.url
        with redis.Redis.from_url(bare, protocol=2, retry=None) as client:
            client.execute_command("ACL", "SETUSER", "default", "off")
            for kind in ("replica", "pubsub", "normal"):
                client.execute_command("CLIENT", "KILL", "TYPE", kind)
    until(lambda: said(watched.pair.replica, "INFO", "replication")["master_link_status"] == "up")
    until(lambda: all(b"user=sentinel" in said(one, "CLIENT", "LIST") for one in servers))


@pytest.mark.server
@pytest.mark.timeout(90)
def test_bots_and_agents_find_the_primary_that_the_sentinels_have_chosen(watched: Watched) -> None:
    """Nobody restarts anything, and the doctor says which one it is."""
    with ExitStack() as ends:
        first, second = (watched.pair.port(one) for one in (watched.pair.primary, watched.pair.replica))
        guard(watched)
        queue = ServerBench(watched.url("bot:pw@"), ends).queue()
        run_agent(ServerBench(watched.url("agent.a:pw@"), ends), "a", ["agent.a"], brings(b"x"))
        queue.put([job("agent.a")])
        assert finals(hear(queue, lambda news: bool(finals(news))))
        way = Way(watched.url("bot:pw@"), None)
        lines = list(queues.server(way, SystemClock().now()))
        assert f"the sentinels say that 127.0.0.1:{first} is the primary" in lines[0].says
        assert ["in the clear" in says for says in wrongs(lines)] == [True]
        watched.sentinels[0].kill()
        watched.pair.primary.kill()

        def put() -> bool:
            with suppress(InstrumentError):
                queue.put([job("agent.a")])
                return True
            return False

        def heard() -> bool:
            with suppress(InstrumentError):
                return bool(finals(queue.news(0.2)))
            return False

        until(put, 40)
        until(heard)
        assert f"127.0.0.1:{second} is the primary" in next(iter(queues.server(way, SystemClock().now()))).says


@pytest.mark.server
def test_what_is_wrong_with_sentinels_is_said_without_secrets(watched: Watched) -> None:
    """A wrong name, nobody there, a wrong password of the servers: each looks elsewhere for its cure."""

    def reason(url: str) -> str:
        client = server.connect(url)
        with pytest.raises(InstrumentError) as caught, server.said(url):
            client.ping()
        return str(caught.value)

    unknown = reason(watched.url("bot:s3cret@", "elsewhere"))
    assert "no sentinel names a primary that is up (127.0.0.1:" in unknown
    assert "knows no elsewhere" in unknown
    wrong = reason(watched.url("bot:s3cret@"))
    assert "refused our name or password" in wrong
    for one in watched.sentinels:
        one.kill()
    away = reason(watched.url("bot:s3cret@"))
    assert "Connection refused" in away
    assert not any("s3cret" in said for said in (unknown, wrong, away))


@pytest.mark.server
def test_sentinels_with_a_login_of_their_own_are_asked_with_it(watched: Watched) -> None:
    """It is another one than the servers'."""
    for one in watched.sentinels:
        said(one, "ACL", "SETUSER", "asker", "on", ">s-pw", "+@all")
        said(one, "ACL", "SETUSER", "default", "off")
    with pytest.raises(server.Away, match=r"[Aa]uthentication|NOAUTH"):
        server.connect(watched.url()).ping()
    client = server.connect(f"{watched.url()}?sentinel_username=asker&sentinel_password=s-pw")
    assert client.ping()
    client.close()


@pytest.mark.server
def test_sentinels_and_servers_are_talked_to_over_tls(tmp_path: Path, authority: Authority) -> None:
    """Both with the one CA; a sentinel that names hosts names what stands in the certificate."""
    of_debian = program("redis-server", "redis-server")
    tls = ["--tls-cert-file", str(authority.certificate), "--tls-key-file", str(authority.key)]
    tls += ["--tls-ca-cert-file", str(authority.ca), "--tls-auth-clients", "no", "--bind", "127.0.0.1", "--port", "0"]
    ca = f"?ssl_ca_certs={authority.ca}"
    with ExitStack() as ends:

        def started(make: Callable[[int], Server]) -> int:
            one = on_free_port(make)
            ends.callback(one.kill)
            return urlsplit(one.url).port or 0

        there = tmp_path / "primary"
        there.mkdir()
        port = started(
            lambda port: Server(there, [of_debian, *tls, "--tls-port", str(port)], f"rediss://localhost:{port}{ca}")
        )

        def sentinel(own: int) -> Server:
            settings = tmp_path / f"{own}" / "sentinel.conf"
            settings.parent.mkdir()
            lines = [" ".join(pair).removeprefix("--") for pair in zip(tls[::2], tls[1::2], strict=True)]
            lines += [f"tls-port {own}", "tls-replication yes", "sentinel resolve-hostnames yes"]
            lines += ["sentinel announce-hostnames yes", f"sentinel monitor {NAME} localhost {port} 1"]
            settings.write_text("\n".join(lines) + "\n")
            return Server.sentinel(settings, of_debian, f"rediss://localhost:{own}{ca}")

        url = f"rediss+sentinel://localhost:{started(sentinel)}/{NAME}"

        def answers() -> bool:
            client = server.connect(url, ca_file=str(authority.ca))
            with suppress(*server.Away):  # it looks at its primary once a second
                return bool(client.ping())
            return False

        until(answers)
        with pytest.raises(server.Away, match="certificate"):
            server.connect(url).ping()
