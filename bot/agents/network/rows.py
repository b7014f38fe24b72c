"""Which rows are asked for by name."""

from collections.abc import Iterable, Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network

from bot.agents.network.asking import Row
from bot.agents.network.notebook import Cells
from bot.model.addresses import Mac, parse_mac
from bot.probes.tables import COUNTERS, Reading, columns, of_entry
from bot.probes.tables.names import Names

MOST_COUNTED = 32
"""Ports whose counters are read: all of a small switch, of a big one those that matter here."""
_COUNTED = columns(*COUNTERS.values(), "ifAdminStatus", "ifOperStatus", "ifHighSpeed")


def on_link(own: Cells, ip: IPv4Address) -> list[int]:
    """The ifIndexes that have an address in the network of ``ip``; ipAdEnt is instanced by the address."""
    found: list[int] = []
    for address, index in own.get("ipAdEntIfIndex", {}).items():
        mask = own.get("ipAdEntNetMask", {}).get(address)
        try:
            if mask and ip in IPv4Network(f"{address}/{mask}", strict=False) and int(index) not in found:
                found.append(int(index))
        except ValueError:  # what is no address, mask or number leads to no interface
            continue
    return found


def arp(ip: IPv4Address | None, interfaces: Iterable[int]) -> list[Row]:
    """The rows of the address behind these interfaces, in both tables: the older one tells MACs, the newer ages."""
    media, physical = columns("ipNetToMediaPhysAddress", "ipNetToMediaType"), of_entry("ipNetToPhysical")
    rows: list[Row] = []
    for index in interfaces:
        rows += ((column, f"{index}.{ip}") for column in media)
        rows += ((column, f"{index}.1.4.{ip}") for column in physical)
    return rows


def fdb(macs: Iterable[Mac], fdbs: Sequence[int]) -> list[Row]:
    """The rows of these MACs in every filtering database; without any in the one table of BRIDGE-MIB."""
    instances = [".".join(map(str, bytes.fromhex(mac.replace(":", "")))) for mac in macs]
    if not fdbs:
        return [(column, one) for one in instances for column in of_entry("dot1dTpFdb")]
    return [(column, f"{fdb}.{one}") for one in instances for fdb in fdbs for column in of_entry("dot1qTpFdb")]


def counters(readings: Sequence[Reading]) -> list[Row]:
    """Counters and states of every port of a small device; of a big one those behind which the MACs are, then those
    that have a neighbour.
    """
    every = list(dict.fromkeys(int(at) for at in _instances(readings, "ifOperStatus", 1)))
    if len(every) > MOST_COUNTED:
        names = Names(readings)
        behind = {
            names.of_port(int(told), one.vlan)
            for one in readings
            for told in _values(one, "dot1qTpFdbPort", "dot1dTpFdbPort")
        }
        near = {names.of_lldp_port(int(at.split(".")[1])) for at in _instances(readings, "lldpRemPortId", 3)}
        near |= {names.of_interface(int(at.split(".")[0])) for at in _instances(readings, "cdpCacheDeviceId", 2)}
        first = [index for index in every if names.of_interface(index) in behind]
        then = [index for index in every if names.of_interface(index) in near - behind]
        every = [*first, *then][:MOST_COUNTED]
    return [(column, str(index)) for index in every for column in _COUNTED]


def macs(told: Cells) -> Iterator[Mac]:
    """The MACs in ARP rows that were read."""
    held = told.get("ipNetToMediaPhysAddress") or told.get("ipNetToPhysicalPhysAddress") or {}
    for raw in held.values():
        if len(raw) == len("0x") + 12:
            yield parse_mac(raw.removeprefix("0x"))


def _instances(readings: Iterable[Reading], column: str, parts: int) -> Iterator[str]:
    for reading in readings:
        for instance in reading.columns.get(column, {}):
            if instance.count(".") == parts - 1 and instance.replace(".", "").isdigit():
                yield instance


def _values(reading: Reading, *names: str) -> Iterator[str]:
    for name in names:
        yield from (value for value in reading.columns.get(name, {}).values() if value.isdigit())
