"""How probable a separation is where nothing but chance is at work.

The affected are taken as drawn from all machines of which it is known, each draw as probable as any other.

Source: Fisher's exact test (The Design of Experiments, 1935); for many attributes at once, Tarone, "A modified
Bonferroni method for discrete data", Biometrics 46 (1990).
"""

from bisect import bisect_right
from collections.abc import Sequence
from math import exp, lgamma, log

MOST = 0.05
"""How probable it may be that chance alone separates so well; beyond it, nothing is concluded."""
_ROUNDED = 1 + 1e-9  # the same probability by two ways of computing it


def of_one(affected_with: int, affected_without: int, unaffected_with: int, unaffected_without: int) -> float:
    """That at least so many of the affected have a trait, as many of all machines having it.

    Exact where a larger share of the affected has it than of the others; elsewhere it would be no separation.
    """
    have, affected = affected_with + unaffected_with, affected_with + affected_without
    every = affected + unaffected_with + unaffected_without
    term = exp(_log_ways(have, affected_with) + _log_ways(every - have, affected_without) - _log_ways(every, affected))
    total = 0.0
    for count in range(affected_with, min(have, affected) + 1):
        total += term
        if term < total * 1e-17:
            break  # beyond the mean each term is smaller than the one before
        term *= (have - count) * (affected - count) / ((count + 1) * (every - have - affected + count + 1))
    return min(total, 1.0)


def least(have: int, affected: int, every: int) -> float:
    """The least ``of_one`` that a trait can reach which so many machines have."""
    most = min(have, affected)
    return of_one(most, affected - most, have - most, every - have - affected + most)


def of_groups(groups: int, affected: int, every: int, exceptions: int) -> float:
    """That groups of machines are all affected or all not, but for some exceptions; at most so probable.

    Each of the ``2 ** groups`` ways to call whole groups affected may be missed by any ``exceptions`` machines.
    """
    missed = log(exceptions + 1) + _log_ways(every, exceptions)
    return exp(min(0.0, groups * log(2) + missed - _log_ways(every, affected)))


def of_any(chance: float, leasts: Sequence[float]) -> float:
    """That any of the traits separates so well; ``leasts``, in order, is the least chance that each can reach.

    A trait that could not reach it whatever it did is no further chance to find one.
    """
    return min(1.0, chance * bisect_right(leasts, chance * _ROUNDED))


def _log_ways(of: int, choose: int) -> float:
    return lgamma(of + 1) - lgamma(choose + 1) - lgamma(of - choose + 1)
