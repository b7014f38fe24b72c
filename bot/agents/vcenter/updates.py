"""What changed in a vCenter: what is watched, the wait for it, and an answer as a delta of the inventory."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

from pyVmomi import vim, vmodl

from bot.agents.deadline import Deadline
from bot.agents.vcenter.answers import VIM, Asked
from bot.agents.vcenter.index import Delta
from bot.agents.vcenter.inventory import DEVICES, HOST, VM, HostRow, VmRow, host_row, vm_row
from bot.agents.vcenter.machine import PortGroup, port_group
from bot.agents.vcenter.properties import Properties, collect, denies, in_view, of, truth
from bot.agents.vcenter.reasons import FAILURES
from bot.agents.vcenter.session import Session
from bot.agents.vcenter.stub import Stub

_PC = vmodl.query.PropertyCollector
_TAGS = ("version", "objectSet", "truncated")
_VERSION, _OBJECT, _TRUNCATED = (f"{VIM}{name}" for name in _TAGS)
_UPDATE, _REF, _CHANGE, _MISSING = (f"{VIM}{name}" for name in ("kind", "obj", "changeSet", "missingSet"))
_NAME, _VALUE = f"{VIM}name", f"{VIM}val"
_VM, _HOST, _CLUSTER = "VirtualMachine", "HostSystem", "ClusterComputeResource"
# It changes with every change of a VM's configuration: also where a vNIC is none of those that are asked for by key,
# and where a server takes keyed paths and never says a word about them.
_CONFIGURED = "config.changeVersion"
_TIDY_S = 2.0


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: ``delta`` is what it says by itself; the VMs and hosts of these ids have to be read again.

    ``more``: it is a part, and the next wait has an answer already.
    """

    delta: Delta
    vms: frozenset[str]
    hosts: frozenset[str]
    more: bool


@dataclass(slots=True)
class Subscription:
    """A filter over everything, in a collector of our own. It belongs to one thread."""

    stub: Stub
    session: Session
    page: int
    collector: str
    version: str = ""
    asked: Asked | None = None

    def wait(self, longest_s: int) -> Answer:
        """The next changes, or after ``longest_s`` none; the first answers are everything that there is.

        Raises:
            One of FAILURES. What was told so far may have holes then: subscribe anew.
        """
        asked, self.asked = self.asked or self._ask(longest_s), None
        return read(self._elements(asked, longest_s))

    def _elements(self, asked: Asked, longest_s: int) -> Iterator[Element]:
        # The next answer is asked for as soon as its version is known, and made while we read this one: a first load
        # of 10,000 VMs takes two thirds of the time.
        told = False
        for element in self.stub.answer(asked, _TAGS, whole=True):
            if element.tag == _VERSION and not told:  # it comes first; a property may have a part of that name
                self.version, told = element.text or self.version, True
                self.asked = self._ask(longest_s)
            yield element
        if not told:
            self.asked = self._ask(longest_s)

    def _ask(self, longest_s: int) -> Asked:
        options = _PC.WaitOptions(maxWaitSeconds=longest_s, maxObjectUpdates=self.page)
        return self.stub.ask(_PC(self.collector, self.stub), "WaitForUpdatesEx", self.version, options)

    def again(self, answer: Answer) -> Delta:
        """The VMs and hosts that have to be read again, VMs with all their devices; without what is gone meanwhile."""
        vms = [vim.VirtualMachine(id_, self.stub) for id_ in answer.vms]
        hosts = [vim.HostSystem(id_, self.stub) for id_ in answer.hosts]
        if not vms and not hosts:
            return Delta()
        spec = of([*vms, *hosts], {vim.VirtualMachine: (*VM, DEVICES), vim.HostSystem: HOST})
        rows = collect(self.stub, self.session, spec, self.page, _row)
        return Delta(
            vms=tuple(row for row in rows if isinstance(row, VmRow)),
            hosts=tuple(row for row in rows if isinstance(row, HostRow)),
        )


