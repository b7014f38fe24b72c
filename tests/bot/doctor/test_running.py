"""Many checks at once: each to its end, and none at the cost of another."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from bot.doctor.line import Line, Standing, ok, unknown, wrong
from bot.doctor.running import Check, Looked, look
from bot.doctor.telling import Hider, as_data, as_text, status
from bot.errors import InstrumentError, RequestError

OK, WRONG, UNKNOWN = Standing.OK, Standing.WRONG, Standing.UNKNOWN


def fine() -> Iterator[Line]:
    yield ok("it is there")


def broken() -> Iterator[Line]:
    yield ok("it began")
    raise ZeroDivisionError("s3cret")


def hanging() -> Iterator[Line]:
    yield ok("it began")
    threading.Event().wait()


def raising(error: Exception) -> Callable[[], Iterator[Line]]:
    def look() -> Iterator[Line]:
        raise error
        yield

    return look


def came(*looks: Callable[[], Iterator[Line]], within_s: float = 5.0) -> list[tuple[Line, ...]]:
    return [one.lines for one in look([Check(f"part {n}", "bot", one, within_s) for n, one in enumerate(looks)])]


def test_a_check_that_breaks_or_hangs_hides_no_other() -> None:
    """And what it had said by then is still said."""
    began_s = time.monotonic()
    first, second, third = came(broken, hanging, fine, within_s=0.3)
    assert time.monotonic() - began_s < 3
    assert [(line.standing, line.broke) for line in first] == [(OK, False), (UNKNOWN, True)]
    assert "s3cret" not in f"{first}"
    assert [(line.standing, line.broke) for line in second] == [(OK, False), (UNKNOWN, True)]
    assert "did not come to its end within 0.3 s" in second[1].says
    assert third == (ok("it is there"),)


def test_what_hangs_costs_its_own_time_once_however_many_do() -> None:
    """The whole look is as long as the longest check."""
    began_s = time.monotonic()
    came(*[hanging] * 8, within_s=0.5)
    assert time.monotonic() - began_s < 3


def test_a_wrong_setting_is_wrong_and_an_instrument_that_failed_is_unknown() -> None:
    """A server that is away says nothing about anybody's rights on it; and it is said once."""
    away = InstrumentError("The server is away: start it.")
    first, second, third = came(raising(RequestError("Set A.")), raising(away), raising(away))
    assert [line.standing for line in (*first, *second, *third)] == [WRONG, UNKNOWN, UNKNOWN]
    assert "The server is away" in second[0].says
    assert "for the reason above" in third[0].says


@pytest.mark.parametrize(
    ("lines", "plain", "strict"),
    [
        pytest.param([ok("a")], 0, 0, id="all well"),
        pytest.param([ok("a"), wrong("b", "c.")], 1, 1, id="something wrong"),
        pytest.param([ok("a"), unknown("b")], 0, 1, id="something unknown"),
        pytest.param([unknown("b")], 1, 1, id="nothing could be looked at"),
        pytest.param([], 1, 1, id="nothing was looked at"),
        pytest.param([ok("a"), Line(UNKNOWN, "b", None, broke=True)], 1, 1, id="a look that broke"),
    ],
)
def test_the_status_says_well_only_where_somebody_looked(lines: list[Line], plain: int, strict: int) -> None:
    """A script that runs every night must not take silence for health."""
    looked = [Looked(Check("x", "bot", fine), tuple(lines))]
    assert (status(looked, strict=False), status(looked, strict=True)) == (plain, strict)


def test_a_line_says_what_is_wrong_and_what_cures_it() -> None:
    """As people and programs read it."""
    looked = [Looked(Check("x", "bot", fine), (ok("a is b"), wrong("c\nis d.", "Do e."), unknown("f")))]
    assert as_text(looked, Hider(())).splitlines() == [
        "ok      a is b",
        "wrong   c is d. Do this: Do e.",
        "unknown f",
        "1 ok, 1 wrong, 1 unknown.",
    ]
    told = as_data(looked, Hider(()), strict=False)
    assert (told["status"], told["wrong"], told["lines"][1]["do"]) == (1, 1, "Do e.")


@pytest.mark.parametrize(
    "text",
    ["key 1234567890abcdef", "at rediss://bot:p%40ssw0rd@queue", "token xoxb-1-2", "word p@ssw0rd", "ruleout1.abc"],
)
def test_no_secret_is_shown(text: str) -> None:
    """The lines are pasted into a channel when somebody asks for help."""
    hide = Hider(["agent.a=1234567890abcdef,segment.b=fedcba0987654321", "rediss://bot:p%40ssw0rd@queue"])
    shown = hide(text)
    assert "[redacted]" in shown
    assert not [part for part in ("1234567890", "ssw0rd", "xoxb-1", "1.abc") if part in shown]
    for plain in ("rediss://queue cannot be reached", "the keys are those of segment.b and agent.a"):
        assert hide(plain) == plain
