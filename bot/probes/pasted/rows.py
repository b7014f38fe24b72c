"""A template's record as a row of the model."""

import re
from collections.abc import Mapping

from bot.model.addresses import Mac, can_own
from bot.model.network import Adjacent, ArpEntry, FdbEntry, Kind, PortState, Row, Table
from bot.probes.pasted import values
from bot.probes.pasted.known import Form
from bot.probes.pasted.machine import Record

_KINDS = {
    Kind.STATIC: ("static", "perm", "permanent", "noarp", "cm", "s", "yes", "sticky", "blackhole", "persistent",
                  "sec-config", "user-defined", "configured", "config", "drop"),
    Kind.OWN: ("self", "cpu", "local", "interface", "router", "mgmt", "i -", "ipdt"),
    Kind.DYNAMIC: ("dynamic", "learned", "learn", "reachable", "stale", "delay", "probe", "d", "c", "no", "learnt", "e",
                   "ether", "dc", "dynamically"),
}  # fmt: skip
_KIND = {word: kind for kind, words in _KINDS.items() for word in words}
_OWN_PORT = re.compile(r"(?:cpu|router|switch|sup-eth\d*(?:\(r\))?|sup|self|vplex|igmp|local)\b.*", re.IGNORECASE)
_OFF = ("disabled", "err-disabled", "errdisabled", "down")
_TWO_COLUMNS = re.compile(r"\S {3,}\S")
_LINKS = ("ARPA", "SNAP", "SAP", "SRP-A", "SRP-B", "SRP", "PPP", "HDLC")  # what IOS writes in the column Type
_SPEEDS = re.compile(r"(?:a-)?(\d{1,6})([GMk]?)", re.IGNORECASE)


class NoRowError(Exception):
    """The record is none of this form's rows, so another form may read its line."""


def row(form: Form, record: Record, age_s: float | None) -> Row | None:
    """The record as a row; None: the line is understood and holds nothing that is asked about (IPv6, a group's MAC).

    ``age_s`` is what a bare number in the age column counts.

    Raises:
        NoRowError: a column does not hold what the form has there.
    """
    match form.table:
        case Table.ARP:
            return _arp(form, record, age_s)
        case Table.FDB:
            return _fdb(form, record, age_s)
        case Table.PORTS:
            return _port(record.columns)
        case _:
            return _adjacent(record.columns)


def _arp(form: Form, record: Record, age_s: float | None) -> ArpEntry | None:
    columns = record.columns
    told = _first(columns, "ip_address", "address", "destination")
    ip = values.ip(told)
    if ip is None:
        if ":" in told:
            return None
        raise NoRowError(told)
    mac = _mac(_first(columns, "mac_address", "hardware_address") or "-")
    if mac is not None and not can_own(mac):
        return None  # Windows lists its broadcast and multicast groups among the machines
    age, interface = _first(columns, "age", "age_min"), _first(columns, "interface", "vlan_name", "port")
    if interface == "-":  # Force10's own address in a VLAN
        interface = f"Vl {columns['vlan_id']}" if columns.get("vlan_id", "-") != "-" else ""
    if _TWO_COLUMNS.search(interface) or (form.platform == "cisco_ios" and columns["type"].upper() not in _LINKS):
        raise NoRowError(interface)  # those templates take more than is theirs
    return ArpEntry(
        ip=ip,
        mac=None if columns.get("state", "").lower() in ("failed", "incomplete") else mac,
        interface=interface or None,
        kind=None if mac is None else _arp_kind(form, record, age),
        age_s=values.age_s(age, age_s),
    )


