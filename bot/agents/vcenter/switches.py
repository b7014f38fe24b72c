"""The distributed switches of the VMs: MTU, discovery, the state of every member, and what their health check found."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

from pyVmomi import vim

from bot.agents.vcenter.answers import KIND
from bot.agents.vcenter.asking import Asking
from bot.agents.vcenter.groups import line, text, whole
from bot.agents.vcenter.properties import Properties, collect, flag, of, part, parts
from bot.agents.vcenter.raised import Raised, raised
from bot.model.vsphere import Member, Switch

MOST_MEMBERS = 500
MOST_VLANS = 200

# Sub-fields of a derived type (config.maxMtu) cannot be asked for by path, so config and runtime come whole.
_PATHS = ("name", "config", "runtime", "triggeredAlarmState")


@dataclass(frozen=True, slots=True)
class SwitchRead:
    """A distributed switch, its id, and what was raised on it."""

    id: str
    switch: Switch
    raised: tuple[Raised, ...]
    denied: bool


def around(asking: Asking, ids: Mapping[str, str], hosts: Mapping[str, str]) -> tuple[SwitchRead, ...] | None:
    """The switches by id and type; of their members only these hosts (names by id). None: they could not be read."""
    if not ids:
        return ()
    objects = [_kind(kind)(each, asking.stub) for each, kind in sorted(ids.items())]
    spec = of(objects, {vim.DistributedVirtualSwitch: _PATHS})

    def read() -> list[SwitchRead]:
        return collect(asking.stub, asking.session, spec, asking.page, lambda switch: _switch(switch, hosts))

    found = asking.ask("switches", "Distributed switches", read)
    for each in found or ():
        name, checked = each.switch.name, each.switch.health_checked
        if not checked:
            state = "told no result" if checked is None else "is off"
            asking.missing("health", f"The health check of {name} {state}, so it says nothing about VLANs and MTU.")
        if each.denied:
            asking.missing("switches", f"The account may not read all of {name}.")
    return None if found is None else tuple(found)


def _kind(name: str) -> Any:
    return vim.dvs.VmwareDistributedVirtualSwitch if name.startswith("Vmware") else vim.DistributedVirtualSwitch


def _switch(switch: Properties, hosts: Mapping[str, str]) -> SwitchRead:
    config, runtime = switch.values.get("config"), switch.values.get("runtime")
    checks = [] if config is None else [flag(one, "enable") for one in parts(config, "healthCheckConfig")]
    members = [] if runtime is None else parts(runtime, "hostMemberRuntime")
    results = any(parts(one, "healthCheckResult") for one in members)
    seen = [(hosts.get(part(one, "host") or ""), one) for one in members]
    return SwitchRead(
        switch.id,
        Switch(
            name=line(switch.text("name")) or switch.id,
            mtu=None if config is None else whole(part(config, "maxMtu")),
            discovery=None if config is None else text(config, "linkDiscoveryProtocolConfig/protocol"),
            health_checked=any(checks) if checks else (results or None),
            members=tuple(_member(name, one) for name, one in seen if name)[:MOST_MEMBERS],
        ),
        raised(switch),
        switch.denied,
    )


def _member(name: str, member: Element) -> Member:
    results = parts(member, "healthCheckResult")
    vlans = [one for one in results if one.get(KIND, "").endswith("VlanHealthCheckResult")]
    mtus = [one for one in results if one.get(KIND, "").endswith("MtuHealthCheckResult")]
    teams = [part(one, "teamingStatus") for one in results]
    untrunked = sorted({vlan for one in vlans for spread in parts(one, "untrunkedVlan") for vlan in _range(spread)})
    mismatches = [flag(one, "mtuMismatch") for one in mtus]
    return Member(
        host=name,
        status=text(member, "status"),
        detail=text(member, "statusDetail"),
        untrunked=tuple(untrunked[:MOST_VLANS]) if vlans else None,
        mtu_mismatch=any(mismatches) if mismatches else None,
        teaming=next((told for told in teams if told), None),
    )


def _range(spread: Element) -> range:
    start, end = whole(part(spread, "start")), whole(part(spread, "end"))
    if start is None or end is None or not 0 <= start <= end <= 4095:
        return range(0)
    return range(start, end + 1)
