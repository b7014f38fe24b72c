"""A zip file may be anybody's: what is wrong with it ends in one sentence, and never in a full memory or a path."""

import struct
import zipfile
from datetime import UTC, datetime
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BundleError
from bot.inquiries import zipped

NOON = datetime(2026, 3, 1, 12, 0, 1, tzinfo=UTC)
NAMES = st.from_regex(r"[\w-][\w.@+-]{0,20}(/[\w-][\w.@+-]{0,20}){0,3}", fullmatch=True)
FILES = {"incident.json": b"{}", "cases/inc-1/case.json": b"x" * 5000}


def raw(name: str = "a", data: bytes = b"x", method: int = zipfile.ZIP_STORED, times: int = 1) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as whole:
        for _ in range(times):
            whole.writestr(zipfile.ZipInfo(name), data, method)
    return made.getvalue()


@given(st.dictionaries(NAMES, st.binary(max_size=300), max_size=8))
def test_what_was_written_is_read_again(files: dict[str, bytes]) -> None:
    """Byte for byte, and the same files give the same bytes."""
    data = zipped.write(files, NOON)
    assert zipped.read(data) == files
    assert zipped.write(dict(reversed(files.items())), NOON) == data


@given(st.binary(max_size=400))
def test_whatever_is_no_zip_file_is_a_sentence(data: bytes) -> None:
    """A colleague mails anything."""
    with pytest.raises(BundleError, match="zip file"):
        zipped.read(data)


@given(st.data())
def test_a_zip_file_in_which_bits_fell_is_read_or_refused(data: st.DataObject) -> None:
    """With the right content, or with a sentence; nothing else ever comes out of it."""
    made = bytearray(zipped.write(FILES, NOON))
    for place, bit in data.draw(st.lists(st.tuples(st.integers(0, len(made) - 1), st.integers(0, 7)), min_size=1)):
        made[place] ^= 1 << bit
    try:
        read = zipped.read(bytes(made))
    except BundleError:
        return
    assert set(read.values()) <= set(FILES.values())


@given(st.integers(0, 400))
def test_a_zip_file_that_is_cut_off_is_refused(size: int) -> None:
    """At every place."""
    made = zipped.write(FILES, NOON)
    with pytest.raises(BundleError):
        zipped.read(made[: min(size, len(made) - 1)])


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "a/../b",
        "C:\\x",
        "a\\b",
        "a//b",
        ".hidden",
        "a/b/c/d/e",
        "x" * 300,
        "a\nb",
        "é b",
    ],
)
def test_a_name_that_is_a_path_is_refused(name: str) -> None:
    """Nothing is written to disk here, and nobody may rely on that."""
    with pytest.raises(BundleError, match="no name of a file in a bundle"):
        zipped.read(raw(name))


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    """A megabyte of zip can be a gigabyte of nothing."""
    made = raw(data=bytes(20 << 20), method=zipfile.ZIP_DEFLATED)
    assert len(made) < 100_000
    with pytest.raises(BundleError, match="more than 10 MiB"):
        zipped.read(made, most_bytes=10 << 20)


def test_a_bomb_that_lies_about_its_size_is_found_out() -> None:
    """The directory says ten bytes, the data is twenty megabytes."""
    made = bytearray(raw(data=bytes(20 << 20), method=zipfile.ZIP_DEFLATED))
    central = made.rindex(b"PK\x01\x02")
    for place in (central + 24, 22):
        made[place : place + 4] = struct.pack("<I", 10)
    with pytest.raises(BundleError):
        zipped.read(bytes(made), most_bytes=10 << 20)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name_are_refused() -> None:
    """One reader would take the first and another the last."""
    with pytest.raises(BundleError, match="twice"):
        zipped.read(raw(times=2))


def test_too_many_files_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each costs memory, however small."""
    monkeypatch.setattr(zipped, "MOST_FILES", 3)
    with pytest.raises(BundleError, match="holds 4 files"):
        zipped.read(zipped.write({str(number): b"" for number in range(4)}, NOON))


def test_an_encrypted_file_is_refused() -> None:
    """We ask for no password."""
    made = bytearray(raw())
    central = made.rindex(b"PK\x01\x02")
    made[central + 8] |= 1
    made[6] |= 1
    with pytest.raises(BundleError, match="is encrypted"):
        zipped.read(bytes(made))


def test_a_file_without_a_name_is_refused() -> None:
    """Python's own reader looks at the last character of each name."""
    made = bytearray(raw())
    central = made.rindex(b"PK\x01\x02")
    made[central + 28 : central + 30] = b"\x00\x00"  # the length of its name
    with pytest.raises(BundleError, match="no whole zip file"):
        zipped.read(bytes(made))


def test_another_compression_is_refused() -> None:
    """Only what every reader has."""
    with pytest.raises(BundleError, match="no bundle uses"):
        zipped.read(raw(data=b"x" * 100, method=zipfile.ZIP_LZMA))
