"""How well each attribute separates: what is counted, in which order, and how much work that may be."""

from collections.abc import Sequence

import pytest

from bot.split.machines import parities
from bot.split.ranking import Separation, Trait, rank
from tests.bot.split.tables import numbered, table


def ranked(most: float, **columns: Sequence[object]) -> list[Separation]:
    return list(rank(table(numbered(4, 6, **columns)).told(), most).separations)


@pytest.mark.parametrize(
    ("trait", "text"),
    [
        (Trait("cluster", ("A",)), "cluster = A"),
        (Trait("cluster", ("A",), has=False), "cluster is not A"),
        (Trait("host", ("a", "b", "c")), "host = a or b or c"),
        (Trait("host", ("a", "b", "c", "d", "e", "f")), "host = a, b, c, d or 2 more"),
        (Trait("number at the end of the MAC", ("odd",)), "odd number at the end of the MAC"),
        (Trait("number at the end of the MAC", ("odd",), has=False), "no odd number at the end of the MAC"),
    ],
)
def test_a_trait_reads_as_a_claim(trait: Trait, text: str) -> None:
    """It stands in sentences and in reports."""
    assert str(trait) == text


def test_every_attribute_has_its_best_trait_the_best_attribute_first() -> None:
    """With the counts that a reader can check, and the names of the exceptions."""
    agent, cluster, role = ranked(
        0.4, role=["db", "db", "web"], cluster=["A"] * 5 + ["B"] * 5, agent=["x"] * 4 + ["none"] * 6, color=["red"]
    )
    assert str(agent.trait) == "agent = x"
    assert (agent.affected_with, agent.affected_without, agent.unaffected_with, agent.unaffected_without) == (
        4,
        0,
        0,
        6,
    )
    assert (str(cluster.trait), cluster.exceptions, cluster.against) == ("cluster = A", 1, ("ae",))
    assert role.chance > cluster.chance > agent.chance


def test_of_two_values_to_lack_one_is_not_listed_beside_having_the_other() -> None:
    """It would be the same machines twice."""
    assert [str(one.trait) for one in ranked(0.4, cluster=["A"] * 4 + ["B"] * 6)] == ["cluster = A"]


def test_values_that_no_two_machines_share_are_no_groups() -> None:
    """Serial numbers separate whatever happens, if one takes enough of them."""
    (serial,) = ranked(0.4, serial=[f"s{index}" for index in range(10)])
    assert str(serial.trait) == "serial = s0"


def test_values_that_always_come_together_are_all_listed() -> None:
    """Whoever reads one agent's name removes the wrong one."""
    agents = ["scanner;helper"] * 4 + ["backup"] * 6
    traits = [str(one.trait) for one in ranked(0.4, agents=agents)]
    assert traits == ["agents = helper", "agents = scanner"]


def test_what_is_not_known_is_counted_and_named() -> None:
    """It is neither with the trait nor without it."""
    (agent,) = ranked(0.4, agent=["x", "x", "x", "?", "none", "none", "none", "none", "none", "?"])
    assert (agent.affected_with, agent.unaffected_without, agent.exceptions) == (3, 5, 0)
    assert (agent.unknown, agent.unknown_at) == (2, ("ad", "aj"))


def test_addresses_are_not_compared_but_their_parity_is() -> None:
    """Each machine has its own, so that they would always separate something."""
    rows = table(numbered(4, 6, ip=[f"10.0.0.{index}" for index in range(10)]))
    assert rank(rows.told(), 10).separations == ()
    assert [one.name for one in parities(rows)] == ["number at the end of the name", "number at the end of the address"]


def test_values_of_one_attribute_that_are_alike_are_listed_up_to_a_limit() -> None:
    """Work and lines stay bounded where one machine has thousands of packages to itself."""
    software = [";".join(f"p{index}" for index in range(3_000)), *["none"] * 9]
    rows = table([{"machine": f"m{n}", "affected": n == 0, "software": cell} for n, cell in enumerate(software)])
    assert len(rank(rows.told(), 0.1).separations) == 20
