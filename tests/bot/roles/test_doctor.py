"""``ruleout doctor`` whole: on a house that is well, on one where nothing is, and where nothing answers."""

import json
import os
import socket
import subprocess
import sys
import time
from argparse import Namespace
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import main
from bot.doctor.line import Standing
from bot.errors import RequestError
from bot.queue.acl_file import acl_file, password
from bot.queue.seal import queue_key
from bot.roles import ROLES, doctor
from bot.roles.doctor import CHECKS
from bot.roles.metering import instruments
from bot.settings import Settings
from deploy.demo.slack import StandIn
from tests.bot.roles.standing import ROOT, start
from tests.contracts.bench import until
from tests.fixtures.servers import Guard, Guarded

MASTER, OTHER = bytes(range(32)), bytes(range(32, 64))
AGENTS = ("segment.prod,agent.prod-1", "vcenter.dc1", "network.dc1")
MANIFEST = ROOT / "deploy/slack-manifest.yaml"
LONGEST_S = 20.0


def write(file: Path, settings: Mapping[str, str]) -> Path:
    """A file of settings."""
    file.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
    return file


def asked(file: Path | None, *words: str) -> tuple[int, dict[str, Any], str]:
    """Its status, its answer as data, and all that it printed; a process of its own, as people start it."""
    bare = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}  # noqa: TID251  a process of its own, not the product's
    env = ["--env", str(file)] if file else []
    began_s = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "bot", *env, "doctor", "--json", *words],
        cwd=ROOT, env=bare, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert time.monotonic() - began_s < LONGEST_S
    return done.returncode, json.loads(done.stdout), done.stdout + done.stderr


def said(told: dict[str, Any], standing: str) -> list[str]:
    return [line["says"] for line in told["lines"] if line["standing"] == standing]


@pytest.fixture
def queue(guard: Guard) -> Guarded:
    """The queue server as the operator's page makes it."""
    return guard(acl_file([MASTER], AGENTS), MASTER)


@pytest.fixture
def slack() -> Iterator[StandIn]:
    """The app, installed by its manifest."""
    with StandIn.start(manifest=MANIFEST) as running:
        yield running


def of_bot(queue: Guarded, slack: StandIn, there: Path) -> dict[str, str]:
    """The bot's settings when all is well."""
    return {
        "RULEOUT_MASTER_KEYS": MASTER.hex(),
        "RULEOUT_REDIS_URL": queue.url("bot", MASTER),
        "RULEOUT_REDIS_CA_FILE": str(queue.ca),
        "RULEOUT_SLACK_BOT_TOKEN": slack.bot_token,
        "RULEOUT_SLACK_APP_TOKEN": slack.app_token,
        "RULEOUT_SLACK_API": slack.base_url,
        "RULEOUT_CASES_DIR": str(there / "cases"),
    }


def of_agent(queue: Guarded, master: bytes = MASTER) -> dict[str, str]:
    """An agent's, by this master key; it enters with the right password all the same."""
    keys = ",".join(f"{name}={queue_key(master, name).hex()}" for name in ("segment.prod", "agent.prod-1"))
    return {
        "RULEOUT_REDIS_URL": queue.url("agent.prod-1", MASTER),
        "RULEOUT_REDIS_CA_FILE": str(queue.ca),
        "RULEOUT_QUEUE_KEYS": keys,
        "RULEOUT_AGENT_NAME": "prod-1",
        "RULEOUT_SEGMENT": "prod",
        "RULEOUT_INTERFACE": "lo",
    }


@contextmanager
def heard(file: Path) -> Iterator[None]:
    """An agent runs by this file."""
    with ExitStack() as ends:
        start(file, ends)
        yield


