"""Single values as a vCenter may send them: what is no number, no moment and no line is left out, never guessed."""

from datetime import UTC, datetime

import pytest

from bot.agents.vcenter.groups import NAME_CHARS, line, whole
from bot.agents.vcenter.properties import truth
from bot.agents.vcenter.raised import moment

AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("told", "number"),
    [("25000", 25000), ("-1", -1), ("", None), (None, None), ("a", None), ("1.5", None), ("9" * 5000, None)],
)
def test_a_number_is_one_or_none(told: str | None, number: int | None) -> None:
    """Missing is not zero."""
    assert whole(told) == number


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("true", True), ("1", True), (" true\n", True), ("false", False), ("0", False),
        ("", None), (None, None), ("True", None), ("yes", None), ("2", None),
    ],
)  # fmt: skip
def test_a_boolean_is_written_in_four_ways(told: str | None, said: bool | None) -> None:
    """What is not told is not false, and a host in maintenance is so in either writing."""
    assert truth(told) is said


@pytest.mark.parametrize(
    ("told", "at"),
    [
        ("2026-01-05T09:00:00Z", AT),
        ("2026-01-05T10:00:00.000000000+01:00", AT),
        ("2026-01-05T09:00:00", None),
        ("0001-01-01T00:00:00+23:59", None),
        ("yesterday", None),
        (None, None),
    ],
)
def test_a_moment_has_a_zone_or_is_none(told: str | None, at: datetime | None) -> None:
    """A time without a zone is an hour off somewhere."""
    assert moment(told) == at


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("esx-a1", "esx-a1"),
        (" a\n\tb\x00\u202e c ", "a b c"),
        ("\x07\x1b", None),
        ("", None),
        ("x" * 9999, "x" * NAME_CHARS),
        ("<b>&amp;`*_~", "<b>&amp;`*_~"),
    ],
)
def test_a_name_is_one_printable_line(told: str, kept: str | None) -> None:
    """A switch says over CDP whatever somebody wants it to; what markup means is for whoever prints it."""
    assert line(told) == kept
