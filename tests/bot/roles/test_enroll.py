"""``ruleout keys invite`` and ``ruleout enroll``: from one line to an agent that answers, on a real server with TLS."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import main
from bot.queue import keys, server
from bot.queue.acl_file import acl_file, password
from bot.queue.bot_side import RedisQueue
from bot.queue.seal import queue_key
from bot.settings import Settings
from tests.bot.roles.standing import ROOT, start
from tests.contracts.bench import CLOCK, finals, hear, job, told, until
from tests.fixtures.servers import Guard, Guarded

pytestmark = pytest.mark.server
MASTER = bytes(range(32))
AGENTS = ("segment.prod,agent.prod-1", "segment.prod,agent.prod-2")


@pytest.fixture
def queue(guard: Guard, monkeypatch: pytest.MonkeyPatch) -> Guarded:
    """A server as the operator's page makes it, and this process with the bot's settings."""
    running = guard(acl_file([MASTER], AGENTS), MASTER)
    monkeypatch.setenv("RULEOUT_MASTER_KEYS", MASTER.hex())
    monkeypatch.setenv("RULEOUT_REDIS_URL", running.url("bot", MASTER))
    monkeypatch.setenv("RULEOUT_REDIS_CA_FILE", str(running.ca))
    return running


@pytest.fixture
def admin(queue: Guarded, authority: Any) -> Iterator[Any]:
    """Somebody who may do everything on the server, as whoever sits at its machine."""
    queue.load(f"{acl_file([MASTER], AGENTS)}user root on >pw ~* +@all\n", MASTER)
    client = server.connect(server.entered(queue.bare, "root", "pw"), ca_file=str(authority.ca))
    yield client
    client.close()


def invite(capsys: pytest.CaptureFixture[str], queue: Guarded, *words: str) -> str:
    """The line that the operator hands over."""
    capsys.readouterr()
    assert main(["keys", "invite", "prod-2", "prod", "--server", queue.bare, *words]) == 0
    line = capsys.readouterr().out
    assert line.count("\n") == 1
    return line.strip()


def enroll(line: str, to: Path, *words: str) -> int:
    return main(["enroll", line, "--to", str(to), *words])


def test_one_line_makes_an_agent_that_answers(
    queue: Guarded, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was five files to copy by hand; the agent is a process of its own that knows the one file alone."""
    to = tmp_path / "agent.prod-2.env"
    assert enroll(invite(capsys, queue, "--set", "RULEOUT_SLOTS=3"), to, "--interface", "eth7") == 0
    assert f"ruleout --env {to} doctor agent" in capsys.readouterr().out
    assert to.stat().st_mode & 0o777 == 0o600
    made = Settings.beside(to)
    assert (made.text("RULEOUT_INTERFACE"), made.number("RULEOUT_SLOTS")) == ("eth7", 3)
    with ExitStack() as ends:
        start(to, ends)
        asking = RedisQueue(queue.url("bot", MASTER), [MASTER], "bot-1", CLOCK, ca_file=str(queue.ca))
        ends.callback(asking.close)
        until(lambda: [agent.name for agent in asking.agents()] == ["prod-2"])
        asking.put([job("agent.prod-2"), job("segment.prod")])
        assert told(finals(hear(asking, lambda news: len(finals(news)) == 2))) == ["Reported"] * 2


