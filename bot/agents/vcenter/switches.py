"""The distributed switches of the VMs: MTU, discovery, the state of every member, and what their health check found."""

from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from pyVmomi import vim

from bot.agents.vcenter.groups import text, whole
from bot.agents.vcenter.properties import KIND, Properties, collect, flag, of, part, parts
from bot.agents.vcenter.raised import Raised, raised
from bot.agents.vcenter.session import Session
from bot.agents.vcenter.stub import Stub
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


def read(
    stub: Stub, session: Session, page: int, ids: Mapping[str, str], hosts: Mapping[str, str]
) -> tuple[SwitchRead, ...]:
    """The switches by id and type; only these members, by the names of ``hosts``."""
    objects = [kind_of(kind)(each, stub) for each, kind in sorted(ids.items())]
    spec = of(objects, {vim.DistributedVirtualSwitch: _PATHS})
    return tuple(collect(stub, session, spec, page, lambda switch: _switch(switch, hosts)))


def kind_of(kind: str) -> type:
    """The managed type of a switch by the name that vCenter gives it."""
    vmware = kind == "VmwareDistributedVirtualSwitch"
    return vim.dvs.VmwareDistributedVirtualSwitch if vmware else vim.DistributedVirtualSwitch


def _switch(switch: Properties, hosts: Mapping[str, str]) -> SwitchRead:
    config, runtime = switch.values.get("config"), switch.values.get("runtime")
    checks = [] if config is None else [flag(one, "enable") for one in parts(config, "healthCheckConfig")]
    members = [] if runtime is None else parts(runtime, "hostMemberRuntime")
    results = any(parts(one, "healthCheckResult") for one in members)
    seen = [(hosts.get(part(one, "host") or ""), one) for one in members]
    return SwitchRead(
        switch.id,
        Switch(
            name=(switch.text("name") or switch.id)[:200],
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
