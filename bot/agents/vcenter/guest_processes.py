"""Which agents run inside the VMs found: ListProcessesInGuest, only where somebody gave an account for it.

Guests lock an account that is tried again and again with a wrong password, and one account may serve many guests. So
no guest that refused it is asked again, and after some refusals in a row no guest at all, until the worker restarts.
"""

import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from pyVmomi import vim, vmodl

from bot import log
from bot.agents.deadline import Deadline
from bot.agents.vcenter.machine import Live
from bot.agents.vcenter.properties import collect, of
from bot.agents.vcenter.reasons import FAILURES, clause
from bot.agents.vcenter.session import Session
from bot.agents.vcenter.settings import VcenterSettings
from bot.agents.vcenter.stub import Stub
from bot.model.programs import program
from bot.probes.vcenter import GuestProcess, GuestProcesses, Vm

_LOG = log.get(__name__)
MOST_GUESTS = 3
"""So many guests are asked in one look-up: each listing is a login inside, and an event in vCenter."""
REFUSALS = 3
_SHOWN = 5
_NOT_READY = "VMware Tools take no operations there"
_TOO_MANY = f"no more than {MOST_GUESTS} guests are asked at once"
_CORRECT = "so as not to lock the account: correct RULEOUT_GUEST_PASSWORD and restart the worker"

# The first kind that fits counts: NotAuthenticated is a NoPermission.
_REASONS: tuple[tuple[type[BaseException], str], ...] = (
    (vim.fault.InvalidGuestLogin, f"it refuses RULEOUT_GUEST_USER, and is not asked again, {_CORRECT}"),
    (vim.fault.GuestOperationsUnavailable, _NOT_READY),
    (vim.fault.GuestPermissionDenied, "it does not let RULEOUT_GUEST_USER see them"),
    (vim.fault.TaskInProgress, "vCenter is busy with another task there"),
    (vim.fault.GuestComponentsOutOfDate, "its VMware Tools are too old"),
    (vim.fault.OperationDisabledByGuest, "its VMware Tools are configured not to list them"),
    (vim.fault.InvalidState, "it is not running any more"),
    (vmodl.fault.ManagedObjectNotFound, "the VM is gone"),
    (vim.fault.NotAuthenticated, "vCenter ended our session"),
    (vim.fault.NoPermission, "the vCenter account lacks the privilege VirtualMachine.GuestOperations.Query there"),
)


class _NotAskedError(Exception):
    """Why a guest is not asked at all, as the end of a sentence."""


