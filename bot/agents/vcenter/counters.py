"""Performance counters of the VMs and their hosts over the last minutes: drops, errors, broadcasts, waiting for CPU.

At the default level 1 a vCenter keeps no history of them: what there is lies on the host, for an hour, and only of VMs
that ran there.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from xml.etree.ElementTree import Element

from pyVmomi import vim

from bot.agents.vcenter.groups import NAME_CHARS, whole
from bot.agents.vcenter.properties import Properties, collect, of, part, parts
from bot.agents.vcenter.session import Session
from bot.agents.vcenter.stub import Stub
from bot.model.vsphere import Counter

OF_VM = (
    "net.droppedRx.summation",
    "net.packetsRx.summation",
    "net.droppedTx.summation",
    "net.broadcastTx.summation",
    "cpu.ready.summation",
)
OF_HOST = ("net.errorsRx.summation", "net.droppedRx.summation", "net.packetsRx.summation", "net.broadcastRx.summation")
REALTIME_S = 20
SAMPLES = 45
"""A quarter of an hour."""
MOST_SERIES = 200
_PATH = "perfCounter"


def ids(stub: Stub, session: Session, page: int) -> dict[str, int]:
    """The ids of the counters that are asked for, by name; they differ from vCenter to vCenter."""
    spec = of([vim.PerformanceManager(session.counters, stub)], {vim.PerformanceManager: (_PATH,)})
    found: dict[str, int] = {}
    for known in collect(stub, session, spec, page, _named):
        found.update(known)
    return found


def _named(manager: Properties) -> dict[str, int]:
    found = {}
    for counter in manager.all(_PATH):
        name = ".".join(part(counter, path) or "" for path in ("groupInfo/key", "nameInfo/key", "rollupType"))
        key = whole(part(counter, "key"))
        if name in OF_VM + OF_HOST and key is not None:
            found[name] = key
    return found


def read(
    stub: Stub, manager: str, vms: Mapping[str, str], hosts: Mapping[str, str], known: Mapping[str, int]
) -> tuple[Counter, ...]:
    """The counters of these VMs and hosts (names by id), each with every instance that it has."""
    specs = [
        *(_spec(vim.VirtualMachine(id_, stub), OF_VM, known) for id_ in vms),
        *(_spec(vim.HostSystem(id_, stub), OF_HOST, known) for id_ in hosts),
    ]
    names = {by: name for name, by in known.items()}
    answer = stub.stream(vim.PerformanceManager(manager, stub), "QueryPerf", specs, tags=("returnval",))
    found: list[Counter] = []
    for entity in answer:
        on = {**vms, **hosts}.get(part(entity, "entity") or "")
        if on is not None:
            found += _series(on, parts(entity, "value"), names)
    return tuple(found[:MOST_SERIES])


def _spec(entity: Any, wanted: Iterable[str], known: Mapping[str, int]) -> Any:
    return vim.PerformanceManager.QuerySpec(
        entity=entity,
        metricId=[
            vim.PerformanceManager.MetricId(counterId=known[name], instance="*") for name in wanted if name in known
        ],
        intervalId=REALTIME_S,
        maxSample=SAMPLES,
        format="csv",
    )


def _series(on: str, values: Iterable[Element], names: Mapping[int, str]) -> Iterator[Counter]:
    for value in values:
        name = names.get(whole(part(value, "id/counterId")) or -1)
        told = [whole(one) for one in (part(value, "value") or "").split(",")]
        samples = [one for one in told if one is not None and one >= 0]  # -1: no sample
        if name and samples:
            instance = (part(value, "id/instance") or "")[:NAME_CHARS]
            yield Counter(
                on=on, name=name, instance=instance, samples=len(samples), total=sum(samples), peak=max(samples)
            )
