"""What routers and switches were read to hold, reading by reading, and where the target should be on each of them.

Not a finding: what several of them, and the path view, read.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TypeVar

from bot.findings.moving import superseded
from bot.findings.owning import carriers, target_vms, vm_name
from bot.findings.reading import claimants, claims
from bot.findings.wording import listing, macs_text
from bot.model.addresses import Mac
from bot.model.finding import Evidence
from bot.model.network import Adjacent, ArpEntry, Device, Extent, FdbEntry, Identity, PortState, Role, Table
from bot.model.observation import Observation, RowSeen, TableRead

R = TypeVar("R", ArpEntry, FdbEntry, PortState, Adjacent, Identity)

_KIND = {
    Table.ARP: ArpEntry,
    Table.FDB: FdbEntry,
    Table.PORTS: PortState,
    Table.NEIGHBOURS: Adjacent,
    Table.IDENTITY: Identity,
}
_ORDER = list(Role)
_WORD = re.compile(r"^([a-z][a-z-]*?)[\s-]?(\d.*)$")
# Cisco, Arista and Dell; IOS XR; Junos; HPE ProCurve, Comware and AOS-CX; Huawei; Linux and MikroTik; anybody's word.
_AGGREGATE = re.compile(
    r"(po|port-?channel|bundle-ether|be|ae|trk|bagg|bridge-aggregation|lag|eth-?trunk|bond|bonding|team|mlag|vpc"
    r"|aggregat\w*)[\s_-]?\d"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """One look at one table of one device, and the rows that it gave."""

    read: TableRead
    rows: tuple[RowSeen, ...]

    @property
    def at(self) -> datetime:
        """When it was read."""
        return self.read.seen_at

    def of(self, kind: type[R]) -> list[tuple[R, RowSeen]]:
        """Its rows of one kind, each with the place where it stands."""
        return [(seen.row, seen) for seen in self.rows if isinstance(seen.row, kind)]


@dataclass(frozen=True, slots=True)
class Expected:
    """The MACs that the target should have everywhere, how that is known, and who says so.

    ``live``: somebody answers with them now; else they are what vCenter configures.
    """

    macs: tuple[Mac, ...]
    because: str
    seen: tuple[Observation, ...]
    live: bool


def devices(evidence: Evidence) -> list[Device]:
    """Every device of which a table was read, from the core to the guest."""
    found = {(one.device.name, one.device.reporter or ""): one.device for one in evidence.of(TableRead)}
    return [found[key] for key in sorted(found, key=lambda key: (_ORDER.index(found[key].role), key))]


def readings(evidence: Evidence, device: Device, table: Table) -> list[Reading]:
    """The looks at this table of this device, by time."""
    return evidence.once(_read_readings).get((device, table), [])


def _read_readings(evidence: Evidence) -> dict[tuple[Device, Table], list[Reading]]:
    rows: defaultdict[tuple[Device, Table, str], list[RowSeen]] = defaultdict(list)
    reads: defaultdict[tuple[Device, Table, str], list[TableRead]] = defaultdict(list)
    for seen in evidence.of(RowSeen):
        table = next(table for table, kind in _KIND.items() if isinstance(seen.row, kind))
        rows[seen.device, table, seen.artifact].append(seen)
    for read in evidence.of(TableRead):
        reads[read.device, read.table, read.artifact].append(read)
    found: defaultdict[tuple[Device, Table], list[Reading]] = defaultdict(list)
    for key, told in reads.items():
        found[key[0], key[1]] += _looks(told, rows.get(key, []))
    return {key: sorted(looks, key=lambda look: look.at) for key, looks in found.items()}


def _looks(told: list[TableRead], rows: list[RowSeen]) -> Iterator[Reading]:
    """The rows that were read up to each word on how much was read; what was read after the last one, by its moments.

    Counters are read once more at the end, and nothing is said of the table then.
    """
    since = datetime.min.replace(tzinfo=UTC)
    for read in told:
        mine = tuple(row for row in rows if since < row.seen_at <= read.seen_at)
        yield Reading(read, mine)
        since = max(since, read.seen_at)
    later = [row for row in rows if row.seen_at > since]
    for moment in sorted({row.seen_at for row in later}):
        read = replace(told[-1], seen_at=moment, extent=Extent.ASKED)
        yield Reading(read, tuple(row for row in later if row.seen_at == moment))


def newest(evidence: Evidence, device: Device, table: Table) -> Reading | None:
    """The last look at this table that gave anything: rows, or the word that there are none.

    People paste another machine's row after a whole table, or the table of another VRF: of theirs it is the last one
    that holds the target.
    """
    sure = (Extent.WHOLE, Extent.ASKED)
    looks = readings(evidence, device, table)[::-1]
    if device.reporter and (about := next((one for one in looks if _holds_target(evidence, one)), None)):
        return about
    return next((one for one in looks if one.rows or one.read.extent in sure), None)


def _holds_target(evidence: Evidence, look: Reading) -> bool:
    known = expected(evidence)
    arp = any(row.ip == evidence.target for row, _ in look.of(ArpEntry))
    return arp or (known is not None and any(row.mac in known.macs for row, _ in look.of(FdbEntry)))


def expected(evidence: Evidence) -> Expected | None:
    """Who the target is: whoever answers now, or, where nobody does, the vNIC that should have it."""
    return evidence.once(_read_expected)


def _read_expected(evidence: Evidence) -> Expected | None:
    macs = tuple(mac for mac in claimants(evidence) if mac not in superseded(evidence))
    if macs:
        seen = {claim.mac: claim.seen for claim in claims(evidence) if claim.mac in macs}
        where = listing(sorted({one.vantage.agent for one in seen.values()}))
        one = f"{macs_text(macs)} answers" if len(macs) == 1 else f"{macs_text(macs)} answer"
        says = f"{one} for {evidence.target} now, as heard at {where}."
        return Expected(macs, says, tuple(seen[mac] for mac in macs), live=True)
    nics = carriers(evidence, target_vms(evidence))
    if not nics:
        return None
    macs = tuple(sorted({nic.mac for nic in nics}))
    names = listing(sorted({vm_name(evidence, nic.vm) for nic in nics}))
    says = f"Nobody was heard answering for {evidence.target}; vCenter gives its VM {names} {macs_text(macs)}."
    return Expected(macs, says, tuple(nics), live=False)


def called(evidence: Evidence, device: Device) -> frozenset[str]:
    """The names by which others may know this device, without domain, serial number and case."""
    told = [row.name for one in readings(evidence, device, Table.IDENTITY) for row, _ in one.of(Identity) if row.name]
    return frozenset(map(short_name, (device.name, *told)))


def short_name(name: str) -> str:
    """A device's name as it can be compared: CDP adds a serial number in brackets, LLDP a domain."""
    return name.partition("(")[0].strip().partition(".")[0].casefold()


def same_port(one: str | None, other: str | None) -> bool:
    """Whether two names are those of one port: "Gi1/0/1", "GigabitEthernet1/0/1", "Eth 1/1" and "Ethernet1/1"."""
    if one is None or other is None:
        return False
    a, b = _port(one), _port(other)
    return a[1] == b[1] and (a[0] == b[0] or (a[1] != "" and min(a[0], b[0], key=len) != "" and _begins(a[0], b[0])))


def aggregates(port: str | None) -> bool:
    """Whether this names several ports as one: a MAC learned behind any of them is told to be there."""
    return port is None or _AGGREGATE.match(port.strip().casefold()) is not None


def _port(name: str) -> tuple[str, str]:
    told = name.strip().casefold()
    found = _WORD.match(told)
    return (found[1], found[2].strip()) if found else (told, "")


def _begins(one: str, other: str) -> bool:
    """Whether the shorter word abbreviates the longer one, as "te" does "tengigabitethernet"."""
    short, long = sorted((one.rstrip("-"), other.rstrip("-")), key=len)
    return len(short) >= 2 and long.startswith(short) and long[len(short) :][:1].isalpha()
