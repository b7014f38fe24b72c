"""Becomes a program inside a node of a running lab: ``python join.py CONTROL_SOCKET NODE PROGRAM [ARGUMENT ...]``.

Run by its path and with the standard library alone, so that the caller's directory and environment reach the program
as they are. The program sees uid 0 and the whole file system, and ends with the lab.
"""

import ctypes
import fcntl
import json
import os
import signal
import socket
import sys

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000


def main(control: str, node: str, *argv: str) -> None:
    """Join the node and turn into the program."""
    lab = socket.socket(socket.AF_UNIX)
    lab.connect(control)
    lab.sendall(json.dumps({"do": "join", "node": node}).encode() + b"\n")
    reply, descriptors, _, _ = socket.recv_fds(lab, 65536, 2)
    if not descriptors:
        sys.exit(json.loads(reply or b"{}").get("error", "the lab ended"))
    libc = ctypes.CDLL(None, use_errno=True)
    for descriptor, kind in zip(descriptors, (_CLONE_NEWUSER, _CLONE_NEWNET), strict=True):
        if libc.setns(descriptor, kind):
            sys.exit(f"cannot join {node}: {os.strerror(ctypes.get_errno())}")
        os.close(descriptor)
    _end_with(lab)
    try:
        os.execvp(argv[0], argv)
    except OSError as error:
        sys.exit(f"cannot run {argv[0]}: {error.strerror}")


def _end_with(lab: socket.socket) -> None:
    """Have the kernel kill this program, and what it starts in its process group, when the holder is gone.

    Signal-driven I/O: the closing of the other end is an event, and F_SETSIG makes SIGKILL of it (fcntl(2)). Unlike
    the parent-death signal this needs no common parent, and unlike a watching process it cannot die first.
    """
    me = os.getpid()
    fcntl.fcntl(lab, fcntl.F_SETOWN, -me if os.getpgrp() == me else me)
    fcntl.fcntl(lab, fcntl.F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(lab, fcntl.F_SETFL, fcntl.fcntl(lab, fcntl.F_GETFL) | os.O_ASYNC)
    os.set_inheritable(lab.fileno(), True)
    lab.detach()


if __name__ == "__main__":
    main(*sys.argv[1:])
