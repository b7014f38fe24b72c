"""The fabric as the JSON that others read."""

import os
from collections.abc import Sequence

from deploy.lab.fabric import SECOND_UPLINK, UPLINK, Fabric, switch_port
from deploy.lab.state import FaultState, HostNicState, HostState, LabState, NicState, VmState
from deploy.lab.topology import SECOND, SWITCH, Host, Vm, Vmk


def describe(fabric: Fabric, faults: Sequence[FaultState], snmp: str | None) -> LabState:
    """How the lab is now. To be called in the process that holds it."""
    topology = fabric.topology
    return {
        "seed": topology.seed,
        "pid": os.getpid(),
        "built_s": round(fabric.built_s, 3),
        "nodes": list(fabric.namespaces),
        "uplinks": topology.uplinks,
        "network": [
            {"name": one.name, "role": one.role, "address": str(one.management), "fabric": one.fabric}
            for one in topology.devices
        ],
        "snmp": snmp,
        "segments": [
            {
                "name": segment.name,
                "network": str(segment.network),
                "gateway": str(segment.gateway),
                "gateway_mac": segment.gateway_mac,
                "vlan": segment.vlan,
                "portgroup": segment.portgroup,
                "foreign_macs": segment.name not in fabric.rejecting,
            }
            for segment in topology.segments
        ],
        "agents": [
            {
                "name": agent.name,
                "segment": agent.segment,
                "interface": "eth0",
                "address": str(agent.address),
                "mac": agent.mac,
            }
            for agent in topology.agents
        ],
        "hosts": [_host(fabric, host) for host in topology.hosts],
        "vms": [_vm(fabric, vm) for vm in fabric.vms.values()],
        "devices": [
            {"name": device.name, "segment": device.segment, "address": str(device.address), "mac": device.mac}
            for device in fabric.devices.values()
        ],
        "moves": [
            {"vm": move.vm, "from_host": move.from_host, "to_host": move.to_host, "at": move.at.isoformat()}
            for move in fabric.moves
        ],
        "faults": list(faults),
        "corrupted": dict(fabric.corrupted),
    }


def _host(fabric: Fabric, host: Host) -> HostState:
    ports = (Vmk("vmk0", host.vmk_mac, host.vmk), *fabric.vmks.get(host.name, ()))
    cables = [(UPLINK, host.uplink_mac, SWITCH)]
    cables += [(SECOND_UPLINK, host.second_mac, SECOND)] if host.second_mac else []
    uplinks: list[HostNicState] = [
        {
            "device": device,
            "mac": mac,
            "address": None,
            "link_up": host.name not in fabric.unlinked or device != UPLINK,
            "switch": switch,
            "port": switch_port(host.name),
        }
        for device, mac, switch in cables
    ]
    vmks: list[HostNicState] = [
        {
            "device": vmk.device,
            "mac": vmk.mac,
            "address": str(vmk.address),
            "link_up": True,
            "switch": None,
            "port": None,
        }
        for vmk in ports
    ]
    return {
        "name": host.name,
        "cluster": host.cluster,
        "nics": [*uplinks, *vmks],
        "responding": host.name not in fabric.not_responding,
    }


def _vm(fabric: Fabric, vm: Vm) -> VmState:
    off = vm.name in fabric.off
    nics: list[NicState] = [
        {
            "key": nic.key,
            "label": f"Network adapter {slot}",
            "interface": nic.interface,
            "mac": nic.mac,
            "connected": None if off else nic.mac not in fabric.unplugged,
            "addresses": [str(vm.address)]
            if slot == fabric.slots.get(vm.name, 1) and not off and vm.name not in fabric.addressless
            else [],
            "guest_mac": fabric.guest_macs.get(nic.mac, nic.mac),
            "blocked": nic.mac in fabric.blocked,
        }
        for slot, nic in enumerate(vm.nics, 1)
    ]
    return {
        "id": vm.id,
        "name": vm.name,
        "host": vm.host,
        "cluster": fabric.topology.host(vm.host).cluster,
        "segment": vm.segment,
        "network": fabric.networks.get(vm.name, vm.segment),
        "power": "suspended" if vm.name in fabric.suspended else "poweredOff" if off else "poweredOn",
        "nics": nics,
    }
