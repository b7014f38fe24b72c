"""Each table's entry for the target beside the MAC and the port that it should have.

Not a finding: what several of them, and the path view, read. An entry is never wrong for what nobody knows.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.findings.cabling import Cable, all_known, at, right_ports
from bot.findings.moving import superseded
from bot.findings.owning import running_owners, target_vms, vm_name
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
    readings,
    same_port,
    short_name,
)
from bot.findings.wording import listing, macs_text
from bot.model.addresses import Mac
from bot.model.finding import Evidence
from bot.model.network import ArpEntry, Device, Extent, FdbEntry, Kind, Role, Table
from bot.model.observation import Observation
from bot.model.path import Mark

SETTLES = timedelta(seconds=0.2)
"""So long after a frame was heard a MAC table has taken it in, or will not."""
SHOWN_AFTER = timedelta(seconds=1)
"""So long an SNMP agent may show an ARP entry as it was: net-snmp took up to 0.5 s (measured on 5.9.3)."""

_AMISS = (Mark.WRONG, Mark.OLD, Mark.MISSING)


@dataclass(frozen=True, slots=True)
class Entry:
    """A device's newest word on the target, how it compares, and the sentence that says so.

    ``row`` is None where there is no entry. ``seen`` is where it stands: the row, or the reading that lacks it.
    ``stood`` says whether the same wrong word was read again after the target had spoken, ``was`` what a right entry
    held before it did: a wrong word that was read first.
    """

    device: Device
    row: ArpEntry | FdbEntry | None
    mark: Mark
    says: str
    seen: Observation
    stood: bool = False
    was: tuple[ArpEntry, Observation] | None = None

    @property
    def amiss(self) -> bool:
        """Whether it differs from what it should be."""
        return self.mark in _AMISS

    @property
    def pinned(self) -> bool:
        """Whether somebody, or something, fixed it, so that it neither ages nor learns."""
        return self.row is not None and self.row.kind is Kind.STATIC


def arp_entries(evidence: Evidence) -> list[Entry]:
    """The ARP entry of the target on every device that keeps one, from the core to the guest."""
    return evidence.once(_read_arp_entries)


def fdb_entries(evidence: Evidence) -> list[Entry]:
    """The MAC table entry of each MAC of the target on every device that keeps one, from the core to the guest."""
    return evidence.once(_read_fdb_entries)


def _read_arp_entries(evidence: Evidence) -> list[Entry]:
    return [entry for device in devices(evidence) for entry in _arp(evidence, device)]


def _read_fdb_entries(evidence: Evidence) -> list[Entry]:
    known = expected(evidence)
    if known is None:
        return []
    return [entry for device in devices(evidence) for mac in known.macs for entry in _fdb(evidence, device, mac, known)]


def _arp(evidence: Evidence, device: Device) -> Iterator[Entry]:
    read = newest(evidence, device, Table.ARP)
    if read is None:
        return
    known = expected(evidence)
    for row, seen in read.of(ArpEntry):
        if row.ip == evidence.target and row.kind is not Kind.OWN:
            mark, says = _compared(evidence, device, row, known)
            entry = Entry(device, row, mark, says, seen)
            was = _before(evidence, device, row, known) if mark is Mark.RIGHT else None
            yield replace(entry, stood=entry.amiss and _stood(evidence, read, seen), was=was)


def _before(
    evidence: Evidence, device: Device, right: ArpEntry, known: Expected | None
) -> tuple[ArpEntry, Observation] | None:
    """The wrong entry that stood in the same place at the first look, before the target told anybody its MAC."""
    looks = [look for look in readings(evidence, device, Table.ARP) if look.rows]
    told = [claim.seen.seen_at for claim in claims(evidence) if claim.told is None and _live(evidence, claim.mac)]
    for row, seen in looks[0].of(ArpEntry) if looks else ():
        same = row.ip == right.ip and row.interface == right.interface
        wrong = row.mac is not None and known is not None and row.mac not in known.macs
        if same and wrong and row.kind is not Kind.STATIC and told and seen.seen_at < max(told):
            return row, seen
    return None


def _compared(evidence: Evidence, device: Device, row: ArpEntry, known: Expected | None) -> tuple[Mark, str]:
    holds = f"On {device.name} {evidence.target} is at `{row.mac}`{_pinned(row)}"
    if row.mac is None:
        return (
            Mark.MISSING,
            f"On {device.name} the entry of {evidence.target} is incomplete: it asks and hears nothing.",
        )
    if known is None:
        return Mark.UNKNOWN, f"{holds}; nobody knows which MAC is right."
    if row.mac in known.macs:
        if len(known.macs) > 1:
            return Mark.UNKNOWN, f"{holds}, one of the {len(known.macs)} MACs that it may be."
        return Mark.RIGHT, f"{holds}, which is right."
    if row.mac in superseded(evidence):
        return Mark.OLD, f"{holds}, which it had before it moved to {macs_text(known.macs)}."
    if known.live:
        return Mark.WRONG, f"{holds}{_whose(evidence, row.mac)}, while {macs_text(known.macs)} answers."
    return Mark.WRONG, f"{holds}{_whose(evidence, row.mac)}, while vCenter gives its VM {macs_text(known.macs)}."


def _whose(evidence: Evidence, mac: Mac) -> str:
    owners = running_owners(evidence).get(mac, frozenset())
    if owners & target_vms(evidence):
        return ", another vNIC of the same VM"
    return f", a MAC of VM {listing(sorted(vm_name(evidence, vm) for vm in owners))}" if owners else ""


def _pinned(row: ArpEntry | FdbEntry) -> str:
    return " as a static entry" if row.kind is Kind.STATIC else ""


def _stood(evidence: Evidence, read: Reading, seen: Observation) -> bool:
    """Whether the target told everybody its MAC, well before the entry was read as it still stands.

    What it tells to all reaches whoever keeps an entry for it (RFC 826: merge before anything else).
    """
    told = [claim.seen.seen_at for claim in claims(evidence) if claim.told is None and _live(evidence, claim.mac)]
    return bool(told) and min(told) + SHOWN_AFTER <= max(read.at, seen.seen_at)


def _live(evidence: Evidence, mac: Mac) -> bool:
    known = expected(evidence)
    return known is not None and known.live and mac in known.macs


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
    sends = f"On {device.name} frames for `{row.mac}` go to port {row.port or 'of unknown name'}{_pinned(row)}"
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
