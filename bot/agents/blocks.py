"""The blocks of a ring read back as frames, one by one: what was too dear while they came in.

Source: include/uapi/linux/if_packet.h: tpacket_block_desc, tpacket3_hdr, sockaddr_ll.
"""

import struct
from collections.abc import Callable, Iterator

from bot.frames.captured import Captured
from bot.frames.link import ETHERNET

_BLOCK = struct.Struct("=12xIII24x")  # how many frames, where the first begins, how many bytes are used
HEAD_BYTES = _BLOCK.size
_FRAME = struct.Struct("=IIIIIIHHIIH2x8x")  # next, sec, nsec, captured, length, status, mac, net, hash, tci, tpid
_PACKET_TYPE_AT, _OUTGOING = _FRAME.size + 10, 4  # in the sockaddr_ll behind it, and what this machine sent itself
_VLAN_VALID, _TPID_VALID = 1 << 4, 1 << 6  # TP_STATUS_VLAN_VALID, TP_STATUS_VLAN_TPID_VALID
_DOT1Q, _MACS_BYTES, _TAG = 0x8100, 12, struct.Struct("!HH")


def count(block: memoryview) -> int:
    """How many frames the block holds."""
    return int(_BLOCK.unpack_from(block)[0])


def frames(read: Callable[[int, int], bytes], end: int) -> Iterator[Captured]:
    """The frames of the blocks that lie one behind the other up to ``end``; one block is in memory at a time.

    ``read`` gives so many bytes from there, or fewer at the end. A block that is cut off gives the frames that are
    whole. The kernel's tag is put back into the bytes.
    """
    at, number = 0, 0
    while at + HEAD_BYTES <= end:
        held, first, used_bytes = _BLOCK.unpack(read(at, HEAD_BYTES))
        block = read(at, min(used_bytes, end - at))
        at += max(used_bytes, HEAD_BYTES)
        begin = first
        for _ in range(held):
            if begin + _PACKET_TYPE_AT >= len(block):
                return
            onward, seconds, nanoseconds, captured, length, status, mac, _, _, tci, tpid = _FRAME.unpack_from(
                block, begin
            )
            data = block[begin + mac : begin + mac + captured]
            if len(data) < captured:
                return
            if status & _VLAN_VALID:
                tag = _TAG.pack(tpid if status & _TPID_VALID else _DOT1Q, tci)
                data, length = data[:_MACS_BYTES] + tag + data[_MACS_BYTES:], length + _TAG.size
            number += 1
            outgoing = block[begin + _PACKET_TYPE_AT] == _OUTGOING
            yield Captured(number, seconds * 1_000_000_000 + nanoseconds, ETHERNET, data, length, outgoing=outgoing)
            begin += onward
