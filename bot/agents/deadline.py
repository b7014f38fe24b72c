"""When a look, or a part of it, must be over."""

import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment of the monotonic clock after which nothing is waited for."""

    ends_at: float

    @classmethod
    def after(cls, seconds: float) -> "Deadline":
        """The moment that is so many seconds away."""
        return cls(time.monotonic() + seconds)

    def left_s(self) -> float:
        """Seconds left.

        Raises:
            TimeoutError: none.
        """
        left = self.ends_at - time.monotonic()
        if left <= 0:
            raise TimeoutError("the time for this look is over")
        return left

    @property
    def over(self) -> bool:
        """Whether no time is left."""
        return time.monotonic() >= self.ends_at

    def share(self, part: float) -> "Deadline":
        """A nearer deadline: this part of the time that is left."""
        return Deadline.after(self.left_s() * part)
