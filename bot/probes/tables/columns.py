"""The columns of the MIBs that are read, by the name an engineer types into snmpwalk.

Source: RFC 4293 (IP-MIB), RFC 2863 (IF-MIB), RFC 4188 (BRIDGE-MIB), RFC 4363 (Q-BRIDGE-MIB), IEEE 802.1AB-2005
(LLDP-MIB), RFC 3418 (SNMPv2-MIB), CISCO-CDP-MIB.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table, or a scalar (whose instance is ``0``); ``entry`` is what a locator calls its rows."""

    name: str
    oid: str
    entry: str


UP_TIME = Column("sysUpTime", "1.3.6.1.2.1.1.3", "sysUpTime")
NAME = Column("sysName", "1.3.6.1.2.1.1.5", "sysName")

_ENTRIES: dict[str, tuple[str, dict[str, int]]] = {
    "ipAdEnt": ("1.3.6.1.2.1.4.20.1", {"ipAdEntIfIndex": 2, "ipAdEntNetMask": 3}),
    "ipNetToMedia": ("1.3.6.1.2.1.4.22.1", {"ipNetToMediaPhysAddress": 2, "ipNetToMediaType": 4}),
    "ipNetToPhysical": (
        "1.3.6.1.2.1.4.35.1",
        {
            "ipNetToPhysicalPhysAddress": 4,
            "ipNetToPhysicalLastUpdated": 5,
            "ipNetToPhysicalType": 6,
        },
    ),
    "ifTable": (
        "1.3.6.1.2.1.2.2.1",
        {
            "ifDescr": 2,
            "ifAdminStatus": 7,
            "ifOperStatus": 8,
            "ifInDiscards": 13,
            "ifInErrors": 14,
            "ifOutDiscards": 19,
            "ifOutErrors": 20,
        },
    ),
    "ifXTable": (
        "1.3.6.1.2.1.31.1.1.1",
        {
            "ifName": 1,
            "ifHCInUcastPkts": 7,
            "ifHCInBroadcastPkts": 9,
            "ifHCOutUcastPkts": 11,
            "ifHCOutBroadcastPkts": 13,
            "ifHighSpeed": 15,
            "ifAlias": 18,
        },
    ),
    "dot1dBasePort": ("1.3.6.1.2.1.17.1.4.1", {"dot1dBasePortIfIndex": 2}),
    "dot1dTpFdb": ("1.3.6.1.2.1.17.4.3.1", {"dot1dTpFdbPort": 2, "dot1dTpFdbStatus": 3}),
    "dot1qFdb": ("1.3.6.1.2.1.17.7.1.2.1.1", {"dot1qFdbDynamicCount": 2}),
    "dot1qTpFdb": ("1.3.6.1.2.1.17.7.1.2.2.1", {"dot1qTpFdbPort": 2, "dot1qTpFdbStatus": 3}),
    "dot1qVlanCurrent": (
        "1.3.6.1.2.1.17.7.1.4.2.1",
        {"dot1qVlanCurrentEgressPorts": 4, "dot1qVlanFdbId": 3, "dot1qVlanCurrentUntaggedPorts": 5},
    ),
    "dot1qVlanStatic": ("1.3.6.1.2.1.17.7.1.4.3.1", {"dot1qVlanStaticEgressPorts": 2}),
    "lldpLocPort": (
        "1.0.8802.1.1.2.1.3.7.1",
        {"lldpLocPortId": 3, "lldpLocPortIdSubtype": 2, "lldpLocPortDesc": 4},
    ),
    "lldpRem": (
        "1.0.8802.1.1.2.1.4.1.1",
        {
            "lldpRemPortId": 7,
            "lldpRemPortIdSubtype": 6,
            "lldpRemPortDesc": 8,
            "lldpRemSysName": 9,
            "lldpRemChassisId": 5,
            "lldpRemChassisIdSubtype": 4,
        },
    ),
    "cdpCache": ("1.3.6.1.4.1.9.9.23.1.2.1.1", {"cdpCacheDeviceId": 6, "cdpCacheDevicePort": 7}),
}

COLUMNS: dict[str, Column] = {
    column.name: column
    for column in (
        UP_TIME,
        NAME,
        *(
            Column(name, f"{oid}.{number}", entry)
            for entry, (oid, names) in _ENTRIES.items()
            for name, number in names.items()
        ),
    )
}
"""Every column by name; an artifact holds no other."""

COUNTERS = {
    "errors_in": "ifInErrors",
    "errors_out": "ifOutErrors",
    "discards_in": "ifInDiscards",
    "discards_out": "ifOutDiscards",
    "broadcasts_in": "ifHCInBroadcastPkts",
    "broadcasts_out": "ifHCOutBroadcastPkts",
    "unicasts_in": "ifHCInUcastPkts",
    "unicasts_out": "ifHCOutUcastPkts",
}
"""Which column each field of ``Counts`` comes from."""


def columns(*names: str) -> tuple[Column, ...]:
    """Columns by name."""
    return tuple(COLUMNS[name] for name in names)


def of_entry(entry: str) -> tuple[Column, ...]:
    """All columns of one table; the first is one that every row has."""
    return columns(*_ENTRIES[entry][1])
