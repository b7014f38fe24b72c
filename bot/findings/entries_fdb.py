"""The MAC table entry of each MAC of the target on every switch, beside the port that leads to its host.

Not a finding: what several of them, and the path view, read.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from bot.findings.cabling import Cable, all_known, at, right_ports
from bot.findings.entries import Entry, pinned
from bot.findings.reading import claims
from bot.findings.residence import moves
from bot.findings.surrounding import hosts_named, seats
from bot.findings.tabled import (
    Expected,
    Reading,
    aggregates,
    called,
    devices,
    expected,
    newest,
    same_port,
    short_name,
)
from bot.findings.wording import listing
from bot.model.addresses import Mac
from bot.model.finding import Evidence
from bot.model.network import Device, Extent, FdbEntry, Role, Table
from bot.model.path import Mark

SETTLES = timedelta(seconds=0.2)
"""So long after a frame was heard a MAC table has taken it in, or will not."""


def fdb_entries(evidence: Evidence) -> list[Entry]:
    """The MAC table entry of each MAC of the target on every device that keeps one, from the core to the guest."""
    return evidence.once(_read_fdb_entries)


def _read_fdb_entries(evidence: Evidence) -> list[Entry]:
    known = expected(evidence)
    if known is None:
        return []
    return [entry for device in devices(evidence) for mac in known.macs for entry in _fdb(evidence, device, mac, known)]


def _fdb(evidence: Evidence, device: Device, mac: Mac, known: Expected) -> Iterator[Entry]:
    read = newest(evidence, device, Table.FDB)
    if read is None:
        return
    vlans = {seat.vlan for seat in seats(evidence) if seat.vlan}
    rows = [(row, seen) for row, seen in read.of(FdbEntry) if row.mac == mac]
    here = [(row, seen) for row, seen in rows if row.vlan is None or not vlans or row.vlan in vlans]
    for row, seen in here:
        mark, says = _placed(evidence, device, row)
        entry = Entry(device, row, mark, says, seen)
        yield replace(entry, stood=entry.amiss and _spoke_before(evidence, mac, read))
    lacks = None if here else _absent(evidence, device, mac, read, known)
    if lacks:
        yield Entry(device, None, Mark.MISSING, lacks, read.read)


def _placed(evidence: Evidence, device: Device, row: FdbEntry) -> tuple[Mark, str]:
    """Whether the entry's port leads to the host of the target's VM, as far as anybody told what is plugged in."""
    aliases = called(evidence, device)
    right = right_ports(evidence, aliases)
    cable = at(evidence, aliases, row.port)
    sends = f"On {device.name} frames for `{row.mac}` go to port {row.port or 'of unknown name'}{pinned(row)}"
    if any(same_port(one.port, row.port) for one in right):
        return Mark.RIGHT, f"{sends}, {_behind(cable)}, which is right."
    if cable is not None and cable.host and short_name(cable.host) in set(map(short_name, hosts_named(evidence))):
        return Mark.RIGHT, f"{sends}, {_behind(cable)} by {cable.uplink or 'another uplink'}, which is right."
    should = listing(dict.fromkeys(f"port {one.port}" for one in right))
    runs = listing(sorted(hosts_named(evidence)))
    if cable is None and all_known(evidence, aliases) and not aggregates(row.port):
        return Mark.WRONG, f"{sends}; its VM runs on {runs}, behind {should}."
    if cable is None or not right:
        why = "nobody told what is plugged in there" if cable is None else "where its host is plugged in is not known"
        return Mark.UNKNOWN, f"{sends}; {why}."
    left = {short_name(move.event.source) for move in moves(evidence) if move.event.source}
    if cable.host and short_name(cable.host) in left:
        return Mark.OLD, f"{sends}, to host {cable.host}, which its VM has left; it runs on {runs}, behind {should}."
    return Mark.WRONG, f"{sends}, {_behind(cable)}; its VM runs on {runs}, behind {should}."


def _behind(cable: Cable | None) -> str:
    if cable is None:
        return "where it belongs"
    return f"to host {cable.host}" if cable.host else f"towards {cable.other}"


def _spoke_before(evidence: Evidence, mac: Mac, read: Reading) -> bool:
    """Whether the MAC sent something well before this reading: a switch learns from every frame (802.1Q 8.7).

    Who claims the MAC may send with another one, and teaches the switch that.
    """
    spoken = [claim.seen for claim in claims(evidence) if getattr(claim.seen, "transmitter", None) == mac]
    heard = [seen.seen_at for seen in spoken]
    return bool(heard) and min(heard) + SETTLES <= read.at


def _absent(evidence: Evidence, device: Device, mac: Mac, read: Reading, known: Expected) -> str | None:
    """Why the missing entry is amiss; None where it may have aged, or was not looked for.

    Only the switch that the VM's host is plugged into sees every frame of it; of two switches one does.
    """
    looked = read.read.extent is Extent.WHOLE or (read.read.extent is Extent.ASKED and mac in read.read.asked_macs)
    right = right_ports(evidence, called(evidence, device))
    direct = bool(right) and all(one.host for one in right)
    if not (looked and direct and known.live and device.role is not Role.OTHER and _spoke_before(evidence, mac, read)):
        return None
    return f"On {device.name} there is no entry for `{mac}`, though its VM is behind it and was heard just before."
