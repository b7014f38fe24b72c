"""``Probe.NETWORK``: a job in, one artifact for each device that serves the target, before the job expires."""

import secrets
import threading
import time
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime

from bot import log
from bot.agents.deadline import Deadline
from bot.agents.evidence import seal
from bot.agents.network import reasons
from bot.agents.network.board import Board
from bot.agents.network.line import Line
from bot.agents.network.notebook import Notebook
from bot.agents.network.reader import Reader
from bot.agents.network.reasons import DeviceError, SilentError, StoppedError
from bot.agents.network.session import Session
from bot.agents.network.settings import DeviceSettings
from bot.errors import InstrumentError, RequestError
from bot.model.addresses import Mac
from bot.model.job import Artifact, Media, Vantage
from bot.ports import Clock, Work
from bot.probes.tables import dump

_log = log.get(__name__)

READ_S = 8.0
"""So long one reading of a device may take, waiting for others included."""
AGAIN_S = 0.25
BOARD_S = 1.0
"""So long the switches' rows wait for what slower routers hold for the target."""
_MARGIN_S = 1.0
"""Left of a job's life for the report to travel."""
_GLANCE_S = 0.1


class NetworkAbility:
    """bot.ports.Ability for ``Probe.NETWORK``. Safe from several threads. ``name`` is the worker's."""

    def __init__(self, name: str, devices: Sequence[DeviceSettings], clock: Clock) -> None:
        self._name, self._clock = name, clock
        self._lines = tuple(map(Line, devices))

    def __call__(self, work: Work) -> Sequence[tuple[Artifact, bytes]]:
        """Ask every device that serves the target, all at once; a device that does not answer costs itself only."""
        job = work.job
        if job.target is None and not job.options.macs:
            raise RequestError("Name an address or a MAC to look for in tables.")
        serving = [line for line in self._lines if line.settings.serves(job.target)]
        if not serving:
            raise RequestError(
                f"No device of {self._name} serves {job.target}; `networks` in its file says what each is asked about."
            )
        started_at = self._clock.now()
        left_s = min((job.expires_at - started_at).total_seconds(), work.left_s()) - _MARGIN_S
        if left_s <= 0:
            raise InstrumentError("The job came too late to be read from the network.")
        deadline = Deadline.after(min(left_s, job.options.listen_s + READ_S))
        board = Board(len(serving), job.options.macs)
        looks = [_Look(line, work, deadline, board, self._clock) for line in serving]
        for look in looks:
            threading.Thread(target=look.run, name=f"{job.id}-{look.settings.name}", daemon=True).start()
        while not all(look.over.is_set() for look in looks) and not deadline.over and not work.stopped():
            next(look for look in looks if not look.over.is_set()).over.wait(_GLANCE_S)
        return [self._evidence(look, work, started_at) for look in looks]

    def _evidence(self, look: "_Look", work: Work, started_at: datetime) -> tuple[Artifact, bytes]:
        now = self._clock.now()
        answers = look.notebook.answers(look.why or reasons.late(look.settings), now)
        vantage = Vantage(f"network.{self._name}", look.settings.name, "")
        data = dump(answers)
        return seal(work.job, vantage, Media.NETWORK, data, started_at=started_at, stopped_at=now, dropped=None)


class _Look:
    """One device in one job, in a thread of its own, which ends by its deadline."""

    def __init__(self, line: Line, work: Work, deadline: Deadline, board: Board, clock: Clock) -> None:
        self._line, self._work, self._deadline, self._board = line, work, deadline, board
        self.settings = line.settings
        self.notebook = Notebook(self.settings, work.job.target, clock)
        self.over = threading.Event()
        self.why: str | None = None
        self._told = False

    def run(self) -> None:
        """Read it; whatever happens, the board is told and the reason kept."""
        sessions: list[Session] = []
        try:
            self._read(sessions)
        except TimeoutError:
            self.why = reasons.late(self.settings)
        except StoppedError as error:
            self.why = str(error)
        except DeviceError as error:
            self._line.heard(not isinstance(error, SilentError))
            self.why = str(error)
        except Exception:  # noqa: BLE001  A bug in reading one device must not cost the others theirs.
            reference = secrets.token_hex(4)
            _log.exception("device_bug", device=self.settings.name, reference=reference)
            self.why = f"Reading {self.settings.name} failed by a fault of ours; reference {reference} in the log."
        finally:
            self._tell(())
            for session in sessions:
                session.close()
            self.over.set()

    def _read(self, sessions: list[Session]) -> None:
        job, line = self._work.job, self._line
        with self._turn():
            session = line.session(self._deadline, self._work.stopped)
            sessions.append(session)
            reader = Reader(line, session, self.notebook, job.target)
            reader.identify()
            line.heard(True)
            self._tell(reader.addresses())
            reader.surroundings(job.incident)
        macs = self._board.macs(BOARD_S, self._work.stopped)
        with self._turn():
            reader.forward(macs)
            reader.count()
            if not job.options.listen_s:
                reader.whole()
        if job.options.listen_s:
            self._again(reader)
            with self._turn():
                reader.count()

    def _again(self, reader: Reader) -> None:
        ends_at = time.monotonic() + self._work.job.options.listen_s
        due_at = time.monotonic() + AGAIN_S
        while due_at < ends_at:
            while (left_s := due_at - time.monotonic()) > 0:
                if self._work.stopped():
                    raise StoppedError("The reading was stopped.")
                time.sleep(min(left_s, _GLANCE_S))
            with self._turn():
                reader.again()
            due_at = max(due_at + AGAIN_S, time.monotonic())

    def _turn(self) -> AbstractContextManager[None]:
        return self._line.turn(self._deadline, self._work.stopped)

    def _tell(self, macs: Iterable[Mac]) -> None:
        if not self._told:
            self._told = True
            self._board.tell(macs)
