"""The one who looks up what somebody may do, and writes down what was done, before it has an effect."""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Any

from bot import log
from bot.errors import InstrumentError, RequestError
from bot.incidents import policy
from bot.incidents.policy import Asker, Capability, Policy
from bot.model.audit import Deed, Entry
from bot.model.request import Person, Place
from bot.ports import Audit, Clock, Directory

_log = log.get(__name__)


@dataclass(frozen=True, slots=True)
class Clerk:
    """Rights and deeds at every door."""

    rules: Policy
    directory: Directory
    audit: Audit
    clock: Clock

    def may(
        self,
        capability: Capability,
        person: Person,
        place: Place,
        target: IPv4Address | None = None,
        *,
        incident: str | None = None,
        said: str | None = None,
    ) -> str:
        """The rule that lets the person do this, as both are known at this moment.

        Raises:
            RequestError: they may not; the refusal is among the deeds.
        """
        asker = Asker(person, place, self.directory.member(person), self.directory.channel(place.channel))
        try:
            return policy.authorise(self.rules, capability, asker, target)
        except RequestError as refusal:
            self.note(Deed.REFUSED, incident=incident, person=person, place=place, said=said, rule=str(refusal))
            raise

    def may_each(
        self,
        capability: Capability,
        person: Person,
        place: Place,
        targets: Iterable[IPv4Address | None],
        *,
        incident: str | None = None,
        said: str | None = None,
    ) -> str:
        """The rule that lets the person do this to the first machine; every one of them needs its own.

        Raises:
            RequestError: there is a machine to which they may not.
        """
        rule, *_ = [self.may(capability, person, place, one, incident=incident, said=said) for one in targets]
        return rule

    def second_for(self, targets: Iterable[IPv4Address]) -> str | None:
        """The first rule by which a second person has to agree to a capture of these machines; None: nobody."""
        return next(filter(None, (policy.needs_second(self.rules, one) for one in targets)), None)

    def record(self, deed: Deed, **fields: Any) -> None:
        """Write down what must not happen unseen.

        Raises:
            InstrumentError: it cannot be written, so it must not happen.
        """
        try:
            self.audit.record(Entry(at=self.clock.now(), deed=deed, **fields))
        except InstrumentError as error:
            _log.error("deed_not_recorded", deed=deed, incident=fields.get("incident"), reason=str(error))
            raise InstrumentError(
                f"The audit cannot be written, and no capture goes unrecorded: {error} Tell the operator of ruleout."
            ) from error

    def note(self, deed: Deed, **fields: Any) -> None:
        """Write down what may happen although it cannot be recorded: a check, a refusal, an end."""
        try:
            self.audit.record(Entry(at=self.clock.now(), deed=deed, **fields))
        except InstrumentError as error:
            _log.error("deed_not_recorded", deed=deed, incident=fields.get("incident"), reason=str(error))
