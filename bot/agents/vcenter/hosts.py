"""The hosts of the VMs and of their clusters: state, uplinks, virtual switches, and the VMs' port groups on each.

In the same call come the alarms of the clusters and of the VMs' datastores.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from pyVmomi import vim

from bot.agents.vcenter.asking import Asking
from bot.agents.vcenter.groups import host_group, line, text, whole
from bot.agents.vcenter.inventory import HostRow, mac_of
from bot.agents.vcenter.properties import Properties, collect, of, part, parts, truth
from bot.agents.vcenter.raised import Raised, moment, raised
from bot.model.vsphere import Host, HostSwitch, Uplink

MOST_HOSTS = 100
"""More hosts than a cluster can have (96, vSphere 8)."""
MOST_DEVICES = 64
MOST_DATASTORES = 32

_PATHS = (
    "name",
    "parent",
    "runtime.connectionState",
    "runtime.inMaintenanceMode",
    "runtime.powerState",
    "runtime.bootTime",
    "overallStatus",
    "triggeredAlarmState",
    "configManager.networkSystem",
    "config.network.pnic",
    "config.network.vswitch",
    "config.network.portgroup",
    "config.network.proxySwitch",
)


_BESIDE = ("name", "triggeredAlarmState")


@dataclass(frozen=True, slots=True)
class Beside:
    """A cluster or a datastore: of these only the name counts, and what was raised on them."""

    id: str
    name: str
    raised: tuple[Raised, ...]
    denied: bool


@dataclass(frozen=True, slots=True)
class HostRead:
    """A host, the ids by which more is asked about it, and what was raised on it."""

    host: Host
    parent: str | None
    network: str | None
    raised: tuple[Raised, ...]
    denied: bool


def around(
    asking: Asking,
    at: frozenset[str],
    groups: frozenset[str],
    known: Mapping[str, HostRow],
    datastores: frozenset[str] = frozenset(),
) -> tuple[tuple[HostRead, ...], tuple[Beside, ...]] | None:
    """The hosts of these names and all others of their clusters, with their standard port groups of these names.

    And their clusters, and the datastores with these ids.
    """
    own = sorted(id_ for id_, row in known.items() if row.name in at)
    if not own:
        asking.missing("hosts", "The host of the VM is not known.")
        return None
    clusters = {known[id_].cluster for id_ in own} - {None}
    ids = [*own, *sorted(id_ for id_, row in known.items() if row.cluster in clusters and id_ not in own)]
    if len(ids) > MOST_HOSTS:
        asking.missing("hosts", f"The clusters have {len(ids)} hosts; only {MOST_HOSTS} of them are compared.")
    parents = sorted({known[id_].parent for id_ in own if known[id_].cluster is not None})
    objects = [
        *(vim.HostSystem(each, asking.stub) for each in ids[:MOST_HOSTS]),
        *(vim.ClusterComputeResource(each, asking.stub) for each in parents),
        *(vim.Datastore(each, asking.stub) for each in sorted(datastores)[:MOST_DATASTORES]),
    ]
    wanted = {vim.HostSystem: _PATHS, vim.ClusterComputeResource: _BESIDE, vim.Datastore: _BESIDE}
    spec = of(
        objects, {kind: paths for kind, paths in wanted.items() if any(isinstance(each, kind) for each in objects)}
    )

    def read() -> list[HostRead | Beside]:
        return collect(asking.stub, asking.session, spec, asking.page, lambda one: _thing(one, groups, known))

    found = asking.ask("hosts", "The state of the hosts", read)
    if found is None:
        return None
    beside = tuple(one for one in found if isinstance(one, Beside))
    hosts = tuple(one for one in found if isinstance(one, HostRead))
    _doubt(asking, hosts, at)
    if denied := [one.name for one in beside if one.denied]:
        asking.missing("alarms", f"The account may not read the alarms of {', '.join(denied[:3])}.")
    return hosts, beside


def _thing(one: Properties, wanted: frozenset[str], known: Mapping[str, HostRow]) -> HostRead | Beside:
    if one.kind == "HostSystem":
        return _host(one, wanted, known)
    return Beside(one.id, line(one.text("name")) or one.id, raised(one), one.denied)


def _doubt(asking: Asking, found: Sequence[HostRead], at: frozenset[str]) -> None:
    denied = [one.host.name for one in found if one.denied]
    if denied:
        asking.missing("hosts", f"The account may not read all of {len(denied)} hosts ({', '.join(denied[:3])}).")
    for one in (one.host for one in found):
        if one.name in at and one.connection not in (None, "connected"):
            asking.missing("hosts", f"{one.name} is {one.connection}: what is shown of it is what vCenter last knew.")


def _host(host: Properties, wanted: frozenset[str], known: Mapping[str, HostRow]) -> HostRead:
    groups = None
    if "config.network.portgroup" in host.values:
        every = (host_group(each) for each in host.all("config.network.portgroup"))
        groups = tuple(each for each in every if each.name in wanted)
    return HostRead(
        Host(
            id=host.id,
            name=line(host.text("name")) or host.id,
            cluster=known[host.id].cluster if host.id in known else None,
            connection=host.text("runtime.connectionState"),
            power=host.text("runtime.powerState"),
            maintenance=truth(host.text("runtime.inMaintenanceMode")),
            status=host.text("overallStatus"),
            booted_at=moment(host.text("runtime.bootTime")),
            uplinks=tuple(map(_uplink, host.all("config.network.pnic")[:MOST_DEVICES])),
            switches=tuple(
                _switch(each, path, host)
                for path in ("config.network.vswitch", "config.network.proxySwitch")
                for each in host.all(path)[:MOST_DEVICES]
            ),
            groups=groups,
        ),
        parent=host.text("parent"),
        network=host.text("configManager.networkSystem"),
        raised=raised(host),
        denied=host.denied,
    )


def _uplink(nic: Element) -> Uplink:
    return Uplink(
        device=text(nic, "device") or "",
        mac=mac_of(nic, "mac"),
        driver=text(nic, "driver"),
        speed_mbps=whole(part(nic, "linkSpeed/speedMb")),
    )


def _switch(switch: Element, path: str, host: Properties) -> HostSwitch:
    devices = {part(nic, "key"): part(nic, "device") or "" for nic in host.all("config.network.pnic")}
    distributed = path.endswith("proxySwitch")
    uplinks = tuple(devices[key.text] for key in parts(switch, "pnic") if key.text in devices)
    ports = {part(one, "key"): text(one, "value") or "" for one in parts(switch, "uplinkPort")}
    plugged = {
        part(one, "pnicDevice"): ports.get(part(one, "uplinkPortKey"), "")
        for one in parts(switch, "spec/backing/pnicSpec")
    }
    return HostSwitch(
        name=text(switch, "dvsName" if distributed else "name") or "",
        distributed=distributed,
        mtu=whole(part(switch, "mtu")),
        uplinks=uplinks,
        names=tuple(plugged.get(device, "") for device in uplinks) if distributed else uplinks,
    )
