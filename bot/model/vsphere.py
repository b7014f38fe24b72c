"""What a vCenter knows of a VM's surroundings: its host, port, switches, alarms, events and counters.

A field that is None was not told; a family that is None was not read, and ``Gap`` says why. Times are the vCenter's
clock, in UTC; ``Clocks`` says how far that is from the worker's. Texts are what people typed into vCenter.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bot.model.addresses import Mac

Family = Literal[
    "clock", "vms", "hosts", "groups", "ports", "switches", "health", "alarms", "events", "counters", "neighbours",
    "tools", "tasks",
]  # fmt: skip
"""What can be left unread by itself: "health" is the health check of the switches, "tools" the VMware Tools."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A family that was not read, or not all of it, and why, as a sentence."""

    family: Family
    says: str


@dataclass(frozen=True, slots=True)
class Clocks:
    """How far the vCenter's clock ran ahead of the worker's; the answer took ``within_ms``, which bounds the error."""

    ahead_ms: int
    within_ms: int

    @property
    def ahead(self) -> timedelta:
        """The offset, to be taken from the vCenter's times."""
        return timedelta(milliseconds=self.ahead_ms)


@dataclass(frozen=True, slots=True)
class Twin:
    """Another VM that is on and has the same MAC, by the vCenter's list of all VMs."""

    mac: Mac
    vm: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VmState:
    """A VM beside its vNICs: heartbeat of Tools ("green" ... "red", "gray"), last boot.

    ``passthrough`` are the labels of vNICs that go past the virtual switch (SR-IOV, DirectPath); ``opaque`` of those on
    a network of NSX that vCenter knows only by name; ``manual_macs`` of those whose MAC somebody typed in;
    ``duplicates`` the addresses that the guest itself found taken (Windows alone tells). ``datastores`` are the names
    of those with its files. ``twins`` None: its MACs were not compared with those of all other VMs.
    """

    vm: str
    name: str
    heartbeat: str | None = None
    booted_at: datetime | None = None
    passthrough: tuple[str, ...] = ()
    opaque: tuple[str, ...] = ()
    manual_macs: tuple[str, ...] = ()
    duplicates: tuple[str, ...] = ()
    datastores: tuple[str, ...] = ()
    twins: tuple[Twin, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Teaming:
    """How a port group spreads its traffic over uplinks (``policy`` "loadbalance_ip", "loadbalance_srcid" ...)."""

    policy: str | None = None
    notifies: bool | None = None
    fails_back: bool | None = None
    beacon: bool | None = None
    active: tuple[str, ...] = ()
    standby: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a port group lets a guest do, and whether it learns MACs."""

    promiscuous: bool | None = None
    mac_changes: bool | None = None
    forged: bool | None = None
    learns: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Uplink:
    """A physical NIC of a host; ``speed_mbps`` None: no link."""

    device: str
    mac: Mac | None = None
    driver: str | None = None
    speed_mbps: int | None = None

    @property
    def up(self) -> bool:
        """Whether it has a link (which says nothing of what lies behind it)."""
        return self.speed_mbps is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class HostGroup:
    """A standard port group on one host. ``vlan`` None: a trunk (4095) or not told.

    ``macs`` are those in use at its ports on this host, of whichever VM.
    """

    name: str
    switch: str
    vlan: int | None = None
    teaming: Teaming = Teaming()
    policy: Policy = Policy()
    macs: tuple[Mac, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HostSwitch:
    """A virtual switch on one host, standard or its part of a distributed one, and the devices of its uplinks.

    ``names`` are those of the uplinks as a port group's teaming counts them ("Uplink 1"; on a standard switch the
    device itself), in the same order; "" where it is not told.
    """

    name: str
    distributed: bool
    mtu: int | None = None
    uplinks: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """An ESXi host. ``groups`` are only those that the asked VMs use, by name; None: no network configuration shown."""

    id: str
    name: str
    cluster: str | None = None
    connection: str | None = None
    power: str | None = None
    maintenance: bool | None = None
    status: str | None = None
    booted_at: datetime | None = None
    uplinks: tuple[Uplink, ...] = ()
    switches: tuple[HostSwitch, ...] = ()
    groups: tuple[HostGroup, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A distributed port group. ``vlan`` None: a trunk, a private VLAN, an overlay, or up to each port."""

    name: str
    switch: str | None = None
    vlan: int | None = None
    overlay: bool = False
    teaming: Teaming = Teaming()
    policy: Policy = Policy()


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    """The distributed port of a vNIC, as vCenter last knew it; ``mac`` is the MAC in use there.

    ``dropped`` and ``broadcasts`` are packets in either direction, ``from_uplink`` and ``to_uplink`` bytes, all counted
    since the port came up: two readings tell something, one tells nothing.
    """

    vm: str
    label: str
    key: str
    link_up: bool | None = None
    blocked: bool | None = None
    mac: Mac | None = None
    vlans: tuple[int, ...] = ()
    mtu: int | None = None
    conflict: bool | None = None
    dropped: int | None = None
    broadcasts: int | None = None
    from_uplink: int | None = None
    to_uplink: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A host as member of a distributed switch, and its health check: None where there is no result.

    ``untrunked`` are VLANs that the physical switch does not carry on some uplink of the host.
    """

    host: str
    status: str | None = None
    detail: str | None = None
    untrunked: tuple[int, ...] | None = None
    mtu_mismatch: bool | None = None
    teaming: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """A distributed switch; ``health_checked`` says whether any health check is switched on."""

    name: str
    mtu: int | None = None
    discovery: str | None = None
    health_checked: bool | None = None
    members: tuple[Member, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A triggered alarm on a VM, a host, its cluster, a datastore or a distributed switch (``on`` is its name)."""

    name: str
    on: str
    status: str
    at: datetime
    acknowledged: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """An event: ``kind`` is its class, or the id of an extended one ("esx.problem.net.vmnic.linkstate.down").

    ``vm`` is the VM's name at that time, ``vm_id`` its id, which stays. ``host`` is where it happened, after a move the
    destination; ``source`` a move's origin; ``to`` where a move goes that has begun or failed; ``device`` a vmnic;
    ``other`` the second VM of a MAC conflict; ``port`` a distributed port's key.
    """

    at: datetime
    kind: str
    says: str
    vm: str | None = None
    vm_id: str | None = None
    host: str | None = None
    source: str | None = None
    to: str | None = None
    switch: str | None = None
    device: str | None = None
    other: str | None = None
    port: str | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What somebody, or something, had a vCenter do with a VM (``on`` its name then, ``vm`` its id).

    ``kind`` is the task's description id ("VirtualMachine.reconfigure"), ``state`` "queued", "running", "success" or
    "error"; ``by`` the person, schedule or alarm that asked for it, None: the vCenter itself; ``error`` why it failed.
    """

    at: datetime
    kind: str
    on: str
    vm: str
    state: str | None = None
    by: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """A performance counter of a VM or host over the samples that are kept (20 s each): their sum and highest value."""

    on: str
    name: str
    instance: str
    samples: int
    total: int
    peak: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """What an uplink hears from the physical switch (CDP or LLDP), and the VLANs of packets seen there."""

    host: str
    device: str
    switch: str | None = None
    port: str | None = None
    vlan: int | None = None
    mtu: int | None = None
    seen_vlans: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Every family; None: not read, and ``gaps`` says why."""

    clock: Clocks | None = None
    vms: tuple[VmState, ...] | None = None
    hosts: tuple[Host, ...] | None = None
    groups: tuple[Group, ...] | None = None
    ports: tuple[Port, ...] | None = None
    switches: tuple[Switch, ...] | None = None
    alarms: tuple[Alarm, ...] | None = None
    events: tuple[Happened, ...] | None = None
    counters: tuple[Counter, ...] | None = None
    neighbours: tuple[Neighbour, ...] | None = None
    tasks: tuple[Task, ...] | None = None
    gaps: tuple[Gap, ...] = ()
