"""``Probe.NETWORK``: a job in, one artifact for each device that serves the target, before the job expires."""

import threading
from collections.abc import Iterator, Sequence
from datetime import datetime

from bot import log
from bot.agents.deadline import Deadline
from bot.agents.evidence import seal
from bot.agents.network.board import Board
from bot.agents.network.line import Line
from bot.agents.network.look import Look
from bot.agents.network.settings import DeviceSettings
from bot.errors import InstrumentError, RequestError
from bot.meters import DEVICE_HEARD, Reading
from bot.model.job import Artifact, Media, Vantage
from bot.ports import Clock, Work
from bot.probes.tables import dump

READ_S = 8.0
"""So long one reading of a device may take, waiting for others included."""
_MARGIN_S = 0.5
"""Left of a job's life for the report to travel."""
_GLANCE_S = 0.1


class NetworkAbility:
    """bot.ports.Ability for ``Probe.NETWORK``. Safe from several threads. ``name`` is the worker's."""

    def __init__(self, name: str, devices: Sequence[DeviceSettings], clock: Clock) -> None:
        self._name, self._clock = name, clock
        self._lines = tuple(map(Line, devices))

    def trouble(self) -> str | None:
        """That no device answered when it was asked last, as a sentence, or None."""
        if any(line.answered is not False for line in self._lines):
            return None
        names = ", ".join(line.settings.name for line in self._lines)
        return f"No device of {self._name} answered when it was asked last ({names}): is the way to them open?"

    def readings(self) -> Iterator[Reading]:
        """Whether each device answered; none for those that were not asked yet."""
        for line in self._lines:
            if line.answered is not None:
                yield Reading(DEVICE_HEARD, line.answered, (line.settings.name,))

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
        looks = [Look(line, work, deadline, board, self._clock) for line in serving]
        for look in looks:
            threading.Thread(target=log.carried(look.run), name=f"{job.id}-{look.settings.name}", daemon=True).start()
        while not all(look.over.is_set() for look in looks) and not deadline.over and not work.stopped():
            next(look for look in looks if not look.over.is_set()).over.wait(_GLANCE_S)
        for look in looks:  # those that end with the deadline still say why
            look.over.wait(_GLANCE_S)
        return [self._evidence(look, work, started_at) for look in looks]

    def _evidence(self, look: Look, work: Work, started_at: datetime) -> tuple[Artifact, bytes]:
        now = self._clock.now()
        answers = look.notebook.answers(look.why, now)
        vantage = Vantage(f"network.{self._name}", look.settings.name, "")
        data = dump(answers)
        return seal(work.job, vantage, Media.NETWORK, data, started_at=started_at, stopped_at=now, dropped=None)
