"""The kernel's small machine, by the rules of its documentation, so that a filter can be tried without a kernel."""

import struct

from bot.agents import bpf

_SIZES = {bpf.WORD: 4, bpf.HALF: 2, bpf.BYTE: 1}
_AT_X = {bpf.WORD_AT_X: 4, bpf.HALF_AT_X: 2, bpf.BYTE_AT_X: 1}
_BITS = 0xFFFFFFFF


def passed_bytes(program: bytes, frame: bytes, tag: int | None = None) -> int:
    """What the program returns for the frame; ``tag`` is the VLAN that the kernel took out of it.

    A load beyond the frame drops it.
    Source: Documentation/networking/filter.rst; net/core/filter.c.
    """
    steps = list(struct.iter_unpack("=HBBI", program))
    at, a, x, memory = 0, 0, 0, dict[int, int]()
    taken = {bpf.TAG_PRESENT: int(tag is not None), bpf.TAG: tag or 0}
    while True:
        code, then, other, k = steps[at]
        at += 1
        if code in _SIZES and k in taken:
            a = taken[k]
        elif code in _SIZES or code in _AT_X:
            begin, size = (k, _SIZES[code]) if code in _SIZES else (k + x, _AT_X[code])
            if begin + size > len(frame):
                return 0
            a = int.from_bytes(frame[begin : begin + size], "big")
        elif code in (bpf.RETURN, bpf.RETURN_A):
            return int(k if code == bpf.RETURN else a)
        elif code in (bpf.GO, bpf.IF_EQUAL, bpf.IF_ANY_BIT, bpf.IF_ABOVE_X):
            claim = {bpf.IF_EQUAL: a == k, bpf.IF_ANY_BIT: bool(a & k), bpf.IF_ABOVE_X: a > x}
            at += k if code == bpf.GO else then if claim[code] else other
        elif code == bpf.STORE:
            memory[k] = a
        elif code in (bpf.SET_X, bpf.TO_X):
            x = k if code == bpf.SET_X else a
        else:
            a = _calculated(code, a, x, k, len(frame), memory) & _BITS


def _calculated(code: int, a: int, x: int, k: int, length_bytes: int, memory: dict[int, int]) -> int:
    match code:
        case bpf.LENGTH:
            return length_bytes
        case bpf.RECALL:
            return memory[k]
        case bpf.X_TO_A:
            return x
        case bpf.ADD:
            return a + k
        case bpf.ADD_X:
            return a + x
        case bpf.SUBTRACT:
            return a - k
        case bpf.AND:
            return a & k
        case bpf.SHIFT_LEFT:
            return a << k
        case bpf.SHIFT_RIGHT:
            return a >> k
    raise AssertionError(f"no instruction of the machine: {code:#x}")
