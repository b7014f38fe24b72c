"""What every door has at hand."""

from collections.abc import Callable

from bot import log
from bot.desk import Ground, Seat
from bot.engine import Engine
from bot.errors import InstrumentError
from bot.inquirer import Inquirer
from bot.model.capture import CaptureWish
from bot.model.dropped import DroppedFile
from bot.model.incident import Incident
from bot.model.pasted import PastedTable
from bot.model.reach import ReachWish
from bot.model.request import Person, Place, Request, Target
from bot.model.watch import WatchWish
from bot.ports import Drops

_log = log.get(__name__)

DECIDED = "That was decided already, or it is over; its card says how."


class Entrance(Engine):
    """``most_bytes``: what can travel of one capture."""

    def __init__(
        self,
        ground: Ground,
        *,
        once: Callable[[str], bool],
        apart: Callable[[Callable[[], None]], None],
        most_bytes: int,
        drops: Drops | None = None,
        inquirer: Inquirer | None = None,
    ) -> None:
        super().__init__(ground, once=once, apart=apart, drops=drops, inquirer=inquirer)
        self._most_bytes, self._drops = most_bytes, drops

    def _request(
        self,
        command: str,
        target: Target,
        person: Person,
        place: Place,
        *,
        deep: bool = False,
        capture: CaptureWish | None = None,
        file: DroppedFile | None = None,
        tables: tuple[PastedTable, ...] = (),
        watch: WatchWish | None = None,
        reach: ReachWish | None = None,
        before: str | None = None,
    ) -> Request:
        name, now = self._clock.new_id("inc"), self._clock.now()
        return Request(name, command, target, deep, person, place, now, capture, file, tables, watch, reach, before)

    def _here(self, command: str, channel: str) -> list[Incident]:
        """What of this kind runs in the channel, in whichever bot's hand."""
        running = [seat.running.incident for seat in self._open_seats()]
        try:
            others = [name for name in self._journal.unfinished(channel) if self._seat(name) is None]
            running += [one for name in others if (one := self._journal.read(name)) and one.closed is None]
        except InstrumentError as error:
            _log.warning("others_not_known", reason=str(error))
        return [one for one in running if (one.request.command, one.request.place.channel) == (command, channel)]

    def _seize(self, waiting: Incident) -> Seat:
        """Take over what only waits, whichever bot has it."""
        self._queue.hold([waiting.id], seize=True)
        return self._take_seat(waiting)
