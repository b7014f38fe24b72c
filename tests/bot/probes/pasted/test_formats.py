"""Real outputs of every platform: recognised by themselves, every row and nothing else."""

from datetime import UTC, datetime
from ipaddress import IPv4Address

import pytest

from bot.errors import BundleError
from bot.model.addresses import Mac
from bot.model.network import Adjacent, ArpEntry, Extent, FdbEntry, Kind, PortState, Row, Table
from bot.probes import pasted
from tests.bot.probes.pasted import outputs

AT = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
TARGET, MAC = IPv4Address("10.0.0.5"), Mac("00:50:56:80:12:34")
STATIC_IP, STATIC_MAC = IPv4Address("10.0.0.9"), Mac("00:50:56:80:99:99")


def one(text: str, **said: str) -> pasted.Told:
    """The only table in the text."""
    (table,) = pasted.take(pasted.Paste(text=text, reporter="U0ANA00001", pasted_at=AT, **said)).tables  # type: ignore[arg-type]
    return table


def rows(text: str) -> list[Row]:
    return [row for _, row in one(text).rows]


ARP = [  # output, device, platform, interface, kind and age in seconds of the target's entry, number of entries
    ("IOS_ARP", "core-1", "cisco_ios", "Vlan10", Kind.DYNAMIC, 187 * 60, 4),
    ("NXOS_ARP", "dist-1", "cisco_nxos", "Vlan10", Kind.DYNAMIC, 312, 3),
    ("ASA_ARP", "fw-1", "cisco_asa", "inside", Kind.DYNAMIC, 711, 3),
    ("EOS_ARP", "leaf-1", "arista_eos", "Vlan10, Port-Channel7", Kind.DYNAMIC, 312, 2),
    ("JUNOS_ARP", "core-2", "juniper_junos", "irb.10 [xe-0/0/7.0]", Kind.DYNAMIC, None, 2),
    ("COMWARE_ARP", "dist-3", "hp_comware", "XGE1/0/7", Kind.DYNAMIC, None, 2),
    ("PROCURVE_ARP", "hp-1", "hp_procurve", "7", Kind.DYNAMIC, None, 2),
    ("AOSCX_ARP", "cx-1", "aruba_aoscx", "vlan10", Kind.DYNAMIC, None, 3),
    ("HUAWEI_ARP", "dist-4", "huawei_vrp", "GE0/0/7", Kind.DYNAMIC, None, 4),
    ("PANOS_ARP", "fw-2", "paloalto_panos", "ethernet1/1", Kind.DYNAMIC, None, 3),
    ("FORTINET_ARP", "fw-3", "fortinet", "port1", Kind.DYNAMIC, 240, 2),
    ("FORTINET_LIST", "fw-3", "fortinet", "port1", Kind.DYNAMIC, 312, 2),
    ("OS10_ARP", "OS10", "dell_os10", "vlan10", None, None, 1),
    ("FORCE10_ARP", "dell-9", "dell_force10", "Te 0/7", Kind.DYNAMIC, 34 * 60, 2),
    ("EXOS_ARP", "X460", "extreme_exos", "servers", Kind.DYNAMIC, 420, 2),
    ("FASTIRON_ARP", "ruckus-1", "brocade_fastiron", "ve10", Kind.DYNAMIC, 180, 1),
    ("MIKROTIK_ARP", "gw-1", "mikrotik_routeros", "ether2", Kind.DYNAMIC, None, 3),
    ("VYOS_ARP", "gw-2", "vyatta_vyos", "eth1", Kind.DYNAMIC, None, 3),
    ("VYATTA_ARP", "gw-2", "linux", "eth1.10", Kind.DYNAMIC, None, 3),
    ("LINUX_NEIGH", "web-1", "linux", "eth0", Kind.DYNAMIC, None, 4),
    ("LINUX_NEIGH_S", "web-1", "linux", "eth0", Kind.DYNAMIC, 312, 1),
    ("LINUX_ARP", "web-1", "linux", "eth0", Kind.DYNAMIC, None, 3),
    ("MAC_ARP", "laptop", "linux", "en0", Kind.DYNAMIC, None, 2),
    ("WINDOWS_ARP", None, "windows", "10.0.0.20", Kind.DYNAMIC, None, 2),
    ("ESXI_NEIGHBOURS", "esx01", "vmware_esxi", "vmk0", None, None, 2),
]


@pytest.mark.parametrize(
    ("name", "device", "platform", "interface", "kind", "age_s", "entries"),
    [pytest.param(*row, id=row[0]) for row in ARP],
)
def test_an_arp_table_of_every_platform_is_read_whole(
    name: str, device: str | None, platform: str, interface: str, kind: Kind | None, age_s: float | None, entries: int
) -> None:
    """The platform is recognised, nothing is left out, and an age that counts down is no age."""
    table = one(getattr(outputs, name))
    assert (table.device, table.platform, table.table) == (device, platform, Table.ARP)
    assert (table.extent, table.why, table.unread) == (Extent.WHOLE, None, ())
    assert len(table.rows) == entries
    (target,) = [row for _, row in table.rows if isinstance(row, ArpEntry) and row.ip == TARGET]
    assert target == ArpEntry(ip=TARGET, mac=MAC, interface=interface, kind=kind, age_s=age_s)


