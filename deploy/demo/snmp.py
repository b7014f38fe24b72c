"""An SNMP v2c agent of our own on loopback, which answers as a test wants: right, wrong, late, for ever or not at all.

BER as RFC 3416 needs it and no more. ``rows`` are (OID, value) pairs in order; values are int, bytes, an OID as a
tuple, or already encoded bytes behind ``Raw``.
"""

import bisect
import socket
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from types import TracebackType

Oid = tuple[int, ...]

GET, NEXT, RESPONSE, SET, BULK = 0xA0, 0xA1, 0xA2, 0xA3, 0xA5
NO_SUCH_INSTANCE, END_OF_VIEW = b"\x81\x00", b"\x82\x00"
TOO_BIG = 1


@dataclass(frozen=True)
class Raw:
    """A value whose bytes are sent as they are."""

    data: bytes


Value = int | bytes | Oid | Raw


def oid(text: str) -> Oid:
    """``1.3.6`` as numbers."""
    return tuple(map(int, text.split(".")))


def tlv(tag: int, body: bytes) -> bytes:
    """One BER element."""
    size = len(body)
    if size < 0x80:
        return bytes((tag, size)) + body
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + body


def encoded(value: Value) -> bytes:
    """A value as BER."""
    match value:
        case Raw(data):
            return data
        case int():
            return tlv(2, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))
        case bytes():
            return tlv(4, value)
        case _:
            return tlv(6, bytes((value[0] * 40 + value[1],)) + b"".join(map(_base128, value[2:])))


def counter64(number: int) -> Raw:
    """A Counter64."""
    return Raw(tlv(0x46, number.to_bytes(number.bit_length() // 8 + 1, "big")))


def ticks(number: int) -> Raw:
    """TimeTicks."""
    return Raw(tlv(0x43, number.to_bytes(number.bit_length() // 8 + 1, "big")))


def address(text: str) -> Raw:
    """An IpAddress."""
    return Raw(tlv(0x40, socket.inet_aton(text)))


def _base128(number: int) -> bytes:
    parts = [number & 0x7F]
    while number := number >> 7:
        parts.append(number & 0x7F | 0x80)
    return bytes(reversed(parts))


@dataclass
class Asked:
    """A request as it arrived."""

    community: bytes
    kind: int
    number: int
    first: int
    second: int  # max-repetitions of a GETBULK
    oids: list[Oid]


@dataclass
class UdpAgent:
    """Serves ``rows`` until the block ends. ``answer`` may replace the honest answer by other datagrams.

    ``asked`` keeps every request, ``keep`` of them at most, so that a test can see what was sent.
    """

    rows: Sequence[tuple[Oid, Value]] = ()
    answer: "Callable[[UdpAgent, Asked, bytes], Iterable[bytes]] | None" = None
    community: bytes = b"public"
    keep: int = 100_000
    asked: list[Asked] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._keys = [key for key, _ in self.rows]

    def __enter__(self) -> "UdpAgent":
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self._over.set()
        self._socket.sendto(b"", ("127.0.0.1", self.port))
        self._thread.join(5)
        self._socket.close()

    def pause(self, seconds: float) -> bool:
        """Wait inside ``answer``; ends at once when the test does."""
        return self._over.wait(seconds)

    def honest(self, asked: Asked) -> list[tuple[Oid, Value]]:
        """What a good agent says to this."""
        if asked.kind == GET:
            return [(one, self._value(one)) for one in asked.oids]
        turns = max(1, asked.second) if asked.kind == BULK else 1
        said: list[tuple[Oid, Value]] = []
        cursors = list(asked.oids)
        for _ in range(turns):
            for index, cursor in enumerate(cursors):
                place = bisect.bisect_right(self._keys, cursor)
                row = self.rows[place] if place < len(self.rows) else (cursor, Raw(END_OF_VIEW))
                said.append(row)
                cursors[index] = row[0]
        return said

    def message(self, asked: Asked, rows: Iterable[tuple[Oid, Value]], status: int = 0) -> bytes:
        """The response with these rows."""
        pairs = b"".join(tlv(0x30, encoded(one) + encoded(value)) for one, value in rows)
        body = encoded(asked.number) + encoded(status) + encoded(1 if status else 0) + tlv(0x30, pairs)
        return tlv(0x30, encoded(1) + encoded(asked.community) + tlv(RESPONSE, body))

    def _value(self, one: Oid) -> Value:
        place = bisect.bisect_left(self._keys, one)
        return self.rows[place][1] if place < len(self.rows) and self._keys[place] == one else Raw(NO_SUCH_INSTANCE)

    def _serve(self) -> None:
        while not self._over.is_set():
            data, back = self._socket.recvfrom(65535)
            if self._over.is_set():
                return
            asked = parse(data)
            if len(self.asked) < self.keep:
                self.asked.append(asked)
            if not asked.community.startswith(self.community):
                continue
            said = self.message(asked, self.honest(asked))
            for datagram in [said] if self.answer is None else self.answer(self, asked, said):
                self._socket.sendto(datagram, back)


def parse(data: bytes) -> Asked:
    """A v2c request."""
    _, message, _ = _element(data)
    _, _, rest = _element(message)
    _, community, rest = _element(rest)
    kind, body, _ = _element(rest)
    _, number, body = _element(body)
    _, first, body = _element(body)
    _, second, body = _element(body)
    _, pairs, _ = _element(body)
    oids = []
    while pairs:
        _, pair, pairs = _element(pairs)
        _, name, _ = _element(pair)
        oids.append(_numbers(name))
    return Asked(community, kind, _int(number), _int(first), _int(second), oids)


def _element(data: bytes) -> tuple[int, bytes, bytes]:
    tag, size, start = data[0], data[1], 2
    if size & 0x80:
        start += size & 0x7F
        size = int.from_bytes(data[2:start], "big")
    return tag, data[start : start + size], data[start + size :]


def _int(data: bytes) -> int:
    return int.from_bytes(data, "big", signed=True)


def _numbers(data: bytes) -> Oid:
    found, number = [data[0] // 40, data[0] % 40], 0
    for octet in data[1:]:
        number = number << 7 | octet & 0x7F
        if not octet & 0x80:
            found.append(number)
            number = 0
    return tuple(found)
