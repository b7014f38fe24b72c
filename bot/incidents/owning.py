"""Snapshots to the answer of a look-up: who has it, who else does, and what nobody saw."""

from collections.abc import Iterable, Iterator, Sequence
from ipaddress import IPv4Address

from bot import findings
from bot.incidents import around
from bot.incidents.identities import identities
from bot.incidents.machines import Machine, machines
from bot.incidents.sections import sections
from bot.incidents.sharing import Key, apart, conflict, holders
from bot.incidents.wording import listing
from bot.model.addresses import Mac
from bot.model.finding import Evidence, Standing
from bot.model.observation import Observation
from bot.model.owners import Owners, Section
from bot.model.request import Target
from bot.probes.vcenter import Query, Snapshot

_FAMILIES = ("vcenter.", "owner.", "guest.", "trigger.")
"""The findings that rest on vCenter alone."""
_SNAPSHOT = frozenset(
    {"format", "vcenter", "api_version", "read_at", "asked", "complete", "unread", "vms", "host_nics", "surroundings"}
)
_NOTHING_AROUND = "Uplinks and their switch ports, alarms and the last moves were not read."
_CLAIMED = "owner.target_vm_known"  # says what the claim says
_LISTED_TWICE = "owner.address_listed_on_two_vms"  # says what a conflict says at greater length


def answer(
    target: Target, snapshots: Sequence[Snapshot], observations: tuple[Observation, ...], gaps: Iterable[str]
) -> Owners:
    """What these snapshots, which are all that came back and at least one, say about the target.

    ``observations`` are what they say in the words of findings, ``gaps`` what nobody looked at, as sentences.
    """
    wanted = Query(
        (target.address,) if target.address else (),
        (target.mac,) if target.mac else (),
        (target.name,) if target.name else (),
    )
    found = machines(snapshots, wanted)
    ips, macs = identities(target, observations)
    own: tuple[Key | None, ...] = (target.address, target.mac, *ips, *macs)
    keys = dict.fromkeys(key for key in own if key is not None)
    having = holders(
        ((one.vcenter, one.vm) for one in found if one.vm),
        ((one.vcenter, nic) for one in found for nic in one.nics),
    )
    shared = [(key, having[key]) for key in keys if len(having.get(key, ())) > 1]
    conflicts = tuple(filter(None, (conflict(*one) for one in shared)))
    elsewhere = tuple(filter(None, (apart(*one) for one in shared)))
    # Without a target of its own nothing is established, and an address that stays inside a guest is none.
    addresses = (target.address,) if target.address else ips
    gaps = tuple(gaps)
    unread = tuple(_unread(snapshots, gaps, ips, macs))
    further, untold = _further(snapshots)
    if any(one.vm for one in found) and not (further or untold):
        untold = (_NOTHING_AROUND,)
    return Owners(
        claim=_claim(target, found, snapshots, whole=not gaps and all(one.complete for one in snapshots)),
        conflicts=conflicts,
        owners=tuple(one.as_owner() for one in found),
        established=(*elsewhere, *_established(addresses, observations, unread, told_twice=bool(conflicts))),
        sections=further,
        missing=(*unread, *filter(None, (one.unseen() for one in found)), *untold),
        read_at=min(snapshot.read_at for snapshot in snapshots),
    )


def summary(owners: Owners) -> tuple[str, ...]:
    """What a card says while the look-up runs."""
    return (*(one.says for one in owners.conflicts), *(fact for owner in owners.owners for fact in owner.facts[:1]))


def _established(
    addresses: Iterable[IPv4Address], observations: tuple[Observation, ...], gaps: tuple[str, ...], *, told_twice: bool
) -> Iterator[str]:
    statements = (
        one.statement
        for address in addresses
        for one in findings.establish(Evidence(address, observations, gaps))
        if one.standing is Standing.PRESENT and one.id.startswith(_FAMILIES)
        if one.id != _CLAIMED and not (told_twice and one.id == _LISTED_TWICE)
    )
    yield from dict.fromkeys(statements)


def _claim(target: Target, found: Sequence[Machine], snapshots: Sequence[Snapshot], *, whole: bool) -> str:
    whom = f"`{target.mac}`" if target.mac else str(target)
    asked = [one for one in found if one.asked_for]
    if not asked:
        says = _nobody(target, whom, snapshots)
        return says if whole else f"{says} Not everything could be read, so it may be there all the same."
    if len(asked) == 1:
        return asked[0].claim(None if target.name else whom)
    names = listing(f"{one.name} (vCenter {one.vcenter})" for one in asked)
    return f"{len(asked)} machines {'are named' if target.name else 'have'} {whom}: {names}."


def _nobody(target: Target, whom: str, snapshots: Sequence[Snapshot]) -> str:
    names = sorted({snapshot.vcenter for snapshot in snapshots})
    who = f"vCenter {names[0]} knows" if len(names) == 1 else f"vCenters {listing(names)} know"
    if target.name:
        return f"{who} no VM named {whom}."
    if target.mac:
        return (
            f"{who} no VM and no host with {whom}: a physical machine, a container or another vCenter's VM may have it."
        )
    return f"{who} no VM and no host with {whom}, which proves little: VMware Tools do not report every address."


def _unread(
    snapshots: Sequence[Snapshot], gaps: Iterable[str], ips: Iterable[IPv4Address], macs: Iterable[Mac]
) -> Iterator[str]:
    several = len({snapshot.vcenter for snapshot in snapshots}) > 1
    notes = (f"vCenter {one.vcenter}: {note}" if several else note for one in snapshots for note in one.unread)
    yield from dict.fromkeys((*gaps, *notes))
    for vcenter in dict.fromkeys(snapshot.vcenter for snapshot in snapshots):
        asked = [snapshot.asked for snapshot in snapshots if snapshot.vcenter == vcenter]
        left = [str(ip) for ip in ips if not any(ip in query.ips for query in asked)]
        left += [f"`{mac}`" for mac in macs if not any(mac in query.macs for query in asked)]
        if left:
            yield f"vCenter {vcenter} was not asked who else has {listing(left, 'or')}."


def _further(snapshots: Sequence[Snapshot]) -> tuple[tuple[Section, ...], tuple[str, ...]]:
    """What else the snapshots hold, and what they say they do not hold."""
    several = len({snapshot.vcenter for snapshot in snapshots}) > 1
    lines: dict[tuple[str, bool], dict[str, None]] = {}
    untold: dict[str, None] = {}
    for snapshot in snapshots:
        prefix = f"{snapshot.vcenter} " if several else ""
        if (told := snapshot.surroundings) is not None:
            hosts, vms = {vm.host for vm in snapshot.vms if vm.host}, {vm.id for vm in snapshot.vms}
            for section in around.sections(told, hosts, vms):
                lines.setdefault((prefix + section.title, section.shown), {}).update(dict.fromkeys(section.lines))
            untold.update(dict.fromkeys(around.gaps(told)))
        for section in sections(snapshot, _SNAPSHOT, prefix.strip()):
            into = untold if section.title.endswith("gaps") else lines.setdefault((section.title, False), {})
            into.update(dict.fromkeys(section.lines))
    found = (Section(title, tuple(told), shown=shown) for (title, shown), told in lines.items())
    return tuple(found), tuple(untold)
