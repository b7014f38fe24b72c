"""The fabric as the JSON that others read."""

import os
from collections.abc import Sequence

from deploy.lab.fabric import Fabric
from deploy.lab.state import FaultState, LabState, NicState, VmState
from deploy.lab.topology import Vm


def describe(fabric: Fabric, faults: Sequence[FaultState]) -> LabState:
    """How the lab is now. To be called in the process that holds it."""
    topology = fabric.topology
    return {
        "seed": topology.seed,
        "pid": os.getpid(),
        "built_s": round(fabric.built_s, 3),
        "nodes": list(fabric.namespaces),
        "segments": [
            {
                "name": segment.name,
                "network": str(segment.network),
                "gateway": str(segment.gateway),
                "gateway_mac": segment.gateway_mac,
                "vlan": segment.vlan,
                "portgroup": segment.portgroup,
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
        "hosts": [
            {
                "name": host.name,
                "cluster": host.cluster,
                "vmk": str(host.vmk),
                "vmk_mac": host.vmk_mac,
                "vmk_addresses": [str(host.vmk), *map(str, fabric.vmk_addresses.get(host.name, ()))],
                "responding": host.name not in fabric.not_responding,
            }
            for host in topology.hosts
        ],
        "vms": [_vm(fabric, vm) for vm in fabric.vms.values()],
        "devices": [
            {"name": device.name, "segment": device.segment, "address": str(device.address), "mac": device.mac}
            for device in fabric.devices.values()
        ],
        "faults": list(faults),
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
            "addresses": [str(vm.address)] if slot == 1 and not off and vm.name not in fabric.addressless else [],
            "guest_mac": fabric.guest_macs.get(nic.mac, nic.mac),
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
