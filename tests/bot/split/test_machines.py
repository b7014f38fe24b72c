"""Odd and even, read off whatever machines are numbered by."""

import pytest

from bot.split.machines import ADDRESS_PARITY, MAC_PARITY, NAME_PARITY, Attribute, Table, parities


@pytest.mark.parametrize(
    ("name", "parity"),
    [
        pytest.param("app05", "odd", id="number"),
        pytest.param("app10-db", "even", id="number-before-letters"),
        pytest.param("app05.dc2.example.com", "odd", id="first-label"),
        pytest.param("10.0.0.8", "even", id="address"),
        pytest.param("fe80::f", "odd", id="address-6"),
        pytest.param("gateway", None, id="no-number"),
        pytest.param("12" * 100_000 + "x1.", "odd", id="very-long"),
    ],
)
def test_the_number_at_the_end_of_a_name(name: str, parity: str | None) -> None:
    """Names are given odd and even by site, by cluster, by habit; the domain behind them is not counted."""
    (found,) = parities(Table((name,), (None,), ()))
    assert (found.name, found.values) == (NAME_PARITY, (frozenset({parity}) if parity else None,))


def test_addresses_and_macs_have_parities_of_their_own() -> None:
    """Hashes over two links go by them; a machine with two of them can be both, and one that is wrong is unknown."""
    table = Table(
        ("a", "b", "c"),
        (True, False, None),
        (
            Attribute("ip", frozenset(), (frozenset({"10.0.0.5"}), frozenset({"10.0.0.4", "10.0.1.7"}), None)),
            Attribute(
                "mac", frozenset(), (frozenset({"00:50:56:AA:00:0b"}), frozenset({"005056aa000c"}), frozenset({"?"}))
            ),
        ),
    )
    found = {one.name: one.values for one in parities(table)}
    assert found[ADDRESS_PARITY] == (frozenset({"odd"}), frozenset({"odd", "even"}), None)
    assert found[MAC_PARITY] == (frozenset({"odd"}), frozenset({"even"}), None)
    assert found[NAME_PARITY] == (None, None, None)


def test_told_keeps_what_is_known_of_machines_that_are_compared() -> None:
    """An attribute that is known of untold machines alone is no attribute of the comparison."""
    known = (None, frozenset({"x"}))
    table = Table(
        ("a", "b"), (True, None), (Attribute("agent", frozenset(), known), Attribute("os", frozenset(), known[::-1]))
    )
    assert table.told() == Table(("a",), (True,), (Attribute("os", frozenset(), (frozenset({"x"}),)),))
