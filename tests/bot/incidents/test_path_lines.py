"""A path in words and as a table: counts, ages, letters, what is folded, and names of strangers."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.incidents.card import card
from bot.incidents.path_lines import described, short, table
from bot.incidents.path_words import (
    DIFFERS,
    Folded,
    age,
    cell,
    columns,
    folded,
    headline,
    letters,
    nothing,
    port,
    tally,
    whole,
)
from bot.incidents.printed import as_text, path_as_text
from bot.model.path import Hop, Mark, Path, Place
from tests.bot import paths
from tests.bot.slack import stories

TALES = [pytest.param(told, id=told.__name__) for told in paths.ALL]


@pytest.mark.parametrize(
    ("told", "says", "fine"),
    [
        pytest.param(paths.agreeing, "4 of 4 entries agree", True, id="agreeing"),
        pytest.param(paths.stale, "2 of 4 entries differ", False, id="stale"),
        pytest.param(paths.static, "1 of 2 entries differs", False, id="static"),
        pytest.param(paths.missing, "2 of 5 entries differ", False, id="missing"),
        pytest.param(paths.two_live, "5 of 5 entries agree, 2 MACs answer", False, id="two live"),
        pytest.param(paths.nobody_answers, "2 of 2 entries agree, nobody answers", False, id="nobody answers"),
        pytest.param(paths.unread, "0 of 2 entries could be compared", False, id="unread"),
        pytest.param(paths.partly_read, "2 of 3 entries agree, 1 unknown", True, id="partly read"),
        pytest.param(paths.thirty, "3 of 28 entries differ", False, id="thirty"),
        pytest.param(paths.empty, "no entry was read", False, id="empty"),
        pytest.param(paths.only_the_wire, "no entry was read", False, id="only the wire"),
        pytest.param(paths.moved, "1 of 1 entry agrees", True, id="who answered before a move is no fault"),
    ],
)
def test_the_tally_counts_what_was_read_and_calls_nothing_fine_that_is_not(
    told: Callable[[], Path], says: str, fine: bool
) -> None:
    """It is the headline: a wrong count is a wrong card."""
    assert (tally(told()), whole(told())) == (says, fine)
    assert headline(told(), "10.0.0.5") == f"ARP TABLES · {says} · 10.0.0.5"


@pytest.mark.parametrize(
    ("hop", "says"),
    [
        (replace(paths.CORE, age_s=0.4), "0 s"),
        (replace(paths.CORE, age_s=59.9), "59 s"),
        (replace(paths.CORE, age_s=60), "1 min"),
        (replace(paths.CORE, age_s=3599), "59 min"),
        (replace(paths.CORE, age_s=3600), "1 h"),
        (replace(paths.CORE, age_s=2 * 86_400), "2 d"),
        (replace(paths.CORE, age_s=-3), "0 s"),
        (replace(paths.CORE, age_s=None), ""),
        (replace(paths.CORE, age_s=9.0, pinned=True), "static"),
        (paths.WIRE, "now"),
    ],
)
def test_an_age_is_told_as_people_tell_it(hop: Hop, says: str) -> None:
    """Nobody reads 11400 seconds as three hours."""
    assert age(hop) == says


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("GigabitEthernet1/0/24", "Gi1/0/24"), ("TenGigabitEthernet1/1", "Te1/1"), ("Ethernet1/24", "Eth1/24"),
        ("port-channel12", "Po12"), ("ge-0/0/1.0", "ge-0/0/1.0"), ("eth0", "eth0"), (None, ""),
    ],
)  # fmt: skip
def test_a_port_is_named_as_its_switch_shortens_it(name: str | None, says: str) -> None:
    """A phone has no room for GigabitEthernet."""
    assert port(replace(paths.ACCESS, at=name)) == says


def test_half_an_entry_is_not_called_none() -> None:
    """A router that asks and hears nothing points another way than a switch that never heard."""
    half, none = (hop for hop in paths.missing().hops if hop.mac is None)
    assert [nothing(hop) for hop in (half, none, paths.nobody_answers().hops[-1], paths.unread().hops[1])] == [
        "incomplete", "no entry", "nobody answers", "no MAC read",
    ]  # fmt: skip


@pytest.mark.parametrize("told", TALES)
def test_every_row_of_the_table_is_as_wide_as_its_head_allows(told: Callable[[], Path]) -> None:
    """Columns that wander are read wrongly: each begins at the same place in every row."""
    head, *rows = table(told(), 98)
    assert len(rows) == len(told().hops)
    assert max(map(columns, (head, *rows))) <= 98
    at = [columns(head[: head.index(name)]) for name in ("MAC", "age", "mark")]
    for row, hop in zip(rows, told().hops, strict=True):
        cells = [_from(row, place) for place in at]
        assert cells[0].startswith(hop.mac or "-")
        assert cells[2].startswith({Mark.UNKNOWN: "?", Mark.RIGHT: "right"}.get(hop.mark, hop.mark.upper()))


def _from(row: str, place: int) -> str:
    """What stands at that column and after."""
    return next(row[number:] for number in range(len(row)) if columns(row[:number]) == place)


def test_what_differs_what_to_clear_and_what_was_not_looked_at_stand_below_the_table() -> None:
    """In this order, and the clearing is numbered because its order counts."""
    text = path_as_text(paths.stale())
    places = [
        text.index(part)
        for part in (
            "device ", "What differs", "core-1 still holds", "Clear, in this order", "  1. On acc-07",
            "  2. On core-1", "Not looked at",
        )
    ]  # fmt: skip
    assert places == sorted(places)
    assert "3 h     OLD" in text
    assert "WRONG" in text


def test_the_terminal_shows_a_traced_incident_as_its_table() -> None:
    """The same for a live question and a case."""
    text = as_text(card(stories.traced(paths.stale()), ()))
    assert text.startswith("ARP TABLES · 2 of 4 entries differ · 10.0.0.5\n")
    assert text.endswith("case inc-k3v9, 2.0 s\n")


def test_beside_a_verdict_stand_a_few_lines() -> None:
    """The verdict is the answer; the tables are among what shows it."""
    text = as_text(card(stories.judged_beside(paths.stale()), ()))
    assert text.startswith("GUEST · proven")
    assert (
        "Tables on the way\n  - 2 of 4 entries differ: core-1 OLD, acc-07 WRONG.\n  - Clear 1 of 2: On acc-07" in text
    )
    assert short(paths.agreeing()) == ("The tables agree: 4 of 4 entries.",)
    assert short(paths.partly_read()) == ("2 of 3 entries agree, 1 unknown.",)
    assert short(paths.two_live()) == ("5 of 5 entries agree, 2 MACs answer.",)
    assert len(short(paths.huge())) == 5


def test_while_it_runs_the_card_says_what_is_done() -> None:
    """And that it is about tables."""
    assert card(stories.asked(command="arptable"), ()).headline == "Reading the tables on the way to 10.0.0.5"


@pytest.mark.parametrize("told", TALES)
def test_no_name_can_make_a_terminal_act(told: Callable[[], Path]) -> None:
    """A device's name comes over the network from whoever configured it."""
    text = path_as_text(told())
    assert all(letter == "\n" or letter.isprintable() for letter in text)
    assert text.count("\N{ESCAPE}") == 0