class Guests:
    """Lists processes in guests, or nothing where no account was given. Safe from several threads."""

    def __init__(self, settings: VcenterSettings) -> None:
        self._settings = settings
        self._names = frozenset(map(program, settings.guest_agents))
        self._turn_over = threading.Condition()
        self._asking: set[str] = set()
        self._refused: set[str] = set()
        self._refusals = 0

    def look_into(self, stub: Stub, session: Session, found: Sequence[Live]) -> tuple[tuple[Vm, ...], list[str]]:
        """The VMs, those that run with what runs in them; and sentences about those that could not be looked into.

        Whatever a guest does, the look-up goes on; only where it was cut off from outside, this fails.
        """
        if not self._settings.guest_user:
            return tuple(each.vm for each in found), []
        on = [each for each in found if each.vm.power == "poweredOn"]
        ready = [each for each in on if each.ready]
        unlisted = {each.vm.id: _NOT_READY for each in on if not each.ready}
        unlisted |= {each.vm.id: _TOO_MANY for each in ready[MOST_GUESTS:]}
        held: dict[str, GuestProcesses] = {}
        manager = None
        for number, each in enumerate(ready[:MOST_GUESTS], 1):
            try:
                # The time that is left is shared by the guests to come and the rest of the look-up.
                with stub.within(stub.deadline.share(1 / (len(ready[:MOST_GUESTS]) - number + 2))):
                    manager = manager or _process_manager(stub, session, self._settings.page)
                    held[each.vm.id] = self._list(stub, manager, each)
            except (*FAILURES, _NotAskedError) as error:
                if stub.aborted:
                    raise
                unlisted[each.vm.id] = _because(error)
        names = {each.vm.id: each.vm.name for each in on}
        notes = [one.unread for one in held.values() if one.unread]
        by_reason: dict[str, list[str]] = defaultdict(list)
        for vm, because in unlisted.items():
            held[vm] = GuestProcesses(self._settings.guest_agents, unread=_sentence([names[vm]], because))
            by_reason[because].append(names[vm])
        notes += [_sentence(vms, because) for because, vms in by_reason.items()]
        return tuple(replace(each.vm, processes=held.get(each.vm.id)) for each in found), notes

    def _list(self, stub: Stub, manager: vim.vm.guest.ProcessManager, live: Live) -> GuestProcesses:
        auth = vim.vm.guest.NamePasswordAuthentication(
            username=self._settings.guest_user, password=self._settings.guest_password, interactiveSession=False
        )
        with self._turn(live.vm.id, stub.deadline):
            try:
                listed = manager.ListProcesses(vim.VirtualMachine(live.vm.id, stub), auth, [])
            except vim.fault.InvalidGuestLogin:
                with self._turn_over:
                    self._refused.add(live.vm.id)
                    self._refusals += 1
                _LOG.error("guest_login_refused", vcenter=self._settings.vcenter, vm=live.vm.id)
                raise
            self._refusals = 0
        kept = (self._kept(one, live) for one in listed)
        processes = tuple(sorted((one for one in kept if one), key=lambda one: (one.name, one.pid)))
        _LOG.info("guest_processes_listed", vcenter=self._settings.vcenter, vm=live.vm.id, agents=len(processes))
        # A guest that hides the processes of others (proc(5), hidepid) gives a list without a word about it.
        whole = any(one.pid == 1 for one in listed) if live.linux else bool(listed)
        part = f"The guest {live.vm.name} shows RULEOUT_GUEST_USER only a part of its processes."
        return GuestProcesses(self._settings.guest_agents, processes, None if whole else part)

    @contextmanager
    def _turn(self, vm: str, deadline: Deadline) -> Iterator[None]:
        """Wait until nobody else of this process asks this guest, and until one refusal more would be no harm."""

        def closed() -> str | None:
            if vm in self._refused:
                return f"it refused RULEOUT_GUEST_USER before, and is not asked again, {_CORRECT}"
            if self._refusals >= REFUSALS:
                return f"{REFUSALS} guests in a row refused RULEOUT_GUEST_USER, and no further one is asked, {_CORRECT}"
            return None

        def free() -> bool:
            return vm not in self._asking and self._refusals + len(self._asking) < REFUSALS

        with self._turn_over:
            if not self._turn_over.wait_for(lambda: closed() or free(), timeout=deadline.left_s()):
                raise _NotAskedError("other look-ups were asking guests all the time")
            if because := closed():
                raise _NotAskedError(because)
            self._asking.add(vm)
        try:
            yield
        finally:
            with self._turn_over:
                self._asking.discard(vm)
                self._turn_over.notify_all()

    def _kept(self, process: vim.vm.guest.ProcessManager.ProcessInfo, live: Live) -> GuestProcess | None:
        """The process if it is one that is looked for. Nothing else of the list leaves this function."""
        command, name = (process.cmdLine or "").strip(), (process.name or "").strip()
        # open-vm-tools of 2019 give no name to what has no arguments, and some programs write their own title, as in
        # "heartbeat: master control process" (lib/procMgr/procMgrPosix.c).
        first = ((name or command).split() or [""])[0].rstrip(":")
        own = next((one for one in map(_base, (name, first)) if program(one) in self._names), None)
        if own is None:
            return None
        # A zombie has an empty /proc/<pid>/cmdline; Tools then put its name into both fields.
        bare = command in ("", own) if live.linux else None
        return GuestProcess(
            own, process.pid, process.owner or "", process.startTime, process.endTime, process.exitCode, bare
        )


def _process_manager(stub: Stub, session: Session, page: int) -> vim.vm.guest.ProcessManager:
    kind = vim.vm.guest.GuestOperationsManager
    ids: list[str | None] = []
    if session.guests:
        spec = of([kind(session.guests, stub)], {kind: ("processManager",)})
        ids = collect(stub, session, spec, page, lambda manager: manager.text("processManager"))
    if not ids or ids[0] is None:
        raise _NotAskedError("this vCenter has no guest operations")
    return vim.vm.guest.ProcessManager(ids[0], stub)


def _base(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2]


def _because(error: BaseException) -> str:
    if isinstance(error, _NotAskedError):
        return str(error)
    return next((text for kind, text in _REASONS if isinstance(error, kind)), None) or clause(error)


def _sentence(names: Sequence[str], because: str) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    guests = "guest" if len(names) == 1 else "guests"
    return f"The processes in the {guests} {', '.join(names[:_SHOWN])}{more} were not listed, because {because}."
