"""Where the target sits, as vCenter sees it: its VM, vNIC, host, port group and switch, and what was not looked at.

Not a finding: what several of them read. State is taken from the newest look at a thing; events from all of them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from bot.findings.owning import carriers, target_vms, vcenter_doubt
from bot.findings.readings import readings, things
from bot.findings.timing import when
from bot.findings.wording import finding
from bot.model.finding import Evidence, Finding, Standing
from bot.model.observation import NicFound, Observation, SurroundingSeen, SurroundingsRead, VcenterAnswered, VmFound
from bot.model.vsphere import Family, Group, Happened, Host, HostGroup, HostSwitch, Port, Switch, Uplink, VmState

T = TypeVar("T")
LATELY = timedelta(hours=1)
"""So long before it was looked at an event may have to do with what is seen now."""
_SHOWN = 3

Hit = tuple[str, Observation]
"""A sentence, and what it was read from."""


@dataclass(frozen=True, slots=True)
class Seat:
    """One vNIC that carries the target, and what vCenter told of the places around it (None: not told)."""

    vm: VmFound
    nic: NicFound
    host: tuple[Host, SurroundingSeen] | None
    group: tuple[Group, SurroundingSeen] | None
    local: tuple[HostGroup, SurroundingSeen] | None
    port: tuple[Port, SurroundingSeen] | None

    @property
    def switch(self) -> HostSwitch | None:
        """The virtual switch on the host that the vNIC is plugged into."""
        if self.host is None:
            return None
        name, distributed = None, self.group is not None
        if self.group:
            name = self.group[0].switch
        elif self.local:
            name = self.local[0].switch
        found = (one for one in self.host[0].switches if one.name == name and one.distributed == distributed)
        return next(found, None)

    @property
    def vlan(self) -> int | None:
        """The VLAN that the vNIC's frames carry beyond the host; None: not told, or a trunk."""
        group = self.group or self.local
        return self.nic.vlan or (group[0].vlan if group else None)

    @property
    def uplinks(self) -> tuple[Uplink, ...]:
        """The uplinks of that switch on that host which the port group uses, or holds ready; all where none is told."""
        switch = self.switch
        if self.host is None or switch is None:
            return ()
        group = self.group or self.local
        order = {*group[0].teaming.active, *group[0].teaming.standby} if group else set()
        used = {device for device, name in zip(switch.uplinks, switch.names, strict=False) if name in order}
        return tuple(one for one in self.host[0].uplinks if one.device in (used or switch.uplinks))


def happened(evidence: Evidence) -> list[tuple[datetime, Happened, SurroundingSeen]]:
    """Every event once, by time, on the clock of the worker who asked."""
    return evidence.once(_read_happened)


def _read_happened(evidence: Evidence) -> list[tuple[datetime, Happened, SurroundingSeen]]:
    ahead = {one.artifact: one.clock.ahead for one in evidence.of(SurroundingsRead) if one.clock}
    once: dict[tuple[str, Happened], tuple[datetime, Happened, SurroundingSeen]] = {}
    for seen in sorted(evidence.of(SurroundingSeen), key=when):
        if isinstance(seen.thing, Happened):
            at = seen.thing.at - ahead.get(seen.artifact, timedelta())
            once.setdefault((seen.vcenter, seen.thing), (at, seen.thing, seen))
    return sorted(once.values(), key=lambda one: (one[0], one[1].kind, one[2].locator))


def lately(evidence: Evidence) -> list[tuple[datetime, Happened, SurroundingSeen]]:
    """The events of the hour before the last look, and since."""
    looked = [one.seen_at for one in evidence.of(SurroundingsRead)]
    return [one for one in happened(evidence) if looked and one[0] >= max(looked) - LATELY]


def seats(evidence: Evidence) -> list[Seat]:
    """Where the target sits; nowhere while its VM is not known."""
    return evidence.once(_read_seats)


