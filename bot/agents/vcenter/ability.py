"""The worker's one ability: a job in, a snapshot out, never later than the job expires."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, wait
from dataclasses import replace
from datetime import datetime

from bot import log
from bot.agents.deadline import Deadline
from bot.agents.vcenter.asking import Memory
from bot.agents.vcenter.guest_processes import Guests
from bot.agents.vcenter.keeper import Keeper
from bot.agents.vcenter.lookup import Index, LookUp
from bot.agents.vcenter.reasons import FAILURES, advice, clause, session_is_gone
from bot.agents.vcenter.session import Sessions
from bot.agents.vcenter.settings import VcenterSettings
from bot.agents.vcenter.stub import Stub
from bot.agents.vcenter.watcher import Watcher
from bot.errors import InstrumentError, RequestError
from bot.meters import INVENTORY_AGE, Reading
from bot.model.job import Artifact
from bot.model.vsphere import Gap, Surroundings
from bot.ports import Clock, Work
from bot.probes.vcenter import Query, Snapshot, deliver, query

_MARGIN_S = 1.0
"""Left of a job's life for the report to travel."""
_GLANCE_S = 0.1
CLOSE_WITHIN_S = 3.0


class VcenterAbility:
    """bot.ports.Ability for ``Probe.VCENTER``. Safe from several threads.

    Keeps one session and, from ``start`` to ``close``, the inventory up to date; not started, it reads the inventory
    when it is asked, and uses it again for seconds.
    """

    def __init__(self, settings: VcenterSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._tls = settings.tls()
        self._sessions = Sessions(settings, self._tls)
        self._watcher = Watcher(settings, self._tls, self._sessions)
        self._keeper = Keeper(settings, self._sessions)
        self._index = Index(settings, self._watcher.inventory)
        self._guests = Guests(settings)
        self._memory = Memory(clock)

    def start(self) -> None:
        """Begin to keep the inventory and the session; returns at once. Called at most once."""
        self._watcher.start()
        self._keeper.start()

    @property
    def warm(self) -> bool:
        """Whether an inventory is at hand that is kept up to date."""
        return self._watcher.inventory() is not None

    def trouble(self) -> str | None:
        """Why look-ups would have to read the inventory themselves, as a sentence, or None."""
        return self._watcher.trouble

    def readings(self) -> Iterator[Reading]:
        """How old the inventory is; none before one was loaded."""
        if (age_s := self._watcher.age_s) is not None:
            yield Reading(INVENTORY_AGE, age_s, (self._settings.vcenter,))

    def __call__(self, work: Work) -> Sequence[tuple[Artifact, bytes]]:
        """Look the job's addresses, MACs and names up."""
        wanted = query(work.job)
        if not wanted:
            raise RequestError("Name an address, a MAC or a VM to look up.")
        started_at = self._clock.now()
        budget_s = min(self._settings.timeout_s, (work.job.expires_at - started_at).total_seconds() - _MARGIN_S)
        if budget_s <= 0:
            raise InstrumentError("The job came too late to be looked up in vCenter.")
        deadline = Deadline.after(budget_s)
        known: list[Snapshot] = []

        def owners(snapshot: Snapshot) -> None:
            known.append(snapshot)
            work.report(self._evidence(work, snapshot))

        def look_up(stubs: list[Stub]) -> Snapshot:
            return self._look_up(wanted, deadline, stubs, started_at, owners)

        try:
            snapshot = self._in_time(work, deadline, look_up)
        except InstrumentError:
            if not known or work.stopped():
                raise
            late = Gap("clock", "What is around the VMs did not come in time.")
            snapshot = replace(known[-1], surroundings=Surroundings(gaps=(late,)))
        return self._evidence(work, snapshot)

    def _evidence(self, work: Work, snapshot: Snapshot) -> Sequence[tuple[Artifact, bytes]]:
        return (deliver(work.job, self._settings.vantage, snapshot, self._clock.now()),)

    def close(self) -> None:
        """Stop what was started and log out of the vCenter, within ``CLOSE_WITHIN_S``; a later job finds no session."""
        self._keeper.stop()
        self._watcher.stop(Deadline.after(CLOSE_WITHIN_S / 2))
        self._sessions.close(Deadline.after(CLOSE_WITHIN_S / 2))

    def _in_time(self, work: Work, deadline: Deadline, look_up: Callable[[list[Stub]], Snapshot]) -> Snapshot:
        # A thread of its own, because a name that does not resolve and a TLS handshake that dribbles cannot be
        # interrupted: whatever hangs is left behind and ends with its own timeouts.
        future: Future[Snapshot] = Future()
        stubs: list[Stub] = []

        def run() -> None:
            try:
                future.set_result(look_up(stubs))
            except BaseException as error:  # noqa: BLE001  raised again where somebody waits for it
                future.set_exception(error)

        threading.Thread(target=log.carried(run), name=f"vcenter-{work.job.id}", daemon=True).start()
        while not wait((future,), timeout=_GLANCE_S).done:
            stopped = work.stopped()
            if stopped or deadline.over:
                for stub in stubs:
                    stub.abort()
                raise InstrumentError("The look-up was stopped.") if stopped else self._unreadable(TimeoutError())
        return future.result()

    def _look_up(
        self,
        wanted: Query,
        deadline: Deadline,
        stubs: list[Stub],
        at: datetime,
        owners: Callable[[Snapshot], None],
    ) -> Snapshot:
        session = None
        for final in (False, True):
            try:
                session = self._sessions.current(deadline)
                stub = Stub(self._settings, self._tls, session.version, deadline, session.cookie)
                stubs.append(stub)
                try:
                    looking = LookUp(stub, session, self._settings, wanted, self._memory)
                    return looking.answer(self._index, self._guests, at, owners)
                finally:
                    stub.DropConnections()
            except FAILURES as error:
                if final or session is None or not session_is_gone(error):
                    raise self._unreadable(error) from error
                self._sessions.expired(session)
        raise AssertionError("unreachable")

    def _unreadable(self, error: BaseException) -> InstrumentError:
        where = f"vCenter {self._settings.vcenter} ({self._settings.host})"
        return InstrumentError(f"{where} could not be read, because {clause(error)}. {advice(error, self._settings)}")
