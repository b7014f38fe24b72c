"""The fault that the product exists for: two machines answer for one address, the second one late."""

import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.agents.segment import SegmentAbility
from bot.model.job import Probe
from bot.model.observation import ArpAnswer, EchoAnswer
from deploy.lab.ns import Apart
from tests.lab.cell import FIRST_MAC, GATEWAY, GATEWAY_MAC, SECOND_MAC, TARGET, Cell, Done, Station, child, job

pytestmark = pytest.mark.lab

RUNS, AT_ONCE, LATEST_S = 50, 10, 0.8


@pytest.fixture(scope="module")
def run() -> Iterator[Apart]:
    with child() as run:
        yield run


def _stations(late_s: float) -> tuple[Station, ...]:
    return (
        Station(GATEWAY_MAC, (GATEWAY,)),
        Station(FIRST_MAC, (TARGET,)),
        Station(SECOND_MAC, (TARGET,), late_s=late_s),
    )


def _checks(delays_s: Sequence[float]) -> list[tuple[float, Done]]:
    done = []
    with Cell() as cell:
        for late_s in delays_s:
            cell.stations = _stations(late_s)
            done.append((late_s, cell.do(SegmentAbility, job(Probe.ARP))))
    return done


def _many(delays_s: Sequence[float]) -> list[tuple[float, Done]]:
    """A check for each delay, several at a time, each on a cable of its own."""
    shares = [delays_s[number::AT_ONCE] for number in range(AT_ONCE)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return [row for rows in pool.map(_checks, filter(None, shares)) for row in rows]


def test_a_second_answer_is_never_missed_however_late(run: Apart) -> None:
    """Scapy's srp() keeps one answer per request and misses it always; a window of half a second, half of the time."""
    chance = random.Random(20_240_607)
    delays_s = [chance.uniform(0.0, LATEST_S) for _ in range(RUNS)]
    results = run(_many, delays_s)
    assert sorted(late_s for late_s, _ in results) == sorted(delays_s)
    missed = [late_s for late_s, done in results if _owners(done) != {FIRST_MAC, SECOND_MAC}]
    assert missed == []


def test_a_late_owner_is_pinged_as_well(run: Apart) -> None:
    """Which of the two can be reached decides where the traffic is lost."""
    ((_, done),) = run(_many, [0.6])
    answered = [fact.mac for fact in done.observations() if isinstance(fact, EchoAnswer) and fact.ip == TARGET]
    assert {mac: answered.count(mac) for mac in answered} == {FIRST_MAC: 5, SECOND_MAC: 5}


def _owners(done: Done) -> set[str]:
    return {fact.mac for fact in done.observations() if isinstance(fact, ArpAnswer) and fact.ip == TARGET}
