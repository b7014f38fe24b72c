"""Which of several looks at a vCenter counts: for each thing the newest that was about the same VMs.

Not a finding: what several of them read. In one incident a vCenter is asked for an address, and then for the MACs that
answer; the second answer is about other VMs, and says nothing of the first ones' hosts.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import TypeVar

from bot.findings.timing import when
from bot.model.finding import Evidence
from bot.model.observation import SurroundingSeen, SurroundingsRead
from bot.model.vsphere import Alarm, Counter, Group, Happened, Host, Neighbour, Port, Switch, Task, VmState

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reading:
    """One look, and the VMs that it was about; none where that is not told."""

    read: SurroundingsRead
    vms: frozenset[str]


def readings(evidence: Evidence) -> list[Reading]:
    """The looks that no newer one at the same VMs, or at more, has replaced; by time."""
    return evidence.once(_read_readings)


def _read_readings(evidence: Evidence) -> list[Reading]:
    about: dict[str, set[str]] = {one.artifact: set() for one in evidence.of(SurroundingsRead)}
    for seen in evidence.of(SurroundingSeen):
        if isinstance(seen.thing, VmState):
            about.setdefault(seen.artifact, set()).add(f"{seen.vcenter}/{seen.thing.vm}")
    read = sorted(evidence.of(SurroundingsRead), key=when)
    every = [Reading(one, frozenset(about[one.artifact])) for one in read]
    return [
        one
        for number, one in enumerate(every)
        if not any(
            later.read.vcenter == one.read.vcenter and later.read.artifact != one.read.artifact and later.vms >= one.vms
            for later in every[number + 1 :]
        )
    ]


def things(evidence: Evidence, kind: type[T]) -> list[tuple[T, SurroundingSeen]]:
    """Everything of this kind that still counts, each once."""
    return [(seen.thing, seen) for seen in evidence.once(_read_things).get(kind, ()) if isinstance(seen.thing, kind)]


def _read_things(evidence: Evidence) -> dict[type, list[SurroundingSeen]]:
    """By kind, so that a thing among hundreds is not looked for by every finding."""
    live = {one.read.artifact for one in readings(evidence)}
    newest: dict[object, SurroundingSeen] = {}
    for seen in sorted(evidence.of(SurroundingSeen), key=when):
        if seen.artifact in live or not live:
            newest[type(seen.thing), seen.vcenter, _name(seen.thing)] = seen
    by_kind: dict[type, list[SurroundingSeen]] = defaultdict(list)
    for seen in newest.values():
        by_kind[type(seen.thing)].append(seen)
    return dict(by_kind)


def _name(thing: object) -> object:
    """What makes it the same thing in two looks."""
    match thing:
        case VmState(vm=vm):
            return vm
        case Host(id=id_):
            return id_
        case Group(name=name) | Switch(name=name):
            return name
        case Port(vm=vm, label=label):
            return vm, label
        case Alarm(name=name, on=on):
            return name, on
        case Counter(on=on, name=name, instance=instance):
            return on, name, instance
        case Neighbour(host=host, device=device):
            return host, device
        case Happened():
            return thing
        case Task(vm=vm, kind=kind, at=at):
            return vm, kind, at
        case _:
            raise AssertionError(f"{type(thing).__name__} is nothing that a vCenter tells")
