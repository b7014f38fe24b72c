"""Where things are kept, on a disk of the test's own."""

from pathlib import Path

import pytest

from bot.audit import FileAudit
from bot.doctor import disks, given
from bot.doctor.line import Line, Standing
from bot.settings import Settings
from tests.bot.doctor.saying import standings, wrongs
from tests.contracts.test_audit import deed
from tests.lab import privileges

KEY = "ab" * 32


@pytest.mark.parametrize("there", ["", "not/yet", "file.jsonl"])
def test_a_place_that_can_be_written_is_right_and_stays_as_it_was(tmp_path: Path, there: str) -> None:
    """Also one that is only made with the first case."""
    if "." in there:
        (tmp_path / there).write_text("kept")
    before = sorted(tmp_path.rglob("*"))
    (line,) = disks.writable("cases", tmp_path / there, "RULEOUT_CASES_DIR", 1)
    assert line.standing is Standing.OK
    assert sorted(tmp_path.rglob("*")) == before


def test_a_place_that_cannot_be_written_or_is_full_is_wrong(tmp_path: Path) -> None:
    """The audit refuses captures then, in the middle of an incident."""
    with privileges.only(0):  # root's right to write everywhere is a capability
        tmp_path.chmod(0o500)
        try:
            (says,) = wrongs(disks.writable("cases", tmp_path, "RULEOUT_CASES_DIR", 1))
        finally:
            tmp_path.chmod(0o700)
    assert "cases cannot be written to" in says
    assert "are too few" in wrongs(disks.writable("cases", tmp_path, "RULEOUT_CASES_DIR", 1 << 60))[0]


@pytest.mark.parametrize(
    ("hours", "days", "wrong"),
    [
        pytest.param(72, 30, False, id="the defaults"),
        pytest.param(720, 30, False, id="equal"),
        pytest.param(721, 30, True, id="captures longer than their cases"),
        pytest.param(72, 36_500, True, id="a hundred years"),
    ],
)
def test_what_is_deleted_when_has_to_go_together(hours: int, days: int, wrong: bool) -> None:
    """A capture goes with its case, whatever its own time says."""
    assert bool(wrongs(disks.retention(hours, days))) == wrong


def test_an_audit_that_is_whole_changed_cut_or_not_there(tmp_path: Path) -> None:
    """As `ruleout audit verify` would say."""
    path = tmp_path / "audit.jsonl"
    assert standings(disks.audit(path)) == {Standing.UNKNOWN}
    audit = FileAudit(path)
    for number in range(3):
        audit.record(deed(number, said="/capture 10.0.0.5"))
    assert list(disks.audit(path)) == [Line(Standing.OK, "the audit is one chain of 3 deeds")]
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"10.0.0.5", b"10.0.0.9", 1))
    assert "not as it was written" in wrongs(disks.audit(path))[0]
    path.write_bytes(b"".join(whole.splitlines(keepends=True)[1:]))
    assert "before number 2 are missing" in wrongs(disks.audit(path))[0]


def settings(tmp_path: Path, **changed: str) -> Settings:
    """Those of an agent, its keys in a file."""
    keys = tmp_path / "keys"
    keys.write_text(f"agent.a={KEY}\n")
    keys.chmod(0o600)
    told = {
        "RULEOUT_QUEUE_KEYS_FILE": str(keys),
        "RULEOUT_AGENT_NAME": "a",
        "RULEOUT_SEGMENT": "prod",
        "RULEOUT_INTERFACE": "eth0",
    }
    return Settings({**told, **changed})


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        pytest.param({"RULEOUT_SEGMENT": ""}, "RULEOUT_SEGMENT is empty", id="empty"),
        pytest.param({"RULEOUT_SLOTS": "many"}, "RULEOUT_SLOTS must be a whole number", id="no number"),
        pytest.param({"RULEOUT_REACH": "10.0.0.5/8"}, "RULEOUT_REACH must be networks", id="no network"),
        pytest.param({"RULEOUT_QUEUE_KEYS_FILE": "/nowhere"}, "names /nowhere, which cannot be read", id="no file"),
        pytest.param({"RULEOUT_SEGMNT": "x"}, "RULEOUT_SEGMNT is no setting", id="misspelt"),
    ],
)
def test_a_setting_that_is_wrong_is_named(tmp_path: Path, changed: dict[str, str], says: str) -> None:
    """All of them at once, where a role that starts would stop at the first."""
    assert [says in one for one in wrongs(given.lines(settings(tmp_path, **changed), "agent"))] == [True]


def test_settings_that_are_right_are_one_line(tmp_path: Path) -> None:
    """Those of other roles are not asked for."""
    assert [line.says for line in given.lines(settings(tmp_path), "agent")] == [
        "every setting of agent is there and in its form"
    ]


def test_a_secret_that_others_may_read_is_told_with_its_file(tmp_path: Path) -> None:
    """And not with what is in it."""
    right = settings(tmp_path)
    (tmp_path / "keys").chmod(0o644)
    (says,) = wrongs(given.lines(right, "agent"))
    assert (str(tmp_path / "keys") in says, KEY in says) == (True, False)
