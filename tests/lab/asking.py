"""Asks from inside a node, with nothing but raw sockets: ``asking.py arp|ping ADDRESS EXPECTED WITHIN_S``.

Prints JSON, one row for each answer: [MAC or address, milliseconds]. Ends when as many answers as expected are in.
"""

import json
import os
import select
import socket
import struct
import sys
import time
from collections.abc import Callable


def arp(address: str) -> tuple[socket.socket, bytes, Callable[[bytes], str | None]]:
    """One broadcast request; each answer is a MAC, with an exclamation mark where the frame came from another one."""
    link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0806))
    link.bind(("eth0", 0x0806))
    own, wanted = link.getsockname()[4], socket.inet_aton(address)
    head = struct.pack("!6s6sHHHBBH", b"\xff" * 6, own, 0x0806, 1, 0x0800, 6, 4, 1)

    def understand(frame: bytes) -> str | None:
        if frame[20:22] != b"\x00\x02" or frame[28:32] != wanted:
            return None
        return str(frame[22:28].hex(":")) + ("" if frame[6:12] == frame[22:28] else "!")

    # Asked with no address of our own, as in RFC 5227: nobody's table changes by it.
    return link, head + own + bytes(4) + bytes(6) + wanted, understand


def ping(address: str) -> tuple[socket.socket, bytes, Callable[[bytes], str | None]]:
    """One echo request; each answer is the address that it came from."""
    link = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    link.connect((address, 0))
    identity = struct.pack("!HH", os.getpid() & 0xFFFF, 1)
    total = sum(struct.unpack("!4H", b"\x08\x00\x00\x00" + identity))
    checksum = ~(total + (total >> 16)) & 0xFFFF

    def understand(packet: bytes) -> str | None:
        if packet[20] != 0 or packet[24:28] != identity:
            return None
        return socket.inet_ntoa(packet[12:16])

    return link, struct.pack("!BBH", 8, 0, checksum) + identity, understand


def main(how: str, address: str, expected: str, within_s: str) -> None:
    """Ask once, and listen."""
    link, question, understand = {"arp": arp, "ping": ping}[how](address)
    answers: list[tuple[str, float]] = []
    asked_at = time.monotonic()
    link.send(question)
    while len(answers) < int(expected):
        left_s = asked_at + float(within_s) - time.monotonic()
        if not select.select([link], [], [], max(0.0, left_s))[0]:
            break
        answer = understand(link.recv(2048))
        if answer:
            answers.append((answer, round((time.monotonic() - asked_at) * 1000, 3)))
    sys.stdout.write(json.dumps(answers))


if __name__ == "__main__":
    main(*sys.argv[1:])
