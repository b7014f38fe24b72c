"""How often a capture that still runs is sent: seldom enough for the network, often enough for its evidence."""

from collections.abc import Callable

import pytest

from bot.agents.courier import GROWTH, PROGRESS_S, TOTAL, pause_s

_LISTEN_S, _MOST_BYTES = 60.0, 8 << 20


@pytest.mark.parametrize(
    "filled",
    [
        pytest.param(lambda s: _MOST_BYTES * s / _LISTEN_S, id="evenly"),
        pytest.param(lambda _: _MOST_BYTES, id="at once, then silence"),
        pytest.param(lambda s: 0 if s < 50 else _MOST_BYTES, id="at the end"),
        pytest.param(lambda s: 400 + 10 * s, id="hardly at all"),
    ],
)
def test_all_sendings_together_stay_near_the_bound(filled: Callable[[float], float]) -> None:
    """A capture that everybody waits for must not be slowed down by its own forerunners."""
    at_s, sent = PROGRESS_S, []
    while at_s < _LISTEN_S:
        sent.append(int(filled(at_s)))
        at_s += max(PROGRESS_S, pause_s(at_s, sent[-1], listen_s=_LISTEN_S, most_bytes=_MOST_BYTES))
    assert sum(sent[:-1]) <= TOTAL * _MOST_BYTES
    assert len(sent) <= 12


def test_a_small_capture_that_is_cut_off_has_lost_its_last_third_at_most() -> None:
    """It is the agents that die in the middle of a fault that saw it."""
    for ran_s in (2.0, 10.0, 40.0):
        assert ran_s + pause_s(ran_s, 10_000, listen_s=_LISTEN_S, most_bytes=_MOST_BYTES) <= GROWTH * ran_s
