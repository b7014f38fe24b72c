"""The ARP entry of the target on every device that keeps one, beside whoever answers now.

Not a finding: what several of them, and the path view, read.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from bot.findings.entries import Entry, pinned
from bot.findings.moving import superseded
from bot.findings.owning import running_owners, target_vms, vm_name
from bot.findings.reading import claims, group_claims
from bot.findings.shared_macs import virtual_kind
from bot.findings.tabled import (
    Expected,
    devices,
    expected,
    newest,
    readings,
)
from bot.findings.wording import listing, macs_text
from bot.model.addresses import Mac, can_own
from bot.model.finding import Evidence
from bot.model.network import ArpEntry, Device, Kind, Table
from bot.model.observation import Observation
from bot.model.path import Mark

SHOWN_AFTER_S = 3.0
"""So long an SNMP agent may show an ARP entry as it was: net-snmp took up to 1 s (measured on 5.9.3)."""


def arp_entries(evidence: Evidence) -> list[Entry]:
    """The ARP entry of the target on every device that keeps one, from the core to the guest."""
    return evidence.once(_read_arp_entries)


def _read_arp_entries(evidence: Evidence) -> list[Entry]:
    return [entry for device in devices(evidence) for entry in _arp(evidence, device)]


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
            yield replace(entry, stood=entry.amiss and _stood(evidence, device, row, seen), was=was)


def _before(
    evidence: Evidence, device: Device, right: ArpEntry, known: Expected | None
) -> tuple[ArpEntry, Observation] | None:
    """The wrong entry that stood in the same place at the first look, before the target told anybody its MAC."""
    looks = [look for look in readings(evidence, device, Table.ARP) if look.rows]
    told = _told(evidence)
    for row, seen in looks[0].of(ArpEntry) if looks else ():
        same = row.ip == right.ip and row.interface == right.interface
        wrong = row.mac is not None and known is not None and row.mac not in known.macs
        if same and wrong and row.kind is not Kind.STATIC and told and seen.seen_at < max(told):
            return row, seen
    return None


def _compared(evidence: Evidence, device: Device, row: ArpEntry, known: Expected | None) -> tuple[Mark, str]:
    holds = f"On {device.name} {evidence.target} is at `{row.mac}`{pinned(row)}"
    if row.mac is None:
        return (
            Mark.MISSING,
            f"On {device.name} the entry of {evidence.target} is incomplete: it asks and hears nothing.",
        )
    if not can_own(row.mac):
        if row.mac in {claim.mac for claim in group_claims(evidence)}:
            return Mark.RIGHT, f"{holds}, a group MAC, with which it answers."
        return Mark.UNKNOWN, f"{holds}, a group MAC, as load-balancing clusters have."
    if known is None:
        return Mark.UNKNOWN, f"{holds}; nobody knows which MAC is right."
    if row.mac in known.macs:
        if len(known.macs) > 1:
            return Mark.UNKNOWN, f"{holds}, one of the {len(known.macs)} MACs that it may be."
        return Mark.RIGHT, f"{holds}, which is right."
    if kind := virtual_kind(row.mac, evidence.target):
        return Mark.UNKNOWN, f"{holds}, a MAC that machines share ({kind})."
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


def unsettled(evidence: Evidence) -> bool:
    """Whether a table was read too early to say that it kept a wrong entry though the target told everybody its MAC."""
    return bool(_told(evidence)) and any(
        entry.amiss and not entry.pinned and not entry.stood and entry.device.reporter is None
        for entry in arp_entries(evidence)
    )


def _told(evidence: Evidence) -> list[datetime]:
    """When the target told everybody the MAC that it has."""
    return [claim.seen.seen_at for claim in claims(evidence) if claim.told is None and _live(evidence, claim.mac)]


def _stood(evidence: Evidence, device: Device, row: ArpEntry, seen: Observation) -> bool:
    """Whether the entry was read over and over, longer than a device shows it late, after the target told everybody.

    What it tells to all reaches whoever keeps an entry for it (RFC 826: merge before anything else). The time counts
    by the reader's own clock and within one job, so that no other clock has a part in it. When a person saw what is
    pasted nobody knows.
    """
    told = _told(evidence)
    if device.reporter is not None or not told:
        return False
    since = seen.seen_at
    for other, at in reversed([pair for look in readings(evidence, device, Table.ARP) for pair in look.of(ArpEntry)]):
        if (other.ip, other.interface) != (row.ip, row.interface):
            continue
        if other.mac != row.mac or at.artifact != seen.artifact or at.seen_at < min(told):
            break
        since = at.seen_at
    return (seen.seen_at - since).total_seconds() >= SHOWN_AFTER_S


def _live(evidence: Evidence, mac: Mac) -> bool:
    known = expected(evidence)
    return known is not None and known.live and mac in known.macs
