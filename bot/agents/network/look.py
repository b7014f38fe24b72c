"""One device in one job, in a thread of its own, which ends by its deadline whatever the device does."""

import secrets
import threading
import time
from collections.abc import Iterable
from contextlib import AbstractContextManager

from bot import log
from bot.agents.deadline import Deadline
from bot.agents.network import reasons
from bot.agents.network.asking import Asking
from bot.agents.network.board import Board
from bot.agents.network.line import Line
from bot.agents.network.notebook import Notebook
from bot.agents.network.reader import Reader
from bot.agents.network.reasons import DeviceError, SilentError, StoppedError
from bot.model.addresses import Mac
from bot.ports import Clock, Work

_log = log.get(__name__)

AGAIN_S = 0.25
BOARD_S = 1.0
"""So long the rows of MACs wait for what slower devices hold for the target, where nobody else has named a MAC."""
_BOARD_AGAIN_S = 0.2
_COUNT_S = 0.3
"""Left of a job's time for the counters at its end."""
_GLANCE_S = 0.1


class Look:
    """``over`` is set at the end; ``why`` then says why a table of which the notebook tells nothing was not read."""

    def __init__(self, line: Line, work: Work, deadline: Deadline, board: Board, clock: Clock) -> None:
        self._line, self._work, self._deadline, self._board = line, work, deadline, board
        self.settings = line.settings
        self.notebook = Notebook(self.settings, work.job.target, clock)
        self.over = threading.Event()
        self.why = reasons.late(self.settings)
        self._askings: list[Asking] = []
        self._told = False
        self._waiting_since: float | None = None

    def run(self) -> None:
        """Read it; whatever happens, the board is told and the reason kept."""
        try:
            self._read()
            self.why = f"{self.settings.name} was asked for nothing in it."
        except TimeoutError:
            if self._unheard_s() >= self.settings.timeout_s:
                self._line.heard(False)
                self.why = str(reasons.silent(self.settings))
        except DeviceError as error:
            if not isinstance(error, StoppedError):
                self._line.heard(not isinstance(error, SilentError))
            self.why = str(error)
        except Exception:  # noqa: BLE001  A bug in reading one device must not cost the others theirs.
            reference = secrets.token_hex(4)
            _log.exception("device_bug", device=self.settings.name, reference=reference)
            self.why = f"Reading {self.settings.name} failed by a fault of ours; reference {reference} in the log."
        finally:
            self._tell(())
            for asking in self._askings:
                asking.session.close()
            self.over.set()

    def _read(self) -> None:
        job, listen_s = self._work.job, self._work.job.options.listen_s
        with self._turn():
            self._waiting_since = time.monotonic()
            first = self._asking(None)
            reader = Reader(self._line, first, map(self._asking, self.settings.community_per_vlan), job.target)
            reader.identify()
            self._waiting_since = None
            self._line.heard(True)
            self._tell(reader.addresses())
            fresh = reader.surroundings(job.incident)
        macs = self._board.macs(_BOARD_AGAIN_S if job.options.macs else BOARD_S, self._work.stopped)
        with self._turn():
            reader.forward(macs)
            reader.count()
            if fresh and not listen_s:
                reader.whole()
        if listen_s:
            self._listen(reader, min(time.monotonic() + listen_s, self._deadline.ends_at - _COUNT_S))

    def _listen(self, reader: Reader, ends_at: float) -> None:
        try:
            self._again(reader, ends_at)
            with self._turn():
                reader.count()
        except SilentError:
            reader.broke_off(f"{reasons.place(self.settings)} answered at first, and then no more.")
            raise
        except TimeoutError:
            reader.broke_off(self.why)
            raise

    def _again(self, reader: Reader, ends_at: float) -> None:
        due_at = time.monotonic() + AGAIN_S
        while due_at < ends_at:
            while (left_s := due_at - time.monotonic()) > 0:
                if self._work.stopped():
                    raise StoppedError(reasons.STOPPED)
                time.sleep(min(left_s, _GLANCE_S))
            with self._turn():
                reader.again()
            due_at = max(due_at + AGAIN_S, time.monotonic())

    def _asking(self, vlan: int | None) -> Asking:
        asking = Asking(self._line.session(self._deadline, self._work.stopped, vlan), self.notebook, vlan)
        self._askings.append(asking)
        return asking

    def _unheard_s(self) -> float:
        """How long its first answer has been waited for."""
        return 0.0 if self._waiting_since is None else time.monotonic() - self._waiting_since

    def _turn(self) -> AbstractContextManager[None]:
        return self._line.turn(self._deadline, self._work.stopped)

    def _tell(self, macs: Iterable[Mac]) -> None:
        if not self._told:
            self._told = True
            self._board.tell(macs)
