"""Fewer rights, for a while or for good."""

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager

CAP_NET_RAW = 1 << 13  # include/uapi/linux/capability.h
_NOBODY = 65534
_VERSION_3 = 0x20080522
_PR_SET_DUMPABLE = 4  # include/uapi/linux/prctl.h

_libc = ctypes.CDLL(None, use_errno=True)


def become_nobody() -> None:
    """Give up root for good, where the process has it."""
    if os.getuid() == 0:
        os.setgroups([])
        os.setgid(_NOBODY)
        os.setuid(_NOBODY)
        # Else /proc/self stays root's after the change, and the process could not map its user (prctl(2)).
        _call("prctl", _PR_SET_DUMPABLE, 1, 0, 0, 0)


@contextmanager
def only(capabilities: int) -> Iterator[None]:
    """The calling thread acts with these capabilities alone."""
    before = _capabilities()
    _act_with((capabilities & 0xFFFFFFFF, capabilities >> 32), before)
    try:
        yield
    finally:
        _act_with((before[0], before[3]), before)


def _capabilities() -> tuple[int, ...]:
    """Effective, permitted and inheritable, twice: the lower 32 of each, then the upper."""
    words = (ctypes.c_uint32 * 6)()
    _call("capget", (ctypes.c_uint32 * 2)(_VERSION_3, 0), words)
    return tuple(words)


def _act_with(effective: tuple[int, int], words: tuple[int, ...]) -> None:
    low, high = effective
    changed = (ctypes.c_uint32 * 6)(low, *words[1:3], high, *words[4:])
    _call("capset", (ctypes.c_uint32 * 2)(_VERSION_3, 0), changed)


def _call(name: str, *args: object) -> None:
    if getattr(_libc, name)(*args):
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
