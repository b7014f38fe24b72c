"""The rows of one reading: instance by instance, the columns of a table put together again."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address

from bot.model.network import Adjacent, ArpEntry, Counts, FdbEntry, Identity, Kind, PortState, Row, Table
from bot.probes.tables import values
from bot.probes.tables.columns import COUNTERS
from bot.probes.tables.form import Reading
from bot.probes.tables.names import Names
from bot.probes.tables.values import ValueWrongError

_MEDIA_KINDS = {3: Kind.DYNAMIC, 4: Kind.STATIC}
_PHYSICAL_KINDS = {3: Kind.DYNAMIC, 4: Kind.STATIC, 5: Kind.OWN}
_FDB_KINDS = {3: Kind.DYNAMIC, 4: Kind.OWN, 5: Kind.STATIC}
_INVALID = 2
"""ipNetToMediaType, ipNetToPhysicalType and dot1dTpFdbStatus: the row is about to go."""
_CHASSIS_MAC, _PORT_MAC = 4, 3
"""LldpChassisIdSubtype and LldpPortIdSubtype macAddress."""
_UP, _DOWN = 1, 2
_OPER = {1: True, 2: False, 6: False, 7: False}
"""ifOperStatus up, down, notPresent, lowerLayerDown; testing, unknown and dormant say neither (RFC 2863)."""


@dataclass(frozen=True, slots=True)
class Found:
    """A row and where it stands; or, with ``wrong``, what is wrong with it, as the end of a sentence."""

    table: Table
    locator: str
    row: Row | None
    wrong: str | None = None


@dataclass(frozen=True, slots=True)
class Around:
    """What a row needs besides its own reading: names, and the VLANs of ports by ifIndex (None: not wholly read)."""

    names: Names
    carried: dict[int, set[int]] | None


def rows(reading: Reading, around: Around) -> Iterator[Found]:
    """Every row of the reading, table by table."""
    yield from _identity(reading)
    yield from _each(Table.ARP, "ipNetToMedia", reading, "ipNetToMediaPhysAddress", around, _arp)
    yield from _each(Table.ARP, "ipNetToPhysical", reading, "ipNetToPhysicalPhysAddress", around, _arp_physical)
    yield from _each(Table.FDB, "dot1qTpFdb", reading, "dot1qTpFdbPort", around, _fdb)
    yield from _each(Table.FDB, "dot1dTpFdb", reading, "dot1dTpFdbPort", around, _fdb_plain)
    yield from _each(Table.PORTS, "ifTable", reading, "ifOperStatus", around, _port)
    yield from _each(Table.NEIGHBOURS, "lldpRem", reading, "lldpRemPortId", around, _lldp)
    yield from _each(Table.NEIGHBOURS, "cdpCache", reading, "cdpCacheDeviceId", around, _cdp)


def _each(
    table: Table,
    entry: str,
    reading: Reading,
    column: str,
    around: Around,
    read: Callable[[Reading, str, Around], Row | None],
) -> Iterator[Found]:
    place = entry if reading.vlan is None else f"{entry}@{reading.vlan}"
    for instance in reading.columns.get(column, {}):
        locator = f"{place} {instance[:60]}"
        try:
            row = read(reading, instance, around)
        except ValueWrongError as error:
            yield Found(table, locator, None, str(error))
        else:
            if row is not None:
                yield Found(table, locator, row)


def _at(reading: Reading, column: str, instance: str) -> str | None:
    return reading.columns.get(column, {}).get(instance)


def _identity(reading: Reading) -> Iterator[Found]:
    named = _at(reading, "sysName", "0")
    if named is None:
        return
    up_s = None if reading.up_ticks is None else reading.up_ticks / values.TICKS_PER_S
    try:
        yield Found(Table.IDENTITY, "sysName 0", Identity(name=values.text(named), up_s=up_s))
    except ValueWrongError as error:
        yield Found(Table.IDENTITY, "sysName 0", None, str(error))


def _arp(reading: Reading, instance: str, around: Around) -> Row | None:
    """The MAC is ipNetToMedia's: net-snmp's ipNetToPhysicalPhysAddress keeps old octets when an entry changes.

    It copies ``sizeof`` of a length instead of the length (5.9.3), so one octet of the new MAC over the old one.
    """
    interface, *address = values.numbers(instance, 5)
    kind = values.number(_at(reading, "ipNetToMediaType", instance))
    if kind == _INVALID:
        return None
    physical = f"{interface}.1.4.{'.'.join(map(str, address))}"
    updated = values.number(_at(reading, "ipNetToPhysicalLastUpdated", physical))
    told = values.number(_at(reading, "ipNetToPhysicalType", physical))
    return ArpEntry(
        ip=_ip(address),
        mac=values.mac(_at(reading, "ipNetToMediaPhysAddress", instance)),
        interface=around.names.of_interface(interface),
        kind=Kind.OWN if _PHYSICAL_KINDS.get(told or 0) is Kind.OWN else _MEDIA_KINDS.get(kind or 0),
        age_s=values.age_s(reading.up_ticks, updated),
    )


def _arp_physical(reading: Reading, instance: str, around: Around) -> Row | None:
    """A device that has no ipNetToMedia row any more (RFC 4293 deprecates it)."""
    if len(instance.split(".")) != 7 or instance.split(".")[1:3] != ["1", "4"]:
        return None  # an IPv6 neighbour
    interface, _, _, *address = values.numbers(instance, 7)
    if _at(reading, "ipNetToMediaPhysAddress", f"{interface}.{'.'.join(map(str, address))}") is not None:
        return None
    kind = values.number(_at(reading, "ipNetToPhysicalType", instance))
    if kind == _INVALID:
        return None
    return ArpEntry(
        ip=_ip(address),
        mac=values.mac(_at(reading, "ipNetToPhysicalPhysAddress", instance)),
        interface=around.names.of_interface(interface),
        kind=_PHYSICAL_KINDS.get(kind or 0),
        age_s=values.age_s(reading.up_ticks, values.number(_at(reading, "ipNetToPhysicalLastUpdated", instance))),
    )


def _fdb(reading: Reading, instance: str, around: Around) -> Row | None:
    fdb, *octets = values.numbers(instance, 7)
    return _entry(reading, "dot1qTpFdb", instance, tuple(octets), around.names.vlan(fdb), around)


def _fdb_plain(reading: Reading, instance: str, around: Around) -> Row | None:
    return _entry(reading, "dot1dTpFdb", instance, values.numbers(instance, 6), reading.vlan, around)


def _entry(
    reading: Reading, entry: str, instance: str, octets: tuple[int, ...], vlan: int | None, around: Around
) -> Row | None:
    status = values.number(_at(reading, f"{entry}Status", instance))
    if status == _INVALID:
        return None
    port = values.number(_at(reading, f"{entry}Port", instance)) or 0
    return FdbEntry(
        mac=values.mac_of_index(octets),
        vlan=vlan,
        port=around.names.of_port(port, reading.vlan),
        kind=_FDB_KINDS.get(status or 0),
    )


def _port(reading: Reading, instance: str, around: Around) -> Row:
    (index,) = values.numbers(instance, 1)
    for name in ("ifName", "ifDescr", "ifAlias"):
        values.text(_at(reading, name, instance))  # a name that is none is said here
    counts = {field: values.number(_at(reading, column, instance)) for field, column in COUNTERS.items()}
    carried = None if around.carried is None else around.carried.get(index)
    return PortState(
        port=around.names.of_interface(index),
        label=around.names.labels.get(index),
        enabled={_UP: True, _DOWN: False}.get(values.number(_at(reading, "ifAdminStatus", instance)) or 0),
        up=_OPER.get(values.number(_at(reading, "ifOperStatus", instance)) or 0),
        speed_mbps=values.number(_at(reading, "ifHighSpeed", instance)) or None,
        vlans=None if carried is None else tuple(sorted(carried)),
        counts=Counts(**counts),
    )


def _lldp(reading: Reading, instance: str, around: Around) -> Row | None:
    _, port, _ = values.numbers(instance, 3)

    def of(column: str) -> str | None:
        return _at(reading, column, instance)

    identity = values.mac_or_text(of("lldpRemPortId"), values.number(of("lldpRemPortIdSubtype")), _PORT_MAC)
    chassis = values.mac_or_text(of("lldpRemChassisId"), values.number(of("lldpRemChassisIdSubtype")), _CHASSIS_MAC)
    name = values.text(of("lldpRemSysName")) or chassis
    if name is None:
        return None
    described = values.text(of("lldpRemPortDesc"))
    spoken = values.number(of("lldpRemPortIdSubtype")) != _PORT_MAC
    return Adjacent(
        port=around.names.of_lldp_port(port),
        name=name,
        far_port=(identity if spoken else described) or identity or described,
    )


def _cdp(reading: Reading, instance: str, around: Around) -> Row | None:
    index, _ = values.numbers(instance, 2)
    name = values.text(_at(reading, "cdpCacheDeviceId", instance))
    if name is None:
        return None
    return Adjacent(
        port=around.names.of_interface(index),
        name=name,
        far_port=values.text(_at(reading, "cdpCacheDevicePort", instance)),
    )


def _ip(parts: list[int]) -> IPv4Address:
    try:
        return IPv4Address(".".join(map(str, parts)))
    except ValueError as error:
        raise ValueWrongError("is no instance of this table") from error
