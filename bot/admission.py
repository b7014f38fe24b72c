"""How a question becomes an incident: let in, written down and begun, or joined to the one that is asked already."""

from bot import log
from bot.carrier import Carrier
from bot.errors import RequestError
from bot.incidents import joining, pasting, reaching
from bot.incidents.crowding import admit
from bot.incidents.wishing import Wanted
from bot.model.audit import Deed
from bot.model.incident import Incident, Joined, Requested
from bot.model.request import CAPTURE, Request

_log = log.get(__name__)


class Admission(Carrier):
    """Whom to let in was decided at the door."""

    def _open(self, request: Request, *, said: str | None, rule: str) -> Incident:
        self._let_in(request, said)
        with log.about(incident=request.id):
            return self._begin(request, said=said, rule=rule)

    def _begin(self, request: Request, *, said: str | None, rule: str) -> Incident:
        self._queue.begin(request.id)
        self._write_down(request, request.id, said, rule)
        first = Requested(at=request.asked_at, request=request)
        self._journal.append(request.id, first, 0)
        seat = self._take_seat(Incident(request.id, (first,)))
        command, user = request.command, request.person.user
        _log.info("requested", incident=request.id, command=command, target=str(request.target), user=user)
        with seat.lock:
            self._take_in_pasted(seat.running)
            self._follow(seat.running, first)
            self._show(seat.running)
        if self.inquirer:
            self.inquirer.heard(seat.running.incident, None)
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
        for seat in self._open_seats():
            if not joining.same(seat.running.incident, request):
                continue  # seen before its lock is waited for: whoever judges another one must not delay this asker
            with self._at(seat):
                if not seat.open:
                    continue
                running, person, place = seat.running, request.person, request.place
                self._append(running, Joined(at=request.asked_at, by=person, place=place))
                self._write_down(request, running.incident.id, said, rule)
                self._show(running)
                self._chat.whisper(person, place, joining.sentence(running.incident, place, request.asked_at))
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
