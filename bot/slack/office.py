"""What everything that is sent to Slack needs: the calls, the line, the places, and whose an incident is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot import log
from bot.incidents import parts
from bot.incidents.card import card
from bot.model.incident import CARD, Incident
from bot.slack.blocks import card_message
from bot.slack.delivery import Delivery
from bot.slack.errands import Retraction, Touched
from bot.slack.outbox import Parcel
from bot.slack.places import Places
from bot.slack.sending import Sending

_log = log.get(__name__)

UNINVITED = frozenset({"not_in_channel", "channel_not_found"})
"""Errors that an invitation cures."""
SENTENCE = 2000
"""Characters of a sentence of ours at most."""


@dataclass(slots=True)
class Office:
    """Shared by those who send; the callbacks are the Publisher's."""

    slack: Delivery
    line: Sending
    places: Places
    key: bytes
    published: Callable[..., None]
    ours: Callable[[str], bool]
    written: Callable[[str], Incident | None]
    now: Callable[[], datetime]

    def still_ours(self, parcel: Parcel, incident: Incident) -> bool:
        """Whether this bot may write the card; where another one has it by now, that one shows what is to be shown."""
        if self.ours(incident.id):
            return True
        _log.info("card_of_another_bot", incident=incident.id)
        with self.line.changed:
            self.line.forget(parcel.key)
            self.places.forget(incident.id)
        return False

    def retract(self, channel: str, message: str) -> None:
        """Take back a message of ours that another one stands for."""
        _log.warning("message_taken_back", channel=channel, message=message)
        with self.line.changed:
            self.line.put(Parcel(f"retract {message}", channel, Retraction(message), urgent=True, lasting=True))

    def posted(self, channel: str, ts: str, before: str | None) -> str:
        """A message that was just posted; ``before`` was found meanwhile, posted by a bot that died."""
        if before is not None and before != ts:
            self.retract(channel, before)
        return ts

    def touched(self, name: str, part: str, channel: str, ts: str) -> None:
        """We may have posted this, or written over it, though the incident is another bot's: see to it."""
        _log.warning("card_of_another_bot_touched", incident=name, part=part)
        with self.line.changed:
            key = f"touched {channel} {ts}"
            self.line.put(Parcel(key, channel, Touched(name, part, ts), urgent=True, lasting=True))

    def mend(self, parcel: Parcel, touched: Touched) -> None:
        """Show the end again that we have written over, or take our own card away; any other part if there are two.

        What to do the journal tells; while it is away this waits.
        """
        if (incident := self.written(touched.name)) is None:
            self.line.postpone(parcel)
            return
        places = parts.messages(incident, touched.part, parcel.channel)
        if touched.ts not in places and (touched.part == CARD or places):
            self.retract(parcel.channel, touched.ts)
        elif touched.part == CARD and incident.closed:  # else whoever has it writes the next state over ours
            self.slack.update(parcel.channel, touched.ts, card_message(card(incident, ()), self.key))
        self.line.sent(parcel)


def invite(channel: str) -> str:
    """What is said to an asker where we may not post."""
    return f"I cannot post in <#{channel}>. Type `/invite @ruleout` there, then ask again."
