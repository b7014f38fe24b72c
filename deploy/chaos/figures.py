"""Figures of a run that its tables share."""

import statistics
from collections.abc import Sequence


def quantiles(values: Sequence[float]) -> tuple[float, float, float]:
    """The median, the value that 95 of 100 stay below, and the greatest; zeros where there is nothing to tell."""
    if len(values) < 2:
        return (values[0], values[0], values[0]) if values else (0.0, 0.0, 0.0)
    cuts = statistics.quantiles(values, n=20, method="inclusive")
    return statistics.median(values), cuts[18], max(values)
