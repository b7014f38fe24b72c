"""bot.ports.Meter on paper: what was counted, by measure and labels."""

import threading
from collections import Counter, defaultdict

from bot.meters import Kind, Measure


class PaperMeter:
    """bot.ports.Meter; refuses what the table of measures does not allow, so that a test sees it."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, ...]] = Counter()
        self.seconds: defaultdict[tuple[str, ...], list[float]] = defaultdict(list)
        self.wrong: list[str] = []
        self._lock = threading.Lock()

    def add(self, measure: Measure, *labels: str, by: float = 1) -> None:
        with self._lock:
            if measure.kind not in (Kind.COUNTER, Kind.GAUGE) or len(labels) != len(measure.labels):
                self.wrong.append(measure.name)
            self.counts[(measure.name, *map(str, labels))] += by  # type: ignore[assignment]

    def observe(self, measure: Measure, seconds: float, *labels: str) -> None:
        with self._lock:
            if measure.kind is not Kind.HISTOGRAM or len(labels) != len(measure.labels):
                self.wrong.append(measure.name)
            self.seconds[(measure.name, *map(str, labels))].append(seconds)

    def of(self, measure: Measure, *labels: str) -> float:
        """How much was counted."""
        return self.counts[(measure.name, *labels)]

    def took(self, measure: Measure, *labels: str) -> list[float]:
        """Every value of the histogram, in order."""
        return self.seconds[(measure.name, *labels)]
