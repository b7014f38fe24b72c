"""What a switch of the lab tells over SNMP beside what Debian's snmpd knows: its kernel's bridges, ports and cables.

Runs as ``pass_persist`` of snmpd (snmpd.conf(5)) in the node of the switch: interfaces, BRIDGE-MIB (RFC 4188),
Q-BRIDGE-MIB (RFC 4363) and LLDP-MIB (IEEE 802.1AB), read anew from the kernel. snmpd's own interface table is replaced,
for it is up to 15 s old. Standard library alone: snmpd waits for its start.

Played is what veth cables cannot show: a damaged frame. A wire that loses frames on purpose writes how many it took,
and the port behind it counts them as received with errors.
"""

import bisect
import json
import socket
import struct
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Oid = tuple[int, ...]
Value = tuple[str, object]

IF, IFX = (1, 3, 6, 1, 2, 1, 2, 2, 1), (1, 3, 6, 1, 2, 1, 31, 1, 1, 1)
BRIDGE, LLDP = (1, 3, 6, 1, 2, 1, 17), (1, 0, 8802, 1, 1, 2, 1)
ROOTS = (IF[:-1], IFX[:-1], BRIDGE, LLDP)
"""The subtrees that snmpd leaves to this program."""

FRESH_S = 0.05
"""So long one look at the kernel serves: a walk asks hundreds of times."""

_LEARNED, _SELF, _MGMT = 3, 4, 5  # dot1dTpFdbStatus
_NUD_PERMANENT, _NUD_NOARP = 0x80, 0x40  # include/uapi/linux/neighbour.h
_RTM_GETLINK, _RTM_GETADDR, _RTM_GETNEIGH, _AF_BRIDGE, _DUMP, _DONE = 18, 22, 30, 7, 0x301, 3
_IFA_LOCAL, _NDA_DST = 2, 1
_IFLA_ADDRESS, _IFLA_NAME, _IFLA_MASTER, _IFLA_STATS64, _IFLA_OPERSTATE = 1, 3, 10, 23, 16
_NDA_LLADDR, _NDA_MASTER = 2, 9
_IFF_UP, _OPER_UP = 1, 6


class Kernel:
    """The links and the bridges' tables of the namespace that this process stands in."""

    def __init__(self) -> None:
        self.links: dict[int, tuple[str, int, dict[int, bytes]]] = {}
        for body in _dump(_RTM_GETLINK, struct.pack("=BxHiII", 0, 0, 0, 0, 0)):
            _, _, index, flags, _ = struct.unpack_from("=BxHiII", body)
            told = _attributes(body[16:])
            self.links[index] = (told[_IFLA_NAME].rstrip(b"\0").decode(), flags, told)

    def fdb(self) -> Iterator[tuple[str, bytes, int, int]]:
        """Every entry: the bridge's name, the MAC, the port's ifIndex and the status."""
        for body in _dump(_RTM_GETNEIGH, struct.pack("=BxHiHBB", _AF_BRIDGE, 0, 0, 0, 0, 0)):
            _, _, index, state, _, _ = struct.unpack_from("=BxHiHBB", body)
            told = _attributes(body[12:])
            bridge = self.master(index)
            if _NDA_MASTER in told and bridge is not None:
                status = _SELF if state & _NUD_PERMANENT else _MGMT if state & _NUD_NOARP else _LEARNED
                yield bridge, told[_NDA_LLADDR], index, status

    def addresses(self) -> Iterator[tuple[bytes, int, int]]:
        """Every IPv4 address of its own: the length of its prefix, and the ifIndex."""
        for body in _dump(_RTM_GETADDR, struct.pack("=BBBBi", socket.AF_INET, 0, 0, 0, 0)):
            _, length, _, _, index = struct.unpack_from("=BBBBi", body)
            told = _attributes(body[8:])
            if _IFA_LOCAL in told:
                yield told[_IFA_LOCAL], length, index

    def neighbours(self) -> Iterator[tuple[bytes, bytes, int, bool]]:
        """Every entry of the ARP table with a MAC: the address, the MAC, the ifIndex, and whether it is permanent."""
        for body in _dump(_RTM_GETNEIGH, struct.pack("=BxHiHBB", socket.AF_INET, 0, 0, 0, 0, 0)):
            _, _, index, state, _, _ = struct.unpack_from("=BxHiHBB", body)
            told = _attributes(body[12:])
            if told.get(_NDA_LLADDR) and _NDA_DST in told and not state & _NUD_NOARP:
                yield told[_NDA_DST], told[_NDA_LLADDR], index, bool(state & _NUD_PERMANENT)

    def master(self, index: int) -> str | None:
        """The name of the bridge that a port is on."""
        told = self.links[index][2] if index in self.links else {}
        if _IFLA_MASTER not in told:
            return None
        return self.links[struct.unpack("=I", told[_IFLA_MASTER])[0]][0]


