"""A watch as wished for: one machine, looked at without a pause for a while."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WatchWish:
    """For how long, and in pieces of how many seconds: a piece is one job, so that an agent that dies costs one."""

    duration_s: float
    piece_s: float