@pytest.mark.server
def test_a_bot_that_is_well_has_nothing_wrong(queue: Guarded, slack: StandIn, tmp_path: Path) -> None:
    """With an agent that holds the same key; the certificate of these tests is short-lived, and said to be."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        figures = f"127.0.0.1:{free.getsockname()[1]}"
    bot = write(tmp_path / "bot.env", of_bot(queue, slack, tmp_path))
    agent = write(tmp_path / "a.env", of_agent(queue) | {"RULEOUT_METRICS_LISTEN": figures})
    with heard(agent):
        until(lambda: "prod-1 is heard" in str(_agents(bot)) or "looked at by prod-1" in str(_agents(bot)), 30)
        status, told, _ = asked(bot, "bot", "--channel", "inc-network")
        assert f"the agent prod-1 serves its figures at {figures}" in str(said(asked(agent, "agent")[1], "ok"))
    (certificate,) = said(told, "wrong")
    assert "certificate is trusted and valid until" in certificate
    assert status == 1
    assert said(told, "unknown") == [f"there is no audit in {tmp_path / 'audit.jsonl'} yet"]
    assert told["ok"] >= 15
    assert any("answered under seal on agent.prod-1, segment.prod" in one for one in said(told, "ok"))


def _agents(bot: Path) -> list[str]:
    return said(asked(bot, "bot")[1], "ok")


@pytest.mark.server
def test_a_bot_where_everything_is_wrong_is_told_everything_at_once(
    queue: Guarded, slack: StandIn, tmp_path: Path
) -> None:
    """Each mistake by its own line: none waits behind another, and no secret is shown."""
    settings = of_bot(queue, slack, tmp_path) | {
        "RULEOUT_SLACK_BOT_TOKEN": slack.app_token,
        "RULEOUT_SLACK_APP_TOKEN": "xapp-1-A-0123456789abcdef",
        "RULEOUT_VCENTERS": "dc1",
        "RULEOUT_CASES_DIR": "/proc/nowhere/cases",
        "RULEOUT_KEEP_CAPTURE_HOURS": "9000",
        "RULEOUT_RULES_FILE": "/nowhere/rules.toml",
        "RULEOUT_SLACK_TOKEN": "x",
    }
    bot, agent = write(tmp_path / "bot.env", settings), write(tmp_path / "a.env", of_agent(queue, OTHER))
    with heard(agent):
        until(lambda: "is heard and did not answer a sealed order" in str(asked(bot, "bot")[1]), 30)
        status, told, printed = asked(bot, "bot")
    wrongs = " | ".join(said(told, "wrong"))
    for part in (
        "RULEOUT_SLACK_TOKEN is no setting",
        "RULEOUT_SLACK_BOT_TOKEN holds an app-level token",
        "does not accept RULEOUT_SLACK_APP_TOKEN: invalid_auth",
        "prod-1 is heard and did not answer a sealed order on agent.prod-1",
        "nobody is heard who serves vcenter.dc1",
        "cases cannot be written to /proc/nowhere/cases",
        "captures would be kept for 9000 hours",
        "RULEOUT_RULES_FILE names /nowhere/rules.toml, which cannot be read",
    ):
        assert part in wrongs, part
    assert status == 1
    hidden = [MASTER.hex(), password(MASTER, "bot"), password(MASTER, "operator"), slack.app_token, "0123456789abcdef"]
    assert [secret for secret in hidden if secret in printed] == []


@pytest.mark.server
def test_what_answers_nobody_costs_each_check_its_own_time(tmp_path: Path) -> None:
    """Ports that take a connection and stay silent: the whole is over within its bound."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        settings = {
            "RULEOUT_MASTER_KEYS": MASTER.hex(),
            "RULEOUT_REDIS_URL": f"rediss://bot:{password(MASTER, 'bot')}@127.0.0.1:{port}",
            "RULEOUT_SLACK_BOT_TOKEN": "xoxb-1-2",
            "RULEOUT_SLACK_APP_TOKEN": "xapp-1-2",
            "RULEOUT_SLACK_API": f"http://127.0.0.1:{port}/api/",
            "RULEOUT_CASES_DIR": str(tmp_path),
        }
        status, told, printed = asked(write(tmp_path / "bot.env", settings), "bot")
    assert status == 1
    assert {line["check"] for line in told["lines"]} == {name for name, _, _ in CHECKS["bot"]}
    assert any("cases can be written" in one for one in said(told, "ok"))
    assert password(MASTER, "bot") not in printed


@pytest.mark.server
def test_without_a_word_it_looks_at_the_roles_that_are_set_up(queue: Guarded, tmp_path: Path) -> None:
    """By the settings that are there."""
    _, told, _ = asked(write(tmp_path / "a.env", of_agent(queue)))
    assert {line["about"] for line in told["lines"]} == {"agent"}
    assert any("user agent.prod-1 may send every command" in one for one in said(told, "ok"))
    assert any("Interface lo is not Ethernet" in one for one in said(told, "wrong"))


