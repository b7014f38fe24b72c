"""The one who looks up what somebody may do, and writes down what was done, before it has an effect."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from bot import log
from bot.errors import InstrumentError, RequestError
from bot.incidents import policy
from bot.incidents.policy import Asker, Capability, Policy
from bot.meters import AUDIT_FAILURES
from bot.model.audit import Deed, Entry
from bot.model.capture import CaptureWish
from bot.model.incident import Incident
from bot.model.request import Person, Place
from bot.ports import NO_METER, Audit, Clock, Directory, Meter

_log = log.get(__name__)


def machines(address: IPv4Address | None, wish: CaptureWish | None) -> tuple[IPv4Address, ...]:
    """Whose packets a capture takes: the target's, once its address is known, and those of every further host.

    A peer is not among them: it leaves out packets of these machines, and adds none of its own.
    """
    return (*([address] if address else []), *(wish.hosts if wish else ()))


def machines_of(incident: Incident) -> tuple[IPv4Address, ...]:
    """Whose packets the incident takes, as far as its target's address is known by now."""
    return machines(incident.address, incident.request.capture)


@dataclass(frozen=True, slots=True)
class Clerk:
    """Rights and deeds at every door."""

    rules: Policy
    directory: Directory
    audit: Audit
    clock: Clock
    meter: Meter = NO_METER

    def may(
        self,
        capability: Capability,
        person: Person,
        place: Place,
        machines: Sequence[IPv4Address] = (),
        *,
        incident: str | None = None,
        said: str | None = None,
    ) -> str:
        """The rule that lets the person do this, as both are known at this moment; to every one of the machines.

        Raises:
            RequestError: they may not; the refusal is among the deeds.
        """
        asker = Asker(person, place, self.directory.member(person), self.directory.channel(place.channel))
        try:
            rules = [policy.authorise(self.rules, capability, asker, machine) for machine in machines or (None,)]
        except RequestError as refusal:
            self.note(Deed.REFUSED, incident=incident, person=person, place=place, said=said, rule=str(refusal))
            raise
        return "; ".join(dict.fromkeys(rules))

    def reach(self, person: Person, place: Place) -> dict[Capability, tuple[IPv4Network, ...] | None]:
        """What the person may do here, and to which machines (None: every one); nothing of it is written down.

        Raises:
            RequestError: they may do nothing here; the refusal of the most harmless step.
        """
        asker = Asker(person, place, self.directory.member(person), self.directory.channel(place.channel))
        found = {step: policy.reach(self.rules, step, asker) for step in Capability}
        if not any(reached is None or reached for reached in found.values()):
            policy.authorise(self.rules, Capability.LOOK_UP, asker)
        return {step: reached for step, reached in found.items() if reached is None or reached}

    def needs_second(self, machines: Sequence[IPv4Address]) -> str | None:
        """The rule by which a second person has to agree to a capture of one of the machines; None: there is none."""
        return next((why for machine in machines if (why := policy.needs_second(self.rules, machine))), None)

    def record(self, deed: Deed, **fields: Any) -> None:
        """Write down what must not happen unseen.

        Raises:
            InstrumentError: it cannot be written, so it must not happen.
        """
        try:
            self.audit.record(Entry(at=self.clock.now(), deed=deed, **fields))
        except InstrumentError as error:
            self._lost(deed, fields, error)
            raise InstrumentError(
                f"The audit cannot be written, and no capture goes unrecorded: {error} Tell the operator of ruleout."
            ) from error

    def note(self, deed: Deed, **fields: Any) -> None:
        """Write down what may happen although it cannot be recorded: a check, a refusal, an end."""
        try:
            self.audit.record(Entry(at=self.clock.now(), deed=deed, **fields))
        except InstrumentError as error:
            self._lost(deed, fields, error)

    def _lost(self, deed: Deed, fields: Mapping[str, Any], error: InstrumentError) -> None:
        _log.error("deed_not_recorded", deed=deed, incident=fields.get("incident"), reason=str(error))
        self.meter.add(AUDIT_FAILURES, deed)
