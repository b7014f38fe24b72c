"""Evidence as the path view: every table's word on the target beside the live answer, and what to clear."""

from collections.abc import Iterable, Iterator

from bot.findings import tabled
from bot.findings.entries import Entry
from bot.findings.entries_arp import arp_entries
from bot.findings.entries_fdb import fdb_entries
from bot.findings.flapping import Flap, flaps
from bot.findings.narrowing import about_target
from bot.findings.owning import carriers, target_vms
from bot.findings.reading import claims
from bot.findings.surrounding import seats
from bot.incidents.wording import listing
from bot.model.addresses import Mac
from bot.model.finding import Evidence, Witness
from bot.model.network import ArpEntry, Device, Extent, FdbEntry, Table
from bot.model.observation import NicFound, Observation, TableRead
from bot.model.path import Clear, Hop, Mark, Path, Place

NO_TABLE = "No router or switch was read, so no table could be compared."
_AMISS = (Mark.WRONG, Mark.OLD, Mark.MISSING)
_COMPARED = (Table.ARP, Table.FDB)


def trace(evidence: Evidence) -> Path:
    """The way from the core to the guest, as far as anybody told of it."""
    evidence = about_target(evidence)
    known = tabled.expected(evidence)
    entries = [*arp_entries(evidence), *fdb_entries(evidence)]
    hops = (*_tables(evidence, entries), *_vnics(evidence), *_wire(evidence))
    return Path(
        target=evidence.target,
        expected=known.macs if known else (),
        because=known.because if known else "",
        hops=hops,
        clear=tuple(_clear(evidence, entries)),
        claim=_claim(evidence, hops),
        missing=(*evidence.gaps, *_missing(evidence)),
    )


def has_tables(evidence: Evidence) -> bool:
    """Whether any table was read, or should have been."""
    return bool(evidence.of(TableRead))


def _tables(evidence: Evidence, entries: list[Entry]) -> Iterator[Hop]:
    turning = {(one.device, one.mac): one for one in flaps(evidence)}
    for device in tabled.devices(evidence):
        for entry in entries:
            if entry.device == device:
                yield _hop(entry, turning)


def _hop(entry: Entry, turning: dict[tuple[Device, Mac], Flap]) -> Hop:
    row, device = entry.row, entry.device
    flap = turning.get((device, row.mac)) if isinstance(row, FdbEntry) else None
    turns = f" It had it on {listing(f'port {port}' for port in flap.ports)} by turns." if flap else ""
    return Hop(
        device=device.name,
        role=device.role,
        place=Place.ARP if isinstance(row, ArpEntry) else Place.FDB,
        mac=row.mac if row else None,
        at=row.interface if isinstance(row, ArpEntry) else row.port if row else None,
        age_s=row.age_s if row else None,
        pinned=entry.pinned,
        mark=Mark.WRONG if flap else entry.mark,
        says=entry.says + turns,
        source=f"pasted by {device.reporter}" if device.reporter else "SNMP",
        witness=_witness(entry.seen),
    )


def _vnics(evidence: Evidence) -> Iterator[Hop]:
    """The vNICs that carry the target, as vCenter configures them, with the host that runs them."""
    known = tabled.expected(evidence)
    hosts = {(seat.nic.vm, seat.nic.label): seat.vm.host for seat in seats(evidence)}
    for nic in carriers(evidence, target_vms(evidence)):
        live = known is not None and known.live
        mark = Mark.UNKNOWN if not live else Mark.RIGHT if known and nic.mac in known.macs else Mark.UNKNOWN
        host = hosts.get((nic.vm, nic.label))
        yield Hop(
            device=nic.vm_name,
            role="vNIC",
            place=Place.VCENTER,
            mac=nic.mac,
            at=f"{nic.label} on {host}" if host else nic.label,
            age_s=None,
            pinned=False,
            mark=mark,
            says=_vnic_says(nic, mark, live=live),
            source=f"vCenter {nic.vm.partition('/')[0]}",
            witness=_witness(nic),
        )


def _vnic_says(nic: NicFound, mark: Mark, *, live: bool) -> str:
    says = f"vCenter gives {nic.label} of VM {nic.vm_name} `{nic.mac}`"
    if mark is Mark.RIGHT:
        return f"{says}, which answers."
    return f"{says}; this MAC was not heard answering." if live else f"{says}; nobody was heard answering."


