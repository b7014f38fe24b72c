"""What every audit must keep."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.audit import FileAudit, MemoryAudit
from bot.model.audit import Deed, Entry
from bot.model.request import Person, Place
from bot.ports import Audit

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture(params=["memory", "file", "many small files"])
def audit(request: pytest.FixtureRequest, tmp_path: Path) -> Audit:
    """Each kind of audit in turn."""
    if request.param == "memory":
        return MemoryAudit()
    return FileAudit(tmp_path / "audit.jsonl", largest_bytes=16 << 20 if request.param == "file" else 600)


def deed(number: int, channel: str = "C1", **changes: object) -> Entry:
    given = {"at": NOON + timedelta(seconds=number), "deed": Deed.REQUESTED, "person": Person("T1", "U1"),
             "place": Place(channel), "said": f"deed {number}", **changes}  # fmt: skip
    return Entry(**given)  # type: ignore[arg-type]


def test_a_deed_is_read_back_as_it_was(audit: Audit) -> None:
    """With everything that makes it evidence."""
    full = deed(1, incident="inc-1", read_as="capture 10.0.0.5", rule="on call may capture", agent="prod-1",
                size_bytes=900, dropped=0, digest="sha256:ab")  # fmt: skip
    audit.record(full)
    assert audit.of_channel("C1", 5) == (full,)


def test_a_channel_has_its_newest_deeds_oldest_first_and_nobody_elses(audit: Audit) -> None:
    """What was asked elsewhere is not for the people here."""
    for number in range(12):
        audit.record(deed(number, channel="C1" if number % 2 else "C2"))
    audit.record(deed(99, channel="C3", said='{"channel":"C1"}'))
    audit.record(Entry(at=NOON, deed=Deed.DELETED))
    assert [entry.said for entry in audit.of_channel("C1", 3)] == ["deed 7", "deed 9", "deed 11"]
    assert len(audit.of_channel("C2", 50)) == 6
    assert audit.of_channel("C9", 5) == ()


@pytest.mark.parametrize("field", ["said", "read_as", "rule"])
def test_secrets_are_never_kept(audit: Audit, field: str) -> None:
    """People paste tokens; a record that is kept for good must not be where they are found."""
    audit.record(deed(1, **{field: "see xoxb-123-abc and redis://me:hunter2@host"}))
    kept = str(getattr(audit.of_channel("C1", 1)[0], field))
    assert "xoxb" not in kept
    assert "hunter2" not in kept


def test_endless_words_are_cut_and_counted(audit: Audit) -> None:
    """A message of 40,000 characters is one deed, not a file."""
    audit.record(deed(1, said="x" * 40_000))
    said = audit.of_channel("C1", 1)[0].said or ""
    assert said.endswith("... (40000 characters)")
    assert len(said) < 2100
