"""Cases and exported incidents from anybody: whoever made them, they are judged or refused in one sentence."""

import json
import stat
import tracemalloc
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot import archive
from bot.__main__ import main
from bot.errors import BundleError
from bot.incidents import bundle as cases
from bot.incidents import field_cases
from bot.incidents.rejudge import as_text, rejudge
from bot.inquiries import bundle, zipped
from bot.inquiries.bundle import Read
from bot.inquiries.rejudging import again
from bot.model import codec
from bot.model.job import digest_of
from tests.bot.incidents.ground import NOON
from tests.bot.inquiries.test_bundle import FILES, packed
from tests.hostile import recorded
from tests.hostile.damage import NEVER_JSON, as_bytes, damaged, damaged_bytes

MOST_MEMORY_BYTES = 48 << 20


def case_files(name: str) -> FILES:
    return dict(archive.load(recorded.SCENARIOS / name))


def told(files: FILES) -> str | None:
    """What is said of the case; None: it is refused."""
    try:
        case, blobs = cases.unpack(files)
        found = rejudge(case, {**blobs})
    except BundleError as refused:
        assert_sentence(refused)
        return None
    json.dumps(codec.encode(found.now)).encode()
    return as_text(found)


def assert_sentence(refused: BundleError) -> None:
    """Short, on one line, and can be printed."""
    text = str(refused)
    text.encode()
    assert text.endswith(".")
    assert len(text) < 1_000
    assert "\n" not in text


@given(st.sampled_from(recorded.names()), st.data())
def test_a_case_whose_index_lies_is_judged_or_refused(name: str, data: st.DataObject) -> None:
    """A colleague mails a case that another version wrote, or that somebody edited."""
    files = case_files(name)
    index = json.loads(files[cases.INDEX])
    index["artifacts"], index["gaps"] = index["artifacts"][:1], []
    spoiled = damaged(index).map(as_bytes) | damaged_bytes(files[cases.INDEX]) | st.sampled_from(NEVER_JSON)
    text = told({**files, cases.INDEX: data.draw(spoiled)})
    assert text is None or text.encode()


@given(st.data())
def test_a_case_whose_timeline_lies_is_judged_or_refused(data: st.DataObject) -> None:
    """Its verdict and what happened are read beside the artifacts."""
    files = with_verdict()
    index = json.loads(files[cases.INDEX])
    for part in ("timeline", "verdict"):
        if data.draw(st.booleans()):
            index[part] = data.draw(damaged(index[part]))
    text = told({**files, cases.INDEX: as_bytes(index)})
    assert text is None or text.encode()


def with_verdict() -> FILES:
    """A case that was closed: its timeline and its verdict stand in it."""
    from tests.bot.slack import stories

    ended = stories.ended(stories.guest_proven())
    case = cases.Case(recorded.case(recorded.names()[0])[0].target, (), ("a gap",), ended.timeline, ended.verdict)
    return cases.pack(case, {})


@given(st.sampled_from(recorded.names()), st.data())
def test_a_case_of_which_a_file_was_changed_is_refused(name: str, data: st.DataObject) -> None:
    """The digest is of the bytes that the agent brought."""
    files = case_files(name)
    case, _ = cases.unpack(files)
    file = data.draw(st.sampled_from([row[0] for row in cases.listed(files[cases.INDEX])]))
    spoiled = data.draw(damaged_bytes(files[file][:2_000]))
    assume(spoiled != files[file])
    files[file] = spoiled
    with pytest.raises(BundleError, match=r"is not the file that was recorded"):
        cases.unpack(files)
    assert case.artifacts


def incident_files(name: str) -> FILES:
    """An exported incident with one recorded case in it."""
    files = packed()
    index = json.loads(files[bundle.INDEX])
    for file, content in case_files(name).items():
        if file != "expect.toml":
            files[f"cases/inc-1/{file}"] = content
    index["questions"][0]["case"] = "cases/inc-1"
    index["files"] = {file: digest_of(content) for file, content in files.items() if file != bundle.INDEX}
    return {**files, bundle.INDEX: json.dumps(index).encode()}


def lines(files: FILES) -> tuple[str, ...] | None:
    """What is said of each question; None: the bundle is refused."""
    try:
        read: Read = bundle.unpack(zipped.read(zipped.write(files, NOON)))
        found = tuple(one.line for one in again(read))
    except BundleError as refused:
        assert_sentence(refused)
        return None
    str(read.inquiry.opened.text).encode()
    return found


@given(st.sampled_from(recorded.names()[:4]), st.data())
def test_an_incident_whose_manifest_lies_is_judged_or_refused(name: str, data: st.DataObject) -> None:
    """Also where its maker computed every digest anew."""
    files = incident_files(name)
    index = json.loads(files[bundle.INDEX])
    spoiled = damaged(index).map(as_bytes) | st.sampled_from(NEVER_JSON)
    found = lines({**files, bundle.INDEX: data.draw(spoiled)})
    assert found is None or all(one.encode() for one in found)


@given(st.sampled_from(recorded.names()[:4]), st.data())
def test_an_incident_with_a_damaged_case_says_so_of_that_case(name: str, data: st.DataObject) -> None:
    """The manifest is in order, and what it lists is not."""
    files = incident_files(name)
    place = "cases/inc-1/case.json"
    inner = json.loads(files[place])
    files[place] = data.draw(damaged(inner).map(as_bytes) | st.sampled_from(NEVER_JSON))
    index = json.loads(files[bundle.INDEX])
    index["files"][place] = digest_of(files[place])
    found = lines({**files, bundle.INDEX: json.dumps(index).encode()})
    assert found is not None
    assert all(one.encode() for one in found)