def test_nothing_secret_lies_on_the_server_in_clear(
    queue: Guarded, admin: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither keys nor passwords, nor the secret that opens them; and it goes by itself."""
    line = invite(capsys, queue)
    names = list(admin.scan_iter("invite*"))
    assert len(names) == 2
    assert all(0 < admin.ttl(name) <= 15 * 60 for name in names)
    kept = b"".join([*names, *(admin.get(name) for name in names)])
    secrets = [queue_key(MASTER, name).hex() for name in ("segment.prod", "agent.prod-2")]
    secrets += [password(MASTER, "agent.prod-2"), password(MASTER, "enroll"), line]
    assert not [one for one in secrets if one.encode() in kept]
    assert not [one for one in secrets[:-1] if bytes.fromhex(one) in kept]


def test_a_second_try_is_told_that_it_is_the_second(
    queue: Guarded, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """If it is the right one who comes second, somebody else has the keys."""
    line = invite(capsys, queue)
    assert enroll(line, tmp_path / "one.env") == 0
    assert enroll(line, tmp_path / "two.env") == 2
    assert "was used already" in capsys.readouterr().err
    assert not (tmp_path / "two.env").exists()


def test_of_many_who_come_at_once_exactly_one_is_enrolled(
    queue: Guarded, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line that was overheard is used by whoever is faster, and never twice."""
    line, begin = invite(capsys, queue), threading.Barrier(8)
    ends: list[int] = []

    def come(number: int) -> None:
        begin.wait()
        ends.append(enroll(line, tmp_path / f"{number}.env"))

    crowd = [threading.Thread(target=come, args=(number,)) for number in range(8)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    assert sorted(ends) == [0] + [2] * 7
    assert len(list(tmp_path.glob("*.env"))) == 1


def test_one_whose_time_is_over_says_until_when_it_was_valid(
    queue: Guarded, admin: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is a quarter of an hour, and people are interrupted."""
    line = invite(capsys, queue, "--minutes", "1")
    for name in admin.scan_iter("invite*"):
        admin.pexpire(name, 1)
    until(lambda: not list(admin.scan_iter("invite*")))
    assert enroll(line, tmp_path / "a.env") == 2
    assert "it was valid until" in capsys.readouterr().err


@pytest.mark.parametrize("where", ["there is a file", "there is no directory"])
def test_what_cannot_be_written_costs_no_invitation(
    queue: Guarded, tmp_path: Path, capsys: pytest.CaptureFixture[str], where: str
) -> None:
    """The next try, with --force or elsewhere, works."""
    to = tmp_path / "a.env" if where == "there is a file" else tmp_path / "none" / "a.env"
    if where == "there is a file":
        to.write_text("MINE=1\n")
    line = invite(capsys, queue)
    assert enroll(line, to) == 2
    assert ("--force" if to.exists() else "The invitation is not used yet") in capsys.readouterr().err
    assert not to.exists() or to.read_text() == "MINE=1\n"
    to.parent.mkdir(exist_ok=True)
    assert enroll(line, to, "--force") == 0
    assert Settings.beside(to).text("RULEOUT_AGENT_NAME") == "prod-2"
    assert to.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in to.parent.iterdir() if path.name.startswith(".")] == []


def test_what_somebody_else_laid_there_is_refused(
    queue: Guarded, admin: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever can write to the server must not choose whom an agent obeys."""
    line = invite(capsys, queue)
    (name,) = admin.scan_iter(keys.invite("*"))
    admin.set(name, b"0" * 400, keepttl=True)
    assert enroll(line, tmp_path / "a.env") == 2
    assert "was not written for this invitation" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        pytest.param(("prod-9", "prod", "--server", "{}"), "does not know the user agent.prod-9", id="unknown user"),
        pytest.param(("prod-2", "prod"), "Another machine does not reach rediss://localhost", id="our own name for it"),
        pytest.param(("prod 2", "prod"), "is no queue", id="no name"),
        pytest.param(("prod-2", "prod", "--minutes", "0"), "from 1 to", id="no time"),
        pytest.param(
            ("prod-2", "prod", "--server", "{}", "--set", "RULEOUT_SLACK_MODE=http"), "no setting", id="not its"
        ),
        pytest.param(("prod-2", "prod", "--server", "{}", "--set", "RULEOUT_SLOTS=3 4"), "without blanks", id="blanks"),
    ],
)
def test_what_would_make_no_agent_is_not_printed(
    queue: Guarded, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], says: str
) -> None:
    """The mistake shows where it was made, not on the other machine."""
    assert main(["keys", "invite", *(word.format(queue.bare) for word in words)]) == 2
    shown = capsys.readouterr()
    assert (shown.out, says in shown.err) == ("", True)


def test_the_line_is_read_from_a_pipe_so_that_no_list_of_processes_shows_it(
    queue: Guarded, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without the line among the words."""
    line = invite(capsys, queue)
    done = subprocess.run(
        [sys.executable, "-m", "bot", "enroll", "--to", tmp_path / "a.env"],
        input=f"{line}\n", text=True, capture_output=True, cwd=ROOT, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
