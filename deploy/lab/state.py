"""The lab as JSON: what stands where, how it is now, and which faults are staged. Written by ``describe`` alone."""

from typing import Literal, TypedDict

SOCKET = "control"
"""The name of the control socket in a lab's directory."""


class SegmentState(TypedDict):
    """A broadcast domain; ``foreign_macs`` says whether its port group lets guests use other MACs than their vNICs'."""

    name: str
    network: str
    gateway: str
    gateway_mac: str
    vlan: int
    portgroup: str
    foreign_macs: bool


class NetworkDeviceState(TypedDict):
    """A router or switch, and where it is asked over the network of management; ``fabric``: of a redundant pair."""

    name: str
    role: str
    address: str
    fabric: str | None


class AgentState(TypedDict):
    """A node that an agent can be run in."""

    name: str
    segment: str
    interface: str
    address: str
    mac: str


class HostNicState(TypedDict):
    """An interface of an ESXi host: its uplink ``vmnic0``, or a VMkernel port ``vmk0`` and so on with its address.

    ``switch`` and ``port`` are the node and interface at the other end of an uplink's cable.
    """

    device: str
    mac: str
    address: str | None
    link_up: bool
    switch: str | None
    port: str | None


class HostState(TypedDict):
    """An ESXi host; ``responding`` says whether vCenter hears from it."""

    name: str
    cluster: str
    nics: list[HostNicState]
    responding: bool


class NicState(TypedDict):
    """A vNIC; ``connected`` is None while its VM is off. ``addresses`` are what the guest has on it.

    ``guest_mac`` is the MAC that the guest uses, which may not be the vNIC's; ``blocked`` is its port's flag.
    """

    key: int
    label: str
    interface: str
    mac: str
    connected: bool | None
    addresses: list[str]
    guest_mac: str
    blocked: bool


class VmState(TypedDict):
    """A VM. ``network`` is the segment whose port group its vNICs are on."""

    id: str
    name: str
    host: str
    cluster: str
    segment: str
    network: str
    power: Literal["poweredOn", "poweredOff", "suspended"]
    nics: list[NicState]


class DeviceState(TypedDict):
    """A physical machine on an access port that no vCenter knows."""

    name: str
    segment: str
    address: str
    mac: str


class MoveState(TypedDict):
    """A VM that was moved from one host to another, as vCenter's events tell; ``at`` is when it arrived there."""

    vm: str
    from_host: str
    to_host: str
    at: str


class TabledState(TypedDict):
    """What an honest check says of a fault once it can read the tables on the way."""

    answer: str
    grade: str
    cause: str


class FaultState(TypedDict):
    """A staged fault: the truth that a verdict is measured against. ``side`` is None where nothing is wrong,
    ``answer`` is what an honest check says, ``tap`` where a second vantage listens (see ``Tap``).
    """

    fault: str
    vm: str
    address: str
    side: str | None
    answer: str
    acceptable: list[str]
    cause: str | None
    grade: str
    origin: str | None
    residual: str | None
    symptom: str
    settled_by: list[str | None] | None
    tap: str | None
    tabled: TabledState | None


How = Literal["stale", "astray", "static", "missing"]


class CorruptedState(TypedDict):
    """An entry on the way to a VM that is wrong on purpose: in which table of which device it is, and how.

    ``table`` is "arp" or "fdb". ``mac`` and ``port`` are what it holds; both None where the entry is missing.
    """

    device: str
    table: Literal["arp", "fdb"]
    how: How
    mac: str | None
    port: str | None


class LabState(TypedDict):
    """Everything there is to know about a running lab; ``snmp`` says who answers it in the network devices
    ("snmpd", or "played" where that is not installed), None: nobody, for it was not asked for.

    ``corrupted`` are, by VM, the entries that ``Lab.corrupt`` wronged: a list, maybe empty, of each VM it was done to.
    """

    seed: int
    pid: int
    built_s: float
    nodes: list[str]
    uplinks: int
    network: list[NetworkDeviceState]
    snmp: str | None
    segments: list[SegmentState]
    agents: list[AgentState]
    hosts: list[HostState]
    vms: list[VmState]
    devices: list[DeviceState]
    moves: list[MoveState]
    faults: list[FaultState]
    corrupted: dict[str, list[CorruptedState]]
