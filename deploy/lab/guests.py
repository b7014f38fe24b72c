"""What runs in a guest beside its kernel: forked children that stand in its node and never return."""

import fcntl
import heapq
import select
import signal
import socket
import struct
import time
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address

from bot.model.addresses import BROADCAST, Mac

_ETH_P_ARP, _ETH_P_RARP = 0x0806, 0x8035
_ARP = struct.Struct("!6s6sHHHBBH6s4s6s4s")  # Ethernet header and RFC 826 packet for Ethernet and IPv4
_REQUEST, _REPLY, _REVERSE = 1, 2, 3
_SIOCSIFFLAGS = 0x8914  # netdevice(7)


@dataclass(frozen=True, slots=True)
class ArpAnswerer:
    """Tells everybody who asks for ``ip`` that it is at ``mac``, ``delay_ms`` after the question.

    Listens on every one of ``interfaces`` and answers by the last. The kernel of the guest answers as it likes
    beside it. With ``macs`` it tells each asker one of them, for ever the same: by the last bit of the asker's address
    (bond_alb.c balances by hash of the peer too). ``transmitter`` is the frame's source where it is not the MAC told.
    """

    ip: IPv4Address
    mac: Mac
    interfaces: tuple[str, ...]
    delay_ms: float = 0.0
    macs: tuple[Mac, ...] = ()
    transmitter: Mac | None = None

    def listen(self) -> list[socket.socket]:
        """Its sockets, opened where the caller stands: from now on no question is missed."""
        return [_port(interface) for interface in self.interfaces]

    def serve(self, ports: Sequence[socket.socket]) -> None:
        """Answer for ever."""
        due: list[tuple[float, bytes]] = []
        while True:
            wait_s = max(0.0, due[0][0] - time.monotonic()) if due else None
            for port in select.select(ports, [], [], wait_s)[0]:
                answer = self.answer(port.recv(2048), by_last=port is ports[-1])
                if answer:
                    heapq.heappush(due, (time.monotonic() + self.delay_ms / 1000, answer))
            while due and due[0][0] <= time.monotonic():
                ports[-1].send(heapq.heappop(due)[1])

    def answer(self, frame: bytes, *, by_last: bool) -> bytes | None:
        """What it says to the frame, heard by the last of its interfaces or by another; None: nothing."""
        if len(frame) < _ARP.size:
            return None
        to, _, _, _, _, _, _, operation, asker_mac, asker_ip, _, wanted = _ARP.unpack_from(frame)
        # A broadcast reaches every interface of the segment: one of them is enough.
        twin = to == _octets(BROADCAST) and not by_last
        if operation != _REQUEST or wanted != self.ip.packed or asker_ip == wanted or twin:
            return None
        own = _octets(self.macs[asker_mac[-1] % len(self.macs)] if self.macs else self.mac)
        source = _octets(self.transmitter) if self.transmitter else own
        reply = _ARP.pack(
            asker_mac, source, _ETH_P_ARP, 1, 0x0800, 6, 4, _REPLY, own, self.ip.packed, asker_mac, asker_ip
        )
        return reply.ljust(60, b"\0")


def _port(interface: str) -> socket.socket:
    port = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)  # deaf until it is bound: not to every interface
    port.bind((interface, _ETH_P_ARP))
    return port


def _octets(mac: Mac) -> bytes:
    return bytes.fromhex(mac.replace(":", ""))


@dataclass(frozen=True, slots=True)
class FailingOver:
    """One vNIC's part in a bond that changes its active member at the ``turn``-th question of the segment for ``ip``.

    All members of a segment hear the same broadcasts, so they agree without a word. The one that ``fails`` answers
    until then and is switched off; the other announces its MAC then and answers from there on (bond_main.c,
    fail_over_mac=active).
    """

    ip: IPv4Address
    mac: Mac
    interface: str
    turn: int
    fails: bool

    def listen(self) -> list[socket.socket]:
        """The socket that it listens and answers by."""
        return [_port(self.interface)]

    def serve(self, ports: Sequence[socket.socket]) -> None:
        """Answer until, or from, the turn on."""
        answerer = ArpAnswerer(self.ip, self.mac, (self.interface,))
        (port,) = ports
        asked = 0
        while True:
            frame = port.recv(2048)
            answer = answerer.answer(frame, by_last=True)
            if answer is None:
                continue
            asked += frame.startswith(_octets(BROADCAST))
            if asked == self.turn and self.fails:
                _switch_off(self.interface)
                signal.pause()
            if asked == self.turn and frame.startswith(_octets(BROADCAST)):
                port.send(announcement(self.ip, self.mac))
            if self.fails or asked >= self.turn:
                port.send(answer)


