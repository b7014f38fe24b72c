"""``ruleout network`` as a process: a job from the bot's queue to the devices' answers, and told to stop it ends."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from bot.errors import RequestError
from bot.model.addresses import parse_mac
from bot.model.incident import Reported
from bot.model.job import Job, JobOptions, Probe
from bot.model.network import Extent, FdbEntry, Table
from bot.model.observation import RowSeen, TableRead
from bot.probes import read
from bot.queue.bot_side import RedisQueue
from bot.queue.seal import queue_key
from bot.roles.network import abilities
from deploy.demo.server import Server
from tests.contracts.bench import CLOCK, finals, hear, until
from tests.fixtures.snmpd import AUTH, PRIV, StartSnmpd, bridge_rows, fdb_rows

ENDS_WITHIN_S = 10.0
MASTER = b"a master key for this test only."
QUEUE = "network.dc1"
APP = "00:50:56:11:20:05"


def devices(directory: Path, port: int) -> Path:
    """Two names for one agent, and one where nobody is."""
    secret = directory / "auth"
    secret.write_text(AUTH)
    path = directory / "network.toml"
    path.write_text(
        f'[[device]]\nname = "plain"\nhost = "localhost"\nport = {port}\nrole = "access"\nversion = "2c"\n'
        f'community = "public"\n[[device]]\nname = "private"\nhost = "127.0.0.1"\nport = {port}\nrole = "core"\n'
        f'version = "3"\nuser = "private"\nauth = "sha1"\nauth_password_file = "{secret}"\npriv = "aes128"\n'
        f'priv_password = "{PRIV}"\nfabric = "A"\n[[device]]\nname = "gone"\nhost = "127.0.0.1"\nport = 1\n'
        'role = "access"\nversion = "2c"\ncommunity = "public"\n'
    )
    return path


@pytest.mark.server
def test_a_job_brings_one_artifact_for_each_device(snmpd: StartSnmpd, valkey: Server, own_directory: Path) -> None:
    """The whole way: signed job, real queue, real process, real snmpd; no secret in the log."""
    agent = snmpd("sw1", [*bridge_rows([(1, 1)], [(10, 10, "80")]), *fdb_rows([(10, APP, 1, 3)])])
    log = own_directory / "log"
    environment = {
        "PATH": os.defpath,
        "RULEOUT_REDIS_URL": valkey.url,
        "RULEOUT_QUEUE_KEYS": f"{QUEUE}={queue_key(MASTER, QUEUE).hex()}",
        "RULEOUT_NETWORK_NAME": "dc1",
        "RULEOUT_NETWORK_FILE": str(devices(own_directory, agent.port)),
    }
    queue = RedisQueue(valkey.url, [MASTER], "bot-1", CLOCK)
    now = CLOCK.now()
    options = JobOptions(listen_s=0, macs=(parse_mac(APP),))
    ends = now + timedelta(seconds=30)
    asked = Job("job-1", "inc-1", Probe.NETWORK, QUEUE, IPv4Address("10.0.0.5"), options, now, ends)
    with log.open("wb") as out:
        role = subprocess.Popen([sys.executable, "-m", "bot", "network"], env=environment, stdout=out, stderr=out)
    try:
        until(lambda: "agent_ready" in log.read_text())
        queue.put([asked])
        (final,) = finals(hear(queue, lambda news: bool(finals(news))))
        role.send_signal(signal.SIGTERM)
        assert role.wait(ENDS_WITHIN_S) == 0, log.read_text()
    finally:
        role.kill()
        queue.close()
    assert isinstance(final.event, Reported), final.event
    told = {one.vantage.segment: read(one, final.blobs[one.digest]) for one in final.event.artifacts}
    found = {name: [one.row for one in said if isinstance(one, RowSeen)] for name, said in told.items()}
    for name in ("plain", "private"):
        assert {(row.mac, row.vlan, row.port) for row in found[name] if isinstance(row, FdbEntry)} == {(APP, 10, "lo")}
    assert found["gone"] == []
    heads = [one for one in told["gone"] if isinstance(one, TableRead)]
    assert {one.table for one in heads} == set(Table)
    assert {one.extent for one in heads} == {Extent.NONE}
    assert {one.device.fabric for one in told["private"] if isinstance(one, TableRead)} == {"A"}
    assert not any(secret in log.read_text() for secret in (AUTH, PRIV, "public"))


def test_a_file_without_a_device_is_refused(tmp_path: Path) -> None:
    """A worker that can do nothing must not look as if it could."""
    path = tmp_path / "network.toml"
    path.write_text("")
    with pytest.raises(RequestError, match=r"names nobody to ask; write a \[\[device\]\]"):
        abilities("dc1", path)
