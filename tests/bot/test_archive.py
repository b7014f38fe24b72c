"""Cases on disk appear whole, and are really deleted when their time is over."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.archive import CaseArchive, load
from bot.errors import BundleError, InstrumentError
from bot.incidents import bundle
from bot.model.job import Artifact, Media, Probe, Vantage, digest_of

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = datetime(2100, 1, 1, tzinfo=UTC)


def test_a_case_is_read_back_as_it_was_saved(tmp_path: Path) -> None:
    """Nothing else lies beside it."""
    files = {"case.json": b"{}", "1.pcap": b"\x00"}
    CaseArchive(tmp_path / "cases").save("inc-1", files)
    assert load(tmp_path / "cases" / "inc-1") == files
    assert [path.name for path in (tmp_path / "cases").iterdir()] == ["inc-1"]


def test_a_full_disk_is_an_instrument_error_and_no_half_case(tmp_path: Path) -> None:
    """A file stands where the directory should be: no case can be written."""
    (tmp_path / "cases").write_text("in the way")
    with pytest.raises(InstrumentError, match="could not be written"):
        CaseArchive(tmp_path / "cases").save("inc-1", {"case.json": b"{}"})


def test_old_cases_are_deleted_and_young_ones_stay(tmp_path: Path) -> None:
    """Retention is a promise to the people in the packets."""
    archive, now = CaseArchive(tmp_path), datetime(2026, 3, 1, tzinfo=UTC)
    for name, age in (("old", timedelta(days=31)), ("young", timedelta(days=29))):
        archive.save(name, {"case.json": b"{}"})
        moment = (now - age).timestamp()
        os.utime(tmp_path / name / "case.json", (moment, moment))
    assert archive.expire(now, timedelta(days=30)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["young"]


def test_a_directory_that_cannot_be_read_is_a_sentence(tmp_path: Path) -> None:
    """The person who typed the path gets told."""
    with pytest.raises(BundleError, match="cannot be read"):
        load(tmp_path / "nowhere")


def test_a_case_is_read_again_as_it_was_saved(tmp_path: Path) -> None:
    """An export is made of it; where there is none, or its time was over, there is nothing."""
    archive = CaseArchive(tmp_path)
    archive.save("inc-1", {"case.json": b"{}", "1-prod.pcap": b"x"})
    assert archive.case("inc-1") == {"case.json": b"{}", "1-prod.pcap": b"x"}
    assert archive.case("inc-2") is None
    assert archive.case("../inc-1") == archive.case("inc-1"), "a name is never a path"


def test_an_export_is_fetched_like_a_capture_and_goes_when_captures_go(tmp_path: Path) -> None:
    """It holds captures, so it lives no longer than they may."""
    archive, data = CaseArchive(tmp_path), b"PK whole"
    artifact = Artifact(
        "export-1",
        Probe.CAPTURE,
        Vantage("inq-1.zip", "", ""),
        Media.EXPORT,
        digest_of(data),
        len(data),
        NOON,
        NOON,
        None,
    )
    archive.save("export-1", bundle.pack_export(artifact, "inq-1.zip", data))
    (kept,) = archive.captures("export-1")
    assert (kept.filename, kept.size_bytes) == ("inq-1.zip", len(data))
    assert archive.read("export-1", kept) == data
    assert [gone.digest for _, gone in archive.forget(LATER, timedelta(0))] == [artifact.digest]
    assert archive.captures("export-1") == ()
    assert archive.expire(LATER, timedelta(0)) == 1
