"""The table of figures: each name says what it is, and none can grow without end."""

import re

import pytest

from bot import meters
from bot.meters import MEASURES, Kind, Measure, of_role

EVERY = pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)

BOUNDED = {
    "command", "outcome", "kind", "side", "grade", "method", "result", "deed", "probe", "place", "version", "role",
    "queue", "agent", "vcenter", "device", "name",
}  # fmt: skip
"""Enumerations of the code, and names that the operator gave. No address, no person, no channel, no incident."""


def test_the_list_holds_every_measure_once() -> None:
    """One that is missing would be counted for nobody."""
    named = {one.name for one in vars(meters).values() if isinstance(one, Measure)}
    assert len(MEASURES) == len(named)
    assert {one.name for one in MEASURES} == named


@EVERY
def test_the_name_tells_kind_and_unit(measure: Measure) -> None:
    """As Prometheus advises: base units, and counters end in _total."""
    assert re.fullmatch(r"ruleout_[a-z_]+", measure.name)
    assert measure.name.endswith("_total") == (measure.kind is Kind.COUNTER)
    assert (measure.kind is Kind.HISTOGRAM) == bool(measure.buckets)
    assert measure.kind is not Kind.HISTOGRAM or measure.name.endswith("_seconds")
    assert list(measure.buckets) == sorted(measure.buckets)
    assert measure.meaning.endswith(".")


@EVERY
def test_no_label_can_take_endless_values(measure: Measure) -> None:
    """Each value is a series of its own, in the memory of whoever scrapes, for good."""
    assert set(measure.labels) <= BOUNDED


@EVERY
def test_somebody_tells_it(measure: Measure) -> None:
    """By the names of the roles that run for long."""
    assert {role for role in ("bot", "agent", "vcenter", "network") if measure in of_role(role)} == set(
        measure.roles.split(", ")
    )
