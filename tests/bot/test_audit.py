"""The audit on a real disk: two processes, crashes, full disks, and files that were put aside."""

import errno
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from bot.audit import FileAudit, files, lines
from bot.errors import InstrumentError
from bot.model.chain import prove
from tests.contracts.test_audit import deed

WRITER = """
import sys
from pathlib import Path
from bot.audit import FileAudit
from tests.contracts.test_audit import deed
kept = FileAudit(Path(sys.argv[1]), largest_bytes=int(sys.argv[2]))
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(sys.argv[3])):
    kept.record(deed(number, channel=sys.argv[4]))
"""
FULL = """
import resource, signal, sys
from pathlib import Path
from bot.audit import FileAudit
from bot.errors import InstrumentError
from tests.contracts.test_audit import deed
kept = FileAudit(Path(sys.argv[1]))
kept.record(deed(1))
size = Path(sys.argv[1]).stat().st_size
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 40, size + 40))
try:
    kept.record(deed(2))
except InstrumentError as error:
    print(error)
assert Path(sys.argv[1]).stat().st_size == size, "a deed that did not happen leaves no trace"
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "audit.jsonl"


def run(script: str, *given: object) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", script, *map(str, given)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("largest_bytes", [16 << 20, 2000])
def test_two_processes_that_write_at_once_make_one_chain(path: Path, largest_bytes: int) -> None:
    """During a rolling restart two bots run; neither may break what the other wrote, nor lose a line."""
    writers = [run(WRITER, path, largest_bytes, 60, channel) for channel in ("C1", "C2", "C3")]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    outcomes = [writer.communicate("go\n", timeout=60) and writer.returncode for writer in writers]
    assert outcomes == [0, 0, 0]
    proof = prove(lines(files(path)))
    assert (proof.first, proof.head.number, proof.misfit, proof.notes) == (1, 180, None, ())
    kept = FileAudit(path)
    for channel in ("C1", "C2", "C3"):
        assert [one.said for one in kept.of_channel(channel, 99)] == [f"deed {number}" for number in range(60)]
    assert (len(files(path)) > 5) == (largest_bytes == 2000)


def test_a_file_is_put_aside_under_the_number_of_its_first_deed(path: Path) -> None:
    """Sorted by name they are in order, and the chain goes on from one to the next."""
    kept = FileAudit(path, largest_bytes=700)
    for number in range(9):
        kept.record(deed(number))
    names = [file.name for file in files(path)]
    assert names[0] == "audit-000000000001.jsonl"
    assert names[-1] == "audit.jsonl"
    assert prove(lines(files(path))).head.number == 9
    without_second = [file for file in files(path) if file != files(path)[1]]
    assert "removed" in str(prove(lines(without_second)).misfit)


@pytest.mark.parametrize("cut", [1, 2, 60], ids=["only the line break", "the last brace", "half"])
def test_what_a_crash_left_is_sealed_by_the_next_deed(path: Path, cut: int) -> None:
    """The power fails in the middle of a line; the deed had no effect, and the chain goes on and says so."""
    kept = FileAudit(path)
    for number in range(3):
        kept.record(deed(number))
    os.truncate(path, path.stat().st_size - cut)
    kept.record(deed(7))
    kept.record(deed(8))
    proof = prove(lines([path]))
    assert proof.misfit is None
    assert proof.head.number == 4
    assert proof.notes == ("audit.jsonl line 3 is a part of a line that a crash left; the chain goes on.",)
    assert [one.said for one in kept.of_channel("C1", 2)] == ["deed 7", "deed 8"]


def test_a_crash_in_the_first_line_and_one_while_sealing_are_sealed_too(path: Path) -> None:
    """Nothing of a first line is left but its part, and the second writer dies at the same place."""
    path.write_bytes(b'{"before":"00\n{"bef')
    kept = FileAudit(path)
    kept.record(deed(1))
    proof = prove(lines([path]))
    assert (proof.misfit, proof.head.number, len(proof.notes)) == (None, 1, 2)


def test_a_file_that_is_no_audit_is_left_alone(path: Path) -> None:
    """A setting that names the wrong file must not spoil it."""
    path.write_text("root:x:0:0\n" * 9)
    with pytest.raises(InstrumentError, match="none of an audit"):
        FileAudit(path).record(deed(1))
    assert path.read_text() == "root:x:0:0\n" * 9


def test_a_full_disk_is_an_instrument_error_and_leaves_no_half_line(path: Path) -> None:
    """What cannot be written down must not happen, and what did not happen must not be half written."""
    assert resource.RLIMIT_FSIZE is not None
    filled = run(FULL, path)
    said, _ = filled.communicate(timeout=30)
    assert filled.returncode == 0
    assert os.strerror(errno.EFBIG) in said
    FileAudit(path).record(deed(3))
    assert prove(lines([path])).misfit is None


def test_a_place_that_cannot_be_written_is_an_instrument_error(tmp_path: Path) -> None:
    """A file stands where the directory should be."""
    (tmp_path / "cases").write_text("in the way")
    with pytest.raises(InstrumentError, match="cannot be written"):
        FileAudit(tmp_path / "cases" / "audit.jsonl").record(deed(1))


def test_the_record_is_for_its_owner_alone(path: Path) -> None:
    """It says who looked at what."""
    FileAudit(path).record(deed(1))
    assert path.stat().st_mode & 0o077 == 0


def test_a_long_line_is_read_backwards_whole(path: Path) -> None:
    """The end is looked for piece by piece; a line may be longer than a piece."""
    kept = FileAudit(path)
    for number in range(3):
        kept.record(deed(number, incident="x" * 200_000))
    assert prove(lines([path])).head.number == 3