def _read_seats(evidence: Evidence) -> list[Seat]:
    wanted = target_vms(evidence)
    vms = {vm.vm: vm for vm in evidence.of(VmFound) if vm.vm in wanted}
    found = []
    for nic in carriers(evidence, frozenset(vms)):
        vm = vms[nic.vm]
        hosts = [one for one in things(evidence, Host) if one[0].name == vm.host and one[1].vcenter == vm.vcenter]
        groups = [one for one in things(evidence, Group) if one[0].name == nic.network and one[1].vcenter == vm.vcenter]
        standard = [(group, seen) for host, seen in hosts for group in host.groups or () if not groups]
        local = [one for one in standard if one[0].name == nic.network]
        ports = [
            (port, seen)
            for port, seen in things(evidence, Port)
            if f"{seen.vcenter}/{port.vm}" == nic.vm and port.label == nic.label
        ]
        found.append(Seat(vm, nic, _first(hosts), _first(groups), _first(local), _first(ports)))
    return found


def _first(found: list[T]) -> T | None:
    return found[0] if found else None


def switch_of(evidence: Evidence, seat: Seat) -> tuple[Switch, SurroundingSeen] | None:
    """The distributed switch of the seat."""
    if seat.group is None:
        return None
    name = seat.group[0].switch
    found = (one for one in things(evidence, Switch) if one[0].name == name and one[1].vcenter == seat.vm.vcenter)
    return next(found, None)


def states_of(evidence: Evidence, seat: Seat) -> list[tuple[VmState, SurroundingSeen]]:
    """What vCenter told of the seat's VM beside its vNICs."""
    return [one for one in things(evidence, VmState) if f"{one[1].vcenter}/{one[0].vm}" == seat.vm.vm]


def hosts_named(evidence: Evidence) -> frozenset[str]:
    """The hosts that the target's VMs run on."""
    return frozenset(seat.vm.host for seat in seats(evidence) if seat.vm.host)


def of_target(evidence: Evidence, event: Happened, seen: SurroundingSeen) -> bool:
    """Whether this happened to a VM that carries the target; a VM may have had another name then."""
    if event.vm_id is None:
        return event.vm in vms_named(evidence)
    return f"{seen.vcenter}/{event.vm_id}" in {seat.vm.vm for seat in seats(evidence)}


def vms_named(evidence: Evidence) -> frozenset[str]:
    """The names of the VMs that carry the target."""
    return frozenset(seat.vm.name for seat in seats(evidence))


def answer(
    evidence: Evidence, id_: str, hits: Sequence[Hit], clear: str, *families: Family, known: bool = True
) -> Finding:
    """PRESENT with the first sentences; else ABSENT as ``clear`` says, or UNKNOWN where one of the families has a gap.

    ``known`` False: what was told does not say.
    """
    if hits:
        said = list(dict.fromkeys(says for says, _ in hits))
        more = f" And {len(said) - _SHOWN} more of that kind." if len(said) > _SHOWN else ""
        return finding(id_, Standing.PRESENT, " ".join(said[:_SHOWN]) + more, [seen for _, seen in hits])
    why = why_not(evidence, families)
    if why is None and not known:
        why = f"vCenter does not tell enough of the VM of {evidence.target} to say so."
    if why is not None:
        return finding(id_, Standing.UNKNOWN, why)
    return finding(id_, Standing.ABSENT, clear, evidence.of(SurroundingsRead))


def why_not(evidence: Evidence, families: Iterable[Family]) -> str | None:
    """Why these families say nothing about the target; None when they were read to the end."""
    if not seats(evidence):
        return f"The VM of {evidence.target} is not known. {vcenter_doubt(evidence) or ''}".strip()
    mine = {seat.vm.vm for seat in seats(evidence)}
    looked = {one.read.vcenter: one.read for one in readings(evidence) if not one.vms or mine & one.vms}
    if not looked:
        asked = {one.vcenter for one in evidence.of(VcenterAnswered)}
        which = f"vCenter {min(asked)}" if asked else "No vCenter"
        return f"{which} was {'not ' if asked else ''}asked what is around the VM of {evidence.target}."
    for one in looked.values():
        for family in families:
            if says := next((gap.says for gap in one.gaps if gap.family == family), None):
                return says
            if family not in (*one.read, "health", "tools"):
                return f"vCenter {one.vcenter} told nothing of its {family}."
    return None


def by_seat(evidence: Evidence, read: Callable[[Seat], Hit | None]) -> list[Hit]:
    """What ``read`` says of each seat, where it says anything."""
    return [hit for seat in seats(evidence) if (hit := read(seat)) is not None]
