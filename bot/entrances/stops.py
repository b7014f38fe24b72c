"""Ends: whoever may check in a channel may stop what runs there."""

from contextlib import nullcontext

from bot.clerk import machines_of
from bot.entrances.entrance import Entrance
from bot.errors import RequestError
from bot.incidents import folds
from bot.incidents.policy import Capability
from bot.model.audit import Deed
from bot.model.incident import StopAsked
from bot.model.request import Person, Place


class Stops(Entrance):
    """What lasts is ended early."""

    def stop(self, incident: str, person: Person, place: Place) -> None:
        """End what runs; of a capture, what it has so far is handed over.

        Whoever may check here may stop it: that harms nobody, and a capture that nobody present can end does.

        Raises:
            RequestError: it is over already.
        """
        seat = self.desk.seat(incident)
        found = seat.running.incident if seat else self.desk.recall(incident)
        rule = self._clerk.may(Capability.CHECK, person, place, machines_of(found), said=f"stop {incident}")
        if seat is None and folds.awaits(found):
            seat = self._seize(found)
        with seat.lock if seat else nullcontext():
            incident_now = seat.running.incident if seat else found
            if incident_now.closed or (seat and seat.running.handed):
                raise RequestError("That was over before it could be stopped.")
            if folds.stopped(incident_now):
                raise RequestError("That is being stopped already; what it brought is on its way.")
            if folds.awaits(incident_now):
                self._decide(incident, else_decide=True)
            self._clerk.note(Deed.STOPPED, incident=incident, person=person, place=place, rule=rule)
            word = StopAsked(at=self._clock.now(), by=person)
            if seat:
                self._carrier.halt(seat.running, word)
            else:  # another bot has it, or had
                self._queue.tell(incident, word)

    def stop_named(self, command: str, text: str, person: Person, place: Place) -> str:
        """Stop the capture or watch of this id or, without one, the only one that runs in the channel; its id."""
        wanted = text.strip().strip("`")
        here = self._here(command, place.channel)
        ids = [incident.id for incident in here]
        if wanted and len(wanted.split()) > 1:
            raise RequestError(
                f"Say one {command}'s id, for example `/{command} stop inc-k3v9`, or none if only one runs."
            )
        if not wanted and not ids:
            raise RequestError(f"No {command} runs in this channel, so there is nothing to stop.")
        if not wanted and len(ids) > 1:
            told = ", ".join(f"`{one.id}` ({one.request.target})" for one in here)
            raise RequestError(f"{len(ids)} of them run here: {told}. Say which: `/{command} stop {ids[0]}`.")
        name = wanted or ids[0]
        if name not in ids and self._journal.read(name) is None:
            raise RequestError(f"No {command} is called {name[:40]}; its id stands at the foot of its card.")
        self.stop(name, person, place)
        return name
