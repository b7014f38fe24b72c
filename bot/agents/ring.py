"""A ring of memory that the kernel fills with frames by itself: this process moves blocks of some thousand at a time.

Each frame has its time in nanoseconds, the tag that was taken out of it and its direction beside it, so a block says
everything that a capture file says.

Source: Documentation/networking/packet_mmap.rst, TPACKET_V3; net/packet/af_packet.c.
"""

import mmap
import os
import select
import socket
import struct
from collections.abc import Iterator
from contextlib import suppress
from types import TracebackType
from typing import Self

from bot.agents import bpf, packet_socket
from bot.agents.packet_socket import PACKET_STATISTICS, SOL_PACKET, explained
from bot.errors import InstrumentError

BLOCK_BYTES = 1 << 20
BLOCKS = 32  # a tenth of a second at 320 MB/s: so long may every thread of the agent be busy with something else
RETIRE_MS = 50  # a block that stood still so long is handed over as it is
LATEST_S = 4 * RETIRE_MS / 1000
"""By then every frame was handed over: the kernel looks every ``RETIRE_MS``, and takes a block the second time."""

# include/uapi/linux/if_packet.h
_PACKET_RX_RING, _PACKET_VERSION, _TPACKET_V3 = 5, 10, 2
_FRAME_BYTES = 2048  # means nothing in version 3, but has to divide a block
_REQUEST = struct.Struct(
    "=7I"
)  # tpacket_req3: block size and number, frame size and number, time-out, private, features
_STATUS_AT, _LENGTH_AT = 8, 20  # in tpacket_block_desc: block_status, and blk_len, the bytes that are used
_KERNELS, _OURS = 0, 1  # whose a block is: TP_STATUS_KERNEL, TP_STATUS_USER
_WORD = struct.Struct("=I")
_STATISTICS = struct.Struct("=III")  # tpacket_stats_v3: seen, dropped, how often the ring was full
_DEAF = bpf.assemble([bpf.Step(bpf.RETURN, 0)])


class Ring:
    """One interface, recorded from construction to ``end``, in promiscuous mode; a context manager.

    Raises:
        InstrumentError: the interface cannot be heard; the text says what would be right.
    """

    def __init__(self, interface: str, program: bytes, *, blocks: int = BLOCKS) -> None:
        self.interface = interface
        self._lost = 0
        self._next = 0
        self._blocks = blocks
        with explained(interface):
            self._ears = packet_socket.unbound()
            try:
                packet_socket.require_link(self._ears, interface)
                packet_socket.attach(self._ears, program)
                self._ears.setsockopt(SOL_PACKET, _PACKET_VERSION, _TPACKET_V3)
                frames = blocks * BLOCK_BYTES // _FRAME_BYTES
                request = _REQUEST.pack(BLOCK_BYTES, blocks, _FRAME_BYTES, frames, RETIRE_MS, 0, 0)
                self._ears.setsockopt(SOL_PACKET, _PACKET_RX_RING, request)
                self._memory = mmap.mmap(self._ears.fileno(), blocks * BLOCK_BYTES)
                packet_socket.listen(self._ears, interface)
            except (OSError, InstrumentError):
                self._ears.close()
                raise
        self._view = memoryview(self._memory)
        self._poll = select.poll()
        self._poll.register(self._ears, select.POLLIN)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Give the memory back; the interface leaves promiscuous mode with the last socket that asked for it."""
        self._view.release()
        with suppress(BufferError):  # an error on its way out still holds a block; the memory goes with it
            self._memory.close()
        self._ears.close()

    def blocks(self, timeout_s: float) -> Iterator[memoryview]:
        """The blocks that are full, or old enough; waits up to ``timeout_s`` for the first, and ends soon after.

        Each is the kernel's again when the next is asked for.

        Raises:
            InstrumentError: the interface was switched off or removed; what came in before is still given by ``end``.
        """
        if not self._ready():
            self._poll.poll(max(timeout_s, 0.0) * 1000)
        for _ in range(self._blocks):
            if not self._ready():
                break
            at = self._next * BLOCK_BYTES
            used_bytes = _WORD.unpack_from(self._memory, at + _LENGTH_AT)[0]
            try:
                with self._view[at : at + used_bytes] as block:
                    yield block
            finally:
                _WORD.pack_into(self._memory, at + _STATUS_AT, _KERNELS)
                self._next = (self._next + 1) % self._blocks
        else:
            return
        if trouble := self._ears.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            with explained(self.interface):
                raise OSError(trouble, os.strerror(trouble))

    def end(self) -> Iterator[memoryview]:
        """Hear nothing from now on; the blocks that were not yet handed over."""
        packet_socket.attach(self._ears, _DEAF)
        came = True
        while came:
            came = False
            try:
                for block in self.blocks(LATEST_S):
                    came = True
                    yield block
            except InstrumentError:  # it was said before, or is over anyway
                continue

    def dropped(self) -> int:
        """Frames that the kernel had no room for since the ring was made."""
        counters = self._ears.getsockopt(SOL_PACKET, PACKET_STATISTICS, _STATISTICS.size)
        self._lost += _STATISTICS.unpack(counters)[1]  # reading resets the kernel's counter
        return self._lost

    def _ready(self) -> bool:
        status: int = _WORD.unpack_from(self._memory, self._next * BLOCK_BYTES + _STATUS_AT)[0]
        return bool(status & _OURS)
