"""What runs in a guest beside its kernel: forked children that stand in its node and never return."""

import heapq
import select
import socket
import struct
import time
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address

from bot.model.addresses import BROADCAST, Mac

_ETH_P_ARP = 0x0806
_ARP = struct.Struct("!6s6sHHHBBH6s4s6s4s")  # Ethernet header and RFC 826 packet for Ethernet and IPv4
_REQUEST, _REPLY = 1, 2


@dataclass(frozen=True, slots=True)
class ArpAnswerer:
    """Tells everybody who asks for ``ip`` that it is at ``mac``, ``delay_ms`` after the question.

    Listens on every one of ``interfaces`` and answers by the last. The kernel of the guest answers as it likes
    beside it.
    """

    ip: IPv4Address
    mac: Mac
    interfaces: tuple[str, ...]
    delay_ms: float = 0.0

    def listen(self) -> list[socket.socket]:
        """Its sockets, opened where the caller stands: from now on no question is missed."""
        return [_port(interface) for interface in self.interfaces]

    def serve(self, ports: Sequence[socket.socket]) -> None:
        """Answer for ever."""
        due: list[tuple[float, bytes]] = []
        while True:
            wait_s = max(0.0, due[0][0] - time.monotonic()) if due else None
            for port in select.select(ports, [], [], wait_s)[0]:
                answer = self._answer(port.recv(2048), by_last=port is ports[-1])
                if answer:
                    heapq.heappush(due, (time.monotonic() + self.delay_ms / 1000, answer))
            while due and due[0][0] <= time.monotonic():
                ports[-1].send(heapq.heappop(due)[1])

    def _answer(self, frame: bytes, *, by_last: bool) -> bytes | None:
        if len(frame) < _ARP.size:
            return None
        to, _, _, _, _, _, _, operation, asker_mac, asker_ip, _, wanted = _ARP.unpack_from(frame)
        # A broadcast reaches every interface of the segment: one of them is enough.
        twin = to == _octets(BROADCAST) and not by_last
        if operation != _REQUEST or wanted != self.ip.packed or asker_ip == wanted or twin:
            return None
        own = _octets(self.mac)
        reply = _ARP.pack(asker_mac, own, _ETH_P_ARP, 1, 0x0800, 6, 4, _REPLY, own, self.ip.packed, asker_mac, asker_ip)
        return reply.ljust(60, b"\0")


def _port(interface: str) -> socket.socket:
    port = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)  # deaf until it is bound: not to every interface
    port.bind((interface, _ETH_P_ARP))
    return port


def _octets(mac: Mac) -> bytes:
    return bytes.fromhex(mac.replace(":", ""))