def rows(kernel: Kernel, config: dict[str, Any], errors: dict[str, int]) -> dict[Oid, Value]:
    """Everything that is served, by OID. ``errors`` are damaged frames by port."""
    vlans: dict[str, int] = config["vlans"]
    found: dict[Oid, Value] = {}
    names = {name: index for index, (name, _, _) in kernel.links.items()}
    ports = [index for name, index in sorted(names.items()) if name.startswith("p-")]
    for index, (name, flags, told) in kernel.links.items():
        if name.startswith("p-") or name == "mgmt0":
            found |= _interface(index, name, flags, told, errors.get(name, 0))
            found[*IFX, 18, index] = ("string", config["labels"].get(name, ""))
    # Where a wire was put in, its inner end is on the bridge; the switch is told to have but its port.
    wired = {names[inner]: names[port] for inner, port in config["wires"].items() if inner in names}
    on = {port: kernel.master(next((inner for inner in wired if wired[inner] == port), port)) for port in ports}
    number = {index: position for position, index in enumerate(ports, 1)}
    for index, position in number.items():
        found[*BRIDGE, 1, 4, 1, 1, position] = ("integer", position)
        found[*BRIDGE, 1, 4, 1, 2, position] = ("integer", index)
    entries = [(bridge, mac, wired.get(index, index), status) for bridge, mac, index, status in kernel.fdb()]
    for bridge, mac, index, status in entries:
        if bridge in vlans and index in number:
            place = (vlans[bridge], *mac)
            found[*BRIDGE, 7, 1, 2, 2, 1, 2, *place] = ("integer", number[index])
            found[*BRIDGE, 7, 1, 2, 2, 1, 3, *place] = ("integer", status)
    for bridge, vlan in vlans.items():
        members = [number[index] for index in ports if on[index] == bridge]
        found[*BRIDGE, 7, 1, 2, 1, 1, 2, vlan] = ("counter", sum(1 for one in entries if one[0] == bridge))
        found[*BRIDGE, 7, 1, 4, 2, 1, 3, 0, vlan] = ("gauge", vlan)
        for column in (4, 5):
            found[*BRIDGE, 7, 1, 4, 2, 1, column, 0, vlan] = ("octet", _bits(members, len(ports)))
    for position, cable in enumerate(config["cables"], 1):
        found |= _neighbour(names.get(cable["port"], 0), position, cable)
    return found


def interfaces(kernel: Kernel) -> dict[Oid, Value]:
    """The interfaces of a device that is no switch."""
    found: dict[Oid, Value] = {}
    for index, (name, flags, told) in kernel.links.items():
        found |= _interface(index, name, flags, told, 0)
    return found


def _interface(index: int, name: str, flags: int, told: dict[int, bytes], errors: int) -> dict[Oid, Value]:
    stats = struct.unpack_from("=23Q", told[_IFLA_STATS64].ljust(184, b"\0"))
    received, sent, _, _, in_errors, out_errors, in_dropped, out_dropped, multicast, _ = stats[:10]
    up = flags & _IFF_UP and told.get(_IFLA_OPERSTATE, b"\0")[0] in (_OPER_UP, 0)
    return {
        (*IF, 1, index): ("integer", index),
        (*IF, 2, index): ("string", name),
        (*IF, 7, index): ("integer", 1 if flags & _IFF_UP else 2),
        (*IF, 8, index): ("integer", 1 if up else 2),
        (*IF, 13, index): ("counter", in_dropped),
        (*IF, 14, index): ("counter", in_errors + errors),
        (*IF, 19, index): ("counter", out_dropped),
        (*IF, 20, index): ("counter", out_errors),
        (*IFX, 1, index): ("string", name),
        (*IFX, 7, index): ("counter64", received - multicast),
        (*IFX, 11, index): ("counter64", sent),
        (*IFX, 15, index): ("gauge", 10_000),
    }


