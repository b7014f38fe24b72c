"""What a device answered, read: every value as its MIB means it, every oddity said, nothing strange believed."""

import json
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import BundleError
from bot.model.addresses import parse_mac
from bot.model.job import Artifact, Media, Probe, Vantage, digest_of
from bot.model.network import (
    Adjacent,
    ArpEntry,
    Counts,
    Device,
    Extent,
    FdbEntry,
    Identity,
    Kind,
    PortState,
    Role,
    Table,
)
from bot.model.observation import Observation, RowSeen, TableRead
from bot.probes import read
from bot.probes.tables import COLUMNS, MOST_VALUES, Answers, Reading, Told, dump

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
MAC = "0x005056112005"
AT_MAC = "0.80.86.17.32.5"
MEDIA, FDB = "ipNetToMediaPhysAddress", "dot1qTpFdbPort"
Columns = dict[str, dict[str, str]]
PORTS = {"ifName": {"3": "0x4769312f302f33", "4": "0x4769312f302f34"}, "ifDescr": {"3": "0x706f7274203320"}}


def reading(columns: Columns, **more: Any) -> Reading:
    return Reading(at=NOON, columns=columns, **more)


def answers(*readings: Reading, told: tuple[Told, ...] = ()) -> Answers:
    return Answers(device=Device("sw1", Role.ACCESS), ip=IPv4Address("10.0.0.5"), told=told, readings=readings)


def seen(data: bytes) -> tuple[Observation, ...]:
    artifact = Artifact(
        "job-1",
        Probe.NETWORK,
        Vantage("network.dc1", "sw1", ""),
        Media.NETWORK,
        digest_of(data),
        len(data),
        NOON,
        NOON,
        None,
    )
    return read(artifact, data)


def rows(*readings: Reading, told: tuple[Told, ...] = ()) -> list[Any]:
    return [one.row for one in seen(dump(answers(*readings, told=told))) if isinstance(one, RowSeen)]


def whole(table: Table) -> Told:
    return Told(at=NOON, table=table, extent=Extent.WHOLE)


@pytest.mark.parametrize(
    ("columns", "up_ticks", "row"),
    [
        pytest.param(
            {
                MEDIA: {"3.10.0.0.5": MAC},
                "ipNetToMediaType": {"3.10.0.0.5": "3"},
                "ipNetToPhysicalLastUpdated": {"3.1.4.10.0.0.5": "1000"},
                "ipNetToPhysicalPhysAddress": {"3.1.4.10.0.0.5": "0x005056112082"},
            },
            7000,
            {"mac": parse_mac("00:50:56:11:20:05"), "kind": Kind.DYNAMIC, "age_s": 60.0},
            id="MAC of the older table, age of the newer",
        ),
        pytest.param(
            {"ipNetToPhysicalPhysAddress": {"3.1.4.10.0.0.5": MAC}, "ipNetToPhysicalType": {"3.1.4.10.0.0.5": "4"}},
            7000,
            {"mac": parse_mac("00:50:56:11:20:05"), "kind": Kind.STATIC, "age_s": None},
            id="only the newer table",
        ),
        pytest.param({MEDIA: {"3.10.0.0.5": "0x"}}, None, {"mac": None, "kind": None}, id="incomplete"),
        pytest.param({MEDIA: {"3.10.0.0.5": "0x000000000000"}}, None, {"mac": None}, id="a zero MAC is none"),
        pytest.param(
            {
                MEDIA: {"3.10.0.0.5": MAC},
                "ipNetToPhysicalLastUpdated": {"3.1.4.10.0.0.5": "0"},
            },
            7000,
            {"age_s": None},
            id="updated before the agent began",
        ),
        pytest.param(
            {
                MEDIA: {"3.10.0.0.5": MAC},
                "ipNetToPhysicalLastUpdated": {"3.1.4.10.0.0.5": "9000"},
            },
            7000,
            {"age_s": None},
            id="updated later than now",
        ),
        pytest.param(
            {
                MEDIA: {"3.10.0.0.5": MAC},
                "ipNetToPhysicalLastUpdated": {"3.1.4.10.0.0.5": str((1 << 32) - 1000)},
            },
            1000,
            {"age_s": 20.0},
            id="sysUpTime has wrapped",
        ),
        pytest.param(
            {
                MEDIA: {"3.10.0.0.5": MAC},
                "ipNetToMediaType": {"3.10.0.0.5": "3"},
                "ipNetToPhysicalType": {"3.1.4.10.0.0.5": "5"},
            },
            None,
            {"kind": Kind.OWN},
            id="the device's own",
        ),
    ],
)
def test_an_arp_row(columns: Columns, up_ticks: int | None, row: dict[str, Any]) -> None:
    """RFC 4293, and what net-snmp makes of it."""
    (found,) = rows(reading(columns | PORTS, up_ticks=up_ticks))
    assert isinstance(found, ArpEntry)
    assert (found.ip, found.interface) == (IPv4Address("10.0.0.5"), "Gi1/0/3")
    assert {name: getattr(found, name) for name in row} == row


