"""The machine underneath: its time, its names, and who counts."""

from datetime import datetime
from typing import Protocol

from bot.meters import Measure


class Clock(Protocol):
    """The time, and names that nobody else has."""

    def now(self) -> datetime:
        """This moment in UTC."""
        ...

    def new_id(self, prefix: str) -> str:
        """A fresh id that cannot be guessed: ``<prefix>-<random>``."""
        ...


class Meter(Protocol):
    """Where a process counts what it does. Safe from several threads; a call takes microseconds and never raises.

    ``labels`` are the values of the measure's labels, in its order.
    """

    def add(self, measure: Measure, *labels: str, by: float = 1) -> None:
        """So much more of a counter; of a gauge also less."""
        ...

    def observe(self, measure: Measure, seconds: float, *labels: str) -> None:
        """One more value of a histogram."""
        ...


class NoMeter:
    """A Meter where nobody wants to know."""

    def add(self, measure: Measure, *labels: str, by: float = 1) -> None:
        """Nothing is kept."""

    def observe(self, measure: Measure, seconds: float, *labels: str) -> None:
        """Nothing is kept."""


NO_METER: Meter = NoMeter()
