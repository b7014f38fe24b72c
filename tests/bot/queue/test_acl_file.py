"""The ACL file: a real server takes it, each user enters by the password that follows from the master key."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import redis

from bot.__main__ import main
from bot.errors import RequestError
from bot.queue import server
from bot.queue.acl_file import acl_file, password
from deploy.demo.server import Server
from tests.contracts.bench import ServerBench, brings, finals, hear, job, run_agent, told
from tests.fixtures.tools import program

OLD, NEW = bytes(range(32)), bytes(range(32, 64))
AGENTS = ("segment.prod,agent.prod-1", "vcenter.dc1", "network.dc1")


@pytest.fixture
def guarded(own_directory: Path) -> Iterator[Callable[[str], Server]]:
    """Starts Debian's Redis on a socket, with this ACL file and nobody else."""
    redis_server = program("redis-server", "redis-server")
    with ExitStack() as ends:

        def start(text: str) -> Server:
            file = own_directory / "users.acl"
            file.write_text(text)
            own = ["--port", "0", "--unixsocket", str(own_directory / "queue.sock"), "--aclfile", str(file)]
            url = f"unix://operator:{password(OLD, 'operator')}@{own_directory / 'queue.sock'}"
            running = Server(own_directory, [redis_server, *own], url).start()
            ends.callback(running.kill)
            return running

        yield start


def as_user(running: Server, user: str, master: bytes = OLD) -> str:
    """The address of this user."""
    return f"unix://{user}:{password(master, user)}@{running.url.rpartition('@')[2]}"


@pytest.mark.server
@pytest.mark.parametrize(
    ("user", "queue"),
    [("agent.prod-1", "segment.prod"), ("vcenter.dc1", "vcenter.dc1"), ("network.dc1", "network.dc1")],
)
def test_the_bot_asks_and_each_worker_answers_by_the_files_rights(
    guarded: Callable[[str], Server], user: str, queue: str
) -> None:
    """What the operator's page hands out is enough for a verdict."""
    running = guarded(acl_file([OLD], AGENTS))
    with ExitStack() as ends:
        asking = ServerBench(as_user(running, "bot"), ends).queue()
        queues = ["segment.prod", "agent.prod-1"] if user.startswith("agent.") else [user]
        run_agent(ServerBench(as_user(running, user), ends), user.removeprefix("agent."), queues, brings(b"seen"))
        asking.put([job(queue)])
        heard = hear(asking, lambda news: bool(finals(news)))
        assert told(heard)[-1] == "Reported"
        assert [agent.name for agent in asking.agents()] == [user.removeprefix("agent.")]


@pytest.mark.server
def test_without_a_name_nothing_is_answered(guarded: Callable[[str], Server]) -> None:
    """The default user of a fresh Redis may do everything."""
    running = guarded(acl_file([OLD], AGENTS))
    client = server.connect(f"unix://{running.url.rpartition('@')[2]}")
    with pytest.raises(redis.AuthenticationError):
        client.ping()
    client.close()


@pytest.mark.server
def test_with_two_master_keys_both_passwords_enter_and_with_one_its_own_alone(
    guarded: Callable[[str], Server],
) -> None:
    """A rotation locks nobody out, and ends."""
    running = guarded(acl_file([NEW, OLD], AGENTS))
    for master in (OLD, NEW):
        client = server.connect(as_user(running, "bot", master))
        assert client.ping()
        client.close()
    operator = server.connect(running.url)
    (Path(str(running.url.rpartition("@")[2])).parent / "users.acl").write_text(acl_file([NEW], AGENTS))
    operator.execute_command("ACL", "LOAD")
    operator.close()
    late = server.connect(as_user(running, "bot", OLD))
    with pytest.raises(redis.AuthenticationError):
        late.ping()
    late.close()


def test_neither_a_password_nor_a_master_key_stands_in_the_file() -> None:
    """It lies on the server's disk and in its backups."""
    text = acl_file([OLD], AGENTS)
    secrets = [OLD.hex(), *(password(OLD, user) for user in ("bot", "operator", "agent.prod-1", "vcenter.dc1"))]
    assert not [secret for secret in secrets if secret in text]
    assert len({password(OLD, user) for user in ("bot", "operator", "agent.prod-1")}) == 3


@pytest.mark.parametrize(
    ("agents", "because"),
    [
        pytest.param(("segment.prod",), "one agent's alone", id="a segment alone"),
        pytest.param(("agent.a,agent.b",), "one agent's alone", id="two agents"),
        pytest.param(("agent.*",), "no queue", id="a pattern"),
        pytest.param(("agent.a allkeys",), "no queue", id="a further rule"),
        pytest.param(("agent.a\nuser x on nopass ~* +@all",), "no queue", id="a further user"),
        pytest.param(("jobs.a",), "no queue", id="an unknown kind"),
        pytest.param(("agent.a", "agent.a"), "named twice", id="the same twice"),
    ],
)
def test_a_name_that_could_widen_the_rights_is_refused(agents: tuple[str, ...], because: str) -> None:
    """Patterns are globs, and a space or a new line begins the next rule."""
    with pytest.raises(RequestError, match=because):
        acl_file([OLD], agents)


def test_the_command_prints_the_file_and_the_passwords(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the operator's page tells to type."""
    monkeypatch.setenv("RULEOUT_MASTER_KEYS", OLD.hex())
    assert main(["keys", "acl", *AGENTS]) == 0
    assert capsys.readouterr().out == acl_file([OLD], AGENTS)
    assert main(["keys", "password", "agent.prod-1"]) == 0
    assert capsys.readouterr().out == password(OLD, "agent.prod-1") + "\n"
    assert main(["keys", "password", "segment.prod"]) == 2
    assert "one agent's alone" in capsys.readouterr().err


def test_a_further_agent_changes_nothing_for_those_before_it() -> None:
    """The file is made anew for every agent that comes: whoever entered before goes on entering."""
    assert acl_file([OLD], AGENTS[:1]).splitlines() == acl_file([OLD], AGENTS).splitlines()[:5]
