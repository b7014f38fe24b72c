"""Two packet sockets for a check: one that hears everything from the moment it is opened, and one that sends.

Two, because the kernel does not show a socket what it sent itself, and a capture without our own requests and their
true times cannot be judged.
"""

import select
import socket
import struct
from collections.abc import Iterator
from contextlib import suppress
from types import TracebackType
from typing import Self

from bot.agents import packet_filter, packet_socket
from bot.agents.packet_socket import PACKET_STATISTICS, SOL_PACKET, explained
from bot.errors import InstrumentError
from bot.frames.captured import Captured
from bot.frames.link import ETHERNET

SNAP_BYTES = 256  # all headers of ARP and ICMP behind any stack of tags, and little of anybody's data

_RECEIVE_BYTES = 8 << 20  # a broadcast storm of a second, at the kernel's 2 kB a frame
_BATCH = 256  # frames taken in one go: sending must not wait behind a flood

# What socket lacks in Python 3.11. include/uapi/linux/if_packet.h and include/uapi/asm-generic/socket.h.
_PACKET_AUXDATA = 8
_PACKET_TYPE, _PACKET_OUTGOING = 2, 4  # where recvmsg() tells it, and what this machine sends itself
_SO_RCVBUFFORCE, _SO_TIMESTAMPNS_NEW = 33, 64
_TP_STATUS_VLAN_VALID, _TP_STATUS_VLAN_TPID_VALID = 1 << 4, 1 << 6

_AUXDATA = struct.Struct("=IIIHHHH")  # tpacket_auxdata: status, len, snaplen, mac, net, vlan_tci, vlan_tpid
_TIMESPEC = struct.Struct("=qq")  # __kernel_timespec
_ANCILLARY_BYTES = socket.CMSG_SPACE(_AUXDATA.size) + socket.CMSG_SPACE(_TIMESPEC.size)
_DOT1Q = 0x8100
_MACS_BYTES = 12


class Wire:
    """One interface, heard in promiscuous mode from construction to ``close``; a context manager.

    Raises:
        InstrumentError: the interface cannot be heard, or can no longer; the text says what would be right.
    """

    def __init__(self, interface: str) -> None:
        self.interface = interface
        self._lost = 0
        self._count = 0
        with explained(interface):
            self._ears = _hearing(interface)
            try:
                self._mouth = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
                self._mouth.bind((interface, 0))
            except OSError:
                self._ears.close()
                raise
        self._poll = select.poll()
        self._poll.register(self._ears, select.POLLIN)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Stop hearing; the interface leaves promiscuous mode with the last socket that asked for it."""
        self._ears.close()
        self._mouth.close()

    def send(self, data: bytes) -> None:
        """Put one whole frame on the wire."""
        with explained(self.interface):
            self._mouth.send(data)

    def hear(self, timeout_s: float) -> Iterator[Captured]:
        """What has come in, our own frames among it; waits up to ``timeout_s`` for the first, and ends soon after."""
        if not self._poll.poll(max(timeout_s, 0.0) * 1000):
            return
        for _ in range(_BATCH):
            with explained(self.interface):
                try:
                    data, ancillary, _, address = self._ears.recvmsg(SNAP_BYTES, _ANCILLARY_BYTES, socket.MSG_DONTWAIT)
                except BlockingIOError:
                    return
            self._count += 1
            yield _captured(self._count, data, ancillary, outgoing=address[_PACKET_TYPE] == _PACKET_OUTGOING)

    def dropped(self) -> int:
        """Frames that the kernel could not keep for us since the wire was opened."""
        with explained(self.interface):
            counters = self._ears.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8)
        self._lost += struct.unpack("=II", counters)[1]  # reading resets the kernel's counter
        return self._lost


def _hearing(interface: str) -> socket.socket:
    ears = packet_socket.unbound()
    try:
        packet_socket.require_link(ears, interface)
        packet_socket.attach(ears, packet_filter.program(SNAP_BYTES))
        ears.setsockopt(SOL_PACKET, _PACKET_AUXDATA, 1)
        ears.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS_NEW, 1)
        ears.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BYTES)
        with suppress(PermissionError):  # beyond net.core.rmem_max only with CAP_NET_ADMIN
            ears.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _RECEIVE_BYTES)
        packet_socket.listen(ears, interface)
    except (OSError, InstrumentError):
        ears.close()
        raise
    return ears


def _captured(number: int, data: bytes, ancillary: list[tuple[int, int, bytes]], *, outgoing: bool) -> Captured:
    time_ns, length_bytes = 0, len(data)
    for level, kind, value in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, _SO_TIMESTAMPNS_NEW):
            seconds, nanoseconds = _TIMESPEC.unpack_from(value)
            time_ns = seconds * 1_000_000_000 + nanoseconds
        elif (level, kind) == (SOL_PACKET, _PACKET_AUXDATA):
            status, length_bytes, _, _, _, tci, tpid = _AUXDATA.unpack_from(value)
            if status & _TP_STATUS_VLAN_VALID:
                # The kernel takes the outer tag out of the bytes and hands it over beside them; put it back.
                tag = struct.pack("!HH", tpid if status & _TP_STATUS_VLAN_TPID_VALID else _DOT1Q, tci)
                data = data[:_MACS_BYTES] + tag + data[_MACS_BYTES:]
                length_bytes += len(tag)
    return Captured(number, time_ns, ETHERNET, data, length_bytes, outgoing=outgoing)