def _switch_off(interface: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        fcntl.ioctl(asking, _SIOCSIFFLAGS, struct.pack("16sh", interface.encode(), 0))


@dataclass(frozen=True, slots=True)
class Speaker:
    """Says the same frames again and again, ``every_s`` seconds, by ``interface``; whoever listens, it does not."""

    interface: str
    frames: tuple[bytes, ...]
    every_s: float

    def listen(self) -> list[socket.socket]:
        """The socket that it speaks by."""
        port = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        port.bind((self.interface, 0))
        return [port]

    def serve(self, ports: Sequence[socket.socket]) -> None:
        """Speak for ever."""
        while True:
            for frame in self.frames:
                ports[0].send(frame)
            time.sleep(self.every_s)


@dataclass(frozen=True, slots=True)
class Loop:
    """A cable that leads back to its own switch: each ARP frame to everybody comes back ``rounds`` times.

    A round takes ``transit_ms``. A loop without an end would take all of this machine's time.
    """

    interface: str
    transit_ms: float
    rounds: int

    def listen(self) -> list[socket.socket]:
        """The socket of the cable's other end."""
        return [_port(self.interface)]

    def serve(self, ports: Sequence[socket.socket]) -> None:
        """Bring frames back for ever."""
        (port,), everybody = ports, _octets(BROADCAST)
        due: list[tuple[float, bytes]] = []
        while True:
            wait_s = max(0.0, due[0][0] - time.monotonic()) if due else None
            if select.select([port], [], [], wait_s)[0] and (frame := port.recv(2048)).startswith(everybody):
                now = time.monotonic()
                for number in range(1, self.rounds + 1):
                    heapq.heappush(due, (now + number * self.transit_ms / 1000, frame))
            while due and due[0][0] <= time.monotonic():
                port.send(heapq.heappop(due)[1])


def announcement(ip: IPv4Address, mac: Mac) -> bytes:
    """A gratuitous ARP request (RFC 5227 section 2.3): ``ip`` is at ``mac``, told to everybody."""
    own, everybody = _octets(mac), _octets(BROADCAST)
    return _ARP.pack(everybody, own, _ETH_P_ARP, 1, 0x0800, 6, 4, _REQUEST, own, ip.packed, bytes(6), ip.packed).ljust(
        60, b"\0"
    )


def question(wanted: IPv4Address, ip: IPv4Address, mac: Mac) -> bytes:
    """A who-has for ``wanted`` from ``ip`` at ``mac``; from 0.0.0.0 it is a probe (RFC 5227 section 2.1.1)."""
    own, everybody = _octets(mac), _octets(BROADCAST)
    return _ARP.pack(
        everybody, own, _ETH_P_ARP, 1, 0x0800, 6, 4, _REQUEST, own, ip.packed, bytes(6), wanted.packed
    ).ljust(60, b"\0")


def lie(ip: IPv4Address, mac: Mac, to: Mac, to_ip: IPv4Address) -> bytes:
    """An ARP answer that nobody asked for: ``ip`` is at ``mac``, told to one machine."""
    own, other = _octets(mac), _octets(to)
    return _ARP.pack(other, own, _ETH_P_ARP, 1, 0x0800, 6, 4, _REPLY, own, ip.packed, other, to_ip.packed).ljust(
        60, b"\0"
    )


def announced(ip: IPv4Address, mac: Mac) -> bytes:
    """The gratuitous ARP request by which a machine tells everybody that it has an address (RFC 5227 section 3)."""
    own, everybody, nobody = _octets(mac), _octets(BROADCAST), bytes(6)
    return _ARP.pack(everybody, own, _ETH_P_ARP, 1, 0x0800, 6, 4, _REQUEST, own, ip.packed, nobody, ip.packed).ljust(
        60, b"\0"
    )


def moved(mac: Mac) -> bytes:
    """The RARP notice by which a host tells the switches where a MAC is now (Broadcom KB 343401)."""
    own, everybody, nothing = _octets(mac), _octets(BROADCAST), bytes(4)
    return _ARP.pack(everybody, own, _ETH_P_RARP, 1, 0x0800, 6, 4, _REVERSE, own, nothing, own, nothing).ljust(
        60, b"\0"
    )
