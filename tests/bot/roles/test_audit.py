"""``ruleout audit``: what an auditor sees who knows nothing but the file."""

from pathlib import Path

import pytest

from bot.__main__ import main
from bot.audit import FileAudit, files
from bot.roles.audit import audit_path
from bot.settings import Settings
from tests.contracts.test_audit import deed


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FileAudit:
    path = tmp_path / "audit.jsonl"
    monkeypatch.setenv("RULEOUT_AUDIT_FILE", str(path))
    audit = FileAudit(path, largest_bytes=700)
    for number in range(6):
        audit.record(deed(number, said=f"/capture 10.0.0.{number}", rule="on call may capture"))
    return audit


def said(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str]:
    status = main(["audit", *map(str, words)])
    shown = capsys.readouterr()
    return status, shown.out + shown.err


def test_a_whole_record_is_proven_and_its_head_printed(kept: FileAudit, capsys: pytest.CaptureFixture[str]) -> None:
    """The head is what somebody keeps elsewhere, and looks for the next time."""
    status, text = said(capsys, "verify")
    assert (status, "Deeds 1 to 6 are one chain." in text) == (0, True)
    head = text.partition("Head: ")[2].split()[0]
    kept.record(deed(7))
    assert said(capsys, "verify", "--kept", head)[0] == 0
    assert said(capsys, "verify", "--kept", f"sha256:{head}")[0] == 0


def test_a_cut_end_is_met_by_the_head_that_was_kept(kept: FileAudit, capsys: pytest.CaptureFixture[str]) -> None:
    """Without it nothing can tell."""
    head = said(capsys, "verify")[1].partition("Head: ")[2].split()[0]
    lines = kept.path.read_bytes().splitlines(keepends=True)
    kept.path.write_bytes(b"".join(lines[:-1]))
    assert said(capsys, "verify")[0] == 0
    status, text = said(capsys, "verify", "--kept", head)
    assert (status, "the end was cut off" in text) == (1, True)


def test_a_changed_line_is_named_and_the_status_is_one(kept: FileAudit, capsys: pytest.CaptureFixture[str]) -> None:
    """A script that runs every night needs nothing but the status."""
    oldest = files(kept.path)[0]
    oldest.write_bytes(oldest.read_bytes().replace(b"10.0.0.0", b"10.0.0.9"))
    status, text = said(capsys, "verify")
    assert status == 1
    assert text.startswith("NOT AS IT WAS WRITTEN: audit-000000000001.jsonl line 1 was edited")


def test_files_may_be_named_in_any_order_and_without_the_oldest(
    kept: FileAudit, capsys: pytest.CaptureFixture[str]
) -> None:
    """Old files lie elsewhere; but of the whole record the beginning must not be missing."""
    named = files(kept.path)
    assert said(capsys, "verify", *reversed(named))[0] == 0
    assert "Deeds 4 to 6" in said(capsys, "verify", *named[1:])[1]
    named[0].unlink()
    status, text = said(capsys, "verify")
    assert (status, "deeds 1 to 3 are missing" in text) == (1, True)


def test_a_channel_sees_its_own_deeds_a_line_each(kept: FileAudit, capsys: pytest.CaptureFixture[str]) -> None:
    """When, who, what, by which rule."""
    kept.record(deed(9, channel="C2"))
    capsys.readouterr()
    status, text = said(capsys, "show", "--channel", "C1", "--most", "2")
    assert status == 0
    assert text.splitlines() == [
        f"`2026-03-01 12:00:0{number}Z` T1/U1 requested: `/capture 10.0.0.{number}`, by: `on call may capture`"
        for number in (4, 5)
    ]
    assert "Nothing was asked for in C9." in said(capsys, "show", "--channel", "C9")[1]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        pytest.param(("verify", "/nowhere/a.jsonl"), "/nowhere/a.jsonl cannot be read: No such file", id="no file"),
        pytest.param(("verify", __file__), "does not begin with a line of an audit", id="another file"),
        pytest.param(("show", "--channel", "C1", "--most", "0"), "--most must be a whole number", id="none at most"),
    ],
)
def test_bad_input_is_one_sentence(
    kept: FileAudit, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], says: str
) -> None:
    """No traceback at any door."""
    status, text = said(capsys, *words)
    assert (status, says in text) == (2, True)


def test_where_there_is_no_record_it_says_which_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An auditor on the wrong machine must not read "whole"."""
    monkeypatch.setenv("RULEOUT_AUDIT_FILE", str(tmp_path / "none.jsonl"))
    for words in (("verify",), ("show", "--channel", "C1")):
        status, text = said(capsys, *words)
        assert (status, "set RULEOUT_AUDIT_FILE" in text) == (2, True)


def test_the_record_lies_beside_the_cases_and_not_among_them(tmp_path: Path) -> None:
    """Cases are deleted when their time is over."""
    assert audit_path(Settings({"RULEOUT_CASES_DIR": str(tmp_path / "cases")})) == tmp_path / "audit.jsonl"
