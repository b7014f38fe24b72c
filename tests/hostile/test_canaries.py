"""Secrets that would be recognised anywhere are given to the real roles, which work, fail and break: none comes out.

Searched afterwards: what every process wrote, all that stands in the stand-in for Slack (messages, files, views,
calls), cases, exports, the audit, and every key and value on the queue server.
"""

import json
import secrets
import signal
import subprocess
import sys
import time
import zipfile
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import redis

from bot.model.incident import Failed, Reported
from bot.model.job import Job, JobOptions, Probe
from bot.queue.bot_side import RedisQueue
from bot.queue.seal import queue_key
from bot.system import SystemClock
from deploy.demo.server import Server, ServerError, valkey
from deploy.demo.slack import StandIn
from deploy.demo.stage import MANIFEST, ask
from deploy.lab.ucsm import Authority, UcsManager
from tests.fixtures.tools import missing
from tests.fixtures.vcsim import StartHere

pytestmark = pytest.mark.server

CHANNEL, QUESTION = "inc-network", "/arpcheck 10.0.0.5"
NOTICED_WITHIN_S = 4.0
READY_WITHIN_S, ENDS_WITHIN_S = 30.0, 20.0
QUEUES = ("segment.prod", "agent.prod-1", "segment.office", "agent.office-1", "vcenter.dc1", "network.dc1")
OF_WORKERS = ("vcenter.dc2", "network.dc2")


@dataclass
class House:
    """Every secret by what it is, and the parts that have them."""

    directory: Path
    server: Server
    slack: StandIn
    canaries: dict[str, str]
    master: bytes
    environment: dict[str, str]
    queue: RedisQueue
    processes: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    @property
    def written(self) -> dict[str, bytes]:
        """What each process wrote."""
        return {path.name: path.read_bytes() for path in sorted(self.directory.glob("*.log"))}

    def start(self, name: str, *argv: str, **environment: str) -> "subprocess.Popen[bytes]":
        """Start a process that writes into a file of its name."""
        with (self.directory / f"{name}.log").open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", *argv], env={**self.environment, **environment}, stdin=subprocess.DEVNULL,
                stdout=out, stderr=out,
            )  # fmt: skip
        self.processes[name] = process
        return process

    def ended(self, name: str, *argv: str, **environment: str) -> str:
        """What a process wrote that ends by itself, or that notices only later what is wrong."""
        process, told = self.start(name, *argv, **environment), self.directory / f"{name}.log"
        ends_at = time.monotonic() + READY_WITHIN_S
        while process.poll() is None and not told.stat().st_size and time.monotonic() < ends_at:
            time.sleep(0.05)
        with suppress(subprocess.TimeoutExpired):
            process.wait(NOTICED_WITHIN_S)
        process.terminate()
        process.wait(ENDS_WITHIN_S)
        return told.read_text()

    def keys(self, *queues: str) -> str:
        """The keys of these queues, as ``ruleout keys for`` prints them."""
        return ",".join(f"{queue}={queue_key(self.master, queue).hex()}" for queue in queues)


@pytest.fixture
def house(own_directory: Path) -> Iterator[House]:
    """A server with a password, a stand-in for Slack, and nobody who works yet."""
    with ExitStack() as ends:
        parts = [f"c4nary{secrets.token_hex(6)}" for _ in range(3)]
        secret = "{}/{}#{}".format(*parts)  # an address that holds it as it is falls apart into these
        try:
            server = valkey(own_directory, secret).start()
        except (ImportError, ServerError) as error:
            missing(str(error))
            raise
        ends.callback(server.kill)
        slack = ends.enter_context(StandIn.start(0, manifest=MANIFEST))
        master, clock = secrets.token_bytes(32), SystemClock()
        canaries = {
            "redis": secret,
            **{f"part {number} of redis": part for number, part in enumerate(parts)},
            "master": master.hex(),
            "bot token": slack.bot_token,
            "app token": slack.app_token,
            **{name: f"c4nary-{name}-{secrets.token_hex(8)}" for name in
               ("signing", "vcenter", "guest", "community", "auth", "priv", "ucs", "wrong")},
            **{f"key of {queue}": queue_key(master, queue).hex() for queue in (*QUEUES, *OF_WORKERS, "slack.buttons")},
        }  # fmt: skip
        people = slack.look(lambda one: [f"{user.team}/{user.id}" for user in one.users.values() if not user.bot])
        rules = own_directory / "rules.toml"
        rules.write_text(f'[[grant]]\nname = "all"\nmay = "download"\npeople = {json.dumps(people)}\n')
        environment = {
            "RULEOUT_REDIS_URL": server.url, "RULEOUT_LOG_LEVEL": "DEBUG", "RULEOUT_LOG_JSON": "yes",
            "PYTHONUNBUFFERED": "1", "RULEOUT_MASTER_KEYS": master.hex(), "RULEOUT_VCENTERS": "dc1,dc2",
            "RULEOUT_NETWORKS": "dc1,dc2", "RULEOUT_SLACK_BOT_TOKEN": slack.bot_token,
            "RULEOUT_SLACK_APP_TOKEN": slack.app_token, "RULEOUT_SLACK_API": slack.base_url,
            "RULEOUT_SLACK_SIGNING_SECRET": canaries["signing"], "RULEOUT_RULES_FILE": str(rules),
            "RULEOUT_CASES_DIR": str(own_directory / "cases"),
        }  # fmt: skip
        queue = RedisQueue(server.url, [master], clock.new_id("test"), clock)
        ends.callback(queue.close)
        made = House(own_directory, server, slack, canaries, master, environment, queue)
        ends.callback(_end, made.processes)
        yield made


