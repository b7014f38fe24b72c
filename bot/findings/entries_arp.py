"""The ARP entry of the target on every device that keeps one, beside whoever answers now.

Not a finding: what several of them, and the path view, read.
"""

from collections.abc import Iterator, Sequence
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
from bot.model.observation import Observation, RowSeen
from bot.model.path import Mark

SHOWN_AFTER_S = 3.0
"""So long an SNMP agent may show an ARP entry as it was: net-snmp took up to 1 s (measured on 5.9.3)."""
LOCKED_S = 1.2
"""So long after an entry was confirmed a router may refuse another MAC for it: Linux does for 1 s (arp_process in
net/ipv4/arp.c, net.ipv4.neigh.*.locktime), and is then no router that does not listen."""


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


def doubtful(evidence: Evidence) -> bool:
    """Whether a table that an instrument read holds a wrong entry which the target itself might put right."""
    return any(entry.amiss and not entry.pinned and entry.device.reporter is None for entry in arp_entries(evidence))


def unsettled(evidence: Evidence) -> bool:
    """Whether a table was read too early to say that it kept a wrong entry though the target told everybody its MAC."""
    return bool(_told(evidence)) and any(
        entry.amiss and not entry.pinned and not entry.stood and entry.device.reporter is None
        for entry in arp_entries(evidence)
    )


def _told(evidence: Evidence) -> list[datetime]:
    """When the target told everybody the MAC that it has."""
    return [claim.seen.seen_at for claim in claims(evidence) if claim.to_all and _live(evidence, claim.mac)]


def _stood(evidence: Evidence, device: Device, row: ArpEntry, seen: Observation) -> bool:
    """Whether the entry stood before and long after the target told everybody its MAC.

    What it tells to all reaches whoever keeps an entry for it (RFC 826: merge before anything else). Long after: it was
    read over and over in one job, so that the time counts by the reader's own clock. When a person saw what is pasted
    nobody knows.
    """
    if device.reporter is not None:
        return False
    looks = [pair for look in readings(evidence, device, Table.ARP) for pair in look.of(ArpEntry)]
    same = [(one, at) for one, at in looks if (one.ip, one.interface) == (row.ip, row.interface)]
    return any(
        _stood_before(same, row, told) and _stood_after(same, row, seen, told) >= SHOWN_AFTER_S
        for told in _told(evidence)
    )


def _stood_before(same: Sequence[tuple[ArpEntry, RowSeen]], row: ArpEntry, told: datetime) -> bool:
    """Whether it was long there by then: one that was confirmed in this second may be locked."""
    since: datetime | None = None
    for one, at in reversed([pair for pair in same if pair[1].seen_at <= told]):
        if one.mac != row.mac:
            break
        since = at.seen_at
    return since is not None and (told - since).total_seconds() >= LOCKED_S


def _stood_after(same: Sequence[tuple[ArpEntry, RowSeen]], row: ArpEntry, seen: Observation, told: datetime) -> float:
    """For how many seconds its newest job read it, and nothing else, after that."""
    since = seen.seen_at
    for one, at in reversed(same):
        if one.mac != row.mac or at.artifact != seen.artifact or at.seen_at < told:
            break
        since = at.seen_at
    return (seen.seen_at - since).total_seconds()


def _live(evidence: Evidence, mac: Mac) -> bool:
    known = expected(evidence)
    return known is not None and known.live and mac in known.macs
