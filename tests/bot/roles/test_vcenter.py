"""``ruleout vcenter`` as a process: told to stop it ends soon, whatever its vCenter does, and leaves no session."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.queue.seal import queue_key
from deploy.demo.server import Server
from tests.contracts.bench import until
from tests.fixtures.vcsim import StartHere

pytestmark = [pytest.mark.vcsim, pytest.mark.server]

ENDS_WITHIN_S = 10.0
MASTER = b"a master key for this test only."


@pytest.mark.parametrize(
    ("reached", "fault"),
    [
        pytest.param("WaitForUpdatesEx", None, id="waiting for changes"),
        pytest.param("WaitForUpdatesEx", {"method": "WaitForUpdatesEx", "hang_ms": 60_000}, id="updates hang"),
        pytest.param("Login", {"method": "*", "after": 2, "hang_ms": 60_000}, id="everything hangs after the login"),
    ],
)
def test_told_to_stop_it_ends_soon(
    vcsim: StartHere, valkey: Server, tmp_path: Path, reached: str, fault: dict[str, Any] | None
) -> None:
    """An operator who restarts it does not wait, and a supervisor that loses patience kills: the session stays then."""
    vcenter = vcsim({"faults": [fault] if fault else []})
    environment = {
        "PATH": os.defpath,
        "RULEOUT_REDIS_URL": valkey.url,
        "RULEOUT_QUEUE_KEYS": f"vcenter.dc1={queue_key(MASTER, 'vcenter.dc1').hex()}",
        "RULEOUT_VCENTER_NAME": "dc1",
        "RULEOUT_VCENTER_HOST": f"127.0.0.1:{vcenter.port}",
        "RULEOUT_VCENTER_USER": "reader",
        "RULEOUT_VCENTER_PASSWORD": "right",
        "RULEOUT_VCENTER_CA_FILE": str(vcenter.ca_file),
    }
    log = tmp_path / "log"
    with log.open("wb") as out:
        command = [sys.executable, "-m", "bot", "vcenter"]
        role = subprocess.Popen(command, env=environment, stdout=out, stderr=out)
    try:
        until(lambda: vcenter.calls().get(reached) and "agent_ready" in log.read_text())
        role.send_signal(signal.SIGTERM)
        assert role.wait(ENDS_WITHIN_S) == 0, log.read_text()
    finally:
        role.kill()
    if fault is None or fault["method"] != "*":
        assert vcenter.sessions() == 0
