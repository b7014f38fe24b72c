"""What the numbers in a device's tables stand for: names of ports, VLANs of filtering databases."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from bot.probes.tables.form import Reading
from bot.probes.tables.values import ValueWrongError, bits, number, numbers, text

T = TypeVar("T")

_INTERFACE_NAME = 5
"""LldpPortIdSubtype interfaceName (IEEE 802.1AB)."""


class Names:
    """Built once from all readings of a device; a later reading's word counts. Values that are wrong name nothing."""

    def __init__(self, readings: Sequence[Reading]) -> None:
        self._readings = readings
        described = {index: name for _, (index,), name in self._cells("ifDescr", 1, text)}
        named = {index: name for _, (index,), name in self._cells("ifName", 1, text)}
        self._interfaces = described | named
        self._described = {name: self._interfaces[index] for index, name in described.items()}
        self.labels = {index: label for _, (index,), label in self._cells("ifAlias", 1, text)}
        self._ports = {(at.vlan, port): index for at, (port,), index in self._cells("dot1dBasePortIfIndex", 1, number)}
        self._vlans: dict[int, set[int]] = defaultdict(set)
        for _, (_, vlan), fdb in self._cells("dot1qVlanFdbId", 2, number):
            self._vlans[fdb].add(vlan)
        self._local_subtypes = {port: kind for _, (port,), kind in self._cells("lldpLocPortIdSubtype", 1, number)}
        self._local_ids = {port: name for _, (port,), name in self._cells("lldpLocPortId", 1, text)}
        self._local_words = {port: name for _, (port,), name in self._cells("lldpLocPortDesc", 1, text)}

    def of_interface(self, index: int) -> str:
        """The name of an interface by its ifIndex."""
        return self._interfaces.get(index) or f"interface {index}"

    def of_port(self, port: int, vlan: int | None = None) -> str | None:
        """The name of a bridge port; None: port 0, which means that the device does not know (RFC 4188)."""
        index = self._ports.get((vlan, port), self._ports.get((None, port)))
        if index is not None:
            return self.of_interface(index)
        return f"bridge port {port}" if port else None

    def vlan(self, fdb: int) -> int | None:
        """The VLAN of a filtering database; None where the device does not say, or several share it."""
        found = self._vlans.get(fdb, set())
        return next(iter(found)) if len(found) == 1 else None

    def of_lldp_port(self, port: int) -> str:
        """The name of an LLDP port.

        Its number need not be an ifIndex, so what LLDP itself says of the port goes first.
        """
        known = {*self._interfaces.values(), *self._described}
        identity, word = self._local_ids.get(port), self._local_words.get(port)
        if identity and (identity in known or self._local_subtypes.get(port) == _INTERFACE_NAME):
            return self._described.get(identity, identity)
        if word in known:
            return self._described.get(word, word)
        return self._interfaces.get(port) or identity or word or f"LLDP port {port}"

    def carried(self) -> dict[int, set[int]]:
        """The VLANs of every bridge port, by ifIndex; a port that is in no VLAN has none.

        What is configured (dot1qVlanStatic) counts where the device does not tell what is (dot1qVlanCurrent).
        """
        found: dict[int, set[int]] = {index: set() for index in self._ports.values()}
        told = [(vlan, ports) for _, (_, vlan), ports in self._cells("dot1qVlanCurrentEgressPorts", 2, bits)]
        typed = [(vlan, ports) for _, (vlan,), ports in self._cells("dot1qVlanStaticEgressPorts", 1, bits)]
        for vlan, ports in told or typed:
            for port in ports:
                if (index := self._ports.get((None, port))) is not None:
                    found[index].add(vlan)
        return found

    def _cells(
        self, column: str, parts: int, read: Callable[[str], T | None]
    ) -> Iterator[tuple[Reading, tuple[int, ...], T]]:
        for reading in self._readings:
            for instance, raw in reading.columns.get(column, {}).items():
                try:
                    value = read(raw)
                    if value is not None:
                        yield reading, numbers(instance, parts), value
                except ValueWrongError:  # said where the rows of its table are read
                    continue
