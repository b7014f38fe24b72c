"""Slack's rate limits as token buckets.

Source: docs.slack.dev, rate limits: tiers 1 to 4 are 1, 20, 50 and 100 calls a minute for each method; posting is
one message a second for each channel, short bursts allowed.
"""

import math
from dataclasses import dataclass, field

PER_MINUTE = {1: 1, 2: 20, 3: 50, 4: 100}
POST_BURST = 5


@dataclass(slots=True)
class Bucket:
    """A bucket that fills at ``per_s`` up to ``size``; it starts full."""

    per_s: float
    size: float
    level: float = -1.0
    seen_at: float = 0.0

    def take(self, now: float) -> float:
        """Take one token: 0.0 when there was one, else the seconds until there is one."""
        filled = self.size if self.level < 0 else min(self.size, self.level + (now - self.seen_at) * self.per_s)
        self.seen_at = now
        self.level = filled - 1 if filled >= 1 else filled
        return 0.0 if filled >= 1 else (1 - filled) / self.per_s


@dataclass(slots=True)
class Limits:
    """One bucket for each method, and one for each channel that is posted to."""

    on: bool = True
    _buckets: dict[tuple[str, str], Bucket] = field(default_factory=dict)

    def retry_after_s(self, method: str, tier: int | None, channel: str, now: float) -> int | None:
        """Whole seconds to wait before this call, or None when it may pass."""
        if not self.on:
            return None
        if method == "chat.postMessage":
            bucket = self._buckets.setdefault((method, channel), Bucket(1.0, POST_BURST))
        elif tier is not None:
            per_minute = PER_MINUTE[tier]
            bucket = self._buckets.setdefault((method, ""), Bucket(per_minute / 60, per_minute))
        else:
            return None
        wait_s = bucket.take(now)
        return math.ceil(wait_s) if wait_s else None
