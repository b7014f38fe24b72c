"""What the account may do in its vCenter, and what it sees: asked once, with a session of its own that is ended."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pyVmomi import vim

from bot.agents.deadline import Deadline
from bot.agents.vcenter.properties import Properties, collect, in_view, of, parts, view
from bot.agents.vcenter.reasons import FAILURES, advice, clause
from bot.agents.vcenter.session import Session, Sessions
from bot.agents.vcenter.settings import VcenterSettings
from bot.agents.vcenter.stub import Stub
from bot.errors import InstrumentError

NEEDED = ("System.Anonymous", "System.View", "System.Read")
IN_GUESTS = "VirtualMachine.GuestOperations.Query"
_WITHIN_S = 9.0


@dataclass(frozen=True, slots=True)
class Account:
    """``granted`` of the privileges ``asked`` about, on the root of the inventory; how many VMs and hosts it sees.

    ``ahead_s`` is how far our clock runs ahead of the vCenter's.
    """

    api_version: str
    granted: frozenset[str]
    asked: frozenset[str]
    vms: int
    hosts: int
    ahead_s: float


def look(settings: VcenterSettings) -> Account:
    """Log in, ask, and log out.

    Raises:
        InstrumentError: the vCenter cannot be reached or read; the text says why and what to check.
    """
    hasty = replace(settings, timeout_s=_WITHIN_S, call_timeout_s=min(settings.call_timeout_s, _WITHIN_S / 2))
    tls, deadline = hasty.tls(), Deadline.after(_WITHIN_S)
    sessions = Sessions(hasty, tls)
    try:
        session = sessions.current(deadline)
        stub = Stub(hasty, tls, session.version, deadline, session.cookie)
        try:
            return _account(stub, session, hasty.page)
        finally:
            stub.DropConnections()
    except FAILURES as error:
        where = f"vCenter {settings.vcenter} ({settings.host})"
        raise InstrumentError(
            f"{where} could not be read, because {clause(error)}. {advice(error, settings)}"
        ) from error
    finally:
        sessions.close(Deadline.after(1.0))


def _account(stub: Stub, session: Session, page: int) -> Account:
    began_s = time.time()
    theirs: datetime = vim.ServiceInstance("ServiceInstance", stub).CurrentTime()
    ahead_s = (began_s + time.time()) / 2 - theirs.timestamp()
    asked = {*NEEDED, IN_GUESTS, *_every_privilege(stub, session)}
    granted = _granted(stub, session, sorted(asked))
    return Account(
        api_version=session.api_version,
        granted=granted,
        asked=frozenset(asked),
        vms=_count(stub, session, vim.VirtualMachine, page),
        hosts=_count(stub, session, vim.HostSystem, page),
        ahead_s=ahead_s,
    )


def _every_privilege(stub: Stub, session: Session) -> frozenset[str]:
    """Those of all roles together: the administrator's has every one that this vCenter knows."""
    if session.authorization is None:
        return frozenset()
    manager = vim.AuthorizationManager(session.authorization, stub)
    spec = of([manager], {vim.AuthorizationManager: ["roleList"]})
    (found,) = collect(stub, session, spec, 1, _privileges) or [frozenset()]
    return frozenset(found)


def _privileges(found: Properties) -> frozenset[str]:
    roles = found.all("roleList")
    return frozenset(one.text for role in roles for one in parts(role, "privilege") if one.text)


def _granted(stub: Stub, session: Session, asked: Sequence[str]) -> frozenset[str]:
    if session.authorization is None or session.key is None:
        return frozenset()
    manager: Any = vim.AuthorizationManager(session.authorization, stub)
    told = manager.HasPrivilegeOnEntities([vim.Folder(session.root, stub)], session.key, list(asked))
    return frozenset(one.privId for entity in told for one in entity.privAvailability if one.isGranted)


def _count(stub: Stub, session: Session, kind: Any, page: int) -> int:
    with view(stub, session, kind) as made:
        return len(collect(stub, session, in_view(made, {kind: ["name"]}), page, lambda found: found.id))