def test_a_long_way_keeps_what_differs_and_both_ends_of_the_question() -> None:
    """What is folded away is counted where it was."""
    shown = folded(paths.thirty(), 12)
    kept = [one for one in shown if isinstance(one, Hop)]
    assert len(kept) == 12
    assert [hop for hop in paths.thirty().hops if hop.mark in DIFFERS or hop.place in (Place.VCENTER, Place.WIRE)] == [
        hop for hop in kept if hop.mark in DIFFERS or hop.place in (Place.VCENTER, Place.WIRE)
    ]
    assert sum(len(one.hops) for one in shown if isinstance(one, Folded)) == 18
    assert [str(one) for one in shown if isinstance(one, Folded)] == [
        "6 more, right",
        "10 more, right",
        "2 more, right",
    ]


def test_what_is_folded_says_what_of_it_differs() -> None:
    """Nothing wrong vanishes."""
    gap = Folded(paths.hostile().hops)
    assert str(gap) == "5 more, 3 differ, 1 unknown"
    assert folded(paths.stale(), 12) == paths.stale().hops


def test_letters_name_the_expected_macs_first_and_never_end() -> None:
    """A is what should be everywhere."""
    assert letters(paths.stale()) == {paths.LIVE: "A", paths.FORMER: "B"}
    many = letters(paths.huge())
    assert len(set(many.values())) == len(many) == 201


def test_the_picture_in_words_begins_with_what_differs() -> None:
    """Its description may be cut, and then the end is lost."""
    text = described(paths.stale())
    assert text.startswith("ARP tables on the way to 10.0.0.5: 2 of 4 entries differ. core-1 (core, ARP): ")
    assert text.index("acc-07") < text.index("fw-1")


@given(st.text(max_size=60), st.integers(2, 30))
def test_a_cell_is_never_wider_than_its_column(text: str, most: int) -> None:
    """Whatever it was named: wide, combining, or nothing that can be printed."""
    shown = cell(text, most)
    assert columns(shown) <= most
    assert shown.isprintable()