def _neighbour(local: int, position: int, cable: dict[str, str]) -> dict[Oid, Value]:
    """A row of lldpRemTable, and the local port's name."""
    place = (0, local, position)
    return {
        (*LLDP, 3, 7, 1, 2, local): ("integer", 5),  # interfaceName
        (*LLDP, 3, 7, 1, 3, local): ("string", cable["port"]),
        (*LLDP, 3, 7, 1, 4, local): ("string", cable["port"]),
        (*LLDP, 4, 1, 1, 4, *place): ("integer", 7),  # locally assigned
        (*LLDP, 4, 1, 1, 5, *place): ("string", cable["device"]),
        (*LLDP, 4, 1, 1, 6, *place): ("integer", 5),
        (*LLDP, 4, 1, 1, 7, *place): ("string", cable["far_port"]),
        (*LLDP, 4, 1, 1, 8, *place): ("string", cable["far_port"]),
        (*LLDP, 4, 1, 1, 9, *place): ("string", cable["device"]),
    }


def _bits(ports: list[int], most: int) -> str:
    """A PortList (RFC 4363): port 1 is the highest bit of the first octet."""
    octets = bytearray((most + 7) // 8 or 1)
    for port in ports:
        octets[(port - 1) // 8] |= 0x80 >> (port - 1) % 8
    return " ".join(f"{octet:02X}" for octet in octets)


def _dump(kind: int, header: bytes) -> Iterator[bytes]:
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as kernel:
        kernel.send(struct.pack("=IHHII", 16 + len(header), kind, _DUMP, 1, 0) + header)
        while True:
            data = kernel.recv(1 << 17)
            while len(data) >= 16:
                length, message, *_ = struct.unpack_from("=IHHII", data)
                if message == _DONE:
                    return
                yield data[16:length]
                data = data[(length + 3) & ~3 :]


def _attributes(data: bytes) -> dict[int, bytes]:
    found = {}
    while len(data) >= 4:
        length, kind = struct.unpack_from("=HH", data)
        if length < 4:
            break
        found[kind & 0x3FFF] = data[4:length]
        data = data[(length + 3) & ~3 :]
    return found


class Served:
    """What was read last, in the order of its OIDs; read anew once it is old."""

    def __init__(self, place: Path) -> None:
        self._place, self._read_at = place, 0.0
        self._rows: dict[Oid, Value] = {}
        self._order: list[Oid] = []

    def get(self, oid: Oid) -> tuple[Oid, Value] | None:
        """The value of this OID."""
        self._refresh()
        return (oid, self._rows[oid]) if oid in self._rows else None

    def after(self, oid: Oid) -> tuple[Oid, Value] | None:
        """The first value behind this OID, within its subtree."""
        self._refresh()
        root = next((root for root in ROOTS if oid[: len(root)] == root), None)
        position = bisect.bisect_right(self._order, oid)
        if root is None or position == len(self._order) or self._order[position][: len(root)] != root:
            return None
        return self._order[position], self._rows[self._order[position]]

    def _refresh(self) -> None:
        if time.monotonic() - self._read_at < FRESH_S:
            return
        config = json.loads(self._place.read_text())
        errors = {one.name: int(one.read_text()) for one in Path(config["errors"]).iterdir()}
        self._rows = rows(Kernel(), config, errors)
        self._order = sorted(self._rows)
        self._read_at = time.monotonic()


def main(place: Path) -> None:
    """Answer snmpd, line by line, until it goes."""
    served = Served(place)
    while command := sys.stdin.readline().strip():
        if command == "PING":
            print("PONG", flush=True)
            continue
        oid = tuple(map(int, sys.stdin.readline().strip().strip(".").split(".")))
        found = served.get(oid) if command == "get" else served.after(oid) if command == "getnext" else None
        if found is None:
            print("NONE", flush=True)
        else:
            at, (kind, value) = found
            print(f".{'.'.join(map(str, at))}\n{kind}\n{value}", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
