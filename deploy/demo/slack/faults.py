"""What can be made to go wrong, on demand."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Timing:
    """How patient Slack is. The defaults are Slack's own; tests make them shorter."""

    ack_s: float = 3.0
    trigger_s: float = 3.0
    event_retries_s: tuple[float, ...] = (0.0, 60.0, 300.0)
    share_s: float = 0.3  # a completed upload appears in the channel only after its answer was sent
    response_url_s: float = 1800.0


@dataclass(slots=True)
class Refusal:
    """The next ``times`` calls of a method end in this error; ``retry_after_s`` is sent with ``ratelimited``.

    An error such as ``http_503`` is that HTTP status. ``done``: Slack does what was asked for, and its answer is lost.
    """

    error: str
    times: int
    retry_after_s: int = 1
    done: bool = False


@dataclass(slots=True)
class Faults:
    """The faults that are armed now. ``calls`` is by method name.

    ``doubled`` deliveries come once more, ``late`` ones ``late_s`` after Slack began to wait for them.
    """

    drop_acks: int = 0
    doubled: int = 0
    late: int = 0
    late_s: float = 1.0
    api_delay_s: float = 0.0
    calls: dict[str, Refusal] = field(default_factory=dict)

    def next_refusal(self, method: str) -> Refusal | None:
        """The refusal that this call has to meet; each is used up once."""
        refusal = self.calls.get(method)
        if refusal is None:
            return None
        refusal.times -= 1
        if refusal.times <= 0:
            del self.calls[method]
        return refusal
