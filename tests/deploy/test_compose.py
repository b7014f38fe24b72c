"""The parts of the compose file agree with the image, the settings and each other; the queue server takes its file."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
import yaml

from bot.metrics.server import Listener
from bot.queue import server
from bot.queue.acl_file import acl_file, password
from bot.roles import ROLES
from deploy.demo.server import Server
from tests.deploy.places import DEPLOY, KNOWN, given, needed
from tests.fixtures.servers import Authority, on_free_port
from tests.fixtures.tools import program

COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
OURS = {name: service for name, service in COMPOSE["services"].items() if service["image"] == "ruleout"}
CONFIGURATION = (DEPLOY / "redis.conf").read_text(encoding="utf-8")
MASTER = bytes(range(32))


def test_each_role_is_there_and_starts_as_the_procfile_starts_it() -> None:
    """Two ways to start a role would be two products."""
    procfile = (DEPLOY.parent / "Procfile").read_text(encoding="utf-8")
    assert {f"{name}: ruleout {' '.join(service['command'])}" for name, service in OURS.items()} == set(
        procfile.splitlines()
    )
    assert set(OURS) <= set(ROLES)


@pytest.mark.parametrize("name", OURS)
def test_every_setting_is_known_and_none_is_missing(name: str) -> None:
    """A misspelt name would be ignored in silence."""
    names = set(OURS[name]["environment"])
    assert names <= KNOWN
    assert needed(name) <= given(names)


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_each_part_may_as_little_as_possible(name: str) -> None:
    """The agent alone has a capability; no-new-privileges would take it away again, as the image's recipe tells."""
    service = COMPOSE["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service.get("cap_add", []) == (["NET_RAW"] if name == "agent" else [])
    assert ("no-new-privileges:true" in service["security_opt"]) == (name != "agent")
    assert service.get("network_mode") == ("host" if name == "agent" else None)
    assert "privileged" not in service


@pytest.mark.parametrize("name", OURS)
def test_each_part_is_asked_whether_it_is_ready(name: str) -> None:
    """By the setting that it has: the check itself runs here, against a listener that says no and then yes."""
    service = OURS[name]
    host = service["environment"]["RULEOUT_METRICS_LISTEN"].rpartition(":")[0]
    assert (host == "127.0.0.1") == (service.get("network_mode") == "host"), "a container's own network is its fence"
    assert "ports" not in service
    kind, interpreter, option, program = service["healthcheck"]["test"]
    assert (kind, interpreter, option) == ("CMD", "/opt/ruleout/bin/python", "-Ic")
    troubles = ["The queue server is away."]
    listener = Listener("127.0.0.1", 0, lambda _: (b"", ""), lambda: troubles)
    listener.start()
    environment = {"RULEOUT_METRICS_LISTEN": f"{host}:{listener.port}"}

    def ready() -> tuple[int, str]:
        said = subprocess.run(
            [sys.executable, option, program], env=environment, capture_output=True, text=True, check=False
        )
        return said.returncode, said.stdout.strip()

    assert ready() == (1, "The queue server is away.")
    troubles.clear()
    assert ready() == (0, "ready")
    listener.close()


def test_no_two_parts_listen_on_the_machines_own_ports() -> None:
    """What has the machine's network shares it with everything there."""
    own = [one["environment"]["RULEOUT_METRICS_LISTEN"] for one in OURS.values() if one.get("network_mode") == "host"]
    assert len(own) == len(set(own))


def test_every_secret_that_is_used_is_defined_and_none_is_spare() -> None:
    """Paths in the settings are those at which compose puts the files."""
    used = {name for service in COMPOSE["services"].values() for name in service.get("secrets", ())}
    assert used == set(COMPOSE["secrets"])
    for service in OURS.values():
        paths = {path for path in service["environment"].values() if path.startswith("/run/secrets/")}
        assert paths == {f"/run/secrets/{name}" for name in service["secrets"]}


@pytest.fixture
def configured(own_directory: Path, authority: Authority) -> Iterator[Server]:
    """Debian's Redis with the file that the compose file mounts, its paths led to this machine."""
    redis_server = program("redis-server", "redis-server")
    users = own_directory / "users.acl"
    users.write_text(acl_file([MASTER], ["segment.prod,agent.prod-1"]))
    told = own_directory / "redis.conf"  # `dir` is entered while the file is read, so an option comes too late
    told.write_text(CONFIGURATION.replace("dir /data\n", f"dir {own_directory}\n"))
    here = ["--tls-cert-file", str(authority.certificate), "--tls-key-file", str(authority.key)]
    here += ["--aclfile", str(users), "--bind", "127.0.0.1"]
    running = on_free_port(
        lambda port: Server(
            own_directory,
            [redis_server, str(told), *here, "--tls-port", str(port)],
            f"rediss://operator:{password(MASTER, 'operator')}@localhost:{port}?ssl_ca_certs={authority.ca}",
        )
    )
    yield running
    running.kill()


@pytest.mark.server
def test_the_queue_server_keeps_its_data_and_refuses_rather_than_evicts(configured: Server) -> None:
    """A job that was evicted would be a question without an answer."""
    operator = server.connect(configured.url)
    assert operator.info("memory")["maxmemory"] == 1 << 30, "the file was read"
    assert {"appendonly yes", "maxmemory-policy noeviction", "port 0"} <= set(CONFIGURATION.splitlines())
    operator.close()


@pytest.mark.server
def test_the_queue_server_speaks_tls_alone_and_to_nobody_without_a_name(configured: Server) -> None:
    """Passwords must not travel in the clear."""
    place = configured.url.rpartition("@")[2]
    nameless = server.connect(f"rediss://{place}")
    with pytest.raises(redis.AuthenticationError):
        nameless.ping()
    nameless.close()
    plain = server.connect(f"redis://{place.partition('?')[0]}")
    with pytest.raises(redis.ConnectionError):
        plain.ping()
    plain.close()
