"""What waits to be sent to Slack, and when each piece may go: no thread, no clock, no socket.

Slack takes about one message a second and channel with short bursts, and fifty edits a minute in a workspace. So
every channel has a token bucket, and all edits have one. A card's states replace each other while they wait, and
edits of one card keep a distance, except that the first evidence goes at once. The last state of a card waits for
nothing but Slack itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast we may speak, and how patiently we try again."""

    per_channel_s: float = 1.0
    burst: int = 3
    per_edit_s: float = 1.2
    edit_burst: int = 10
    update_gap_s: float = 2.0
    backoff_s: float = 1.0
    backoff_max_s: float = 30.0


@dataclass(slots=True)
class Parcel:
    """One thing to send. A new parcel with the key of a waiting one replaces it.

    ``urgent`` passes the pace. ``news`` passes only the distance between edits. ``behind`` lets others of its channel
    go first. ``lasting`` is sent before the process ends, and a parcel that is not lasting never replaces it.
    ``attempts`` counts the times after which nobody knows whether it arrived.
    """

    key: str
    channel: str
    errand: object
    urgent: bool = False
    news: bool = False
    behind: bool = False
    lasting: bool = False
    attempts: int = 0
    order: int = 0
    not_before: float = 0.0


@dataclass(slots=True)
class _Lane:
    """A channel, or all edits: its tokens as of ``at``, and until when Slack told us to be silent there."""

    tokens: float
    at: float
    silent_until: float = 0.0


class Outbox:
    """The waiting parcels. Every ``now`` is of one monotonic clock, in seconds."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._waiting: dict[str, Parcel] = {}
        self._lanes: dict[str, _Lane] = {}
        self._sent: dict[str, float] = {}  # by key: when last
        self._silent_until = 0.0
        self._failures = 0
        self._order = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, parcel: Parcel) -> None:
        """Let a parcel wait; the newest state wins, except that nothing replaces a last one but another last one."""
        before = self._waiting.get(parcel.key)
        if before is None:
            self._order += 1
            parcel.order = self._order
        elif before.lasting and not parcel.lasting:
            return
        else:
            parcel.order, parcel.attempts = before.order, max(before.attempts, parcel.attempts)
            parcel.not_before = 0.0 if parcel.lasting and not before.lasting else before.not_before
            parcel.news |= before.news
        self._waiting[parcel.key] = parcel

    def take(self, now: float) -> Parcel | float | None:
        """The parcel to send now, or the seconds until there is one, or None when nothing waits."""
        ready = [(self._ready_at(p, now), not p.urgent, p.behind, p.order, p.key) for p in self._waiting.values()]
        due = [entry[1:] for entry in ready if entry[0] <= now]
        if not due:
            return min(ready)[0] - now if ready else None
        parcel = self._waiting.pop(min(due)[-1])
        self._lane(parcel, now).tokens -= 1
        return parcel

    def sent(self, parcel: Parcel, now: float) -> None:
        """Slack took the parcel."""
        self._failures = 0
        self._sent[parcel.key] = now

    def forget(self, key: str) -> None:
        """Nothing will be sent under this key again."""
        self._waiting.pop(key, None)
        self._sent.pop(key, None)

    def rate_limited(self, parcel: Parcel, now: float, after_s: float) -> None:
        """Slack wants silence in this lane; the parcel waits, and the other lanes go on."""
        self._lane(parcel, now).silent_until = now + after_s
        self._put_back(parcel)

    def unreachable(self, parcel: Parcel, now: float) -> None:
        """Nobody answered: everything waits, longer each time."""
        self._silent_until = now + self._backoff_s(self._failures)
        self._failures += 1
        parcel.attempts += 1
        self._put_back(parcel)

    def broken(self, parcel: Parcel, now: float) -> None:
        """Slack itself failed on this parcel: it waits alone, longer each time."""
        parcel.not_before = now + self._backoff_s(parcel.attempts)
        parcel.attempts += 1
        self._put_back(parcel)

    def postpone(self, parcel: Parcel, now: float) -> None:
        """The parcel cannot go before another one has; it looks again a little later."""
        parcel.not_before = now + self._pace.backoff_s
        self._put_back(parcel)

    def keep_lasting(self) -> None:
        """Throw away what need not be sent before the process ends."""
        self._waiting = {key: parcel for key, parcel in self._waiting.items() if parcel.lasting}

    def _put_back(self, parcel: Parcel) -> None:
        newer = self._waiting.get(parcel.key)
        if newer is None or (parcel.lasting and not newer.lasting):
            self._waiting[parcel.key] = parcel
        else:
            newer.attempts = max(newer.attempts, parcel.attempts)
            newer.order = parcel.order

    def _ready_at(self, parcel: Parcel, now: float) -> float:
        return max(self._bounds(parcel, now))

    def _bounds(self, parcel: Parcel, now: float) -> Iterator[float]:
        lane = self._lane(parcel, now)
        yield from (parcel.not_before, self._silent_until, lane.silent_until)
        if not parcel.urgent:
            yield now + max(0.0, 1 - lane.tokens) * self._pace_of(parcel)[0]
            if parcel.key in self._sent and not parcel.news:
                yield self._sent[parcel.key] + self._pace.update_gap_s

    def _lane(self, parcel: Parcel, now: float) -> _Lane:
        per_s, burst = self._pace_of(parcel)
        lane = self._lanes.setdefault("" if parcel.key in self._sent else parcel.channel, _Lane(burst, now))
        lane.tokens = min(burst, lane.tokens + (now - lane.at) / per_s)
        lane.at = now
        return lane

    def _pace_of(self, parcel: Parcel) -> tuple[float, int]:
        """Seconds for each, and how many at once: what was sent under the key before is edited now."""
        if parcel.key in self._sent:
            return self._pace.per_edit_s, self._pace.edit_burst
        return self._pace.per_channel_s, self._pace.burst

    def _backoff_s(self, failures: int) -> float:
        return min(self._pace.backoff_max_s, self._pace.backoff_s * 2.0 ** min(failures, 16))
