"""What is in people's packets is deleted when its time is over, whatever happened in between."""

import json
import os
from datetime import timedelta
from pathlib import Path

from bot.archive import CaseArchive, load
from bot.incidents import judging
from bot.incidents.bundle import INDEX, unpack
from bot.model.audit import Deed
from bot.roles.retention import sweep
from tests.bot.downloads.shelf import CAPTURE, DIGEST, SNAPSHOT, PaperAudit, shelved
from tests.bot.incidents.ground import NOON, HandClock

CAPTURES, CASES = timedelta(hours=72), timedelta(days=30)


def aged(root: Path, by: timedelta, case: str = "inc-1") -> CaseArchive:
    """An archive whose case was written so long before noon."""
    archive = shelved(root, case)
    moment = (NOON - by).timestamp()
    os.utime(root / case / INDEX, (moment, moment))
    return archive


def swept(archive: CaseArchive, audit: PaperAudit | None = None) -> PaperAudit:
    audit = audit or PaperAudit()
    sweep(archive, audit, HandClock(), captures=CAPTURES, cases=CASES)
    return audit


def test_old_captures_are_deleted_and_the_case_stays(tmp_path: Path) -> None:
    """The verdict and the digests are kept longer than the packets."""
    audit = swept(aged(tmp_path, CAPTURES + timedelta(seconds=1)))
    left = load(tmp_path / "inc-1")
    assert set(left) == {INDEX, "2-dc1-vcenter.vcenter.json"}
    assert CAPTURE not in left.values()
    assert [(entry.deed, entry.incident, entry.digest) for entry in audit.entries] == [(Deed.DELETED, "inc-1", DIGEST)]


def test_what_is_left_is_still_a_case_that_says_what_is_gone(tmp_path: Path) -> None:
    """It is judged again with what there is."""
    swept(aged(tmp_path, CAPTURES + timedelta(seconds=1)))
    case, blobs = unpack(load(tmp_path / "inc-1"))
    assert list(blobs.values()) == [SNAPSHOT]
    assert case.artifacts[0].digest == DIGEST
    _, gaps = judging.read(case.artifacts[:1], blobs)
    assert gaps == (judging.gone(case.artifacts[0]),)
    assert f"{DIGEST[:19]}…) are not kept any more" in gaps[0]


def test_young_captures_stay(tmp_path: Path) -> None:
    """To the second."""
    audit = swept(aged(tmp_path, CAPTURES - timedelta(seconds=1)))
    assert CAPTURE in load(tmp_path / "inc-1").values()
    assert audit.entries == []


def test_deleting_the_captures_does_not_make_the_case_young_again(tmp_path: Path) -> None:
    """Its own time runs from the end of the incident."""
    archive = aged(tmp_path, CASES + timedelta(seconds=1))
    swept(archive)
    assert list(tmp_path.iterdir()) == []


def test_a_crash_between_index_and_file_leaves_nothing_for_ever(tmp_path: Path) -> None:
    """The next sweep takes whatever the index does not name."""
    archive = aged(tmp_path, CAPTURES + timedelta(seconds=1))
    index = tmp_path / "inc-1" / INDEX
    told, stat = json.loads(index.read_bytes()), index.stat()
    told["artifacts"][0]["file"] = None
    index.write_text(json.dumps(told))
    os.utime(index, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    swept(archive)
    assert set(load(tmp_path / "inc-1")) == {INDEX, "2-dc1-vcenter.vcenter.json"}


def test_what_a_crash_left_half_written_goes_too(tmp_path: Path) -> None:
    """A draft of an hour ago has no writer any more; a fresh one has."""
    archive = aged(tmp_path, timedelta())
    for name, age in ((".draft-old", timedelta(hours=2)), (".draft-fresh", timedelta(minutes=1))):
        (tmp_path / name).mkdir()
        moment = (NOON - age).timestamp()
        os.utime(tmp_path / name, (moment, moment))
    swept(archive)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".draft-fresh", "inc-1"]


def test_a_link_out_of_the_directory_is_not_followed(tmp_path: Path) -> None:
    """Deleting is the one thing that must never go astray."""
    outside = tmp_path / "outside"
    aged(outside, CASES * 2)
    inside = tmp_path / "cases"
    inside.mkdir()
    (inside / "inc-2").symlink_to(outside / "inc-1")
    swept(CaseArchive(inside))
    assert CAPTURE in load(outside / "inc-1").values()


def test_what_is_no_case_is_not_ours_to_delete(tmp_path: Path) -> None:
    """An operator may have pointed the setting at a directory that holds other things."""
    (tmp_path / "photos").mkdir()
    (tmp_path / ".hidden").mkdir()
    os.utime(tmp_path / ".hidden", (0, 0))
    (tmp_path / "photos" / "dog.jpg").write_bytes(b"dog")
    os.utime(tmp_path / "photos", (0, 0))
    swept(aged(tmp_path, CASES * 2))
    assert sorted(path.name for path in tmp_path.iterdir()) == [".hidden", "photos"]


def test_a_deletion_that_cannot_be_noted_down_happens_all_the_same(tmp_path: Path) -> None:
    """The promise to the people in the packets comes first."""
    audit = PaperAudit()
    audit.full = True
    swept(aged(tmp_path, CAPTURES + timedelta(seconds=1)), audit)
    assert CAPTURE not in load(tmp_path / "inc-1").values()


def test_an_index_that_is_none_hurts_nobody_else(tmp_path: Path) -> None:
    """Somebody may have edited a case by hand."""
    archive = aged(tmp_path, CAPTURES * 2, "inc-1")
    aged(tmp_path, CAPTURES * 2, "inc-2")
    (tmp_path / "inc-1" / INDEX).write_text("no json")
    os.utime(tmp_path / "inc-1" / INDEX, (0, (NOON - CAPTURES * 2).timestamp()))
    audit = swept(archive)
    assert [entry.incident for entry in audit.entries] == ["inc-2"]


def test_cases_are_for_the_operator_and_the_group_alone(tmp_path: Path) -> None:
    """Packets are nobody else's business."""
    shelved(tmp_path)
    assert (tmp_path / "inc-1").stat().st_mode & 0o777 == 0o750
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "inc-1").iterdir()} == {0o640}
