"""Capture files nobody would write: ``python -m tests.bot.frames.fuzz_captures --seconds 600 --seed 1``.

Honest files of every container are cut, spliced and overwritten. Whatever comes out of it, reading it ends in frames or
in a BundleError, in bounded memory; a file read in small steps gives what it gives in one; and what is passed over is
nothing that would have been decoded. Prints the seed and the number of the file that breaks one of these.
"""

import argparse
import gzip
import random
import struct
import sys
import time
import tracemalloc
from collections.abc import Callable
from io import BytesIO
from ipaddress import IPv4Address
from pathlib import Path

from bot.errors import BundleError
from bot.frames.captured import Captured, End, Heard, heard
from bot.frames.decode import decode
from bot.frames.hearing import hear
from bot.frames.recording import Recording
from tests.bot.frames import containers

TARGET = IPv4Address("10.77.0.5")  # of nearly every capture here
OWN = Path(__file__).parents[2] / "captures"
MOST_MEMORY_BYTES = 64 << 20
_LENGTHS = (0, 1, 3, 11, 12, 28, 2**15, 262_143, 262_144, 262_145, 2**24, 2**31 - 1, 2**31, 2**32 - 1)

Read = tuple[tuple[Captured, ...], End | None, str | None]


class InSteps:
    """A bot.frames.content.Source of bytes that come a few at a time, as from a slow disk."""

    def __init__(self, data: bytes, step_bytes: int) -> None:
        self.data, self.step_bytes = data, step_bytes

    def open(self) -> "_Steps":
        """From its beginning."""
        return _Steps(self.data, self.step_bytes)


class _Steps(BytesIO):
    def __init__(self, data: bytes, step_bytes: int) -> None:
        super().__init__(data)
        self._step_bytes = step_bytes

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]  # nothing else is ever handed over
        return super().readinto(buffer[: self._step_bytes])


def read(content: bytes | InSteps, *, only_evidence: bool = False, about: IPv4Address | None = None) -> Read:
    """The frames, how the file ended, and the sentence of whoever refused to read on."""
    frames = list[Captured]()
    try:
        recording = Recording(content, only_evidence=only_evidence, about=about)
        frames.extend(recording)
    except BundleError as error:
        return tuple(frames), None, str(error)
    return tuple(frames), recording.end, None


def check(data: bytes, step_bytes: int) -> None:
    """Hold the laws of reading against one file.

    Raises:
        AssertionError: one is broken.
    """
    frames, end, refused = read(data)
    assert (end is None) == (refused is not None)
    slowly, its_end, its_refusal = read(InSteps(data, step_bytes))
    # Of a file that is damaged twice, packed and unpacked, either may be met first.
    assert (its_end, its_refusal is None) == (end, refused is None), "read in steps, it ends differently"
    assert slowly == frames or (refused and slowly[: len(frames)] == frames), "read in steps, it is another file"
    for about in (None, TARGET) if refused is None else ():
        skimmed = read(data, only_evidence=True, about=about)
        with_evidence = [one for one in frames if decode(one.data, one.link_type, about)]
        kept = [one for one in skimmed[0] if decode(one.data, one.link_type, about)]
        assert kept == with_evidence, "evidence passed over"
        assert skimmed[1:] == (end, None)
    told = list[Heard]()
    try:
        told += heard(frames)
        told += hear(data, TARGET).frames
    except BundleError:
        pass
    assert all(one.seen_at.utcoffset() is not None for one in told)


def fuzz(seed: int, enough: Callable[[int], bool]) -> int:
    """Check made-up files until ``enough`` of their number says so; how many there were."""
    rng, honest, made = random.Random(seed), seeds(), 0
    while not enough(made):
        data = _mutated(rng, rng.choice(honest), rng.choice(honest))
        try:
            check(data, rng.choice((1, 7, 64, 5000)) if len(data) < 5000 else 5000)
        except Exception as error:
            error.add_note(f"in file {made} of seed {seed}: {data[:200].hex()} ({len(data)} bytes)")
            raise
        made += 1
    return made


def seeds() -> list[bytes]:
    """Honest files: our own captures, each container of them, and some packed."""
    plain = [path.read_bytes() for path in sorted(OWN.glob("*.pcap*"))]
    assert plain, f"{OWN} holds no captures"
    made = [remade(Recording(data)) for data in plain[:6]]
    return [*plain, *(one for kinds in made for one in kinds), *(gzip.compress(data, mtime=0) for data in plain[:3])]


def remade(recording: Recording) -> tuple[bytes, ...]:
    """The recording in every container: pcap in big endian, pcapng in both orders, snoop."""
    frames = list(recording)
    lost = containers.statistics(dropped=3)
    return (
        containers.pcap(frames, ">"),
        containers.pcapng(frames, "<") + lost,
        containers.pcapng(frames, ">"),
        containers.snoop(frames, dropped=2),
    )


def _mutated(rng: random.Random, data: bytes, other: bytes) -> bytes:
    changed = bytearray(data[: rng.randrange(1, 6000)] if rng.random() < 0.8 else data)
    for _ in range(rng.choice((0, 1, 1, 2, 5, 20))):
        at = rng.randrange(len(changed) + 1)
        match rng.randrange(6):
            case 0:
                changed[at : at + 1] = rng.randbytes(1)
            case 1:
                changed[at : at + 4] = struct.pack(rng.choice("<>") + "I", rng.choice(_LENGTHS))
            case 2:
                del changed[at : at + rng.randrange(40)]
            case 3:
                changed[at:at] = rng.randbytes(rng.randrange(40))
            case 4:
                begin = rng.randrange(len(other))
                changed[at : at + rng.randrange(80)] = other[begin : begin + rng.randrange(200)]
            case _:
                del changed[at:]
    return bytes(changed)


def main() -> int:
    """Fuzz for so many seconds."""
    parser = argparse.ArgumentParser(prog="python -m tests.bot.frames.fuzz_captures", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    ends_at = time.monotonic() + asked.seconds
    tracemalloc.start()
    made = fuzz(asked.seed, lambda _: time.monotonic() > ends_at)
    most_bytes = tracemalloc.get_traced_memory()[1]
    print(f"{made} files in {asked.seconds:g} s, seed {asked.seed}: no law broken, {most_bytes >> 10} KiB at most")
    return 0 if most_bytes < MOST_MEMORY_BYTES else 1


if __name__ == "__main__":
    sys.exit(main())
