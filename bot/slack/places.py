"""Where cards and their parts stand in Slack, as far as this process knows, and what of an end has yet to stand."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.model.incident import APPROVAL, CARD, Incident, Published, TakenOver

_REMEMBERED = 2000  # cards whose place we keep in memory; an ended one is not shown again
_AT_ONCE = timedelta(seconds=2)  # so long after its end who first hears of it then is not who ended it


@dataclass(slots=True)
class Standing:
    """Where a card stands.

    ``ts`` None: not posted yet; ``announced``: the coordinator knows it. ``told``: first evidence was shown to us,
    ``over``: the last state was. ``approval`` is the state of the message to a second person that was last put on its
    way, ``approval_ts`` where it stands. ``parts`` are the messages of every other part that stands, by channel and
    part; ``owed`` are those on their way, by the parcel's key.

    ``inherited``: another process may have posted parts and died before it could say so; they are looked for first.
    ``shown``: the last state stands, or can never; ``complete``: nothing more will be owed; ``said``: that all of it
    stands was told.
    """

    channel: str
    thread: str | None
    ts: str | None = None
    announced: bool = False
    told: bool = False
    over: bool = False
    gone: bool = False
    approval: str | None = None
    approval_ts: str | None = None
    parts: dict[tuple[str, str], str] = field(default_factory=dict)
    owed: set[str] = field(default_factory=set)
    inherited: bool = False
    shown: bool = False
    complete: bool = False
    said: bool = False

    def of(self, part: str, channel: str) -> str | None:
        """Where that part of it stands."""
        if part == CARD:
            return self.ts
        return self.approval_ts if part == APPROVAL else self.parts.get((channel, part))

    def put(self, part: str, channel: str, message: str) -> None:
        """That part of it stands there."""
        if part == CARD:
            self.ts = message
        elif part == APPROVAL:
            self.approval_ts = message
        else:
            self.parts[channel, part] = message

    @property
    def delivered(self) -> bool:
        """Whether all that was owed stands, or can never."""
        return not self.owed and (self.gone or (self.shown and self.complete))

    @property
    def root(self) -> str | None:
        """The thread that belongs to the card: its own, or the one that it was asked in."""
        return self.thread or self.ts


class Places:
    """Where each incident's card and parts stand; what was published is read from its timeline.

    ``lock`` guards them. ``delivered`` is called, without the lock, with the id of an incident of whose end all that
    was owed stands or never can. A question older than ``since`` may have been posted by a process before us; ``now``
    tells how long ago one ended.
    """

    def __init__(
        self,
        lock: threading.Condition,
        *,
        delivered: Callable[[str], None],
        since: datetime,
        now: Callable[[], datetime],
    ) -> None:
        self._lock, self._delivered, self._since, self._now = lock, delivered, since, now
        self._known: dict[str, Standing] = {}

    def of(self, incident: Incident) -> Standing:
        """Where it stands; taken from its timeline the first time."""
        with self._lock:
            place = self._known.get(incident.id)
            if place is None:
                asked = incident.request.place
                place = Standing(asked.channel, asked.thread, inherited=self._inherited(incident))
                for event in incident.timeline:
                    if isinstance(event, Published):
                        place.put(event.part, event.channel, event.message)
                place.announced = place.ts is not None
                if len(self._known) >= _REMEMBERED:
                    self._known = {name: it for name, it in self._known.items() if it.owed or not (it.over or it.gone)}
                self._known[incident.id] = place
            return place

    def known(self, incident: str) -> Standing | None:
        """Where it stands, if this process has shown it. The lock is held."""
        return self._known.get(incident)

    def forget(self, incident: str) -> None:
        """Another bot has it. The lock is held."""
        self._known.pop(incident, None)

    def stood(self, incident: Incident, key: str) -> None:
        """The part of that parcel stands, or never can."""
        with self._lock:
            self.of(incident).owed.discard(key)
        self._settle(incident)

    def shown(self, incident: Incident) -> None:
        """The card's last state stands, or never can."""
        with self._lock:
            self.of(incident).shown = True
        self._settle(incident)

    def completed(self, incident: Incident) -> None:
        """Nothing more will be owed."""
        with self._lock:
            self.of(incident).complete = True
        self._settle(incident)

    def _settle(self, incident: Incident) -> None:
        """Say once that everything of it stands that ever will."""
        with self._lock:
            place = self.of(incident)
            seen = place.delivered and not place.said
            place.said |= seen
        if seen:
            self._delivered(incident.id)

    def _inherited(self, incident: Incident) -> bool:
        """Whether a process before us may have posted parts of it; ``incident`` is how we first heard of it."""
        taken_over = any(isinstance(event, TakenOver) for event in incident.timeline)
        posted = any(isinstance(event, Published) for event in incident.timeline)
        ended = incident.closed
        ended_elsewhere = ended is not None and (posted or self._now() - ended.at > _AT_ONCE)
        return taken_over or ended_elsewhere or incident.request.asked_at < self._since
