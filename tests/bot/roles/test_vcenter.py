"""``ruleout vcenter`` as a process: told to stop it ends soon, whatever its vCenter does, and leaves no session."""

import os
import re
import signal
import subprocess
import sys
from datetime import timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest

from bot.agents.runner import CUT_S, DRAIN_S, TURN_S
from bot.agents.vcenter.ability import CLOSE_WITHIN_S
from bot.model.incident import Reported
from bot.model.job import Job, JobOptions, Probe
from bot.probes.vcenter import parse
from bot.queue.bot_side import RedisQueue
from bot.queue.seal import queue_key
from deploy.demo.server import Server
from deploy.lab.vcsim import Vcsim
from tests.contracts.bench import CLOCK, finals, hear, until
from tests.fixtures.vcsim import StartHere

pytestmark = [pytest.mark.vcsim, pytest.mark.server]

UNIT = (Path(__file__).parents[3] / "deploy/systemd/ruleout-vcenter@.service").read_text(encoding="utf-8")
KILLED_AFTER_S = int(re.findall(r"^TimeoutStopSec=(\d+)$", UNIT, flags=re.MULTILINE)[0])
"""As the supervisor has it. What the machine is busy with counts in it, so no test holds less against a clock."""
STARTED_WITHIN_S = 60.0
HANGS_MS = 2 * KILLED_AFTER_S * 1000
"""A worker that has ended by then did not wait for its vCenter."""
MASTER = b"a master key for this test only."
QUEUE = "vcenter.dc1"


def start(vcenter: Vcsim, valkey: Server, log: Path) -> "subprocess.Popen[bytes]":
    """The worker, as an operator starts it."""
    environment = {
        "PATH": os.defpath,
        "RULEOUT_REDIS_URL": valkey.url,
        "RULEOUT_QUEUE_KEYS": f"{QUEUE}={queue_key(MASTER, QUEUE).hex()}",
        "RULEOUT_VCENTER_NAME": "dc1",
        "RULEOUT_VCENTER_HOST": f"127.0.0.1:{vcenter.port}",
        "RULEOUT_VCENTER_USER": "reader",
        "RULEOUT_VCENTER_PASSWORD": "right",
        "RULEOUT_VCENTER_CA_FILE": str(vcenter.ca_file),
    }
    with log.open("wb") as out:
        command = [sys.executable, "-m", "bot", "vcenter"]
        return subprocess.Popen(command, env=environment, stdout=out, stderr=out)


def until_stands(role: "subprocess.Popen[bytes]", log: Path, *events: str) -> None:
    """Waits until the worker has logged these; one that ended instead is told with its log.

    How long a start takes is no claim of this file: imports alone are seconds of a processor that others use, too.
    """
    until(lambda: role.poll() is not None or all(one in log.read_text() for one in events), STARTED_WITHIN_S)
    assert role.poll() is None, log.read_text()


def asked() -> Job:
    """A look-up whose minute begins now, and not while its worker starts."""
    now = CLOCK.now()
    until_at = now + timedelta(minutes=1)
    return Job("job-1", "inc-1", Probe.VCENTER, QUEUE, IPv4Address("10.0.0.5"), JobOptions(), now, until_at)


def test_all_that_an_end_waits_for_fits_into_ten_seconds() -> None:
    """Whoever restarts it by hand waits so long, wherever the signal comes in a turn, and whatever hangs."""
    assert 2 * TURN_S + DRAIN_S + CUT_S + CLOSE_WITHIN_S < 10 < KILLED_AFTER_S


@pytest.mark.parametrize(
    ("reached", "fault"),
    [
        pytest.param("WaitForUpdatesEx", None, id="waiting for changes"),
        pytest.param("WaitForUpdatesEx", {"method": "WaitForUpdatesEx", "hang_ms": HANGS_MS}, id="updates hang"),
        pytest.param("Login", {"method": "*", "after": 2, "hang_ms": HANGS_MS}, id="everything hangs after the login"),
    ],
)
def test_told_to_stop_it_ends_soon(
    vcsim: StartHere, valkey: Server, tmp_path: Path, reached: str, fault: dict[str, Any] | None
) -> None:
    """An operator who restarts it does not wait, and a supervisor that loses patience kills: the session stays then."""
    vcenter = vcsim({"faults": [fault] if fault else []})
    log = tmp_path / "log"
    role = start(vcenter, valkey, log)
    try:
        until_stands(role, log, "agent_ready")
        until(lambda: vcenter.calls().get(reached))
        role.send_signal(signal.SIGTERM)
        assert role.wait(KILLED_AFTER_S) == 0, log.read_text()
    finally:
        role.kill()
    if fault is None or fault["method"] != "*":
        assert vcenter.sessions() == 0


@pytest.mark.parametrize(
    ("hanging", "owners", "session_ends"),
    [
        pytest.param("QueryPerf", ["app01"], True, id="after the owners"),
        pytest.param("FindAllByIp", [], True, id="before the owners"),
        pytest.param("*", [], False, id="everything hangs, also the logout"),
    ],
)
def test_told_to_stop_while_a_look_up_hangs_it_ends_soon_and_hands_the_job_back(
    vcsim: StartHere, valkey: Server, tmp_path: Path, hanging: str, owners: list[str], session_ends: bool
) -> None:
    """The vCenter that hangs is the one whose worker is restarted; who asked still gets the owners, and then all."""
    vcenter, log = vcsim("facts.json"), tmp_path / "log"
    queue = RedisQueue(valkey.url, [MASTER], "bot-1", CLOCK)
    role = start(vcenter, valkey, log)
    try:
        until_stands(role, log, "vcenter_loaded", "agent_ready")
        vcenter.reset()
        vcenter.apply(faults=[{"method": hanging, "hang_ms": HANGS_MS}])
        queue.put([asked()])
        until(lambda: vcenter.calls().get("FindAllByIp" if hanging == "*" else hanging))
        role.send_signal(signal.SIGTERM)
        assert role.wait(KILLED_AFTER_S) == 0, log.read_text()
    finally:
        role.kill()
    assert (vcenter.sessions() == 0) is session_ends
    assert ("vcenter_logout_failed" in log.read_text()) is not session_ends
    heard = list(queue.news(0.2))
    assert not finals(heard)
    told = [parse(data) for news in heard if isinstance(news.event, Reported) for data in news.blobs.values()]
    assert [vm.name for snapshot in told for vm in snapshot.vms] == owners
    vcenter.clear_faults()
    again = start(vcenter, valkey, log)
    try:
        until_stands(again, log, "agent_ready")
        (final,) = finals(hear(queue, lambda news: bool(finals(news))))
        (data,) = final.blobs.values()
        assert [vm.name for vm in parse(data).vms] == ["app01"]
    finally:
        again.terminate()
        again.wait(KILLED_AFTER_S)
        queue.close()
