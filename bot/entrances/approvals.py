"""The second person: approves a capture, or declines it."""

from bot.clerk import machines_of
from bot.desk import Seat
from bot.entrances.entrance import DECIDED, Entrance
from bot.errors import RequestError
from bot.incidents import folds
from bot.incidents.policy import Capability
from bot.model.audit import Deed
from bot.model.incident import Approved, Declined, Incident, Outcome
from bot.model.request import Person, Place


class Approvals(Entrance):
    """Each capture is decided once."""

    def approve(self, incident: str, person: Person, place: Place) -> None:
        """Agree to somebody else's capture: once, in time, with a right to this machine and this channel as of now."""
        seat = self._waiting(incident)
        asked = self._still_awaited(seat)
        if person == asked.request.person:
            raise RequestError("You asked for this capture yourself, so somebody else has to approve it.")
        rule = self._may_decide(asked, person)  # before the lock: whoever knows the people may take a moment
        lost = self._lost_right(asked)
        with seat.lock:
            self._still_awaited(seat)
            self._clerk.record(Deed.APPROVED, incident=incident, person=person, place=place, rule=rule)
            self._decide(incident)
            if lost:
                self._carrier.end(seat.running, Outcome.REFUSED, f"Whoever asked may not capture any more: {lost}")
            else:
                self._carrier.happen(seat.running, Approved(at=self._clock.now(), by=person))

    def decline(self, incident: str, person: Person, place: Place) -> None:
        """Refuse somebody's capture, for good; whoever may approve may do so, and who asked may take it back."""
        seat = self._waiting(incident)
        asked = self._still_awaited(seat)
        own = person == asked.request.person
        rule = "their own request" if own else self._may_decide(asked, person)
        with seat.lock:
            self._still_awaited(seat)
            self._decide(incident)
            self._clerk.note(Deed.DECLINED, incident=incident, person=person, place=place, rule=rule)
            self._carrier.happen(seat.running, Declined(at=self._clock.now(), by=person))

    def _waiting(self, incident: str) -> Seat:
        """The seat of a capture that waits; one that another bot left behind is taken over."""
        seat = self.desk.seat(incident)
        if seat is None:
            found = self.desk.recall(incident)
            if folds.awaits(found) is None:
                raise RequestError(DECIDED)
            seat = self._seize(found)
        return seat

    def _may_decide(self, asked: Incident, person: Person) -> str:
        return self._clerk.may(
            Capability.APPROVE,
            person,
            asked.request.place,
            machines_of(asked),
            incident=asked.id,
            said="approve or decline",
        )

    def _lost_right(self, asked: Incident) -> str | None:
        """Why the asker may not capture any more; an approval agrees to a request, it does not replace its right."""
        request = asked.request
        try:
            self._clerk.may(Capability.CAPTURE, request.person, request.place, machines_of(asked), incident=asked.id)
        except RequestError as refusal:
            return str(refusal)
        return None

    def _still_awaited(self, seat: Seat) -> Incident:
        incident = seat.running.incident
        waits = folds.awaits(incident)
        if waits is None:
            raise RequestError(DECIDED)
        if waits.until <= self._clock.now():
            raise RequestError(
                f"The time to approve it was over at {waits.until:%H:%M} UTC; it has to be asked for anew."
            )
        return incident
