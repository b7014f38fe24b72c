"""The nouns of a vCenter snapshot, and who in it is meant by a query.

Whoever makes a snapshot (the worker, the lab, a person) fills in what is known and leaves the rest null: missing is
never a guess.
"""

from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address
from typing import Literal

from bot.model.addresses import Mac
from bot.model.vsphere import Surroundings

FORMAT: Literal["ruleout.vcenter/1"] = "ruleout.vcenter/1"
NO_VNIC = -1
"""``device_key`` of a guest interface without a vNIC behind it (bond0, br0): what Tools put into deviceConfigId."""

Address = IPv4Address | IPv6Address
Backing = Literal["dvport", "network", "opaque", "other"]


@dataclass(frozen=True, slots=True)
class Query:
    """What to look up: whatever owns one of these, and each VM that runs in one of ``places``, clusters and hosts.

    Names are compared whole and without case.
    """

    ips: tuple[IPv4Address, ...] = ()
    macs: tuple[Mac, ...] = ()
    names: tuple[str, ...] = ()
    places: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.ips or self.macs or self.names or self.places)

    def names_vm(self, name: str) -> bool:
        """Whether a VM of this name was asked for."""
        return name.casefold() in {asked.casefold() for asked in self.names}

    def names_place(self, name: str | None) -> bool:
        """Whether this cluster or host was asked for."""
        return name is not None and name.casefold() in {asked.casefold() for asked in self.places}


@dataclass(frozen=True, slots=True)
class Nic:
    """One vNIC as configured.

    ``connected`` is None where the vCenter does not say, and on a VM that is off, where it means nothing. ``vlan`` 0
    is untagged; None is not known, or more than one VLAN (a trunk). ``foreign_macs`` says whether the port group lets
    the guest use another MAC than the vNIC's (MAC changes and forged transmits, both accepted); None: not known.
    ``blocked`` is the state of its distributed port; None: not known, or there is none.
    """

    key: int
    label: str
    mac: Mac
    connected: bool | None = None
    network: str | None = None
    vlan: int | None = None
    backing: Backing = "other"
    foreign_macs: bool | None = None
    blocked: bool | None = None


@dataclass(frozen=True, slots=True)
class GuestNic:
    """One interface as VMware Tools see it inside the guest; ``device_key`` is the vNIC's key, or ``NO_VNIC``."""

    mac: Mac | None
    addresses: tuple[Address, ...]
    connected: bool | None
    device_key: int


@dataclass(frozen=True, slots=True)
class GuestProcess:
    """A process inside a guest, with the times of the guest's clock.

    ``ended_at`` and ``exit_code`` are known only of what was started through vCenter and ended within 5 minutes (API
    reference, GuestProcessInfo). ``bare`` says whether it has nothing but its name as its command line, as a zombie
    has on Linux; None: another system, where that says nothing.
    """

    name: str
    pid: int
    owner: str
    started_at: datetime
    ended_at: datetime | None = None
    exit_code: int | None = None
    bare: bool | None = None


@dataclass(frozen=True, slots=True)
class GuestProcesses:
    """Which processes of these names are in the guest; ``unread`` says why there may be more, None: there are none."""

    looked_for: tuple[str, ...]
    found: tuple[GuestProcess, ...] = ()
    unread: str | None = None


@dataclass(frozen=True, slots=True)
class Vm:
    """A VM and its interfaces, configured (``nics``) and reported (``guest_nics``).

    ``processes`` None: nobody looks into guests, or the VM is off.
    """

    id: str
    name: str
    power: str
    connection: str
    host: str | None = None
    cluster: str | None = None
    tools: str | None = None
    hostname: str | None = None
    nics: tuple[Nic, ...] = ()
    guest_nics: tuple[GuestNic, ...] = ()
    processes: GuestProcesses | None = None


@dataclass(frozen=True, slots=True)
class HostNic:
    """A vmkernel port or a physical NIC of an ESXi host."""

    host: str
    device: str
    mac: Mac
    addresses: tuple[Address, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What one vCenter knew about the asked addresses at ``read_at``.

    ``unread`` says in sentences what could not be seen. ``complete`` is False where a part that this vCenter holds
    could not be read, so that "nobody owns it" must not be concluded. ``surroundings`` are the hosts, switches,
    alarms and events around the VMs; None where nobody looked.
    """

    format: Literal["ruleout.vcenter/1"]
    vcenter: str
    api_version: str
    read_at: datetime
    asked: Query
    complete: bool
    unread: tuple[str, ...]
    vms: tuple[Vm, ...]
    host_nics: tuple[HostNic, ...]
    surroundings: Surroundings | None = None


def owns(item: Vm | HostNic, wanted: Query) -> bool:
    """Whether a VM or host NIC has one of the wanted addresses, MACs or (a VM only) names, or runs where asked."""
    if isinstance(item, HostNic):
        return item.mac in wanted.macs or not set(wanted.ips).isdisjoint(item.addresses)
    return (
        wanted.names_vm(item.name)
        or (item.power == "poweredOn" and (wanted.names_place(item.cluster) or wanted.names_place(item.host)))
        or any(nic.mac in wanted.macs for nic in item.nics)
        or any(row.mac in wanted.macs or not set(wanted.ips).isdisjoint(row.addresses) for row in item.guest_nics)
    )
