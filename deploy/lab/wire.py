"""A cable that misbehaves as it is told: a forked child that carries frames between two interfaces of a node.

It stands in for what the kernel of a lab may lack (netem, VLAN filtering, a firewall), needs no program, and the same
seed loses the same frames.
"""

import os
import select
import socket
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from bot.model.addresses import Mac

_ETH_P_ALL = 0x0003
_OUTGOING = 4  # PACKET_OUTGOING (packet(7)): what this node itself sends by the interface
_TYPES = {"arp": 0x0806, "rarp": 0x8035, "ip": 0x0800}
_ICMP = 1
_MAX_BYTES = 65536


@dataclass(frozen=True, slots=True)
class Wire:
    """What becomes of frames between ``ends``: the outer interface first, then the one that leads inwards.

    Of the frames that are concerned, ``lost`` is the share that vanishes and ``copies`` how often the others arrive.
    ``kinds`` are "arp", "ip" or "icmp" (none: all), ``inward`` tells one direction from the other (None: both),
    ``unicast`` spares broadcasts, ``larger_than_bytes`` spares small frames. ``source`` is the sender's MAC that every
    frame gets on its way out. ``damages`` are files that hold how many were lost on their way inwards and out, where
    a port at that end is to count them.
    """

    ends: tuple[str, str]
    lost: float = 0.0
    copies: int = 1
    kinds: tuple[str, ...] = ()
    inward: bool | None = None
    unicast: bool = False
    larger_than_bytes: int = 0
    seed: int = 0
    source: Mac | None = None
    damages: tuple[Path | None, Path | None] = (None, None)

    def listen(self) -> list[socket.socket]:
        """Its two sockets, opened where the caller stands."""
        ports = []
        for end in self.ends:
            port = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
            port.bind((end, _ETH_P_ALL))
            ports.append(port)
        return ports

    def serve(self, ports: Sequence[socket.socket]) -> None:
        """Carry frames for ever."""
        outer, inner = ports
        chance = Random(self.seed)
        source = bytes.fromhex(self.source.replace(":", "")) if self.source else None
        counted = [os.open(one, os.O_WRONLY) if one else None for one in self.damages]
        damaged = [0, 0]
        while True:
            for port in select.select(ports, [], [])[0]:
                frame, (_, _, kind, _, _) = port.recvfrom(_MAX_BYTES)
                if kind == _OUTGOING:
                    continue
                inward = port is outer
                if source and not inward:
                    frame = frame[:6] + source + frame[12:]
                copies = 1
                if self.concerns(frame, inward=inward):
                    copies = 0 if chance.random() < self.lost else self.copies
                way = 0 if inward else 1
                file = counted[way]
                if file is not None and not copies:
                    damaged[way] += 1
                    os.pwrite(file, f"{damaged[way]:020}".encode(), 0)
                for _ in range(copies):
                    (inner if inward else outer).send(frame)

    def concerns(self, frame: bytes, *, inward: bool) -> bool:
        """Whether the frame is one of those that this wire treats its own way."""
        (type_,) = struct.unpack_from("!H", frame, 12)
        kinds = {name for name, number in _TYPES.items() if number == type_}
        if "ip" in kinds and len(frame) > 23 and frame[23] == _ICMP:
            kinds.add("icmp")
        return (
            self.inward in (None, inward)
            and (not self.kinds or not kinds.isdisjoint(self.kinds))
            and not (self.unicast and frame[0] & 1)
            and len(frame) > self.larger_than_bytes
        )