def _wire(evidence: Evidence) -> Iterator[Hop]:
    """Every MAC that claims the target, once, with the vantage that heard it first."""
    known = tabled.expected(evidence)
    first = {claim.mac: claim.seen for claim in reversed(claims(evidence))}
    for mac, seen in sorted(first.items()):
        live = known is not None and mac in known.macs
        one_of = f", one of {len(known.macs)} MACs that do" if known and live and len(known.macs) > 1 else ""
        yield Hop(
            device=seen.vantage.agent,
            role="wire",
            place=Place.WIRE,
            mac=mac,
            at=seen.vantage.segment or None,
            age_s=None,
            pinned=False,
            mark=Mark.RIGHT if live and not one_of else Mark.UNKNOWN if live else Mark.OLD,
            says=f"`{mac}` answers for {evidence.target} now{one_of}."
            if live
            else f"`{mac}` claimed {evidence.target} before it moved.",
            source=f"agent {seen.vantage.agent}",
            witness=_witness(seen),
        )


def _clear(evidence: Evidence, entries: Iterable[Entry]) -> Iterator[Clear]:
    """From the core towards the guest; on each device the MAC table first, or the new ARP answer goes astray.

    While nobody answers no ARP entry is to be cleared, for the right MAC is not known; nor is an entry that goes to and
    fro, for it would be back at once.
    """
    known = tabled.expected(evidence)
    turning = {(one.device, one.mac) for one in flaps(evidence)}
    wrong = [
        entry
        for entry in entries
        if entry.mark in (Mark.WRONG, Mark.OLD)
        and (known is not None and (known.live or isinstance(entry.row, FdbEntry)))
        and (entry.row is None or (entry.device, entry.row.mac) not in turning)
    ]
    for device in tabled.devices(evidence):
        mine = [one for one in wrong if one.device == device and one.row]
        for entry in sorted(mine, key=lambda one: isinstance(one.row, ArpEntry)):
            yield Clear(device.name, _clears(evidence, entry))


def _clears(evidence: Evidence, entry: Entry) -> str:
    row = entry.row
    verb = "remove the static" if entry.pinned else "clear the"
    if isinstance(row, ArpEntry):
        behind = f" on {row.interface}" if row.interface else ""
        return f"On {entry.device.name} {verb} ARP entry of {evidence.target} (`{row.mac}`{behind})."
    assert isinstance(row, FdbEntry), "an entry that can be cleared is a row"
    vlan = f" in VLAN {row.vlan}" if row.vlan is not None else ""
    return f"On {entry.device.name} {verb} MAC table entry of `{row.mac}`{vlan} (port {row.port})."


def _claim(evidence: Evidence, hops: Iterable[Hop]) -> str:
    tables = [hop for hop in hops if hop.place in (Place.ARP, Place.FDB)]
    amiss = [hop for hop in tables if hop.mark in _AMISS]
    known = tabled.expected(evidence)
    if not has_tables(evidence):
        return NO_TABLE
    if not tables:
        return f"No table that was read has an entry for {evidence.target}."
    if known is None:
        return f"Nobody knows which MAC {evidence.target} should have, so no entry can be called right or wrong."
    if amiss:
        names = listing(dict.fromkeys(hop.device for hop in amiss))
        entries = "entry differs" if len(amiss) == 1 else "entries differ"
        return f"{len(amiss)} {entries} from what {'is live' if known.live else 'vCenter has'}, on {names}."
    unknown = sum(hop.mark is Mark.UNKNOWN for hop in tables)
    if unknown:
        return f"No entry is wrong; {unknown} of {len(tables)} cannot be told."
    agree = f"All {len(tables)} entries agree" if len(tables) > 1 else "The one entry agrees"
    return f"{agree} with {'the live answer' if known.live else 'vCenter'}."


def _missing(evidence: Evidence) -> Iterator[str]:
    """Of each device's table that was never read as far as was wished why that is, once; the first look tells it."""
    told: dict[str, None] = {}
    for device in tabled.devices(evidence):
        for table in _COMPARED:
            looks = tabled.readings(evidence, device, table)
            short = all(look.read.extent in (Extent.NONE, Extent.PART) for look in looks)
            if looks and short and (why := looks[0].read.why):
                told[why] = None
    yield from told


def _witness(seen: Observation) -> Witness:
    return Witness(seen.artifact, seen.locator, seen.vantage.agent)