def test_an_entry_that_is_about_to_go_is_none() -> None:
    columns = {MEDIA: {"3.10.0.0.5": MAC}, "ipNetToMediaType": {"3.10.0.0.5": "2"}}
    assert rows(reading(columns)) == []


@pytest.mark.parametrize(
    ("vlans", "vlan"),
    [
        pytest.param({"0.10": "1010"}, 10, id="told"),
        pytest.param({"0.10": "77"}, None, id="another database"),
        pytest.param({"0.10": "1010", "0.20": "1010"}, None, id="two VLANs share it"),
        pytest.param({}, None, id="not told"),
    ],
)
def test_a_filtering_database_is_a_vlan_only_where_the_device_says_so(vlans: dict[str, str], vlan: int | None) -> None:
    """An fdbId is a number of the device's own (RFC 4363); taken for a VLAN it would name one that nobody has."""
    fdb = {FDB: {f"1010.{AT_MAC}": "7"}, "dot1qTpFdbStatus": {f"1010.{AT_MAC}": "3"}}
    base = {"dot1dBasePortIfIndex": {"7": "3"}, "dot1qVlanFdbId": vlans}
    (found,) = rows(reading(PORTS | base), reading(fdb))
    assert found == FdbEntry(mac=parse_mac("00:50:56:11:20:05"), vlan=vlan, port="Gi1/0/3", kind=Kind.DYNAMIC)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        pytest.param("3", Kind.DYNAMIC, id="learned"),
        pytest.param("4", Kind.OWN, id="self"),
        pytest.param("5", Kind.STATIC, id="mgmt"),
        pytest.param("1", None, id="other"),
    ],
)
def test_the_status_of_a_mac(status: str, kind: Kind | None) -> None:
    """RFC 4188; port 0 is learned, but from where is not known."""
    (found,) = rows(reading({"dot1dTpFdbPort": {AT_MAC: "0"}, "dot1dTpFdbStatus": {AT_MAC: status}}, vlan=20))
    assert (found.kind, found.port, found.vlan) == (kind, None, 20)


def test_a_port_has_its_vlans_only_where_all_were_read() -> None:
    """The first bit is port 1; a VLAN that was not read may be carried."""
    base = {
        "dot1dBasePortIfIndex": {"1": "3", "10": "4"},
        "dot1qVlanCurrentEgressPorts": {"0.10": "0x80", "0.20": "0x8040"},
    }
    state = {"ifOperStatus": {"3": "1", "4": "2", "5": "1"}, "ifAdminStatus": {"3": "1", "4": "2"}}
    states = rows(reading(PORTS | base), reading(state), told=(whole(Table.VLANS),))
    assert [(one.port, one.vlans, one.up, one.enabled) for one in states] == [
        ("Gi1/0/3", (10, 20), True, True),
        ("Gi1/0/4", (20,), False, False),
        ("interface 5", None, True, None),
    ]
    assert [one.vlans for one in rows(reading(PORTS | base), reading(state))] == [None, None, None]


def test_counters_keep_their_64_bits() -> None:
    most = str((1 << 64) - 1)
    (found,) = rows(reading({"ifOperStatus": {"3": "1"}, "ifHCInUcastPkts": {"3": most}, "ifInErrors": {"3": "0"}}))
    assert isinstance(found, PortState)
    assert found.counts == Counts(unicasts_in=(1 << 64) - 1, errors_in=0)


