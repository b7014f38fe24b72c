"""What several findings read from vCenter's answers: who owns a MAC, whose the target is, and what was left unread."""

from collections import defaultdict
from collections.abc import Iterable

from bot.findings.reading import claimants
from bot.findings.wording import macs_text
from bot.model.addresses import Mac
from bot.model.finding import Evidence
from bot.model.observation import GuestRowFound, NeighbourHeld, NicFound, Observation, VcenterAnswered, VmFound


def _rows(evidence: Evidence) -> list[NicFound | GuestRowFound]:
    return [*evidence.of(NicFound), *evidence.of(GuestRowFound)]


def running_owners(evidence: Evidence) -> dict[Mac, frozenset[str]]:
    """Which VMs that are switched on have which MAC, by vCenter or by VMware Tools. A VM that is off sends nothing."""
    running = {vm.vm: vm.powered_on for vm in evidence.of(VmFound)}  # by time, so the newest word counts
    owners: dict[Mac, set[str]] = defaultdict(set)
    for row in _rows(evidence):
        if row.mac is not None and running.get(row.vm, True):
            owners[row.mac].add(row.vm)
    return {mac: frozenset(vms) for mac, vms in owners.items()}


def rows_of(evidence: Evidence, vms: Iterable[str]) -> list[Observation]:
    """What vCenter said about these VMs, for witnesses."""
    wanted = set(vms)
    found: list[VmFound | NicFound] = [*evidence.of(VmFound), *evidence.of(NicFound)]
    return [row for row in found if row.vm in wanted]


def vm_name(evidence: Evidence, vm: str) -> str:
    """The VM's name as people know it, with its unique id where two VMs share the name."""
    names = {row.vm: row.vm_name for row in _rows(evidence)}
    names |= {found.vm: found.name for found in evidence.of(VmFound)}
    own = names.get(vm, vm)
    return own if list(names.values()).count(own) <= 1 else f"{own} ({vm})"


def listed_vms(evidence: Evidence) -> frozenset[str]:
    """The VMs for which vCenter itself lists the target: reported by VMware Tools, or asked for by name."""
    rows = _rows(evidence)
    by_address = {row.vm for row in rows if evidence.target in row.addresses}
    asked = {name.casefold() for answered in evidence.of(VcenterAnswered) for name in answered.asked_names}
    return frozenset(by_address | {vm.vm for vm in evidence.of(VmFound) if vm.name.casefold() in asked})


def target_vms(evidence: Evidence) -> frozenset[str]:
    """The VMs that the target belongs to: listed by vCenter, or the owner of a MAC that claims it.

    Only where neither says anything, the owner of the MAC that a vantage's own ARP table held.
    """
    owners = running_owners(evidence)
    claiming = {vm for mac in claimants(evidence) for vm in owners.get(mac, ())}
    if found := listed_vms(evidence) | claiming:
        return frozenset(found)
    held = {one.mac for one in evidence.of(NeighbourHeld) if one.ip == evidence.target}
    return frozenset(row.vm for row in evidence.of(NicFound) if row.mac in held)


def carriers(evidence: Evidence, vms: frozenset[str]) -> list[NicFound]:
    """The vNICs that carry the target; every vNIC of its VM where nothing says which (a bond, a VM without Tools)."""
    latest = {(nic.vm, nic.label, nic.mac): nic for nic in evidence.of(NicFound) if nic.vm in vms}
    macs = claimants(evidence)
    carrying = [nic for nic in latest.values() if evidence.target in nic.addresses or nic.mac in macs]
    return carrying or list(latest.values())


def vcenter_doubt(evidence: Evidence, macs: Iterable[Mac] = ()) -> str | None:
    """Why vCenter's silence about the target or these MACs proves nothing; None when every vCenter fully answered."""
    asked: dict[str, set[Mac]] = defaultdict(set)
    for answered in sorted(evidence.of(VcenterAnswered), key=lambda one: (one.vcenter, one.unread)):
        if not answered.complete:
            return " ".join([f"vCenter {answered.vcenter} could not be read completely.", *answered.unread])
        asked[answered.vcenter].update(answered.asked_macs)
    if gap := next((gap for gap in sorted(evidence.gaps) if "vcenter" in gap.lower()), None):
        return gap if gap.endswith(".") else f"{gap}."
    if not asked:
        return "No vCenter was asked."
    for vcenter in sorted(asked):
        if left := set(macs) - asked[vcenter]:
            return f"vCenter {vcenter} was not asked about {macs_text(left)}."
    return None