@pytest.mark.server
@pytest.mark.parametrize("kind", ["vcenter", "network"])
def test_a_reader_is_looked_at_with_its_own_user(queue: Guarded, tmp_path: Path, kind: str) -> None:
    """Its name on the server is its queue's; what it reads cannot be read here, and hides nothing."""
    name = f"{kind}.dc1"
    settings = {
        "RULEOUT_REDIS_URL": queue.url(name, MASTER),
        "RULEOUT_REDIS_CA_FILE": str(queue.ca),
        "RULEOUT_QUEUE_KEYS": f"{name}={queue_key(MASTER, name).hex()}",
        f"RULEOUT_{kind.upper()}_NAME": "dc1",
        **(
            {"RULEOUT_NETWORK_FILE": "/nowhere/network.toml"}
            if kind == "network"
            else {
                "RULEOUT_VCENTER_HOST": "127.0.0.1:9",
                "RULEOUT_VCENTER_USER": "reader",
                "RULEOUT_VCENTER_PASSWORD": "s3cret-word",
            }
        ),
    }
    status, told, printed = asked(write(tmp_path / "r.env", settings))
    assert status == 1
    assert any(f"user {name} may send every command" in one for one in said(told, "ok"))
    assert any("refuses connections" in one or "cannot be read" in one for one in said(told, "wrong"))
    assert "s3cret-word" not in printed


def test_a_machine_without_a_role_is_told_how_to_name_one() -> None:
    """Nothing was looked at, so nothing is called right."""
    status, told, _ = asked(None)
    assert (status, told["ok"], told["wrong"]) == (1, 0, 1)
    assert "--env FILE" in told["lines"][0]["do"]


def test_people_read_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As the operator's page shows them."""
    file = write(tmp_path / "n.env", {"RULEOUT_NETWORK_NAME": "dc1", "RULEOUT_REDIS_URL": "redis://127.0.0.1:9"})
    assert main(["--env", str(file), "doctor", "network"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("wrong   Set RULEOUT_QUEUE_KEYS or RULEOUT_QUEUE_KEYS_FILE: ")
    assert all(line.startswith(("ok      ", "wrong   ", "unknown ")) for line in lines[:-1])
    assert lines[-1].endswith("unknown.")


@pytest.mark.parametrize(
    ("role", "name"),
    [
        pytest.param("bot", "", id="bot"),
        pytest.param("agent", "RULEOUT_AGENT_NAME", id="agent"),
        pytest.param("vcenter", "RULEOUT_VCENTER_NAME", id="vcenter"),
        pytest.param("network", "RULEOUT_NETWORK_NAME", id="network"),
    ],
)
def test_every_role_that_stands_is_told_about_its_figures(role: str, name: str) -> None:
    """By its own name; without the setting that there are none, and of a setting that is no address that it is none."""
    (look,) = (lines for what, lines, _ in CHECKS[role] if what == "figures")
    named = {name: "dc1"} if name else {}
    running = instruments(Settings({"RULEOUT_METRICS_LISTEN": "0"}), role, "dc1" if name else "")
    try:
        here = Settings({**named, "RULEOUT_METRICS_LISTEN": str(running.port)})
        (line,) = look(here, Namespace())
        assert line.standing is Standing.OK
        assert f"serves its figures at 127.0.0.1:{running.port}; it is not ready: It is still starting" in line.says
    finally:
        running.close()
    (line,) = look(Settings(named), Namespace())
    assert line.says.startswith("no figures are served")
    with pytest.raises(RequestError, match="must be address:port"):
        list(look(Settings({**named, "RULEOUT_METRICS_LISTEN": "here"}), Namespace()))


def test_every_role_that_stands_is_looked_at_and_within_its_bound() -> None:
    """Another role needs its own list; all checks begin at once."""
    assert set(CHECKS) == {"bot", "agent", "vcenter", "network"} <= set(ROLES)
    assert all(within_s < LONGEST_S - 4 for checks in CHECKS.values() for _, _, within_s in checks)
    assert doctor.__doc__
