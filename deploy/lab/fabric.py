"""The lab's hands: builds the topology out of namespaces and links, and changes it as the faults ask."""

import os
import signal
import socket
import time
from collections.abc import Sequence
from dataclasses import replace
from ipaddress import IPv4Address
from pathlib import Path
from random import Random
from typing import Any, Protocol

from bot.model.addresses import Mac
from bot.system import SystemClock
from deploy.lab.guests import announced, moved
from deploy.lab.links import Links
from deploy.lab.ns import Namespaces
from deploy.lab.state import CorruptedState
from deploy.lab.topology import (
    DIST,
    MANAGEMENT,
    ROUTER,
    SECOND,
    SWITCH,
    Host,
    Macs,
    Move,
    Nic,
    Segment,
    Station,
    Topology,
    Vm,
    Vmk,
)
from deploy.lab.wire import Wire

UPLINK, SECOND_UPLINK = "vmnic0", "vmnic1"
_DISCARD = 9  # RFC 863
_MANAGEMENT_BRIDGE = "management"

# A router as most vendors make it: the last ARP answer wins, and an entry is not asked after again within the life of
# a lab. A Linux router would heal itself within seconds.
_ROUTER_NEIGHBOURS = {
    "locktime": 0,
    "base_reachable_time_ms": 14_400_000,
    "delay_first_probe_time": 14_400,
    "gc_stale_time": 14_400,
}

# A new namespace inherits the machine's IPv4 settings (ip-sysctl.rst, devconf_inherit_init_net), so each that matters
# is set. Where there is arp_evict_nocarrier, a cable that is pulled for a moment would empty a guest's ARP table.
_SETTINGS = {
    f"{family}/conf/{scope}/{name}": value
    for family, name, value in (
        ("ipv4", "forwarding", 0),
        ("ipv4", "rp_filter", 0),
        ("ipv4", "send_redirects", 0),
        ("ipv4", "proxy_arp", 0),
        ("ipv4", "arp_accept", 0),
        ("ipv4", "arp_announce", 0),
        ("ipv4", "arp_filter", 0),
        ("ipv4", "arp_ignore", 0),
        ("ipv4", "arp_evict_nocarrier", 0),
        ("ipv6", "disable_ipv6", 1),
    )
    for scope in ("all", "default")
    if Path(f"/proc/sys/net/{family}/conf/{scope}/{name}").exists()
} | {
    f"bridge/bridge-nf-call-{table}": 0
    for table in ("arptables", "iptables")
    if Path(f"/proc/sys/net/bridge/bridge-nf-call-{table}").exists()
}


class Program(Protocol):
    """What can run in a node: it opens its sockets there before anybody goes on, then serves for ever."""

    def listen(self) -> list[socket.socket]:
        """Its sockets, opened where the caller stands."""
        ...

    def serve(self, ports: Sequence[socket.socket]) -> None:
        """Do its work until it is ended."""
        ...