@pytest.mark.parametrize(
    ("columns", "adjacent"),
    [
        pytest.param(
            {"lldpRemPortId": {"0.3.1": "0x766d6e696332"}, "lldpRemSysName": {"0.3.1": "0x65737831"}},
            ("Gi1/0/3", "esx1", "vmnic2"),
            id="its number is an ifIndex",
        ),
        pytest.param(
            {
                "lldpRemPortId": {"0.51.1": "0x766d6e696332"},
                "lldpRemSysName": {"0.51.1": "0x65737831"},
                "lldpLocPortId": {"51": "0x4769312f302f34"},
                "lldpLocPortIdSubtype": {"51": "5"},
            },
            ("Gi1/0/4", "esx1", "vmnic2"),
            id="LLDP counts ports its own way",
        ),
        pytest.param(
            {
                "lldpRemPortId": {"0.3.1": "0x005056112005"},
                "lldpRemPortIdSubtype": {"0.3.1": "3"},
                "lldpRemPortDesc": {"0.3.1": "0x766d6e696335"},
                "lldpRemChassisId": {"0.3.1": "0x005056112001"},
                "lldpRemChassisIdSubtype": {"0.3.1": "4"},
            },
            ("Gi1/0/3", "00:50:56:11:20:01", "vmnic5"),
            id="MACs instead of names",
        ),
        pytest.param(
            {"cdpCacheDeviceId": {"4.1": "0x65737832"}, "cdpCacheDevicePort": {"4.1": "0x766d6e696330"}},
            ("Gi1/0/4", "esx2", "vmnic0"),
            id="CDP",
        ),
    ],
)
def test_a_neighbour(columns: Columns, adjacent: tuple[str, str, str]) -> None:
    """Who is at the other end decides whether a MAC is behind the right port."""
    (found,) = rows(reading(PORTS | columns))
    assert isinstance(found, Adjacent)
    assert (found.port, found.name, found.far_port) == adjacent


def test_who_the_device_says_it_is() -> None:
    (found,) = rows(reading({"sysName": {"0": "0x7377310a"}}, up_ticks=12_345))
    assert found == Identity(name="sw1", up_s=123.45)


@pytest.mark.parametrize(
    ("columns", "table", "says"),
    [
        pytest.param(
            {MEDIA: {"3.10.0.0.5": "0x0050561120"}},
            Table.ARP,
            "3.10.0.0.5 holds 5 octets",
            id="short MAC",
        ),
        pytest.param({MEDIA: {"3.10.0.0.5": "17"}}, Table.ARP, "where octets belong", id="a number for a MAC"),
        pytest.param({MEDIA: {"3.10.0.0.999": MAC}}, Table.ARP, "no instance of this", id="no address"),
        pytest.param({MEDIA: {"10.0.0.5": MAC}}, Table.ARP, "no instance of this", id="short instance"),
        pytest.param({FDB: {"1.300.0.0.0.0.1": "3"}}, Table.FDB, "no instance of this", id="no MAC"),
        pytest.param({FDB: {f"1.{AT_MAC}": "0x03"}}, Table.FDB, "where a number belongs", id="octets for a port"),
        pytest.param(
            {"ifOperStatus": {"3": "1"}, "ifName": {"3": "7"}},
            Table.PORTS,
            "where octets belong",
            id="a number for a name",
        ),
        pytest.param({"sysName": {"0": "0xzz"}}, Table.IDENTITY, "where octets belong", id="no hex"),
    ],
)
def test_what_is_not_as_the_mib_says_is_left_out_and_said(columns: Columns, table: Table, says: str) -> None:
    """Its table is then not wholly read: what was left out may be what was looked for."""
    told = seen(dump(answers(reading(columns), told=(whole(table),))))
    assert [type(one) for one in told] == [TableRead]
    (head,) = told
    assert isinstance(head, TableRead)
    assert head.extent is Extent.PART
    assert says in (head.why or "")


