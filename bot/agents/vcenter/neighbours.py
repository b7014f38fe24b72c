"""What a host's uplinks hear from the physical switches: whose port they are plugged into, and which VLANs arrive."""

from collections.abc import Sequence
from typing import Any

from pyVmomi import vim

from bot.agents.vcenter.groups import NAME_CHARS
from bot.agents.vcenter.stub import Stub
from bot.model.vsphere import Neighbour

MOST_UPLINKS = 16
MOST_VLANS = 64


def read(stub: Stub, host: str, network: str, devices: Sequence[str]) -> tuple[Neighbour, ...]:
    """The neighbours of these uplinks of one host; one that hears nothing has neither a switch nor VLANs."""
    hints = vim.host.NetworkSystem(network, stub).QueryNetworkHint(list(devices[:MOST_UPLINKS]))
    return tuple(_neighbour(host, hint) for hint in list(hints or ())[:MOST_UPLINKS])


def _neighbour(host: str, hint: Any) -> Neighbour:
    cdp, lldp = hint.connectedSwitchPort, hint.lldpInfo
    said = {one.key: one.value for one in (lldp.parameter or ())} if lldp else {}
    name = said.get("System Name")
    vlans = sorted({one.vlanId for one in [*(hint.subnet or ()), *(hint.network or ())] if one.vlanId})
    return Neighbour(
        host=host,
        device=hint.device[:NAME_CHARS],
        switch=_text(cdp.devId if cdp else name or (lldp.chassisId if lldp else None)),
        port=_text(cdp.portId if cdp else lldp.portId if lldp else None),
        vlan=(cdp.vlan or None) if cdp else None,
        mtu=(cdp.mtu or None) if cdp else None,
        seen_vlans=tuple(vlans[:MOST_VLANS]),
    )


def _text(told: object) -> str | None:
    return str(told)[:NAME_CHARS] if told else None