def _arp_kind(form: Form, record: Record, age: str) -> Kind | None:
    columns = record.columns
    if age.lower() in ("-", "n/a"):
        # IOS shows an entry that somebody typed in without an interface, and its own address with one.
        own = form.dash == "own" and _first(columns, "interface", "port") != ""
        return Kind.OWN if own else Kind.STATIC if form.dash else None
    if form.platform == "mikrotik_routeros":
        return Kind.DYNAMIC if "D" in columns.get("flags", "").upper() else Kind.STATIC
    if form.platform == "huawei_vrp":
        return {"I": Kind.OWN, "S": Kind.STATIC, "D": Kind.DYNAMIC}.get(columns["type"][:1])
    if form.template == "fortinet_diagnose_ip_arp_list":  # the kernel's NUD states: 0x80 permanent, 0x40 no ARP
        return Kind.STATIC if int(columns["state"], 16) & 0xC0 else Kind.DYNAMIC
    if form.template == "linux_arp":
        word = columns.get("flags", "").lower()
        permanent = (word.startswith("0x") and int(word, 16) & 4) or "m" in word or " permanent" in record.line.text
        return Kind.STATIC if permanent else Kind.DYNAMIC
    if form.platform == "juniper_junos":
        return Kind.STATIC if columns["flags"] == "permanent" else Kind.DYNAMIC
    return _kind(columns, "state", "status", "static", "type", "flags") or (Kind.DYNAMIC if form.dash and age else None)


def _fdb(form: Form, record: Record, age_s: float | None) -> FdbEntry | None:
    columns = record.columns
    mac = _mac(_first(columns, "mac_address", "destination_address"))
    if mac is None:
        raise NoRowError("no MAC")
    if not can_own(mac):
        return None
    port = _first(columns, "destination_port", "interface", "logical_interface", "ports", "port") or None
    kind = Kind.OWN if port and _OWN_PORT.fullmatch(port) else _fdb_kind(form, record)
    return FdbEntry(
        mac=mac,
        vlan=values.vlan(columns.get("vlan_id", "")),
        port=port,
        kind=kind,
        age_s=values.age_s(columns.get("age", ""), age_s),
    )


def _fdb_kind(form: Form, record: Record) -> Kind | None:
    columns, flags = record.columns, record.columns.get("flags", "")
    if form.platform == "linux":  # a bridge's own MACs and its ports' are permanent, what was typed in is static
        words = flags.split()
        own = "permanent" in words or "self" in words
        return Kind.STATIC if "static" in words else Kind.OWN if own else Kind.DYNAMIC
    if form.platform == "juniper_junos":
        letters = flags.split(",")[0]
        return Kind.STATIC if letters[:1] in ("S", "P") else Kind.OWN if letters == "C" else Kind.DYNAMIC
    if form.platform == "mikrotik_routeros":
        return Kind.OWN if "L" in flags else Kind.DYNAMIC if "D" in flags else Kind.STATIC
    if form.platform == "extreme_exos":  # its template drops the flags
        typed = re.search(r"\)\s+\d+\s+(.{3,12}?)\s{2,}", record.line.text)
        letters = typed[1] if typed else "d"
        return Kind.STATIC if set("sp") & set(letters.split()[0]) else Kind.DYNAMIC
    return _kind(columns, "type", "state", "status")


def _port(columns: Mapping[str, str]) -> PortState:
    status = columns["status"].lower()
    told = [values.vlan(one) for one in columns["vlan_id"].split(",")]
    vlans = tuple(one for one in told if one is not None)
    return PortState(
        port=columns["port"],
        label=columns["name"].strip("- ") or None,
        enabled=status not in _OFF,
        up=status in ("connected", "up"),
        speed_mbps=_speed(columns["speed"]),
        vlans=vlans or None,
    )


def _speed(word: str) -> int | None:
    found = _SPEEDS.fullmatch(word.strip())
    if found is None:
        return None
    return int(found[1]) * (1000 if found[2].upper() == "G" else 1)


def _adjacent(columns: Mapping[str, str]) -> Adjacent:
    name, port = columns["neighbor_name"].strip(), columns["local_interface"].strip()
    if not name or not port:
        raise NoRowError("no neighbour")
    return Adjacent(port=port, name=name, far_port=columns.get("neighbor_interface", "").strip() or None)


def _first(columns: Mapping[str, str], *names: str) -> str:
    return next((columns[name].strip() for name in names if columns.get(name, "").strip()), "")


def _mac(word: str) -> Mac | None:
    try:
        return values.mac(word)
    except ValueError as error:
        raise NoRowError(str(error)) from error


def _kind(columns: Mapping[str, str], *names: str) -> Kind | None:
    told = [columns.get(name, "").strip().lower() for name in names]
    words = [word for one in told for word in (one, one.rpartition(" ")[2])]  # Comware: "Config static"
    return next((kind for word in words if (kind := _KIND.get(word))), None)