def _end(processes: Mapping[str, "subprocess.Popen[bytes]"]) -> None:
    for process in processes.values():
        process.send_signal(signal.SIGTERM)
    for process in processes.values():
        try:
            process.wait(ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def until(true: Callable[[], bool], house: House) -> None:
    """Return once it is so; a process that ends meanwhile would never make it so."""
    ends_at = time.monotonic() + READY_WITHIN_S
    while not true():
        assert time.monotonic() < ends_at, {name: text[-800:] for name, text in house.written.items()}
        time.sleep(0.05)


def forms(secret: str) -> set[bytes]:
    """How a secret may be written: as it is, percent-encoded, in base64, in hex, as JSON, and a key also as bytes."""
    plain = [secret.encode()]
    with suppress(ValueError):
        plain.append(bytes.fromhex(secret))
    found = {one.encode() for one in (quote(secret), quote(secret, safe=""), json.dumps(secret)[1:-1])}
    for one in plain:
        # Base64 of what begins elsewhere than at a multiple of three bytes has other characters: its middle is sought.
        for shift in range(3):
            for encode in (b64encode, urlsafe_b64encode):
                found.add(encode(b"\0" * shift + one)[4:-4])
        found |= {one, one.hex().encode()}
    return {form for form in found if len(form) > 8}


def leaks(house: House, places: Mapping[str, bytes]) -> list[str]:
    """Which secret stands where, in which form."""
    looked_for = {name: forms(secret) for name, secret in house.canaries.items()}
    return [
        f"{name} in {place}: ...{content[max(0, content.index(form) - 80) : content.index(form)]!r}"
        for place, content in places.items()
        for name, all_forms in looked_for.items()
        for form in all_forms
        if form in content
    ]


def everywhere(house: House) -> dict[str, bytes]:
    """Everything that anybody can come to see of the house."""
    found = house.written
    found |= {
        str(path): path.read_bytes()
        for path in house.directory.rglob("*")
        if path.is_file() and path.suffix != ".log" and path.name not in ("network.toml", "ca.pem")
        and "appendonlydir" not in path.parts
    }  # fmt: skip
    slack = house.slack.slack
    found["slack log"] = repr(house.slack.log()).encode()
    said = house.slack.look(lambda one: [list(channel.messages.values()) for channel in one.channels.values()])
    found["slack"] = repr(said).encode()
    assert b"GUEST" in found["slack"], "the messages are there"
    found["slack views"] = repr(house.slack.look(lambda _: (slack.stacks, slack.workspace))).encode()
    found |= house.slack.look(lambda _: {f"slack file {one.name}": one.data or b"" for one in slack.files.values()})
    for name, content in list(found.items()):
        if content[:2] == b"PK":
            with zipfile.ZipFile(BytesIO(content)) as whole:
                found |= {f"{name}: {member}": whole.read(member) for member in whole.namelist()}
    return found | on_server(house)


def on_server(house: House) -> dict[str, bytes]:
    """Every key of the queue server with what it holds."""
    client = redis.Redis.from_url(house.server.url)
    readers: dict[bytes, Callable[[bytes], object]] = {
        b"string": client.get, b"hash": client.hgetall, b"stream": client.xrange,
        b"zset": lambda key: client.zrange(key, 0, -1), b"set": client.smembers,
        b"list": lambda key: client.lrange(key, 0, -1),
    }  # fmt: skip
    found = {}
    for key in client.scan_iter(count=1000):
        kind: Any = client.type(key)
        if kind != b"none":  # a lease that ran out meanwhile
            found[f"redis {key.decode(errors='replace')}"] = key + b" " + _flat(readers[kind](key))
    client.close()
    assert found, "the roles leave something there"
    return found


def _flat(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    if isinstance(value, dict):
        return b" ".join(_flat(one) for pair in value.items() for one in pair)
    if isinstance(value, list | tuple | set):
        return b" ".join(map(_flat, value))
    return str(value).encode()


@contextmanager
def workers(house: House, vcenter: Mapping[str, str], ucs: UcsManager) -> Iterator[None]:
    """Bot, replaying agents, and the real workers of dc2, each with secrets that are wrong where they lead."""
    file = house.directory / "network.toml"
    canaries = house.canaries
    manager = (
        f'[[ucs]]\nname = "ucs1"\nhost = "127.0.0.1"\nport = {ucs.port}\nuser = "ruleout"\n'
        f'ca_file = "{vcenter["UCS_CA"]}"\npassword = "{canaries["ucs"]}"\n'
    )
    user = f'user = "u"\nauth = "sha256"\nauth_password = "{canaries["auth"]}"\n'
    user += f'priv = "aes128"\npriv_password = "{canaries["priv"]}"\n'
    place = 'host = "127.0.0.1"\nport = 9\ntimeout_s = 0.2\n'
    file.write_text(
        f'[[device]]\nname = "r1"\nrole = "core"\nversion = "2c"\ncommunity = "{canaries["community"]}"\n{place}'
        f'[[device]]\nname = "sw1"\nrole = "access"\nversion = "3"\n{user}{place}{manager}'
    )
    house.start("bot", "bot", "bot")
    house.start("replay", "deploy.demo.replay", RULEOUT_QUEUE_KEYS=house.keys(*QUEUES))
    house.start("network", "bot", "network", RULEOUT_QUEUE_KEYS=house.keys("network.dc2"), RULEOUT_NETWORK_NAME="dc2",
                RULEOUT_NETWORK_FILE=str(file))  # fmt: skip
    given = {name: value for name, value in vcenter.items() if name.startswith("RULEOUT_")}
    house.start("vcenter", "bot", "vcenter", RULEOUT_QUEUE_KEYS=house.keys("vcenter.dc2"), RULEOUT_VCENTER_NAME="dc2",
                RULEOUT_VCENTER_USER="reader", RULEOUT_VCENTER_PASSWORD=canaries["vcenter"], RULEOUT_GUEST_USER="g",
                RULEOUT_GUEST_PASSWORD=canaries["guest"], **given)  # fmt: skip
    until(lambda: len(house.queue.agents()) == 6 and house.slack.connected(), house)
    yield


def done(house: House, *probes: Probe) -> list[str]:
    """Give these jobs to the workers of dc2; the reasons of those that failed."""
    now, failed, reported = SystemClock().now(), list[str](), 0
    jobs = [
        Job(f"job-{number}", "inc-x", probe, OF_WORKERS[probe is not Probe.VCENTER], IPv4Address("10.0.0.5"),
            JobOptions(), now, now + timedelta(seconds=15))
        for number, probe in enumerate(probes)
    ]  # fmt: skip
    house.queue.put(jobs)
    ends_at = time.monotonic() + READY_WITHIN_S
    while len(failed) + reported < len(jobs):
        assert time.monotonic() < ends_at, (failed, reported)
        for news in house.queue.news(1.0):
            failed += [news.event.reason] if isinstance(news.event, Failed) else []
            reported += isinstance(news.event, Reported) and news.event.final
    return failed


@pytest.mark.parametrize("name", ["redis", "master", "vcenter"])
def test_a_secret_in_any_form_would_be_found(house: House, name: str) -> None:
    """A search that finds nothing proves something only if it can find."""
    secret = house.canaries[name]
    written = (
        f"x {secret} y", f"redis://:{quote(secret, safe='')}@h", secret.encode().hex(), json.dumps([secret]),
        b64encode(f"u:{secret}".encode()).decode(), urlsafe_b64encode(f"user:{secret}!".encode()).decode(),
    )  # fmt: skip
    for number, text in enumerate(written):
        assert leaks(house, {"here": text.encode()}), number


@pytest.mark.vcsim
def test_no_secret_comes_out_of_work_or_of_failures(
    house: House, vcsim: StartHere, ucsm: UcsManager, ucs_authority: Authority
) -> None:
    """Wrong passwords at vCenter and UCS Manager, silent devices, a handler that breaks, a server that dies."""
    simulated = vcsim("owners.json")
    vcenter = {
        "RULEOUT_VCENTER_HOST": f"127.0.0.1:{simulated.port}", "RULEOUT_VCENTER_CA_FILE": str(simulated.ca_file),
        "UCS_CA": str(ucs_authority.ca),
    }  # fmt: skip
    with workers(house, vcenter, ucsm):
        assert "GUEST" in ask(house.slack, CHANNEL, QUESTION)["rendered"]
        for question in ("/vcenter 10.0.0.5", "/arptable 10.0.0.5", "/vcenter app05"):
            ask(house.slack, CHANNEL, question)
        for words in ('/incident open "odd VMs" affected app01', "/note it was rebooted", "/incident export", "/agents",
                      "/incident audit", "/arpcheck help", "/nonsense"):  # fmt: skip
            house.slack.type("ana", CHANNEL, words)
        failed = done(house, Probe.VCENTER, Probe.NETWORK, Probe.UCS)
        assert any("refused the user" in reason for reason in failed), failed
        house.slack.faults(fail={"method": "chat.postEphemeral", "error": "fatal_error", "times": 3})
        house.slack.type("ana", CHANNEL, "/reach app01")
        until(lambda: any(name.endswith(".zip") for name in _files(house)), house)
        (house.directory / "cases").rename(house.directory / "gone")
        (house.directory / "cases").write_text("no directory: what writes a case breaks")
        ask(house.slack, CHANNEL, "/vcenter 10.0.0.6")
        before_death = everywhere(house)
        house.server.kill()
        house.slack.type("ana", CHANNEL, QUESTION)
        until(lambda: b"queue_away" in house.written["network.log"], house)
    _end(house.processes)
    house.server.start()
    assert leaks(house, before_death | everywhere(house)) == []


def _files(house: House) -> list[str]:
    return house.slack.look(lambda _: [one.name for one in house.slack.slack.files.values()])


def test_no_secret_comes_out_of_a_process_that_does_not_even_start(house: House) -> None:
    """Each of these is a slip of an operator, whose console is copied into a ticket."""
    wrong, redis_url = house.canaries["wrong"], house.server.url
    password = quote(house.canaries["redis"], safe="")
    agent = {"RULEOUT_QUEUE_KEYS": house.keys("agent.a"), "RULEOUT_AGENT_NAME": "a", "RULEOUT_SEGMENT": "s",
             "RULEOUT_INTERFACE": "lo"}  # fmt: skip
    key = queue_key(house.master, "agent.prod-1").hex()
    slips: list[tuple[str, tuple[str, ...], dict[str, str]]] = [
        ("token", ("bot", "bot"), {"RULEOUT_SLACK_BOT_TOKEN": f"xoxb-{wrong}"}),
        ("token-no-api", ("bot", "bot"), {"RULEOUT_SLACK_API": "http://127.0.0.1:1/api/"}),
        ("app-token", ("bot", "bot"), {"RULEOUT_SLACK_APP_TOKEN": f"xapp-{wrong}"}),
        ("redis-away", ("bot", "check", "10.0.0.5"), {"RULEOUT_REDIS_URL": f"redis://u:{password}@127.0.0.1:1/0"}),
        ("redis-raw", ("bot", "check", "10.0.0.5"), {"RULEOUT_REDIS_URL": f"redis://:{house.canaries['redis']}@h:1/0"}),
        ("redis-no-url", ("bot", "check", "10.0.0.5"), {"RULEOUT_REDIS_URL": house.canaries["redis"]}),
        ("redis-tls", ("bot", "check", "10.0.0.5"),
         {"RULEOUT_REDIS_URL": f"rediss://:{password}@127.0.0.1:1?ssl_cert_reqs=none"}),
        ("redis-password", ("bot", "check", "10.0.0.5"), {"RULEOUT_REDIS_URL": redis_url.replace(password, wrong)}),
        ("master", ("bot", "check", "10.0.0.5"), {"RULEOUT_MASTER_KEYS": house.master.hex()[:-2]}),
        ("queue-keys", ("bot", "agent"), {**agent, "RULEOUT_QUEUE_KEYS": f"agent.a={key}x"}),
        ("queue-keys-2", ("bot", "vcenter"), {"RULEOUT_QUEUE_KEYS": key}),
        ("level", ("bot", "bot"), {"RULEOUT_LOG_LEVEL": "loud"}),
        ("mode", ("bot", "bot"), {"RULEOUT_SLACK_MODE": "pigeon"}),
        ("listen", ("bot", "bot"), {"RULEOUT_SLACK_MODE": "http", "RULEOUT_SLACK_LISTEN": "127.0.0.1:99999"}),
        ("cases", ("bot", "bot"), {"RULEOUT_CASES_DIR": "/dev/null/cases"}),
        ("audit", ("bot", "bot"), {"RULEOUT_AUDIT_FILE": "/dev/null/audit"}),
        ("slots", ("bot", "agent"), {**agent, "RULEOUT_SLOTS": "many"}),
        ("interface", ("bot", "agent"), {**agent, "RULEOUT_INTERFACE": "none9"}),
        ("network-file", ("bot", "network"), {"RULEOUT_NETWORK_NAME": "x", "RULEOUT_NETWORK_FILE": "/dev/null"}),
    ]  # fmt: skip
    for name, argv, environment in slips:
        said = house.ended(name, *argv, **environment)
        assert said.strip(), f"{name}: it says what is wrong"
    assert leaks(house, house.written) == []
