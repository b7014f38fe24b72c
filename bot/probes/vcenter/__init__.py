"""What to ask a vCenter, and how to read the snapshot that came back: who owns an address, a MAC or a name."""

from collections.abc import Iterator
from ipaddress import IPv4Address
from typing import Any, get_args

from bot.model.job import Artifact, Job
from bot.model.observation import (
    GuestRowFound,
    HostNicFound,
    NicFound,
    Observation,
    SurroundingSeen,
    SurroundingsRead,
    VcenterAnswered,
    VmFound,
)
from bot.model.vsphere import Family
from bot.probes.vcenter.form import deliver, dump, parse
from bot.probes.vcenter.snapshot import (
    FORMAT,
    NO_VNIC,
    Address,
    Backing,
    GuestNic,
    HostNic,
    Nic,
    Query,
    Snapshot,
    Vm,
    owns,
    select,
)

__all__ = [
    "FORMAT",
    "NO_VNIC",
    "Address",
    "Backing",
    "GuestNic",
    "HostNic",
    "Nic",
    "Query",
    "Snapshot",
    "Vm",
    "deliver",
    "dump",
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
    return Query((job.target,) if job.target else (), job.options.macs, job.options.names)


def read(artifact: Artifact, data: bytes) -> tuple[Observation, ...]:
    """Everything the snapshot says: that the vCenter answered, each VM with its NICs, the hosts' NICs, what is around.

    Only IPv4 addresses are carried over.

    Raises:
        BundleError: the bytes are not a snapshot.
    """
    return tuple(_observations(artifact, parse(data)))


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
        place, identity = f"vms/{index}", f"{snapshot.vcenter}/{vm.id}"
        yield VmFound(
            **here(place),
            vm=identity,
            name=vm.name,
            vcenter=snapshot.vcenter,
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
    for index, owner in enumerate(snapshot.host_nics):
        yield HostNicFound(
            **here(f"host_nics/{index}"),
            host=owner.host,
            device=owner.device,
            mac=owner.mac,
            addresses=_ipv4(owner.addresses),
        )
    if snapshot.surroundings is not None:
        yield SurroundingsRead(
            **here("surroundings"),
            vcenter=snapshot.vcenter,
            read=tuple(family for family in _FAMILIES if getattr(snapshot.surroundings, family) is not None),
            gaps=snapshot.surroundings.gaps,
            clock=snapshot.surroundings.clock,
        )
        for family in _LISTED:
            for index, thing in enumerate(getattr(snapshot.surroundings, family) or ()):
                yield SurroundingSeen(**here(f"surroundings/{family}/{index}"), vcenter=snapshot.vcenter, thing=thing)


def _ipv4(addresses: tuple[Address, ...]) -> tuple[IPv4Address, ...]:
    return tuple(address for address in addresses if isinstance(address, IPv4Address))
