"""The units: systemd takes them, rates them, and each role gets what it needs and no more."""

import re
import subprocess
import sys
from configparser import RawConfigParser
from pathlib import Path

import pytest

from tests.deploy.places import DEPLOY, KNOWN, given, named, needed
from tests.fixtures.tools import program

UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
ROLES = {"ruleout-bot": "bot", "ruleout-agent@": "agent", "ruleout-vcenter@": "vcenter", "ruleout-network@": "network"}
MOST_EXPOSED = {"agent": 1.8, "bot": 1.2, "vcenter": 1.2, "network": 1.2}
"""`systemd-analyze security` of systemd 252: 0 is nothing, 10 everything; a service without any of it has 9.6."""

BY_THE_OPERATOR = {
    "bot": set(),
    "agent": {"RULEOUT_SEGMENT", "RULEOUT_INTERFACE", "RULEOUT_QUEUE_KEYS"},
    "vcenter": {"RULEOUT_VCENTER_HOST", "RULEOUT_VCENTER_USER"},
    "network": set[str](),
}
"""What the file in /etc/ruleout has to hold, as README.md there tells; the rest the unit gives by itself."""


@pytest.fixture(params=UNITS, ids=lambda path: path.stem)
def unit(request: pytest.FixtureRequest) -> Path:
    """Each unit in turn."""
    path: Path = request.param
    return path


@pytest.fixture
def here(unit: Path, tmp_path: Path) -> Path:
    """The unit as an instance that could run on this machine, where nothing is installed in /opt."""
    copy = tmp_path / unit.name.replace("@", "@one")
    copy.write_text(unit.read_text(encoding="utf-8").replace("/opt/ruleout/bin/ruleout", "/bin/true"), encoding="utf-8")
    return copy


def settings_of(unit: Path) -> RawConfigParser:
    """The unit's entries; of one that is repeated the last."""
    parsed = RawConfigParser(strict=False, delimiters=("=",), comment_prefixes=("#",))
    parsed.optionxform = str  # type: ignore[assignment, method-assign]
    parsed.read_string(unit.read_text(encoding="utf-8"))
    return parsed


def test_there_is_one_for_each_role_that_runs_for_long() -> None:
    """As the Procfile lists them."""
    procfile = dict(line.split(": ") for line in (DEPLOY.parent / "Procfile").read_text(encoding="utf-8").splitlines())
    started = {ROLES[unit.stem]: settings_of(unit)["Service"]["ExecStart"] for unit in UNITS}
    expected = {role: f"/opt/ruleout/bin/{command}" for role, command in procfile.items()}
    expected["agent"] = "/opt/ruleout/bin/ruleout --env %d/settings agent"  # one file, which `ruleout enroll` writes
    assert started == expected


def test_systemd_understands_every_line(here: Path) -> None:
    """A key that it does not know it passes over with a warning, and the fence is not there."""
    analyze = program("systemd-analyze", "systemd")
    said = subprocess.run([analyze, "verify", "--man=no", here], capture_output=True, text=True, check=False)
    assert [line for line in (said.stdout + said.stderr).splitlines() if here.name in line] == []


def test_systemd_rates_it_as_little_exposed(unit: Path, here: Path) -> None:
    """A fence that is taken down shows as a figure."""
    analyze = program("systemd-analyze", "systemd")
    rated = subprocess.run(
        [analyze, "security", "--offline=true", "--no-pager", here], capture_output=True, text=True, check=True
    )
    found = re.search(r"Overall exposure level for \S+: ([\d.]+)", rated.stdout)
    assert found, rated.stdout
    assert float(found[1]) <= MOST_EXPOSED[ROLES[unit.stem]]


def test_only_the_agent_may_open_packet_sockets(unit: Path) -> None:
    """Nobody else needs a capability at all."""
    service = settings_of(unit)["Service"]
    only = "CAP_NET_RAW" if ROLES[unit.stem] == "agent" else ""
    assert (service["CapabilityBoundingSet"], service["AmbientCapabilities"]) == (only, only)
    assert ("AF_PACKET" in service["RestrictAddressFamilies"]) == bool(only)


def test_the_bot_starts_where_its_user_has_no_home() -> None:
    """The user of DynamicUser= has none without libnss-systemd, and slack_sdk asks for it when it is imported."""
    homes = re.findall(r"^Environment=(HOME)=(.+)$", (DEPLOY / "systemd" / "ruleout-bot.service").read_text(), re.M)
    nobody = "import pwd\ndef unknown(_): raise KeyError\npwd.getpwuid = unknown\nimport bot.roles.bot"
    environment = {"PYTHONPATH": str(DEPLOY.parent), **dict(homes)}
    ended = subprocess.run([sys.executable, "-c", nobody], env=environment, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_every_setting_is_known_and_none_is_missing(unit: Path) -> None:
    """A misspelt name would be ignored in silence."""
    role = ROLES[unit.stem]
    names = named(unit.read_text(encoding="utf-8"))
    assert names <= KNOWN
    assert needed(role) - given(names) == BY_THE_OPERATOR[role]


def test_it_is_started_anew_and_ended_whole(unit: Path) -> None:
    """A queue whose last agent stays down asks nobody; a child that is left behind would hold a port."""
    service = settings_of(unit)["Service"]
    assert service["Restart"] == "always"
    assert service["KillMode"] == "control-group"
    assert int(service["TimeoutStopSec"]) > 30
    assert "WatchdogSec" not in service, "nothing here tells systemd that it lives"
