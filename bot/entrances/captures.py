"""Captures: in words, or by a form with its preview."""

from collections.abc import Mapping
from ipaddress import IPv4Address

from bot.clerk import machines
from bot.entrances.entrance import Entrance
from bot.errors import FormError, RequestError
from bot.incidents import planning, wishing
from bot.incidents.policy import Capability
from bot.incidents.wishing import Wanted
from bot.model.form import CaptureForm, Choice, Preview
from bot.model.incident import Incident
from bot.model.request import CAPTURE, Person, Place

_SOME_MACHINE = IPv4Address(0)  # stands in a preview for an address that vCenter has yet to say


class Captures(Entrance):
    """What is recorded on the wire."""

    def capture(self, text: str, person: Person, place: Place, *, name: str | None = None) -> Incident:
        """Accept a capture in words; its card comes through the chat. ``name``: as of Questions.ask."""
        return self._begun(name) or self._capture(wishing.parse(text), text, person, place, name)

    def form(self, incident: str | None, person: Person, place: Place) -> CaptureForm:
        """The form of a capture, about the incident's target where one is given."""
        about = self.desk.recall(incident) if incident else None
        target = (about.address or about.request.target) if about else None
        address = target if isinstance(target, IPv4Address) else target.address if target else None
        self._clerk.may(Capability.CAPTURE, person, place, machines(address, None), said="the form of a capture")
        there = planning.capturing(self._roll.known().agents)
        near = sorted(there, key=lambda one: (not (address and one.prefix and address in one.prefix), one.agent))
        choices = tuple(Choice(one.agent, f"segment {one.segment}, {one.prefix or 'no prefix'}") for one in near)
        fields = {"for": f"{wishing.USUAL_S:g}", **({"target": str(target)} if target else {})}
        return CaptureForm(fields, choices)

    def preview(self, fields: Mapping[str, str], person: Person, place: Place) -> Preview:
        """What the filled form would capture, where, and who has to agree.

        Raises:
            FormError: a field is wrong; the sentence of each.
        """
        wanted = wishing.read(fields)
        target, wish = wanted.target, wanted.wish
        taken = machines(target.address, wish)
        self._clerk.may(Capability.CAPTURE, person, place, taken, said=str(wanted))
        if target.address is None:
            where = ", ".join(wish.at) if wish.at else f"every segment that {target} turns out to be on"
            filtered = str(wish.filter(_SOME_MACHINE)).replace(str(_SOME_MACHINE), f"<address of {target}>")
            depends = f"That depends on the address that vCenter knows of {target}."
            second: str | None = self._clerk.needs_second(taken) or depends
        else:
            try:
                plan = planning.plan_capture("preview", target.address, wish, known=self._roll.known(), first=0)
            except RequestError as error:
                raise FormError({"at" if wish.at else "target": str(error)}) from error
            where = ", ".join(job.queue.partition(".")[2] for job in plan.jobs)
            filtered = str(wish.filter(target.address))
            second = self._clerk.needs_second(taken)
        return Preview(
            target=str(target),
            where=where,
            filter=filtered,
            duration_s=wish.duration_s,
            most_bytes=self._most_bytes,
            second=second,
            words=str(wanted),
            at=self._clock.now(),
        )

    def start(self, fields: Mapping[str, str], person: Person, place: Place) -> Incident:
        """Accept a capture that was seen in its preview."""
        wanted = wishing.read(fields)
        return self._capture(wanted, f"form: {wanted}", person, place)

    def _capture(self, wanted: Wanted, said: str, person: Person, place: Place, name: str | None = None) -> Incident:
        taken = machines(wanted.target.address, wanted.wish)
        rule = self._clerk.may(Capability.CAPTURE, person, place, taken, said=said)
        request = self._request(CAPTURE, wanted.target, person, place, name, capture=wanted.wish)
        return self._admission.open(request, said=said, rule=rule)
