"""What every door has at hand."""

from bot import log
from bot.admission import Admission
from bot.carrier import Carrier
from bot.desk import Desk, Ground, Seat
from bot.errors import InstrumentError, RequestError
from bot.inquirer import Inquirer
from bot.model.capture import CaptureWish
from bot.model.dropped import DroppedFile
from bot.model.incident import Incident
from bot.model.pasted import PastedTable
from bot.model.reach import ReachWish
from bot.model.request import Person, Place, Request, Target
from bot.model.watch import WatchWish
from bot.ports import Drops, Links
from bot.roll import Roll

_log = log.get(__name__)

DECIDED = "That was decided already, or it is over; its card says how."


class Entrance:
    """``most_bytes``: what can travel of one capture. ``drops`` and ``inquirer`` are None where there is no channel."""

    def __init__(
        self,
        ground: Ground,
        desk: Desk,
        roll: Roll,
        carrier: Carrier,
        admission: Admission,
        *,
        most_bytes: int,
        links: Links,
        drops: Drops | None,
        inquirer: Inquirer | None,
    ) -> None:
        self.desk, self._roll, self._carrier, self._admission = desk, roll, carrier, admission
        self._queue, self._journal, self._chat = ground.queue, ground.journal, ground.chat
        self._clerk, self._clock = ground.clerk, ground.clock
        self._most_bytes, self._links, self._drops, self.inquirer = most_bytes, links, drops, inquirer

    def _request(
        self,
        command: str,
        target: Target,
        person: Person,
        place: Place,
        name: str | None = None,
        *,
        deep: bool = False,
        capture: CaptureWish | None = None,
        file: DroppedFile | None = None,
        tables: tuple[PastedTable, ...] = (),
        watch: WatchWish | None = None,
        reach: ReachWish | None = None,
        before: str | None = None,
    ) -> Request:
        name, now = name or self._clock.new_id("inc"), self._clock.now()
        return Request(name, command, target, deep, person, place, now, capture, file, tables, watch, reach, before)

    def _begun(self, name: str | None) -> Incident | None:
        """What this very asking began already: the bot that it was told to died before it could say so."""
        if name is None:
            return None
        return self.desk.running(name) or self._journal.read(name)

    def _here(self, command: str, channel: str) -> list[Incident]:
        """What of this kind runs in the channel, in whichever bot's hand."""
        running = [seat.running.incident for seat in self.desk.open_seats()]
        try:
            others = [name for name in self._journal.unfinished(channel) if self.desk.seat(name) is None]
            running += [one for name in others if (one := self._journal.read(name)) and one.closed is None]
        except InstrumentError as error:
            _log.warning("others_not_known", reason=str(error))
        return [one for one in running if (one.request.command, one.request.place.channel) == (command, channel)]

    def _seize(self, waiting: Incident) -> Seat:
        """Take over what only waits, whichever bot has it."""
        self._queue.hold([waiting.id], seize=True)
        return self.desk.take_seat(waiting)

    def _decide(self, incident: str, *, else_decide: bool = False) -> None:
        """Take the one decision that there is on this capture; ``else_decide``: also when nobody can say.

        Raises:
            RequestError: another bot has taken it, and goes on with it.
        """
        if self._carrier.decided(incident, else_decide=else_decide):
            self.desk.give(incident)
            raise RequestError(DECIDED)
