"""Performance counters of the VMs and their hosts over the last minutes: drops, errors, floods, waiting for CPU.

At the default level 1 a vCenter keeps no history of them: what there is lies on the host, for an hour, and only of VMs
that ran there.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from xml.etree.ElementTree import Element

from pyVmomi import vim, vmodl

from bot.agents.vcenter.asking import Asking
from bot.agents.vcenter.groups import NAME_CHARS, whole
from bot.agents.vcenter.properties import Properties, collect, of, part, parts
from bot.agents.vcenter.stub import Stub
from bot.model.vsphere import Counter

OF_VM = (
    "net.droppedRx.summation",
    "net.packetsRx.summation",
    "net.droppedTx.summation",
    "net.packetsTx.summation",
    "net.broadcastTx.summation",
    "net.unknownProtos.summation",
    "cpu.ready.summation",
    "cpu.costop.summation",
)
OF_HOST = (
    "net.errorsRx.summation",
    "net.errorsTx.summation",
    "net.droppedRx.summation",
    "net.droppedTx.summation",
    "net.packetsRx.summation",
    "net.packetsTx.summation",
    "net.broadcastRx.summation",
    "net.unknownProtos.summation",
)
OF_OVERLAY = tuple(
    f"net.throughput.vds.{name}.{rollup}"
    for name in ("arpUnknown", "arpTimeout", "macFlood")
    for rollup in ("summation", "average")
)
"""What a host's overlay networks could not translate, in either rollup; asked only where the VM is on one."""
REALTIME_S = 20
SAMPLES = 45
"""A quarter of an hour."""
MOST_SERIES = 500
"""A VM of 128 CPUs has two for each, a host eight for each uplink."""
_PATH = "perfCounter"


def around(
    asking: Asking, vms: Mapping[str, str], hosts: Mapping[str, str], *, overlay: bool = False
) -> tuple[Counter, ...] | None:
    """The counters of these VMs and hosts (names by id), each with every instance that it has.

    ``overlay``: those of the hosts' overlay networks as well, where this vCenter lists any.
    """
    manager, known = asking.session.counters, asking.memory.counters
    if manager is None:
        asking.missing("counters", "This vCenter has no performance counters.")
        return None
    if not (vms or hosts):
        return ()

    def read() -> tuple[Counter, ...]:
        if not known:
            known.update(_ids(asking, manager))
        try:
            return _read(asking.stub, manager, vms, hosts, known, overlay=overlay)
        except vmodl.fault.InvalidArgument:
            # One counter that an object does not have fails the whole call; of the others every host has all.
            if not overlay or not known.keys() & set(OF_OVERLAY):
                raise
            for name in OF_OVERLAY:
                known.pop(name, None)
            asking.missing("counters", "The vCenter tells the counters of overlay networks of no host.")
            return _read(asking.stub, manager, vms, hosts, known, overlay=False)

    return asking.ask("counters", "Performance counters", read, calls=1 if known else 2)


def _ids(asking: Asking, manager: str) -> dict[str, int]:
    """The ids of the counters that are asked for, by name; they differ from vCenter to vCenter."""
    spec = of([vim.PerformanceManager(manager, asking.stub)], {vim.PerformanceManager: (_PATH,)})
    found = collect(asking.stub, asking.session, spec, asking.page, _named)
    return {name: key for known in found for name, key in known.items()}


def _named(manager: Properties) -> dict[str, int]:
    found = {}
    for counter in manager.all(_PATH):
        name = ".".join(part(counter, path) or "" for path in ("groupInfo/key", "nameInfo/key", "rollupType"))
        key = whole(part(counter, "key"))
        if name in OF_VM + OF_HOST + OF_OVERLAY and key is not None:
            found[name] = key
    return found


def _read(
    stub: Stub,
    manager: str,
    vms: Mapping[str, str],
    hosts: Mapping[str, str],
    known: Mapping[str, int],
    *,
    overlay: bool,
) -> tuple[Counter, ...]:
    of_host = OF_HOST + OF_OVERLAY if overlay else OF_HOST
    specs = [
        *(_spec(vim.VirtualMachine(id_, stub), OF_VM, known) for id_ in vms),
        *(_spec(vim.HostSystem(id_, stub), of_host, known) for id_ in hosts),
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
