"""How a question becomes an incident: let in, written down and begun, or joined to the one that is asked already."""

from bot import log
from bot.carrier import Carrier
from bot.desk import Desk, Ground
from bot.errors import RequestError
from bot.incidents import joining, pasting, reaching
from bot.incidents.crowding import admit
from bot.incidents.wishing import Wanted
from bot.inquirer import Inquirer
from bot.meters import REQUESTS
from bot.model.audit import Deed
from bot.model.incident import Incident, Joined, Requested
from bot.model.request import CAPTURE, Request

_log = log.get(__name__)


class Admission:
    """Who may ask was decided at the door; here, whether there is room."""

    def __init__(self, ground: Ground, desk: Desk, carrier: Carrier, inquirer: Inquirer | None) -> None:
        self._desk, self._carrier, self._inquirer = desk, carrier, inquirer
        self._queue, self._journal, self._chat = ground.queue, ground.journal, ground.chat
        self._clerk, self._bounds, self._meter = ground.clerk, ground.bounds, ground.meter

    def take(self, request: Request, *, said: str | None, rule: str) -> Incident:
        """The incident that answers it: the one in which the same is being asked already, else one of its own.

        Raises:
            RequestError: there is no room for one more.
            InstrumentError: it cannot be written down.
        """
        return self._join(request, said=said, rule=rule) or self.open(request, said=said, rule=rule)

    def open(self, request: Request, *, said: str | None, rule: str) -> Incident:
        """An incident of its own, begun; ``said`` and ``rule`` are what the audit tells of it.

        Raises:
            RequestError: there is no room for one more.
            InstrumentError: it cannot be written down.
        """
        self._let_in(request, said)
        with log.about(incident=request.id):
            found = self._begin(request, said=said, rule=rule)
        self._meter.add(REQUESTS, request.command, "accepted")
        return found

    def _begin(self, request: Request, *, said: str | None, rule: str) -> Incident:
        self._queue.begin(request.id)
        self._write_down(request, request.id, said, rule)
        first = Requested(at=request.asked_at, request=request)
        self._journal.append(request.id, first, 0)
        seat = self._desk.take_seat(Incident(request.id, (first,)))
        command, user = request.command, request.person.user
        _log.info("requested", incident=request.id, command=command, target=str(request.target), user=user)
        with seat.lock:
            self._carrier.take_in_pasted(seat.running)
            self._carrier.follow(seat.running, first)
            self._desk.show(seat.running)
        if self._inquirer:
            self._inquirer.heard(seat.running.incident, None)
        return seat.running.incident

    def _let_in(self, request: Request, said: str | None) -> None:
        """Raises RequestError where there is no room for one more question; the refusal is among the deeds."""
        here, everywhere = self._journal.crowd(request.place.channel)
        try:
            admit(self._bounds, here, everywhere)
        except RequestError as busy:
            self._clerk.note(
                Deed.REFUSED, incident=request.id, person=request.person, place=request.place, said=said, rule=str(busy)
            )
            raise

    def _write_down(self, request: Request, incident: str, said: str | None, rule: str) -> None:
        """That it was asked, and which incident answers it; without that nothing is captured."""
        written = self._clerk.record if request.command == CAPTURE else self._clerk.note
        written(
            Deed.REQUESTED,
            incident=incident,
            person=request.person,
            place=request.place,
            said=said,
            read_as=_read_as(request),
            rule=rule,
        )

    def _join(self, request: Request, *, said: str | None, rule: str) -> Incident | None:
        """The same question, if it is being asked already: the answer goes to this asker too."""
        for seat in self._desk.open_seats():
            if not joining.same(seat.running.incident, request):
                continue  # seen before its lock is waited for: whoever judges another one must not delay this asker
            with self._desk.at(seat):
                if not seat.open:
                    continue
                running, person, place = seat.running, request.person, request.place
                self._desk.append(running, Joined(at=request.asked_at, by=person, place=place))
                self._write_down(request, running.incident.id, said, rule)
                self._desk.show(running)
                self._chat.whisper(person, place, joining.sentence(running.incident, place, request.asked_at))
                self._meter.add(REQUESTS, request.command, "joined")
                return running.incident
        return None


def _read_as(request: Request) -> str:
    if request.capture is not None:
        return f"{request.command} {Wanted(request.target, request.capture)}"
    if request.watch is not None:
        return f"{request.command} {request.target} for {request.watch.duration_s:g} s"
    if request.reach is not None:
        return f"{request.command} {reaching.in_words(request.reach)}"
    with_tables = f" with {pasting.named(request.tables)}" if request.tables else ""
    return f"{request.command} {request.target}{' deep' if request.deep else ''}{with_tables}"
