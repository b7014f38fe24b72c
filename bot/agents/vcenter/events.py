"""What happened: moves and changes of the VMs over a week, faults of their hosts and switches over a day."""

import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from heapq import nlargest
from itertools import islice
from typing import Any
from xml.etree.ElementTree import Element

from pyVmomi import vim

from bot.agents.vcenter.answers import KIND
from bot.agents.vcenter.asking import Asking
from bot.agents.vcenter.groups import line, text
from bot.agents.vcenter.properties import part, parts
from bot.agents.vcenter.raised import moment
from bot.agents.vcenter.stub import Stub
from bot.model.vsphere import Happened

MOST_ASKED = 1000
"""What one page of a vCenter's events holds at most."""
MOST_READ = 10_000
MOST_KEPT = 200
SAYS_CHARS = 300

_VMNIC = re.compile(r"\bvmnic\d{1,3}\b")


@dataclass(frozen=True, slots=True)
class Question:
    """The events of one object over a time; ``deep``: of everything below it as well."""

    name: str
    entity: Any
    kinds: Sequence[str]
    time: timedelta
    deep: bool = False


def around(asking: Asking, questions: Sequence[Question], now: datetime) -> tuple[Happened, ...] | None:
    """What happened until now, by the vCenter's clock, oldest first; None: nothing of it could be read."""
    manager = asking.session.events
    if manager is None:
        asking.missing("events", "This vCenter has no events.")
        return None
    told = []
    for one in questions:
        since = now - one.time
        found = asking.ask("events", f"What happened on {one.name}", partial(read, asking.stub, manager, one, since))
        if found is not None:
            told.append(found[0])
            if not found[1]:
                asking.missing("events", f"Of the events of {one.name} only the newest {MOST_KEPT} are shown.")
    every = {event for some in told for event in some}
    return tuple(sorted(every, key=_order)) if told else None


def read(stub: Stub, manager: str, asked: Question, since: datetime) -> tuple[tuple[Happened, ...], bool]:
    """The newest events since then, oldest first, and whether that is all."""
    spec = vim.event.EventFilterSpec(
        entity=vim.event.EventFilterSpec.ByEntity(entity=asked.entity, recursion="all" if asked.deep else "self"),
        time=vim.event.EventFilterSpec.ByTime(beginTime=since),
        eventTypeId=list(asked.kinds),
        maxCount=MOST_ASKED,
    )
    answer = stub.stream(vim.event.EventManager(manager, stub), "QueryEvents", spec, tags=("returnval",))
    with closing(answer):  # a server that sends without end is left in the middle
        newest = nlargest(MOST_KEPT + 1, _events(answer), key=_order)
    return tuple(reversed(newest[:MOST_KEPT])), len(newest) <= MOST_KEPT


def _order(event: Happened) -> tuple[datetime, str, str]:
    return event.at, event.kind, event.says


def _events(answer: Iterator[Element]) -> Iterator[Happened]:
    for element in islice(answer, MOST_READ):
        event = _event(element)
        if event is not None:
            yield event


def _event(event: Element) -> Happened | None:
    at = moment(part(event, "createdTime"))
    kind = text(event, "eventTypeId") or event.get(KIND, "").rpartition(":")[2]
    if at is None or not kind:
        return None
    says = line(part(event, "fullFormattedMessage"), SAYS_CHARS) or ""
    told = [value.text or "" for value in parts(event, "arguments/value")]
    device = next((found[0] for one in (*told, says) if (found := _VMNIC.search(one))), None)
    return Happened(
        at=at,
        kind=kind,
        says=says,
        vm=text(event, "vm/name"),
        vm_id=text(event, "vm/vm"),
        host=text(event, "host/name"),
        source=text(event, "sourceHost/name"),
        to=text(event, "destHost/name"),
        switch=text(event, "dvs/name"),
        device=device,
        other=text(event, "conflictedVm/name"),
        port=text(event, "portKey"),
        by=text(event, "userName"),
    )