@pytest.mark.parametrize("name", [row[0] for row in ARP if "10.0.0.9 " in getattr(outputs, row[0])])
def test_an_entry_that_somebody_typed_in_is_told_apart(name: str) -> None:
    """Clearing does not remove it."""
    (entry,) = [row for row in rows(getattr(outputs, name)) if isinstance(row, ArpEntry) and row.ip == STATIC_IP]
    assert entry.kind is Kind.STATIC


@pytest.mark.parametrize("name", [row[0] for row in ARP if "10.0.0.6 " in getattr(outputs, row[0])])
def test_an_entry_without_an_answer_has_no_mac(name: str) -> None:
    """Incomplete, (incomplete), INCOMPLETE, FAILED and nothing at all say the same."""
    (entry,) = [row for row in rows(getattr(outputs, name)) if isinstance(row, ArpEntry) and str(row.ip) == "10.0.0.6"]
    assert (entry.mac, entry.kind) == (None, None)


@pytest.mark.parametrize("name", ["IOS_ARP", "NXOS_ARP", "HUAWEI_ARP", "FORCE10_ARP"])
def test_a_devices_own_address_is_told_apart(name: str) -> None:
    """It is no entry that anybody learnt."""
    (entry,) = [row for row in rows(getattr(outputs, name)) if isinstance(row, ArpEntry) and str(row.ip) == "10.0.0.1"]
    assert entry.kind is Kind.OWN


FDB = [  # output, platform, port, VLAN, kind and age in seconds of the target's entry, number of entries
    ("IOS_MAC", "cisco_ios", "Gi1/0/7", 10, Kind.DYNAMIC, None, 3),
    ("NXOS_MAC", "cisco_nxos", "Eth1/7", 10, Kind.DYNAMIC, 12, 4),
    ("EOS_MAC", "arista_eos", "Et7", 10, Kind.DYNAMIC, None, 2),
    ("JUNOS_TABLE", "juniper_junos", "xe-0/0/7.0", 10, Kind.DYNAMIC, None, 2),
    ("COMWARE_MAC", "hp_comware", "XGE1/0/7", 10, Kind.DYNAMIC, None, 2),
    ("PROCURVE_MAC", "hp_procurve", "Trk1", 10, None, None, 1),
    ("AOSCX_MAC", "aruba_aoscx", "1/1/7", 10, Kind.DYNAMIC, None, 1),
    ("HUAWEI_MAC", "huawei_vrp", "XGE0/0/7", 10, Kind.DYNAMIC, None, 2),
    ("OS10_MAC", "dell_os10", "ethernet1/1/7", 10, Kind.DYNAMIC, None, 2),
    ("EXOS_FDB", "extreme_exos", "1:7", 10, Kind.DYNAMIC, 41, 2),
    ("MIKROTIK_HOSTS", "mikrotik_routeros", "ether7", 10, Kind.DYNAMIC, None, 2),
]


@pytest.mark.parametrize(
    ("name", "platform", "port", "vlan", "kind", "age_s", "entries"),
    [pytest.param(*row, id=row[0]) for row in FDB],
)
def test_a_switchs_table_of_every_platform_is_read_whole(
    name: str, platform: str, port: str, vlan: int, kind: Kind | None, age_s: float | None, entries: int
) -> None:
    """A port's name is kept as the device tells it."""
    table = one(getattr(outputs, name))
    assert (table.platform, table.table, table.extent, table.why) == (platform, Table.FDB, Extent.WHOLE, None)
    assert len(table.rows) == entries
    (target,) = [row for _, row in table.rows if isinstance(row, FdbEntry) and row.mac == MAC]
    assert target == FdbEntry(mac=MAC, vlan=vlan, port=port, kind=kind, age_s=age_s)
    fixed = [row.kind for _, row in table.rows if isinstance(row, FdbEntry) and row.mac == STATIC_MAC]
    assert fixed == ([Kind.STATIC] if STATIC_MAC.replace(":", "") in _digits(getattr(outputs, name)) else [])


def _digits(text: str) -> str:
    return "".join(one for one in text.lower() if one not in ":.-")


