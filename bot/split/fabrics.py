"""Over which fabric of UCS the frames of each machine go: vCenter's uplinks, joined by MAC with UCS Manager's vNICs.

Only where it is certain: with uplinks on both fabrics the host's virtual switch chooses, by a hash that nobody tells,
so the parity of MAC and port stays what may be compared.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from ipaddress import IPv4Address

from bot.findings.fabrics import reads, vnics_of
from bot.incidents.wording import listing
from bot.model.finding import Evidence
from bot.model.observation import Observation
from bot.model.vsphere import Group, Host, HostGroup, HostSwitch, Uplink
from bot.probes.vcenter import Snapshot, Vm
from bot.split.attributes import SIDES
from bot.split.inventory import vms_of
from bot.split.machines import Attribute, Table, Values

FABRIC = "fabric"


class NotToldError(Exception):
    """The fabric of a machine is not certain; the text says why, as the end of a sentence."""


def fill_fabric(table: Table, snapshot: Snapshot, told: Sequence[Observation]) -> tuple[Table, tuple[str, ...]]:
    """The table with each machine's fabric, and in sentences of which it is not told. A column that is there stays."""
    if table.attribute(FABRIC) is not None:
        return table, ()
    evidence = Evidence(IPv4Address(0), tuple(told))
    values: list[Values | None] = []
    reasons: defaultdict[str, list[str]] = defaultdict(list)
    for machine, found in zip(table.machines, vms_of(table, snapshot), strict=True):
        try:
            values.append(frozenset({_fabric(found[0], snapshot, evidence)}) if len(found) == 1 else None)
        except NotToldError as error:
            values.append(None)
            reasons[str(error)].append(machine)
    gaps = [gap.says for one in reads(evidence).values() for gap in one.gaps]
    missing = [f"The fabric of {listing(names)} is not told: {why}." for why, names in reasons.items()]
    if any(value is not None for value in values):
        table = replace(table, attributes=(*table.attributes, Attribute(FABRIC, SIDES[FABRIC], tuple(values))))
    return table, tuple(dict.fromkeys((*gaps, *missing)))


def _fabric(vm: Vm, snapshot: Snapshot, evidence: Evidence) -> str:
    found: set[str] = set()
    for uplink in _in_use(vm, snapshot):
        if uplink.mac is None:
            raise NotToldError("vCenter does not tell the MACs of all uplinks of its host")
        vnics = vnics_of(evidence, vm.host or "", uplink.device, uplink.mac)
        if len(vnics) != 1:
            raise NotToldError("its host's uplinks are not each one vNIC of the UCS domains that were read")
        (vnic,) = vnics
        if not vnic.settled:
            raise NotToldError("UCS may move its vNICs from one fabric to the other, or does not tell whether")
        found.add(f"{vnic.domain} {vnic.fabric}" if len(reads(evidence)) > 1 else str(vnic.fabric))
    if len(found) != 1:
        raise NotToldError("it may use uplinks on both fabrics, and its host chooses")
    return found.pop()


def _in_use(vm: Vm, snapshot: Snapshot) -> list[Uplink]:
    """The active uplinks of every vNIC's port group; a standby one carries nothing while they have their links."""
    around = snapshot.surroundings
    hosts = [one for one in (around.hosts if around else None) or () if one.name == vm.host]
    if len(hosts) != 1 or not vm.nics:
        raise NotToldError("the snapshot does not hold its host's uplinks")
    used: dict[str, Uplink] = {}
    for nic in vm.nics:
        group, distributed = _group(nic.network, hosts[0], snapshot)
        switches = (one for one in hosts[0].switches if (one.name, one.distributed) == (group.switch, distributed))
        switch = next(switches, None)
        if switch is None or not _active(group, switch, hosts[0]):
            raise NotToldError("the snapshot does not hold its host's uplinks")
        used |= {one.device: one for one in _active(group, switch, hosts[0])}
    return list(used.values())


def _group(network: str | None, host: Host, snapshot: Snapshot) -> tuple[Group | HostGroup, bool]:
    around = snapshot.surroundings
    distributed = [one for one in (around.groups if around else None) or () if one.name == network]
    local = [one for one in host.groups or () if one.name == network]
    if len(distributed) + len(local) != 1:
        raise NotToldError("the snapshot does not hold its port group, or several of that name")
    return (distributed or local)[0], bool(distributed)


def _active(group: Group | HostGroup, switch: HostSwitch, host: Host) -> list[Uplink]:
    names = dict(zip(switch.uplinks, switch.names, strict=False))
    every = [one for one in host.uplinks if one.device in switch.uplinks]
    active = [one for one in every if names.get(one.device) in group.teaming.active]
    if not active:
        return every  # nothing is told of an order, so each may be used
    if group.teaming.standby and (group.teaming.beacon or not all(one.up for one in active)):
        raise NotToldError("a standby uplink may carry it")
    return active
