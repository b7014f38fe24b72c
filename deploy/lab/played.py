"""Plays an SNMP agent where Debian's snmpd is not installed: the same tables from the same kernel, by v2c alone.

A forked child in the node of its device. Addresses and ARP entries, which snmpd reads itself, are read here.
"""

import json
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path

from deploy.demo.snmp import Raw, UdpAgent, parse, ticks, tlv
from deploy.demo.snmp import Value as Encoded
from deploy.lab import mib
from deploy.lab.mib import Kernel, Oid, Value

PORT = 161
_SYSTEM, _MEDIA, _ADDRESSES = (1, 3, 6, 1, 2, 1, 1), (1, 3, 6, 1, 2, 1, 4, 22, 1), (1, 3, 6, 1, 2, 1, 4, 20, 1)
_BEYOND = (1, 3, 6, 1, 6, 3, 1, 1, 6, 1, 0)  # snmpSetSerialNo: what follows every table
_DYNAMIC, _STATIC = 3, 4  # ipNetToMediaType (RFC 4293)
_TAGS = {"counter": 0x41, "gauge": 0x42, "counter64": 0x46}


@dataclass(frozen=True, slots=True)
class PlayedAgent:
    """Answers at ``address`` whoever has the community; ``place`` is what ``deploy.lab.snmp.publish`` writes."""

    name: str
    address: IPv4Address
    community: str
    place: Path
    bridges: bool

    def listen(self) -> list[socket.socket]:
        """Its socket, opened where the caller stands."""
        port = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        port.bind((str(self.address), PORT))
        return [port]

    def serve(self, ports: Sequence[socket.socket]) -> None:
        """Answer for ever; a look at the kernel serves for a moment, for a walk asks hundreds of times."""
        (port,), began_at, read_at = ports, time.monotonic(), 0.0
        agent = UdpAgent()
        while True:
            data, back = port.recvfrom(65535)
            asked = parse(data)
            if asked.community != self.community.encode():
                continue
            now = time.monotonic()
            if now - read_at >= mib.FRESH_S:
                agent, read_at = UdpAgent(sorted(self._rows(int((now - began_at) * 100)).items())), now
            port.sendto(agent.message(asked, agent.honest(asked)), back)

    def _rows(self, up_ticks: int) -> dict[Oid, Encoded]:
        kernel, config = Kernel(), json.loads(self.place.read_text())
        if self.bridges:
            errors = {one.name: int(one.read_text()) for one in Path(config["errors"]).iterdir()}
            told = mib.rows(kernel, config, errors)
        else:
            told = mib.interfaces(kernel)
        told |= _addresses(kernel) | _neighbours(kernel)
        system: dict[Oid, Encoded] = {
            (*_SYSTEM, 3, 0): ticks(up_ticks),
            (*_SYSTEM, 5, 0): self.name.encode(),
            _BEYOND: 1,
        }
        return {oid: _encoded(*value) for oid, value in told.items()} | system


def _addresses(kernel: Kernel) -> dict[Oid, Value]:
    found: dict[Oid, Value] = {}
    for ip, length, index in kernel.addresses():
        mask = (0xFFFFFFFF << (32 - length) & 0xFFFFFFFF).to_bytes(4, "big")
        found[*_ADDRESSES, 1, *ip] = ("address", ip)
        found[*_ADDRESSES, 2, *ip] = ("integer", index)
        found[*_ADDRESSES, 3, *ip] = ("address", mask)
    return found


def _neighbours(kernel: Kernel) -> dict[Oid, Value]:
    found: dict[Oid, Value] = {}
    for ip, mac, index, permanent in kernel.neighbours():
        found[*_MEDIA, 1, index, *ip] = ("integer", index)
        found[*_MEDIA, 2, index, *ip] = ("octets", mac)
        found[*_MEDIA, 3, index, *ip] = ("address", ip)
        found[*_MEDIA, 4, index, *ip] = ("integer", _STATIC if permanent else _DYNAMIC)
    return found


def _encoded(kind: str, value: object) -> Encoded:
    match value:
        case bytes() if kind == "address":
            return Raw(tlv(0x40, value))
        case int() if kind in _TAGS:
            return Raw(tlv(_TAGS[kind], value.to_bytes(value.bit_length() // 8 + 1, "big")))
        case str() if kind == "octet":  # as pass_persist wants it: "0A FF"
            return bytes.fromhex(value)
        case str():
            return value.encode()
        case int() | bytes():
            return value
        case _:
            raise TypeError(f"nobody can encode {kind} {value!r}")