def test_a_linux_bridge_tells_learnt_from_its_own_and_leaves_groups_out() -> None:
    """What a bridge calls permanent is a MAC of its own; multicast is nobody's."""
    kinds = [(row.mac, row.vlan, row.kind) for row in rows(outputs.BRIDGE_FDB) if isinstance(row, FdbEntry)]
    assert kinds == [
        (MAC, 10, Kind.DYNAMIC),
        (MAC, None, Kind.DYNAMIC),
        (Mac("fe:54:00:00:00:07"), None, Kind.OWN),
        (STATIC_MAC, 10, Kind.STATIC),
    ]


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("IOS_LLDP", Adjacent(port="Gi1/0/7", name="esx01", far_port="0050.5680.0001")),
        ("JUNOS_LLDP", Adjacent(port="xe-0/0/7", name="esx01", far_port="vmnic0")),
    ],
)
def test_neighbours_are_read(name: str, wanted: Adjacent) -> None:
    """Which host hangs on which port."""
    table = one(getattr(outputs, name))
    assert (table.table, table.extent) == (Table.NEIGHBOURS, Extent.WHOLE)
    assert wanted in [row for _, row in table.rows]


def test_the_state_of_ports_is_read() -> None:
    """Up, down and shut are three things; a trunk's VLANs are not told here."""
    table = one(outputs.IOS_STATUS)
    assert (table.table, table.extent) == (Table.PORTS, Extent.WHOLE)
    assert [row for _, row in table.rows] == [
        PortState(port="Gi1/0/7", label="esx01 vmnic0", enabled=True, up=True, speed_mbps=1000),
        PortState(port="Gi1/0/8", enabled=True, up=False, vlans=(10,)),
        PortState(port="Gi1/0/9", label="old", enabled=False, up=False, vlans=(20,)),
    ]


@pytest.mark.parametrize(
    ("text", "platform", "row"),
    [
        pytest.param(
            """acc-1# show lldp neighbor-info

LLDP Neighbor Information
=========================

Total Neighbor Entries          : 1

LOCAL-PORT  CHASSIS-ID         PORT-ID                      PORT-DESC                    TTL      SYS-NAME
-----------------------------------------------------------------------------------------------------------
1/1/48      00:50:56:aa:01:01  1/1/1                        1/1/1                        120      dist-1
""",
            "aruba_aoscx",
            Adjacent(port="1/1/48", name="dist-1", far_port="1/1/1"),
            id="AOS-CX",
        ),
        pytest.param(
            """<acc-1>display lldp neighbor brief
Local Intf       Neighbor Dev             Neighbor Intf             Exptime(s)
GE0/0/48         dist-1                   GE0/0/1                   112
""",
            "huawei_vrp",
            Adjacent(port="GE0/0/48", name="dist-1", far_port="GE0/0/1"),
            id="VRP",
        ),
        pytest.param(
            """acc-1# show lldp neighbors
Loc PortID          Rem Host Name   Rem Port Id                     Rem Chassis Id
----------------------------------------------------------------------------------
ethernet1/1/48      dist-1          ethernet1/1/1                   00:50:56:aa:01:01
""",
            "dell_os10",
            Adjacent(port="ethernet1/1/48", name="dist-1", far_port="ethernet1/1/1"),
            id="OS10",
        ),
    ],
)
def test_neighbours_by_our_own_templates(text: str, platform: str, row: Adjacent) -> None:
    """The form is that of the vendors' command references; names and addresses are ours."""
    table = one(text)
    assert (table.platform, table.extent, [entry for _, entry in table.rows]) == (platform, Extent.WHOLE, [row])


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("core-1#show ip arp vrf NOBODY\n% IP routing table NOBODY does not exist\ncore-1#\n", id="VRF"),
        pytest.param(
            "acc-1#show mac address-table\n               ^\n% Invalid input detected at '^' marker.\n\nacc-1#\n",
            id="invalid input",
        ),
        pytest.param("acc-1> show ethernet-switching table\n\nerror: permission denied\n\nacc-1>\n", id="no right"),
    ],
)
def test_a_refused_command_is_no_empty_table(text: str) -> None:
    """An empty table says that a MAC is nowhere, which a refusal does not."""
    with pytest.raises(BundleError):
        one(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("core-1#show ip arp 10.0.0.5\ncore-1#\n", id="nothing"),
        pytest.param(
            "acc-1#show mac address-table\n          Mac Address Table\n------------------------------------------\n\n"
            "Vlan    Mac Address       Type        Ports\n----    -----------       --------    -----\nacc-1#\n",
            id="a heading",
        ),
    ],
)
def test_a_table_without_rows_is_a_table(text: str) -> None:
    """That it holds nothing is an answer."""
    assert one(text).rows == ()
    assert one(text).extent in (Extent.WHOLE, Extent.ASKED)


@pytest.mark.parametrize(
    "command", ["show lldp neighbor-info detail", "show interfaces", "show standby brief", "show lacp neighbor"]
)
def test_another_output_with_addresses_is_no_table_of_macs(command: str) -> None:
    """Some templates take any line with a MAC in its second column."""
    text = f"acc-1# {command}\n-----\n1/1/48      00:50:56:aa:01:01  1/1/1     1/1/1      120      dist-1\nacc-1#\n"
    with pytest.raises(BundleError):
        one(text)
