"""Frames in every container that captures come in, written by hand from the containers' specifications."""

import struct
from collections.abc import Iterable

from bot.frames.captured import Captured


def record(data: bytes, number: int = 1, link_type: int = 1, time_ns: int = 10**9) -> Captured:
    """A frame as a container holds it."""
    return Captured(number, time_ns, link_type, data, len(data))


def pcap(held: Iterable[Captured], order: str = "<", link_type: int = 1) -> bytes:
    """Classic pcap with nanoseconds."""
    records = (
        struct.pack(order + "IIII", *divmod(one.time_ns, 10**9), len(one.data), one.length_bytes) + one.data
        for one in held
    )
    return struct.pack(order + "IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262_144, link_type) + b"".join(records)


def block(order: str, kind: int, body: bytes) -> bytes:
    """A block of a pcapng file."""
    body += bytes(-len(body) % 4)
    size = struct.pack(order + "I", 12 + len(body))
    return struct.pack(order + "I", kind) + size + body + size


def section(order: str = "<") -> bytes:
    """What a section of a pcapng file begins with."""
    return block(order, 0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1))


def statistics(order: str = "<", *, interface: int = 0, dropped: int) -> bytes:
    """How many frames the recorder's interface lost."""
    return block(order, 5, struct.pack(order + "IIIHHQHH", interface, 0, 0, 5, 8, dropped, 0, 0))


def pcapng(held: Iterable[Captured], order: str = "<", link_type: int = 1) -> bytes:
    """A pcapng section with two interfaces and nanoseconds."""
    interface = block(order, 1, struct.pack(order + "HHIHHBxxxHH", link_type, 0, 262_144, 9, 1, 9, 0, 0))
    packets = (
        struct.pack(
            order + "IIIII",
            one.interface,
            one.time_ns >> 32,
            one.time_ns & 2**32 - 1,
            len(one.data),
            one.length_bytes,
        )
        + one.data
        for one in held
    )
    return section(order) + interface * 2 + b"".join(block(order, 6, packet) for packet in packets)


def snoop(held: Iterable[Captured], *, dropped: int = 0) -> bytes:
    """A snoop file, each record padded to four bytes."""
    records = (
        struct.pack(
            "!IIIIII",
            one.length_bytes,
            len(one.data),
            24 + len(one.data) + -len(one.data) % 4,
            dropped,
            one.time_ns // 10**9,
            one.time_ns % 10**9 // 1000,
        )
        + one.data
        + bytes(-len(one.data) % 4)
        for one in held
    )
    return struct.pack("!8sII", b"snoop\0\0\0", 2, 4) + b"".join(records)