class Fabric:
    """A built lab. Lives in a process without threads that has called ``ns.enter``.

    ``vms`` and ``devices`` are all there are, by name; ``off``, ``suspended`` and ``addressless`` name VMs (the last:
    VMware Tools report no address), ``unplugged`` and ``blocked`` are MACs of their vNICs, ``broken`` names
    nodes with a link that is to stay without carrier, ``unlinked`` hosts whose uplink has none, ``not_responding``
    hosts that vCenter does not hear from, ``rejecting`` segments whose port group lets no MAC through but the vNICs'.
    ``guest_macs`` is the MAC that a guest uses instead of its vNIC's, ``networks`` the port group of a VM that is not
    on its segment's, ``vmks`` are further VMkernel ports by host, ``moves`` the VMs that were moved, oldest first.
    ``slots`` is the number of the vNIC that has the address of a VM, where that is not the first one.
    ``corrupted`` are, by VM, entries that were wronged on the way to it.
    ``wires`` are, by node, interfaces that stand on a bridge in place of a port. ``directory`` is for its files.
    """

    def __init__(self, topology: Topology, directory: Path) -> None:
        started = time.monotonic()
        self.topology = topology
        self.directory = directory
        self.namespaces = Namespaces()
        self.links = Links(self.namespaces)
        self.vms: dict[str, Vm] = {}
        self.devices: dict[str, Station] = {}
        self.off: set[str] = set()
        self.unplugged: set[Mac] = set()
        self.blocked: set[Mac] = set()
        self.broken: set[str] = set()
        self.suspended: set[str] = set()
        self.addressless: set[str] = set()
        self.not_responding: set[str] = set()
        self.unlinked: set[str] = set()
        self.rejecting: set[str] = set()
        self.guest_macs: dict[Mac, Mac] = {}
        self.networks: dict[str, str] = {}
        self.vmks: dict[str, list[Vmk]] = {}
        self.moves: list[Move] = []
        self.corrupted: dict[str, list[CorruptedState]] = {}
        self.slots: dict[str, int] = {}
        self.wires: dict[str, dict[str, str]] = {}
        self._guests: dict[str, list[int]] = {}
        self._build()
        self.built_s = time.monotonic() - started

    def add_vm(self, vm: Vm) -> None:
        """Power on one more VM."""
        segment = self.topology.segment(vm.segment)
        self._node(vm.name)
        for nic in vm.nics:
            self.links.veth(vm.host, _port(vm, nic), vm.name, nic.interface, peer_mac=nic.mac)
            self._plug_in(vm, nic)
            self.links.up(vm.name, nic.interface)
        if vm.clustered:
            # One vNIC owns the address, the other carries nothing unless its agent misbehaves: no ARP flux, and what
            # is sent to the second MAC is lost.
            self.namespaces.sysctl(vm.name, {"ipv4/conf/all/arp_ignore": 1, "ipv4/conf/all/arp_announce": 2})
            self.namespaces.sysctl(vm.name, {f"ipv4/conf/{nic.interface}/rp_filter": 1 for nic in vm.nics[1:]})
        self.links.address(vm.name, vm.nics[0].interface, segment.cidr(vm.address))
        self.links.route(vm.name, "default", str(segment.gateway))
        self.vms[vm.name] = vm

    def clone(self, vm: Vm, name: str, host: str, rng: Random) -> Vm:
        """Power on a copy of the VM elsewhere: new MACs, the same address."""
        macs = Macs(rng)
        nics = tuple(replace(nic, mac=macs.vnic()) for nic in vm.nics)
        copy = replace(vm, id=f"vm-{100 + len(self.vms)}", name=name, host=host, nics=nics)
        self.add_vm(copy)
        return copy

    def move(self, vm: Vm, host: str) -> Vm:
        """Move the VM to another host, as vMotion does, with its vNICs' ports; the guest notices nothing."""
        moved = replace(vm, host=host)
        for nic in vm.nics:
            self.links.move(vm.host, _port(vm, nic), host)
            self._plug_in(moved, nic)
        self.vms[vm.name] = moved
        self.moves.append(Move(vm.name, vm.host, host, SystemClock().now()))
        return moved

    def announce(self, vm: Vm) -> None:
        """Let the VM's host tell the switches where its MACs are, as ESXi does after a move (Broadcom KB 343401)."""
        for nic in vm.nics:
            self.say(vm.host, UPLINK, moved(nic.mac))

    def say(self, node: str, interface: str, frame: bytes) -> None:
        """Send one frame by an interface of a node."""
        with self.namespaces.inside(node), socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as port:
            port.bind((interface, 0))
            port.send(frame)

    def repair_agent(self, vm: Vm) -> None:
        """Restart the VM's clustering agent: it answers no more beside the kernel, and announces the address.

        The router's entry is cleared, as a network team does from the core down.
        """
        for pid in self._guests.pop(vm.name, []):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        segment = self.topology.segment(vm.segment)
        first = vm.nics[0]
        self.links.forget_neighbour(vm.name, first.interface, str(segment.gateway))
        if str(vm.address) in self.links.neighbours(ROUTER):
            self.links.forget_neighbour(ROUTER, vm.segment, str(vm.address))
        self.say(vm.name, first.interface, announced(vm.address, first.mac))

    def power_off(self, vm: Vm) -> None:
        """End the VM: its guest processes, its vNICs and its node are gone; vCenter still lists it."""
        for pid in self._guests.pop(vm.name, []):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        for nic in vm.nics:
            self.links.delete(vm.host, _port(vm, nic))
        self.links.forget(vm.name)
        self.namespaces.remove(vm.name)
        self.off.add(vm.name)

    def unplug(self, vm: Vm, nic: Nic) -> None:
        """Disconnect the vNIC on the host's side; the guest keeps its address and loses its carrier."""
        self.links.down(vm.host, _port(vm, nic))
        self.unplugged.add(nic.mac)

    def add_vmk(self, host: Host, address: IPv4Address, mac: Mac) -> None:
        """Give the host one more VMkernel port on its segment."""
        vmks = self.vmks.setdefault(host.name, [])
        vmk = Vmk(f"vmk{len(vmks) + 1}", mac, address)
        self.links.macvlan(host.name, vmk.device, host.segment, mac)
        # Each VMkernel port answers for its own address alone, as ESXi has it.
        self.namespaces.sysctl(host.name, {"ipv4/conf/all/arp_ignore": 1})
        self.links.address(host.name, vmk.device, self.topology.segment(host.segment).cidr(address))
        vmks.append(vmk)

    def add_station(self, station: Station) -> None:
        """Plug a physical machine into an access port of the switch."""
        segment = self.topology.segment(station.segment)
        port = f"p-{station.name}"
        self._node(station.name)
        self.links.veth(SWITCH, port, station.name, "eth0", peer_mac=station.mac)
        self.links.enslave(SWITCH, port, segment.name)
        self.links.up(SWITCH, port)
        self.links.address(station.name, "eth0", segment.cidr(station.address))
        self.links.up(station.name, "eth0")
        self.links.route(station.name, "default", str(segment.gateway))

    def add_device(self, name: str, segment: str, address: IPv4Address, mac: Mac) -> Station:
        """Plug in a physical machine that nobody wrote down."""
        device = Station(name, segment, address, mac)
        self.add_station(device)
        self.devices[name] = device
        return device

    def run(self, node: str, program: Program) -> None:
        """Start something beside the node's kernel, in force at once; it lasts as long as the node."""
        with self.namespaces.inside(node):
            ports = program.listen()
        pid = self.namespaces.fork(node, lambda: program.serve(ports), keep=[port.fileno() for port in ports])
        self._guests.setdefault(node, []).append(pid)
        for port in ports:
            port.close()

    def tamper_at_port(self, vm: Vm, *, macs: Sequence[Mac] = (), **how: Any) -> None:
        """Put a wire that misbehaves (see ``Wire``) between a VM's first vNIC and its virtual switch.

        ``macs`` are what the virtual switch sends there beside what goes to the vNIC's MAC.
        """
        inner = self._insert(vm.host, _port(vm, vm.nics[0]), vm.segment, how, port_is_outer=False)
        self.links.enslave(vm.host, inner, self._bridge_of(vm), learning=0, unicast_flood=0)
        for mac in (vm.nics[0].mac, *macs):
            self.links.forward_to(vm.host, inner, mac)

    def tamper_at_uplink(self, host: str, segment: str, **how: Any) -> None:
        """Put a wire that misbehaves between a host's virtual switch and its uplink, inside the host."""
        inner = self._insert(host, UPLINK, segment, how, port_is_outer=True)
        self.links.enslave(host, inner, segment, learning=0, unicast_flood=1)

    def tamper_at_switch(self, host: str, segment: str, **how: Any) -> None:
        """Put a wire that misbehaves between the switch and the cable to a host, inside the switch."""
        inner = self._insert(SWITCH, switch_port(host), segment, how, port_is_outer=False)
        self.links.enslave(SWITCH, inner, segment)

    def damage_cable(self, vm: Vm, *, lost: float, seed: int) -> None:
        """Let the cable that carries the VM damage frames; the switch's port counts those that it cannot read."""
        switch, port = self.switch_of(vm), switch_port(vm.host)
        self._damage(switch, port, vm.segment, None, lost=lost, seed=seed)

    def damage_trunk(self, switch: str, *, lost: float, seed: int) -> None:
        """Let the cables between the distribution switch and this one damage frames; the ports at both ends count."""
        for number, segment in enumerate(self.topology.segments):
            far = self._counter(switch, trunk_port(DIST, segment.vlan))
            self._damage(DIST, trunk_port(switch, segment.vlan), segment.name, far, lost=lost, seed=seed + number)

    def _damage(self, node: str, port: str, segment: str, far: Path | None, *, lost: float, seed: int) -> None:
        how = {"lost": lost, "seed": seed, "damages": (far, self._counter(node, port))}
        self.links.enslave(node, self._insert(node, port, segment, how, port_is_outer=False), segment)

    def _counter(self, device: str, port: str) -> Path:
        """Where a wire writes how many frames it damaged on their way into this port."""
        counted = errors(self.directory, device) / port
        counted.write_text(f"{0:020}")
        return counted

    def tamper_at_router(self, segment: str, **how: Any) -> None:
        """Put a wire that misbehaves between the switch and the cable to the router of this segment."""
        port = f"p-{ROUTER}-{self.topology.segment(segment).vlan}"
        inner = self._insert(DIST, port, segment, how, port_is_outer=False)
        self.links.enslave(DIST, inner, segment)

    def spare_port(self, name: str) -> None:
        """A port of the switch, on and with a carrier, that belongs to no network."""
        self.links.veth(SWITCH, name, SWITCH, f"{name}-end")
        self.links.up(SWITCH, name, f"{name}-end")

    def cut_uplink(self, host: str) -> None:
        """Switch a host's uplink off; the switch's port loses its carrier."""
        self.links.down(host, UPLINK)
        self.broken.add(SWITCH)
        self.unlinked.add(host)

    def shut_port(self, host: str) -> None:
        """Switch the switch's port to a host off; the host's uplink loses its carrier."""
        self.links.down(SWITCH, switch_port(host))
        self.broken.add(host)
        self.unlinked.add(host)

    def cut_router(self, segment: str) -> None:
        """Switch the switch's port to the router of this segment off."""
        self.links.down(DIST, f"p-{ROUTER}-{self.topology.segment(segment).vlan}")
        self.broken.add(ROUTER)

    def settle(self) -> None:
        """Wait until every link that should work does."""
        self.links.wait_ready(node for node in self.namespaces if not self._hangs(node))

    def _insert(self, node: str, port: str, bridge: str, how: dict[str, Any], *, port_is_outer: bool) -> str:
        """Take the port off its bridge and run a wire from it to a new interface, returned to take its place."""
        number = sum(len(pids) for pids in self._guests.values())
        end, inner = f"wire{number}a", f"wire{number}b"
        self.links.release(node, port)
        self.links.veth(node, end, node, inner)
        # Neither end belongs to the node's own kernel: it must not answer ARP there.
        self.namespaces.sysctl(node, {f"ipv4/conf/{one}/arp_ignore": 8 for one in (port, end)})
        self.links.up(node, end, inner)
        self.run(node, Wire(ends=(port, end) if port_is_outer else (end, port), **how))
        self.wires.setdefault(node, {})[inner] = port
        return inner

    def _plug_in(self, vm: Vm, nic: Nic) -> None:
        port = _port(vm, nic)
        # A virtual switch knows its own MACs: it neither learns them nor floods to them what it does not know.
        self.links.enslave(vm.host, port, self._bridge_of(vm), learning=0, unicast_flood=0)
        self.links.forward_to(vm.host, port, nic.mac)
        self.links.up(vm.host, port)

    def _build(self) -> None:
        self._build_network()
        for host in self.topology.hosts:
            self._add_host(host)
        for agent in self.topology.agents:
            self.add_station(agent)
        for vm in self.topology.vms:
            self.add_vm(vm)
        self.settle()
        for agent in self.topology.agents:
            self._acquaint(agent)

    def _build_network(self) -> None:
        self._node(MANAGEMENT)
        self.links.bridge(MANAGEMENT, _MANAGEMENT_BRIDGE)
        self.links.address(MANAGEMENT, _MANAGEMENT_BRIDGE, f"{self.topology.management[250]}/24")
        switches = [device.name for device in self.topology.devices if device.bridges]
        for device in self.topology.devices:
            self._node(device.name)
        for segment in self.topology.segments:
            for switch in switches:
                self.links.bridge(switch, segment.name)
            self._route_segment(segment)
            for switch in switches:
                if switch != DIST:
                    self._trunk(segment, switch)
        self.namespaces.sysctl(ROUTER, {"ipv4/ip_forward": 1})
        for device in self.topology.devices:
            self._manage(device.name, f"{device.management}/24")

    def _route_segment(self, segment: Segment) -> None:
        port, interface = f"p-{ROUTER}-{segment.vlan}", segment.name
        self.links.veth(DIST, port, ROUTER, interface, peer_mac=segment.gateway_mac)
        self.links.enslave(DIST, port, segment.name)
        self.links.up(DIST, port)
        self.links.address(ROUTER, interface, segment.cidr(segment.gateway))
        self.links.up(ROUTER, interface)
        self.links.bar(ROUTER, interface, str(self.topology.management))
        self.namespaces.sysctl(
            ROUTER, {f"ipv4/neigh/{interface}/{name}": value for name, value in _ROUTER_NEIGHBOURS.items()}
        )

    def _trunk(self, segment: Segment, switch: str) -> None:
        """The segment's cable between the distribution switch and this one: a trunk is one cable for each VLAN."""
        down, up = trunk_port(switch, segment.vlan), trunk_port(DIST, segment.vlan)
        self.links.veth(DIST, down, switch, up)
        for node, port in ((DIST, down), (switch, up)):
            self.links.enslave(node, port, segment.name)
            self.links.up(node, port)

    def _manage(self, device: str, address: str) -> None:
        """The device's cable to the network of management, from which nothing is forwarded."""
        self.links.veth(MANAGEMENT, f"m-{device}", device, "mgmt0")
        self.links.enslave(MANAGEMENT, f"m-{device}", _MANAGEMENT_BRIDGE)
        self.links.up(MANAGEMENT, f"m-{device}")
        self.links.address(device, "mgmt0", address)
        self.links.up(device, "mgmt0")
        self.namespaces.sysctl(device, {"ipv4/conf/mgmt0/forwarding": 0})

    def _add_host(self, host: Host) -> None:
        segment = self.topology.segment(host.segment)
        self._node(host.name)
        self.links.bridge(host.name, segment.name, mac=host.vmk_mac)
        self.links.address(host.name, segment.name, segment.cidr(host.vmk))
        self._uplink(host, SWITCH, UPLINK, host.uplink_mac, segment.name)
        if host.second_mac:
            # A vNIC stays with one uplink, as by "route based on originating virtual port". Here its host's other half
            # is reached by both uplinks, where ESXi would not leave the host.
            self.links.bridge(host.name, second_bridge(segment.name))
            self._uplink(host, SECOND, SECOND_UPLINK, host.second_mac, second_bridge(segment.name))

    def _uplink(self, host: Host, switch: str, device: str, mac: Mac, bridge: str) -> None:
        self.links.veth(switch, switch_port(host.name), host.name, device, peer_mac=mac)
        self.links.enslave(switch, switch_port(host.name), host.segment)
        # What a virtual switch does not know leaves by the uplink and never comes from it.
        self.links.enslave(host.name, device, bridge, learning=0, unicast_flood=1)
        self.links.up(switch, switch_port(host.name))
        self.links.up(host.name, device)

    def on_bridge(self, node: str, port: str) -> str:
        """What stands on the bridge for the port: itself, or the wire that was put in behind it."""
        return next((inner for inner, outer in self.wires.get(node, {}).items() if outer == port), port)

    def switch_of(self, vm: Vm) -> str:
        """The switch that carries the VM: that of the uplink which it is pinned to."""
        return SECOND if self._pinned_to_second(vm) else SWITCH

    def _pinned_to_second(self, vm: Vm) -> bool:
        """Every other VM of a host is: by the number in its name, as port ids are handed out in turn."""
        return self.topology.uplinks > 1 and int(vm.name[-2:]) // 4 % 2 == 1

    def _bridge_of(self, vm: Vm) -> str:
        return second_bridge(vm.segment) if self._pinned_to_second(vm) else vm.segment

    def cables(self, device: str) -> list[tuple[str, str, str]]:
        """What the device hears by LLDP: its own port, the device at the other end, and that one's port."""
        vlans = [segment.vlan for segment in self.topology.segments]
        below = [one.name for one in self.topology.devices if one.bridges and one.name != DIST]
        if device == DIST:
            told = [(f"p-{ROUTER}-{one.vlan}", ROUTER, one.name) for one in self.topology.segments]
            return told + [(trunk_port(name, vlan), name, trunk_port(DIST, vlan)) for name in below for vlan in vlans]
        if device in below:
            return [(trunk_port(DIST, vlan), DIST, trunk_port(device, vlan)) for vlan in vlans]
        return []

    def _acquaint(self, agent: Station, *, within_s: float = 5.0) -> None:
        """Let the agent's kernel have talked to every VM of its segment once, as a machine that has been up for days.

        Raises:
            TimeoutError: a VM does not answer, so the lab is not what it should be.
        """
        addresses = {str(vm.address) for vm in self.vms.values() if vm.segment == agent.segment}
        with self.namespaces.inside(agent.name), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as talking:
            for address in addresses:
                talking.sendto(b"", (address, _DISCARD))
        deadline = time.monotonic() + within_s
        while missing := addresses - self.links.neighbours(agent.name).keys():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{', '.join(sorted(missing))} did not answer {agent.name} within {within_s:g} s")
            time.sleep(0.005)

    def _node(self, name: str) -> None:
        self.namespaces.add(name)
        self.namespaces.sysctl(name, _SETTINGS)
        self.links.up(name, "lo")

    def _hangs(self, node: str) -> bool:
        vm = self.vms.get(node)
        return node in self.broken or (vm is not None and any(nic.mac in self.unplugged for nic in vm.nics))


def errors(directory: Path, device: str) -> Path:
    """Where wires write, in a lab's directory, how many frames they damaged on their way into each port of a device."""
    place = directory / "snmp" / device / "errors"
    place.mkdir(parents=True, exist_ok=True)
    return place


def trunk_port(far: str, vlan: int) -> str:
    """The port of a switch towards another one that carries this VLAN."""
    return f"p-{far}-{vlan}"


def second_bridge(segment: str) -> str:
    """The half of a host's virtual switch that has the second uplink."""
    return f"{segment}-b"


def switch_port(host: str) -> str:
    """The port of the switch that the uplink of this host is plugged into."""
    return f"p-{host}"


def _port(vm: Vm, nic: Nic) -> str:
    return f"{vm.name}.{nic.interface}"
