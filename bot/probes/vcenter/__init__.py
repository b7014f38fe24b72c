"""What to ask a vCenter, and how to read the snapshot that came back: who owns an address, a MAC or a name."""

from collections.abc import Callable, Iterator
from ipaddress import IPv4Address
from typing import Any, get_args

from bot.model.job import Artifact, Job
from bot.model.observation import (
    GuestProcessesRead,
    GuestProcessFound,
    GuestRowFound,
    HostNicFound,
    NicFound,
    Observation,
    SurroundingSeen,
    SurroundingsRead,
    VcenterAnswered,
    VmFound,
)
from bot.model.vsphere import Family, Surroundings
from bot.probes.vcenter.form import deliver, dump, parse
from bot.probes.vcenter.near import near, select
from bot.probes.vcenter.snapshot import (
    FORMAT,
    NO_VNIC,
    Address,
    Backing,
    GuestNic,
    GuestProcess,
    GuestProcesses,
    HostNic,
    Nic,
    Query,
    Snapshot,
    Vm,
    owns,
)

__all__ = [
    "FORMAT",
    "NO_VNIC",
    "Address",
    "Backing",
    "GuestNic",
    "GuestProcess",
    "GuestProcesses",
    "HostNic",
    "Nic",
    "Query",
    "Snapshot",
    "Vm",
    "deliver",
    "dump",
    "near",
    "owns",
    "parse",
    "query",
    "read",
    "select",
]

_FAMILIES: tuple[Family, ...] = tuple(family for family in get_args(Family) if family not in ("health", "tools"))
_LISTED = tuple(family for family in _FAMILIES if family != "clock")


def query(job: Job) -> Query:
    """What the job wants looked up."""
    return Query((job.target,) if job.target else (), job.options.macs, job.options.names, job.options.places)


def read(artifact: Artifact, data: bytes) -> tuple[Observation, ...]:
    """Everything the snapshot says: that the vCenter answered, each VM, the hosts' NICs, and what is around them.

    Only IPv4 addresses are carried over.

    Raises:
        BundleError: the bytes are not a snapshot.
    """
    return tuple(_observations(artifact, parse(data)))


Here = Callable[[str], dict[str, Any]]
"""From a place in the snapshot to what every observation says of itself."""


def _observations(artifact: Artifact, snapshot: Snapshot) -> Iterator[Observation]:
    def here(locator: str) -> dict[str, Any]:
        return {
            "seen_at": snapshot.read_at,
            "vantage": artifact.vantage,
            "artifact": artifact.digest,
            "locator": locator,
        }

    yield VcenterAnswered(
        **here("asked"),
        vcenter=snapshot.vcenter,
        asked_ips=snapshot.asked.ips,
        asked_macs=snapshot.asked.macs,
        asked_names=snapshot.asked.names,
        complete=snapshot.complete,
        unread=snapshot.unread,
    )
    for index, vm in enumerate(snapshot.vms):
        yield from _vm(here, snapshot.vcenter, vm, f"vms/{index}")
    for index, owner in enumerate(snapshot.host_nics):
        yield HostNicFound(
            **here(f"host_nics/{index}"),
            host=owner.host,
            device=owner.device,
            mac=owner.mac,
            addresses=_ipv4(owner.addresses),
        )
    if snapshot.surroundings is not None:
        yield from _around(here, snapshot.vcenter, snapshot.surroundings)


def _vm(here: Here, vcenter: str, vm: Vm, place: str) -> Iterator[Observation]:
    identity = f"{vcenter}/{vm.id}"
    yield VmFound(
        **here(place),
        vm=identity,
        name=vm.name,
        vcenter=vcenter,
        powered_on=vm.power == "poweredOn",
        connection=vm.connection,
        host=vm.host,
        cluster=vm.cluster,
        tools_running=None if vm.tools is None else vm.tools == "guestToolsRunning",
    )
    for number, nic in enumerate(vm.nics):
        reported = (row.addresses for row in vm.guest_nics if row.device_key == nic.key)
        yield NicFound(
            **here(f"{place}/nics/{number}"),
            vm=identity,
            vm_name=vm.name,
            label=nic.label,
            mac=nic.mac,
            connected=nic.connected,
            network=nic.network,
            vlan=nic.vlan,
            foreign_macs=nic.foreign_macs,
            blocked=nic.blocked,
            addresses=tuple(address for addresses in reported for address in _ipv4(addresses)),
        )
    for number, row in enumerate(vm.guest_nics):
        yield GuestRowFound(
            **here(f"{place}/guest_nics/{number}"),
            vm=identity,
            vm_name=vm.name,
            mac=row.mac,
            addresses=_ipv4(row.addresses),
            vnic=row.device_key != NO_VNIC,
        )
    if vm.processes:
        yield from _processes(here, identity, vm.name, vm.processes, f"{place}/processes")


def _processes(here: Here, identity: str, name: str, listed: GuestProcesses, place: str) -> Iterator[Observation]:
    yield GuestProcessesRead(
        **here(place), vm=identity, vm_name=name, looked_for=listed.looked_for, unread=listed.unread
    )
    for number, process in enumerate(listed.found):
        yield GuestProcessFound(
            **here(f"{place}/found/{number}"),
            vm=identity,
            vm_name=name,
            name=process.name,
            pid=process.pid,
            owner=process.owner,
            started_at=process.started_at,
            ended_at=process.ended_at,
            exit_code=process.exit_code,
            bare=process.bare,
        )


def _around(here: Here, vcenter: str, around: Surroundings) -> Iterator[Observation]:
    yield SurroundingsRead(
        **here("surroundings"),
        vcenter=vcenter,
        read=tuple(family for family in _FAMILIES if getattr(around, family) is not None),
        gaps=around.gaps,
        clock=around.clock,
    )
    for family in _LISTED:
        for index, thing in enumerate(getattr(around, family) or ()):
            yield SurroundingSeen(**here(f"surroundings/{family}/{index}"), vcenter=vcenter, thing=thing)


def _ipv4(addresses: tuple[Address, ...]) -> tuple[IPv4Address, ...]:
    return tuple(address for address in addresses if isinstance(address, IPv4Address))