FIELD = [{"id": "a", "evidence": [{"kind": "reported.guest.looks_well", "value": "x", "stage": "diagnostic"}]}]


@given(damaged(FIELD).map(as_bytes) | st.sampled_from(NEVER_JSON))
def test_field_cases_are_judged_or_refused(data: bytes) -> None:
    """A list that a person wrote by hand."""
    try:
        found = field_cases.read(data)
    except BundleError as refused:
        assert_sentence(refused)
        return
    for case in found:
        json.dumps(codec.encode(field_cases.verdict(case))).encode()


def zip_of(**changes: Any) -> bytes:
    """A zip file of one member, whose entry is as nobody of us would write it."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as whole:
        entry = zipfile.ZipInfo("a")
        for name, value in changes.items():
            setattr(entry, name, value)
        whole.writestr(entry, b"/etc/passwd")
    return made.getvalue()


def test_a_symbolic_link_is_bytes_and_leads_nowhere() -> None:
    """Nothing is unpacked to a disk, so what it points to is a text like any other."""
    assert zipped.read(zip_of(external_attr=(stat.S_IFLNK | 0o777) << 16)) == {"a": b"/etc/passwd"}


def test_a_zip_file_in_a_zip_file_is_a_file() -> None:
    """It is not opened, however often it was packed, and no bundle lists it."""
    inner = zipped.write({"a": bytes(1 << 20)}, NOON)
    for _ in range(20):
        inner = zipped.write({"a.zip": inner}, NOON)
    (name,) = files = zipped.read(inner)
    assert files[name][:2] == b"PK"
    with pytest.raises(BundleError, match=r"holds no incident\.json"):
        bundle.unpack(files)


def test_more_members_than_a_bundle_has_are_refused_in_bounded_memory() -> None:
    """The directory alone of a small file can name a million."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as whole:
        for number in range(60_000):
            whole.writestr(zipfile.ZipInfo(f"{number}"), b"")
    tracemalloc.start()
    with pytest.raises(BundleError, match="60,000 files"):
        zipped.read(made.getvalue())
    _, most_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most_bytes < MOST_MEMORY_BYTES


def test_a_bomb_of_many_members_is_refused_in_bounded_memory() -> None:
    """Each is within its bound, and together they are not."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as whole:
        for number in range(40):
            whole.writestr(f"{number}", bytes(16 << 20))
    data = made.getvalue()
    tracemalloc.start()
    with pytest.raises(BundleError, match="more than 512 MiB"):
        zipped.read(data)
    _, most_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most_bytes < MOST_MEMORY_BYTES


@given(st.data())
def test_no_change_of_a_zip_file_makes_its_reader_raise_anything_else(data: st.DataObject) -> None:
    """Its headers are binary and name lengths, offsets and versions."""
    made = zipped.write({"incident.json": b"{}", "cases/inc-1/case.json": b"x" * 500}, NOON)
    try:
        zipped.read(data.draw(damaged_bytes(made, 8)), most_bytes=1 << 20)
    except BundleError as refused:
        assert_sentence(refused)


@pytest.mark.parametrize("name", ["../../x", "/etc/passwd", "a/../../b", "..", ".", "", "a\\b", "x\x00y"])
def test_a_name_in_an_index_that_is_a_path_is_never_opened(name: str, tmp_path: Path) -> None:
    """The files are looked up among those that are here, and a name that is a path is nobody's file."""
    files = case_files(recorded.names()[0])
    index = json.loads(files[cases.INDEX])
    index["artifacts"][0]["file"] = name
    with pytest.raises(BundleError, match="does not hold it"):
        cases.unpack({**files, cases.INDEX: json.dumps(index).encode()})
    assert name not in dict(cases.listed(json.dumps(index).encode()))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", [[], {}, 5, True, ["case.json"]], ids=repr)
def test_a_name_in_an_index_that_is_no_text_is_refused(name: object) -> None:
    """A list cannot be looked up at all."""
    files = case_files(recorded.names()[0])
    index = json.loads(files[cases.INDEX])
    index["artifacts"][0]["file"] = name
    spoiled = json.dumps(index).encode()
    for door in (lambda: cases.unpack({**files, cases.INDEX: spoiled}), lambda: cases.captures(spoiled)):
        with pytest.raises(BundleError, match="the name of a file is a text"):
            door()


def test_what_a_file_calls_itself_cannot_drive_a_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The sentence about a hostile bundle quotes it."""
    files = incident_files(recorded.names()[0])
    index = json.loads(files[bundle.INDEX])
    index["questions"][0]["case"] = "cases/\x1b]0;owned\x07"
    path = tmp_path / "x\x1b[2J.zip"
    path.write_bytes(zipped.write({**files, bundle.INDEX: json.dumps(index).encode()}, NOON))
    assert main(["judge", str(path)]) == 2
    assert main(["judge", str(path.with_suffix(".none"))]) == 2
    said = capsys.readouterr()
    assert "\x1b" not in said.out + said.err
    assert "names the case" in said.err
