"""What a host's uplinks hear from the physical switches: whose port they are plugged into, and which VLANs arrive."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from pyVmomi import vim

from bot.agents.vcenter.asking import Asking
from bot.agents.vcenter.groups import line
from bot.agents.vcenter.hosts import HostRead
from bot.agents.vcenter.stub import Stub
from bot.model.vsphere import Happened, Neighbour

MOST_UPLINKS = 16
MOST_VLANS = 64
MOST_BESIDE = 2


def beside(at: Sequence[HostRead], seen: Sequence[HostRead], happened: Sequence[Happened]) -> tuple[HostRead, ...]:
    """The hosts whose switch ports say something about those of ``at``: where the VMs came from, newest first, and
    others of the cluster, which are healthy as far as anybody knows.
    """
    left = [one.source for one in sorted(happened, key=lambda one: one.at, reverse=True) if one.source]
    home = {one.host.name for one in at}
    others = [one for one in seen if one.host.name not in home]
    others.sort(key=lambda one: left.index(one.host.name) if one.host.name in left else len(left))
    return tuple(others[:MOST_BESIDE])


def around(asking: Asking, at: Sequence[HostRead], others: Sequence[HostRead] = ()) -> tuple[Neighbour, ...] | None:
    """What the uplinks of these hosts hear, a call each; None: nothing of it could be read.

    That ``others`` hear nothing is not missed.
    """
    told = []
    for one in (*at, *others):
        devices = sorted({device for switch in one.host.switches for device in switch.uplinks})
        if one.network is None or not devices or one.host.connection != "connected":
            continue
        name = one.host.name
        found = asking.ask(
            "neighbours", f"What the uplinks of {name} hear", partial(_read, asking.stub, name, one.network, devices)
        )
        if found is not None:
            told.append(found)
            if one in at and not any(each.switch for each in found):
                says = f"No uplink of {name} hears CDP or LLDP, so its switch ports are not named."
                asking.missing("neighbours", says)
    return tuple(sorted((each for found in told for each in found), key=lambda one: one.host)) if told else None


def _read(stub: Stub, host: str, network: str, devices: Sequence[str]) -> tuple[Neighbour, ...]:
    hints = vim.host.NetworkSystem(network, stub).QueryNetworkHint(list(devices[:MOST_UPLINKS]))
    return tuple(_neighbour(host, hint) for hint in list(hints or ())[:MOST_UPLINKS])


def _neighbour(host: str, hint: Any) -> Neighbour:
    cdp, lldp = hint.connectedSwitchPort, hint.lldpInfo
    said = {one.key: one.value for one in (lldp.parameter or ())} if lldp else {}
    name = str(said.get("System Name") or "")
    vlans = sorted({one.vlanId for one in [*(hint.subnet or ()), *(hint.network or ())] if one.vlanId})
    return Neighbour(
        host=host,
        device=line(hint.device) or "",
        switch=line(cdp.devId if cdp else name or (lldp.chassisId if lldp else None)),
        port=line(cdp.portId if cdp else lldp.portId if lldp else None),
        vlan=(cdp.vlan or None) if cdp else None,
        mtu=(cdp.mtu or None) if cdp else None,
        seen_vlans=tuple(vlans[:MOST_VLANS]),
    )
