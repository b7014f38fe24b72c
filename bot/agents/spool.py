"""Where a capture lies while it grows: a file that nobody else can open and that is gone with the process."""

import errno
import os
import tempfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import Self

from bot.agents.blocks import frames
from bot.errors import InstrumentError
from bot.frames import pcapng


class SpoolError(InstrumentError):
    """The disk takes no more."""


@dataclass(frozen=True, slots=True)
class Written:
    """A capture as a file: how many frames it holds, and when the last of them was (None: there is none)."""

    data: bytes
    frames: int
    last_ns: int | None


class Spool:
    """Blocks of one ring, one behind the other; a context manager.

    The file has no name from the beginning on, so it cannot outlive the agent, however that ends (open(2), O_TMPFILE).
    """

    def __init__(self, directory: Path) -> None:
        try:
            self._file = tempfile.TemporaryFile(dir=directory, prefix="ruleout-", buffering=0)  # noqa: SIM115  ours
        except OSError as error:
            raise SpoolError(f"The agent cannot write to its spool directory {directory}: {error.strerror}.") from error
        self._directory = directory
        self.size_bytes = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Forget it all."""
        self._file.close()

    def append(self, block: memoryview) -> None:
        """Keep one block. The last one, where it raises.

        Raises:
            SpoolError: the disk takes no more; what it took of the block is kept.
        """
        while block:
            try:
                taken = self._file.write(block)
            except OSError as error:
                raise SpoolError(self._full(error)) from error
            self.size_bytes += taken or 0
            block = block[taken:]

    def free_bytes(self) -> int:
        """How much more the directory's disk takes."""
        there = os.statvfs(self._file.fileno())
        return there.f_bavail * there.f_frsize

    def reader(self) -> "Reader":
        """The blocks for another thread, whatever becomes of this one."""
        return Reader(os.dup(self._file.fileno()))

    def _full(self, error: OSError) -> str:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            return f"The disk of the agent's spool directory {self._directory} is full."
        return f"The agent's spool directory {self._directory} does not work: {error.strerror}."


class Reader:
    """What has been kept so far, as often as one asks; a context manager."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        os.close(self._descriptor)

    def pcapng(self, interface: str, dropped: int, *, most_frames: int, most_bytes: int) -> Written:
        """The frames as a file that other programs read, up to the bounds; one block is in memory beside it."""
        end = os.fstat(self._descriptor).st_size
        ending = pcapng.ending(dropped)
        file = BytesIO()  # hands its bytes over without a copy
        file.write(pcapng.beginning(interface))
        number, last_ns = 0, None
        for one in frames(lambda at, count: os.pread(self._descriptor, count, at), end):
            block = pcapng.block(one)
            if number == most_frames or file.tell() + len(block) + len(ending) > most_bytes:
                break
            file.write(block)
            number, last_ns = one.number, one.time_ns
        file.write(ending)
        return Written(file.getvalue(), number, last_ns)