def test_every_reading_has_its_own_moment() -> None:
    """Rows that are read again and again show what changes."""
    one = {MEDIA: {"3.10.0.0.5": MAC}}
    later = NOON + timedelta(seconds=1)
    found = seen(dump(answers(reading(one), Reading(at=later, columns=one))))
    assert [(row.seen_at, row.locator) for row in found] == [
        (NOON, "ipNetToMedia 3.10.0.0.5"),
        (later, "ipNetToMedia 3.10.0.0.5"),
    ]


def changed(**changes: Any) -> bytes:
    told = json.loads(dump(answers(reading({"sysName": {"0": "0x73"}}), told=(whole(Table.ARP),))))
    return json.dumps(told | changes).encode()


def read_as(columns: Any, **more: Any) -> bytes:
    return changed(readings=[{"at": "2024-05-01T12:00:00Z", "columns": columns} | more])


MANY = {str(number): "0x" for number in range(MOST_VALUES + 1)}


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"[" * 100_000, id="deep"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"null", id="null"),
        pytest.param(changed(format="ruleout.network/2"), id="another format"),
        pytest.param(changed(more=1), id="an unknown field"),
        pytest.param(changed(device={"name": "sw1", "role": "edge"}), id="an unknown role"),
        pytest.param(changed(device={"name": 5, "role": "core"}), id="a name that is a number"),
        pytest.param(changed(ip="10.0.0.500"), id="no address"),
        pytest.param(changed(networks=["10.0.0.5/24"]), id="no network"),
        pytest.param(changed(macs=["00:50"]), id="no MAC"),
        pytest.param(changed(told=[{"at": "2024-05-01T12:00:00", "table": "arp", "extent": "whole"}]), id="no zone"),
        pytest.param(changed(told=[{"at": "2024-05-01T12:00:00Z", "table": "arp", "extent": "all"}]), id="no extent"),
        pytest.param(changed(told={}), id="told is no list"),
        pytest.param(read_as({"ifMtu": {}}), id="unknown column"),
        pytest.param(read_as({"ifName": {"1": 5}}), id="a bare number"),
        pytest.param(read_as({"ifName": ["a"]}), id="no instances"),
        pytest.param(read_as([]), id="no columns"),
        pytest.param(read_as({}, up_ticks="1"), id="ticks as text"),
        pytest.param(
            dump(answers(reading({"ifName": {str(number): "0x" for number in range(MOST_VALUES + 1)}}))),
            id="too many values",
        ),
    ],
)
def test_what_is_no_devices_answers_is_refused(data: bytes) -> None:
    """The first thing that is wrong is said; nothing else but a BundleError comes out."""
    with pytest.raises(BundleError, match="no device's tables"):
        seen(data)


_instances = st.one_of(
    st.from_regex(r"\A[0-9]{1,4}(\.[0-9]{1,10}){0,8}\Z"),
    st.text(max_size=8),
    st.just(f"10.{AT_MAC}"),
    st.just("3.10.0.0.5"),
)
_values = st.one_of(
    st.integers(-(1 << 70), 1 << 70).map(str),
    st.binary(max_size=9).map(lambda octets: f"0x{octets.hex()}"),
    st.text(max_size=8),
    st.just(MAC),
)
_columns = st.dictionaries(
    st.sampled_from(sorted(COLUMNS)), st.dictionaries(_instances, _values, max_size=4), max_size=12
)


@settings(max_examples=300, deadline=None)
@given(columns=st.lists(_columns, max_size=3), up_ticks=st.none() | st.integers(-5, 1 << 40))
def test_whatever_a_device_answers_something_is_said_and_nothing_breaks(
    columns: list[Columns], up_ticks: int | None
) -> None:
    """A device is not trusted; a case with a strange one must open again next year."""
    told = tuple(whole(table) for table in Table)
    data = dump(answers(*(reading(one, up_ticks=up_ticks) for one in columns), told=told))
    for one in seen(data):
        assert isinstance(one, TableRead | RowSeen)


def test_an_oid_stands_for_one_column_only() -> None:
    """A slip in a number would read another column under this name."""
    assert len({column.oid for column in COLUMNS.values()}) == len(COLUMNS)
