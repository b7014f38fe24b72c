"""Who had a VM changed: what its vCenter was told to do with it over a day. It is asked last, for it costs three calls.

A VM's own ``recentTask`` holds minutes; this is the history. Source: vSphere API TaskManager, TaskHistoryCollector.
"""

from collections.abc import Sequence
from contextlib import closing
from datetime import datetime, timedelta
from functools import partial
from heapq import nlargest
from itertools import islice
from typing import Any
from xml.etree.ElementTree import Element

from pyVmomi import vim

from bot.agents.deadline import Deadline
from bot.agents.vcenter.asking import MOST_CALLS, Asking
from bot.agents.vcenter.events import MOST_ASKED, SAYS_CHARS
from bot.agents.vcenter.groups import line, text
from bot.agents.vcenter.machine import Live
from bot.agents.vcenter.properties import part
from bot.agents.vcenter.raised import moment
from bot.agents.vcenter.reasons import FAILURES
from bot.agents.vcenter.stub import Stub
from bot.model.vsphere import Task

CALLS = 3
"""Make a collector, read it, and take it away again."""
TIME = timedelta(days=1)
MOST_KEPT = 50
_PARTING_S = 0.5
"""Time enough to take the collector away, also where reading it took all that there was."""
_BY = ("reason/userName", "reason/name", "reason/alarmName")
"""A person, a schedule or an alarm; a task of the vCenter itself has none of them."""


def around(asking: Asking, vms: Sequence[Live], now: datetime) -> tuple[Task, ...] | None:
    """The tasks of the VMs of the last day, by the vCenter's clock, oldest first; None: nothing could be read."""
    manager = asking.session.tasks
    if manager is None:
        asking.missing("tasks", "This vCenter has no history of tasks.")
        return None
    told = []
    for number, each in enumerate(vms):
        vm = each.vm
        if asking.calls < CALLS:
            left = ", ".join(one.vm.name for one in vms[number:])
            says = f"Who had {left} changed was not asked for: a look-up makes at most {MOST_CALLS} calls."
            asking.missing("tasks", says)
            break
        look = partial(read, asking.stub, manager, vm.id, now)
        found = asking.ask("tasks", f"Who had {vm.name} changed", look, CALLS)
        if found is not None:
            told.append(found[0])
            if not found[1]:
                asking.missing("tasks", f"Of the tasks of {vm.name} in the last day not all are shown.")
    every = {task for some in told for task in some}
    return tuple(sorted(every, key=_order)) if told else None


def read(stub: Stub, manager: str, vm: str, now: datetime) -> tuple[tuple[Task, ...], bool]:
    """The newest tasks of the last day, oldest first, and whether that is all. The collector never stays behind."""
    spec = vim.TaskFilterSpec(
        entity=vim.TaskFilterSpec.ByEntity(entity=vim.VirtualMachine(vm, stub), recursion="self"),
        time=vim.TaskFilterSpec.ByTime(timeType="queuedTime", beginTime=now - TIME),
    )
    collector = vim.TaskManager(manager, stub).CreateCollectorForTasks(spec)
    try:
        answer = stub.stream(collector, "ReadNextTasks", MOST_ASKED, tags=("returnval",))
        with closing(answer):
            tasks = [_task(element, vm) for element in islice(answer, MOST_ASKED)]
    finally:
        _destroy(stub, collector)
    newest = nlargest(MOST_KEPT, filter(None, tasks), key=_order)
    return tuple(reversed(newest)), len(newest) == len(tasks)


def _destroy(stub: Stub, collector: Any) -> None:
    if stub.aborted:
        return
    try:
        with stub.within(Deadline.after(_PARTING_S)):
            collector.DestroyCollector()
    except FAILURES:
        return  # it ends with the session, and what was read is read


def _order(task: Task) -> tuple[datetime, str, str]:
    return task.at, task.kind, task.vm


def _task(element: Element, vm: str) -> Task | None:
    at, kind = moment(part(element, "queueTime")), text(element, "descriptionId")
    if at is None or not kind:
        return None
    return Task(
        at=at,
        kind=kind,
        on=text(element, "entityName") or vm,
        vm=vm,
        state=text(element, "state"),
        by=next((by for path in _BY if (by := text(element, path))), None),
        error=line(part(element, "error/localizedMessage"), SAYS_CHARS),
    )
