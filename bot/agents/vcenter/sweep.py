"""Reading a whole vCenter in two sweeps, for a look-up that finds no inventory kept up to date."""

import time

from pyVmomi import vim, vmodl

from bot.agents.vcenter.index import Delta, Inventory
from bot.agents.vcenter.inventory import DEVICES, HOST, KEYED, VM, HostRow, VmRow, host_row, vm_row
from bot.agents.vcenter.properties import Properties, collect, in_view, of, view
from bot.agents.vcenter.reasons import FAILURES, clause, session_is_gone
from bot.agents.vcenter.session import Session
from bot.agents.vcenter.stub import Stub

_FEW = 200
"""So many VMs are asked for all their devices one by one in a request; more are read by a sweep."""


def read(stub: Stub, session: Session, page: int) -> Inventory:
    """Sweep the vCenter: all VMs, then all hosts. Hosts that cannot be read leave a gap; VMs must be readable.

    Raises:
        One of FAILURES: the VMs cannot be read.
    """
    read_at = time.monotonic()
    unread: tuple[str, ...] = ()
    with view(stub, session, vim.VirtualMachine, vim.HostSystem, vim.ClusterComputeResource) as everything:
        vms = _read_vms(stub, session, everything, page)
        hosts: list[HostRow] = []
        clusters: dict[str, str] = {}
        try:
            with stub.within(stub.deadline.share(0.5)):
                hosts, clusters = _read_hosts(stub, session, everything, page)
        except FAILURES as error:
            if session_is_gone(error) or stub.aborted:
                raise
            unread = (
                f"The ESXi hosts could not be read, because {clause(error)}: their own NICs, "
                "the names of hosts and clusters and the VLANs of standard port groups are unknown.",
            )
    return Inventory(read_at, unread=unread).changed(
        Delta(vms=tuple(vms), hosts=tuple(hosts), clusters=clusters), read_at
    )


def _read_vms(stub: Stub, session: Session, everything: object, page: int) -> list[VmRow]:
    whole = {vim.VirtualMachine: (*VM, DEVICES)}
    try:
        rows = collect(stub, session, in_view(everything, {vim.VirtualMachine: (*VM, *KEYED)}), page, vm_row)
    except vmodl.query.InvalidProperty:
        return collect(stub, session, in_view(everything, whole), page, vm_row)
    # No vNIC under the usual keys is believed only of a VM that was asked for all its devices; where a server
    # ignores keyed paths, that is every VM.
    doubtful = {row.id: vim.VirtualMachine(row.id, stub) for row in rows if row.doubtful}
    if not doubtful:
        return rows
    spec = of(list(doubtful.values()), whole) if len(doubtful) <= _FEW else in_view(everything, whole)
    known = {row.id: row for row in rows}
    return list((known | {row.id: row for row in collect(stub, session, spec, page, vm_row)}).values())


def _read_hosts(stub: Stub, session: Session, everything: object, page: int) -> tuple[list[HostRow], dict[str, str]]:
    hosts: list[HostRow] = []
    clusters: dict[str, str] = {}

    def keep(item: Properties) -> None:
        if item.kind == "ClusterComputeResource":
            clusters[item.id] = item.text("name") or item.id
        else:
            hosts.append(host_row(item))

    paths = {vim.HostSystem: HOST, vim.ClusterComputeResource: ("name",)}
    collect(stub, session, in_view(everything, paths), page, keep)
    return hosts, clusters
