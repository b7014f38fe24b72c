"""The distributed ports of the VMs' vNICs: link, block, the MAC and VLANs in use there."""

from collections.abc import Iterable
from typing import Any

from pyVmomi import vim

from bot.agents.vcenter.inventory import mac_in
from bot.agents.vcenter.stub import Stub
from bot.model.vsphere import Port

MOST_VLANS = 16


def read(stub: Stub, switch: str, keys: Iterable[str]) -> dict[tuple[str, str], Port]:
    """The ports with these keys on one switch, by switch and key; whose they are is not filled in."""
    criteria = vim.dvs.PortCriteria(portKey=sorted(keys))
    found = vim.DistributedVirtualSwitch(switch, stub).FetchDVPorts(criteria)
    return {(switch, port.key): _port(port) for port in found}


def _port(port: Any) -> Port:
    state = port.state.runtimeInfo if port.state else None
    if state is None:
        return Port(vm="", label="", key=port.key, conflict=port.conflict)
    counts = port.state.stats
    vlans = sorted({spread.start for spread in state.vlanIds or () if spread.start == spread.end})
    several = any(spread.start != spread.end for spread in state.vlanIds or ())
    return Port(
        vm="",
        label="",
        key=port.key,
        link_up=state.linkUp,
        blocked=bool(state.blocked),
        mac=mac_in(state.macAddress),
        vlans=() if several else tuple(vlans[:MOST_VLANS]),
        mtu=state.mtu,
        conflict=port.conflict,
        dropped=counts.packetsInDropped + counts.packetsOutDropped if counts else None,
        broadcasts=counts.packetsInBroadcast + counts.packetsOutBroadcast if counts else None,
        from_uplink=counts.bytesInFromPnic if counts else None,
        to_uplink=counts.bytesOutToPnic if counts else None,
    )
