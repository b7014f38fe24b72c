"""The probabilities, held to counting everything that could have happened."""

from itertools import combinations
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.split import chance
from bot.split.conclusion import Conclusion
from tests.bot.split.tables import compared

CELLS = st.integers(0, 30)


@given(CELLS, CELLS, CELLS, CELLS)
def test_fishers_exact_test_is_exact(a: int, b: int, c: int, d: int) -> None:
    """Against whole numbers, wherever a larger share of the affected has the trait."""
    if a * (c + d) <= c * (a + b):
        return
    have, affected, every = a + c, a + b, a + b + c + d
    ways = sum(comb(have, k) * comb(every - have, affected - k) for k in range(a, min(have, affected) + 1))
    assert chance.of_one(a, b, c, d) == pytest.approx(ways / comb(every, affected), rel=1e-9)
    assert chance.least(have, affected, every) <= chance.of_one(a, b, c, d) * (1 + 1e-9)


def test_twenty_thousand_machines_do_not_overflow() -> None:
    """Factorials of that size have no float."""
    assert chance.of_one(10_000, 0, 0, 10_000) == 0.0
    assert 0.4 < chance.of_one(5_001, 4_999, 5_000, 5_000) < 0.6


@pytest.mark.parametrize(
    ("sizes", "affected", "exceptions"),
    [((2,) * 5, 5, 0), ((2,) * 5, 4, 0), ((5, 5), 5, 0), ((3, 3, 4), 5, 1), ((1,) * 8, 4, 0), ((4, 4, 4), 4, 1)],
)
def test_whole_groups_are_never_more_probable_than_said(sizes: tuple[int, ...], affected: int, exceptions: int) -> None:
    """Every draw is tried: how often does it take whole groups and nothing else?"""
    group_of = [group for group, size in enumerate(sizes) for _ in range(size)]
    draws = list(combinations(range(len(group_of)), affected))
    whole = 0
    for draw in draws:
        taken = [sum(group_of[one] == group for one in draw) for group in range(len(sizes))]
        whole += sum(min(some, size - some) for some, size in zip(taken, sizes, strict=True)) <= exceptions
    assert whole / len(draws) <= chance.of_groups(len(sizes), affected, len(group_of), exceptions) * (1 + 1e-9)


def test_a_trait_that_cannot_reach_it_is_no_further_chance() -> None:
    """A hundred serial numbers in the table must not hide what an agent shows."""
    assert chance.of_any(0.01, [0.001, 0.01, *[0.5] * 100]) == pytest.approx(0.02)
    assert chance.of_any(0.3, [0.1] * 10) == 1.0


def test_where_nothing_matters_something_is_concluded_once_in_twenty_at_most() -> None:
    """All 924 ways in which six of twelve machines can be affected, on one table of five attributes."""
    columns = {
        "agent": ["x", "none"] * 6,
        "role": ["db", "db", "web", "web", "mail", "mail"] * 2,
        "cluster": ["A"] * 6 + ["B"] * 6,
        "host": [f"h{index // 2}" for index in range(12)],
        "fabric": ["a", "b", "b"] * 4,
    }
    concluded = 0
    for chosen in combinations(range(12), 6):
        rows = [
            {
                "machine": f"m{index}",
                "affected": index in chosen,
                **{name: cells[index] for name, cells in columns.items()},
            }
            for index in range(12)
        ]
        concluded += compared(rows).conclusion not in (Conclusion.CHANCE, Conclusion.NOTHING)
    assert 0 < concluded <= 924 * chance.MOST
