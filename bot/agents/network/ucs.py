"""``Probe.UCS``: a job in, one artifact for each UCS domain, before the job expires."""

import secrets
import threading
from collections.abc import Mapping, Sequence
from datetime import datetime

from bot import log
from bot.agents.deadline import Deadline
from bot.agents.evidence import seal
from bot.agents.network import ucs_reasons as reasons
from bot.agents.network.ucs_reasons import LoginError, ManagerError
from bot.agents.network.ucs_session import Manager, Session
from bot.agents.network.ucs_settings import UcsSettings
from bot.errors import InstrumentError
from bot.model.job import Artifact, Media, Vantage
from bot.model.ucs import UcsGap
from bot.ports import Clock, Work
from bot.probes.ucs import LONGEST, MOST_OBJECTS, PROPERTIES, Answers, Told, dump

_log = log.get(__name__)

READ_S = 15.0
_MARGIN_S = 1.0
"""Left of a job's life for the report to travel."""
_GLANCE_S = 0.1
_OF_INTERCONNECTS = frozenset({"etherPIo", "etherErrStats", "etherRxStats", "etherTxStats"})
"""Of these the I/O modules and adapters have thousands more, which nobody reads."""


class UcsAbility:
    """bot.ports.Ability for ``Probe.UCS``. Safe from several threads. ``name`` is the worker's."""

    def __init__(self, name: str, managers: Sequence[UcsSettings], clock: Clock) -> None:
        self._name, self._clock = name, clock
        self._managers = tuple(map(Manager, managers))

    def __call__(self, work: Work) -> Sequence[tuple[Artifact, bytes]]:
        """Ask every manager, all at once: which of them the target's host hangs on, its vNICs alone tell."""
        started_at = self._clock.now()
        left_s = min((work.job.expires_at - started_at).total_seconds(), work.left_s()) - _MARGIN_S
        if left_s <= 0:
            raise InstrumentError("The job came too late to be read from UCS Manager.")
        deadline = Deadline.after(min(left_s, READ_S))
        looks = [_Look(manager, work, deadline, self._clock) for manager in self._managers]
        for look in looks:
            threading.Thread(
                target=log.carried(look.run), name=f"{work.job.id}-{look.settings.name}", daemon=True
            ).start()
        while not all(look.over.is_set() for look in looks) and not deadline.over and not work.stopped():
            next(look for look in looks if not look.over.is_set()).over.wait(_GLANCE_S)
        return [self._evidence(look, work, started_at) for look in looks]

    def _evidence(self, look: "_Look", work: Work, started_at: datetime) -> tuple[Artifact, bytes]:
        vantage = Vantage(f"network.{self._name}", look.settings.name, "")
        now = self._clock.now()
        return seal(
            work.job, vantage, Media.UCS, dump(look.answers()), started_at=started_at, stopped_at=now, dropped=None
        )


class _Look:
    """One manager in one job, in a thread of its own, which ends by its deadline and a logout."""

    def __init__(self, manager: Manager, work: Work, deadline: Deadline, clock: Clock) -> None:
        self._manager, self._work, self._deadline, self._clock = manager, work, deadline, clock
        self.settings = manager.settings
        self.over = threading.Event()
        self._told: dict[str, Told] = {}
        self._gaps: dict[str, str] = {}

    def run(self) -> None:
        """Read it; whatever happens, each class has been read or has a reason."""
        try:
            with self._manager.session(self._deadline, self._work.stopped) as session:
                self._read(session)
                self.over.set()  # the logout is nobody's to wait for
        except TimeoutError:
            self._rest(reasons.late(self.settings))
        except LoginError as error:
            self._rest(str(error))
        except Exception:  # noqa: BLE001  A bug in reading one manager must not cost the others theirs.
            reference = secrets.token_hex(4)
            _log.exception("ucs_bug", domain=self.settings.name, reference=reference)
            self._rest(f"Reading {self.settings.name} failed by a fault of ours; reference {reference} in the log.")
        finally:
            self.over.set()

    def answers(self) -> Answers:
        """What was read so far; what was not yet has a gap."""
        told, gaps = dict(self._told), dict(self._gaps)
        missing = [kind for kind in PROPERTIES if kind not in told and kind not in gaps]
        gaps |= dict.fromkeys(missing, reasons.late(self.settings))
        return Answers(
            domain=self.settings.name,
            told=tuple(told.values()),
            gaps=tuple(UcsGap(kind, says) for kind, says in gaps.items()),
        )

    def _read(self, session: Session) -> None:
        left = MOST_OBJECTS
        for kind, names in PROPERTIES.items():
            self._deadline.left_s()
            try:
                found = session.objects(kind)
            except LoginError:
                raise
            except ManagerError as error:
                self._gaps[kind] = str(error)
                continue
            kept = [
                one for one in found if kind not in _OF_INTERCONNECTS or one.get("dn", "").startswith("sys/switch-")
            ]
            if len(kept) > left:
                self._gaps[kind] = f"{reasons.place(self.settings)} has {len(kept)} of {kind}, more than can be kept."
                continue
            left -= len(kept)
            objects = tuple(_properties(one.attrib, names) for one in kept if one.get("dn"))
            self._told[kind] = Told(kind=kind, at=self._clock.now(), objects=objects)

    def _rest(self, says: str) -> None:
        for kind in PROPERTIES:
            if kind not in self._told:
                self._gaps.setdefault(kind, says)


def _properties(one: Mapping[str, str], names: Sequence[str]) -> dict[str, str]:
    return {name: one[name][:LONGEST] for name in names if name in one}