@contextmanager
def subscribed(stub: Stub, session: Session, page: int, devices: tuple[str, ...]) -> Iterator[Subscription]:
    """A subscription; ``devices`` are the paths that vNICs are asked for with. Filter and view are destroyed after it.

    Raises:
        vmodl.query.InvalidProperty: this vCenter does not know one of the paths.
    """
    paths: dict[Any, tuple[str, ...]] = {
        vim.VirtualMachine: (*VM, _CONFIGURED, *devices),
        vim.HostSystem: HOST,
        vim.dvs.DistributedVirtualPortgroup: ("config",),
        vim.ClusterComputeResource: ("name",),
        vim.DistributedVirtualSwitch: ("name",),
    }
    made: list[Any] = []
    try:
        collector = _PC(session.collectors, stub).CreatePropertyCollector()
        made.append(collector.DestroyPropertyCollector)
        root = vim.Folder(session.root, stub)
        everything = vim.view.ViewManager(session.views, stub).CreateContainerView(root, list(paths), True)
        made.append(everything.DestroyView)
        # Whole properties: a change inside an array would come as a path that says too little by itself.
        changes = collector.CreateFilter(in_view(everything, paths), False)
        made.append(changes.DestroyPropertyFilter)
        subscription = Subscription(stub, session, page, collector._moId)
        try:
            yield subscription
        finally:
            if subscription.asked:
                subscription.asked.forget()
    finally:
        with suppress(*FAILURES), stub.within(Deadline.after(_TIDY_S)):
            while made:
                with suppress(vmodl.MethodFault):  # it is gone already, perhaps with the session
                    made.pop()()


def read(elements: Iterable[Element]) -> Answer:
    """The answer in these elements of a WaitForUpdatesEx, in the order of the wire."""
    more = False
    latest: dict[str, _Item | None] = {}
    for element in elements:
        if element.tag == _TRUNCATED:
            more = bool(truth(element.text))
        elif element.tag == _OBJECT:
            more = False  # whatever of that name was in it; the answer's own comes last
            update, item = _update(element)
            latest[item.id] = None if update == "leave" else _item(update, item)
    items = [item for item in latest.values() if item is not None]
    named = [item for item in items if isinstance(item, _Named)]
    stale = [item for item in items if isinstance(item, _Stale)]
    delta = Delta(
        vms=tuple(item for item in items if isinstance(item, VmRow)),
        hosts=tuple(item for item in items if isinstance(item, HostRow)),
        clusters={item.id: item.name for item in named if item.kind == _CLUSTER},
        groups=tuple(item for item in items if isinstance(item, PortGroup)),
        switches={item.id: item.name for item in named if item.kind != _CLUSTER},
        gone=frozenset(id_ for id_, item in latest.items() if item is None),
    )
    return Answer(
        delta,
        vms=frozenset(item.id for item in stale if item.kind == _VM),
        hosts=frozenset(item.id for item in stale if item.kind == _HOST),
        more=more,
    )


@dataclass(frozen=True, slots=True)
class _Named:
    """Something of which only the name is watched."""

    kind: str
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class _Stale:
    """A VM or host that has to be read again: an update tells a part of it, and rows are made of the whole."""

    kind: str
    id: str


_Item = VmRow | HostRow | PortGroup | _Named | _Stale


def _item(update: str, item: Properties) -> _Item:
    if item.kind == "DistributedVirtualPortgroup":
        return port_group(item)
    if item.kind not in (_VM, _HOST):
        return _Named(item.kind, item.id, item.text("name") or item.id)
    row = _row(item) if update == "enter" else None
    return _Stale(item.kind, item.id) if row is None or (isinstance(row, VmRow) and row.doubtful) else row


def _row(item: Properties) -> VmRow | HostRow:
    return vm_row(item) if item.kind == _VM else host_row(item)


def _update(element: Element) -> tuple[str, Properties]:
    """The kind of one ``objectSet``, and what it says of its object.

    Compares tags, because ElementTree's paths take three times as long, and a first answer has 100,000 of them.
    """
    update, kind, id_, denied = "", "", "", False
    values: dict[str, Element] = {}
    for child in element:
        if child.tag == _CHANGE:
            name, value = None, None
            for leaf in child:
                if leaf.tag == _NAME:
                    name = leaf.text
                elif leaf.tag == _VALUE:
                    value = leaf
            if name is not None and value is not None:
                values[name] = value
        elif child.tag == _UPDATE:
            update = child.text or ""
        elif child.tag == _REF:
            kind, id_ = child.get("type", ""), child.text or ""
        elif child.tag == _MISSING:
            denied = denied or denies(child)
    return update, Properties(kind, id_, values, denied)
