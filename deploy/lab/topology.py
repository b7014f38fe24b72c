"""What the lab is made of, as data: segments, hosts, VMs, agents. The same seed gives the same MACs.

VMs with odd numbers are all on cluster-a and carry a clustering agent with a vNIC of its own; the even ones are on
cluster-b. So cluster and guest software split the VMs alike, as on the night that ruleout comes from.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from ipaddress import IPv4Address, IPv4Network
from random import Random

from bot.model.addresses import Mac, mac_from_bytes


@dataclass(frozen=True, slots=True)
class Segment:
    """A broadcast domain; ``name`` is also its bridge's name in every switch that carries it."""

    name: str
    network: IPv4Network
    gateway: IPv4Address
    gateway_mac: Mac
    vlan: int

    @property
    def portgroup(self) -> str:
        """Its name in vCenter."""
        return f"{self.name}-{self.vlan}"

    def cidr(self, address: IPv4Address) -> str:
        """An address of the segment with its prefix length."""
        return f"{address}/{self.network.prefixlen}"


@dataclass(frozen=True, slots=True)
class Host:
    """An ESXi host with an uplink to the switch, maybe a second one, and a VMkernel port on the segment."""

    name: str
    cluster: str
    segment: str
    vmk: IPv4Address
    vmk_mac: Mac
    uplink_mac: Mac
    second_mac: Mac | None = None


@dataclass(frozen=True, slots=True)
class Vmk:
    """One more VMkernel port of a host."""

    device: str
    mac: Mac
    address: IPv4Address


@dataclass(frozen=True, slots=True)
class Nic:
    """A vNIC: its device key in vCenter, its interface in the guest and its MAC."""

    key: int
    interface: str
    mac: Mac


@dataclass(frozen=True, slots=True)
class Vm:
    """A VM; its address is on its first vNIC."""

    id: str
    name: str
    host: str
    segment: str
    address: IPv4Address
    nics: tuple[Nic, ...]

    @property
    def clustered(self) -> bool:
        """Whether it has a clustering agent, with a second vNIC of its own."""
        return len(self.nics) > 1


@dataclass(frozen=True, slots=True)
class Move:
    """A VM that went from one host to another, and when it was there."""

    vm: str
    from_host: str
    to_host: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Station:
    """A physical machine on an access port of the switch, with one interface ``eth0``."""

    name: str
    segment: str
    address: IPv4Address
    mac: Mac


@dataclass(frozen=True, slots=True)
class NetworkDevice:
    """A router or switch that can be asked over the network of management.

    ``bridges``: it is a switch. ``fabric`` names the half of a redundant pair that it belongs to, None: of none.
    """

    name: str
    role: str
    management: IPv4Address
    bridges: bool = True
    fabric: str | None = None


@dataclass(frozen=True, slots=True)
class Topology:
    """The whole lab before any fault. ``devices`` are on the way from the router to the hosts, in this order.

    ``uplinks``: how many each host has. The second goes to a switch of its own, and every other VM is pinned to it.
    """

    seed: int
    segments: tuple[Segment, ...]
    hosts: tuple[Host, ...]
    vms: tuple[Vm, ...]
    agents: tuple[Station, ...]
    devices: tuple[NetworkDevice, ...]
    management: IPv4Network
    uplinks: int = 1

    def segment(self, name: str) -> Segment:
        """The segment of that name."""
        return next(segment for segment in self.segments if segment.name == name)

    def device(self, name: str) -> NetworkDevice:
        """The network device of that name."""
        return next(device for device in self.devices if device.name == name)

    def host(self, name: str) -> Host:
        """The host of that name."""
        return next(host for host in self.hosts if host.name == name)


class Macs:
    """MACs drawn from one seed."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng

    def vnic(self) -> Mac:
        """As vCenter allocates them: 00:50:56:80 to 00:50:56:bf."""
        return self._under(b"\x00\x50\x56" + bytes([self._rng.randrange(0x80, 0xC0)]))

    def vmk(self) -> Mac:
        """As ESXi gives them to its VMkernel ports: 00:50:56:60 to 00:50:56:6f."""
        return self._under(b"\x00\x50\x56" + bytes([self._rng.randrange(0x60, 0x70)]))

    def physical(self, oui: str) -> Mac:
        """Of a machine that is no VM, under its maker's three octets."""
        return self._under(bytes.fromhex(oui.replace(":", "")))

    def _under(self, prefix: bytes) -> Mac:
        return mac_from_bytes(prefix + self._rng.randbytes(6 - len(prefix)))


ROUTER, DIST, SWITCH, SECOND, MANAGEMENT = "router", "dist", "switch", "switch-b", "mgmt"
"""The nodes of the network: router, and switches of the hosts' first and second uplinks, all plugged into ``dist``."""

CISCO, SUPERMICRO, BROTHER = "00:00:0c", "00:25:90", "00:80:77"


def topology(seed: int = 1, uplinks: int = 1) -> Topology:
    """Two clusters of two hosts, ten VMs app02 (10.0.0.2) to app11 (10.0.0.11), an office behind the router."""
    macs, nics = Macs(Random(seed)), Macs(Random(f"{seed}/uplinks"))
    segments = tuple(
        Segment(name, IPv4Network(f"{prefix}.0/24"), IPv4Address(f"{prefix}.1"), macs.physical(CISCO), vlan)
        for name, prefix, vlan in (("prod", "10.0.0", 10), ("office", "10.0.1", 20))
    )
    agents = tuple(
        Station(f"agent-{segment.name}", segment.name, segment.network[250], macs.physical(SUPERMICRO))
        for segment in segments
    )
    prod = segments[0]
    hosts = tuple(
        Host(
            name=f"esx-{side}{number}",
            cluster=f"cluster-{side}",
            segment=prod.name,
            vmk=prod.network[200 + 2 * row + number],
            vmk_mac=macs.vmk(),
            uplink_mac=nics.physical(SUPERMICRO),
        )
        for row, side in enumerate("ab")
        for number in (1, 2)
    )
    vms = tuple(_vm(number, prod, hosts, macs) for number in range(2, 12))
    hosts = tuple(replace(host, second_mac=nics.physical(SUPERMICRO) if uplinks > 1 else None) for host in hosts)
    management = IPv4Network("192.168.99.0/24")
    named = [(ROUTER, "core", None), (DIST, "distribution", None), (SWITCH, "access", "A" if uplinks > 1 else None)]
    named += [(SECOND, "access", "B")] if uplinks > 1 else []
    devices = tuple(
        NetworkDevice(name, role, management[number], name != ROUTER, fabric)
        for number, (name, role, fabric) in enumerate(named, 1)
    )
    return Topology(seed, segments, hosts, vms, agents, devices, management, uplinks)


def _vm(number: int, segment: Segment, hosts: tuple[Host, ...], macs: Macs) -> Vm:
    odd = number % 2 == 1
    cluster = [host for host in hosts if host.cluster == ("cluster-a" if odd else "cluster-b")]
    return Vm(
        id=f"vm-{10 + number}",
        name=f"app{number:02d}",
        host=cluster[number // 2 % len(cluster)].name,
        segment=segment.name,
        address=segment.network[number],
        nics=tuple(Nic(4000 + slot, f"eth{slot}", macs.vnic()) for slot in range(2 if odd else 1)),
    )
