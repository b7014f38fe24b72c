"""What must hold for every table: neither the way it is written nor one machine more may accuse somebody else."""

from collections.abc import Mapping
from random import Random

from hypothesis import assume, given
from hypothesis import strategies as st

from bot.errors import BundleError
from bot.model.cause import Side
from bot.split.conclusion import Split
from tests.bot.split.tables import compared

COLUMNS = ("agent", "cluster", "host", "fabric", "colour")
CELLS = st.sampled_from(["", "none", "x", "y", "z", "x;y"])

Row = dict[str, str]


@st.composite
def tables(draw: st.DrawFn) -> list[Row]:
    """Machines of which one attribute, more or less, decides who is affected; names tell odd from even."""
    count = draw(st.integers(4, 24))
    rows: list[Row] = [{"machine": f"m{number}"} for number in range(count)]
    for column in COLUMNS:
        few = draw(st.sampled_from([CELLS, st.sampled_from(["x", "y"]), st.just("x")]))
        for row in rows:
            row[column] = draw(few)
    decides, noise = draw(st.sampled_from(COLUMNS)), draw(st.sampled_from([0, 0, 1, 2]))
    for row in rows:
        row["affected"] = "yes" if "x" in row[decides] else "no"
    for row in draw(st.lists(st.sampled_from(rows), max_size=noise)):
        row["affected"] = draw(st.sampled_from(["yes", "no", ""]))
    followed = draw(st.sampled_from([None, *COLUMNS]))  # a second column that goes with the first, but for one machine
    if followed is not None:
        for row in rows:
            row[followed] = row[decides]
        draw(st.sampled_from(rows))[followed] = draw(CELLS)
    assume({"yes", "no"} <= {row["affected"] for row in rows})
    return rows


def said(outcome: Split) -> object:
    """Everything but the names of machines and values."""
    leaders = sorted(
        (one.trait.attribute, one.affected_with, one.affected_without, one.unaffected_with, one.unknown)
        for one in outcome.leaders
    )
    return outcome.conclusion, outcome.side, leaders, outcome.odd_even, outcome.uncleared, len(outcome.controls)


@given(tables(), st.randoms(use_true_random=False))
def test_the_order_of_machines_and_of_columns_does_not_matter(rows: list[Row], chance: Random) -> None:
    """Two people export the same inventory in two ways."""
    shuffled = [dict(chance.sample(list(row.items()), len(row))) for row in chance.sample(rows, len(rows))]
    assert compared(shuffled) == compared(rows)


@given(tables(), st.permutations(["x", "y", "z"]))
def test_the_names_of_values_do_not_matter(rows: list[Row], names: list[str]) -> None:
    """A cluster is not to blame for what it is called."""
    new = {"x": f"1{names[0]}", "y": f"2{names[1]}", "z": f"0{names[2]}", "": "", "none": "none"}
    renamed: list[Mapping[str, str]] = [
        {
            column: ";".join(new[value] for value in cell.split(";")) if column in COLUMNS else cell
            for column, cell in row.items()
        }
        for row in rows
    ]
    assert said(compared(renamed)) == said(compared(rows))


@given(tables(), st.data())
def test_machines_that_are_alike_can_change_places(rows: list[Row], data: st.DataObject) -> None:
    """Machines that differ in nothing but their name."""
    first = data.draw(st.sampled_from(rows))
    twin = {**first, "machine": f"m{int(first['machine'][1:]) + 100}"}
    one, other = [*rows, twin], [twin if row is first else row for row in rows] + [first]
    assert compared(one) == compared(other)


@given(tables(), st.fixed_dictionaries(dict.fromkeys(COLUMNS, CELLS)))
def test_a_machine_of_which_nothing_is_said_never_changes_the_side(rows: list[Row], more: Row) -> None:
    """Naming a control that nobody tried yet is a question, and no evidence."""
    asked = compared([*rows, {**more, "machine": "m99", "affected": ""}])
    before = compared(rows)
    assert (asked.conclusion, asked.side, asked.leaders) == (before.conclusion, before.side, before.leaders)


@given(tables())
def test_two_sides_that_have_the_same_column_are_never_told_apart(rows: list[Row]) -> None:
    """The story's trap, whatever else the table holds."""
    trapped = [{**row, "cluster": row["agent"]} for row in rows]
    assert compared(trapped).side not in (Side.GUEST, Side.HYPERVISOR)


@given(tables(), st.data())
def test_no_single_machine_turns_one_side_into_another(rows: list[Row], data: st.DataObject) -> None:
    """Somebody may be wrong about one machine: then nobody may be accused, but never somebody else."""
    doubted = data.draw(st.sampled_from(rows))
    try:
        without = compared([{**row, "affected": ""} if row is doubted else row for row in rows])
    except BundleError:
        return  # it was the only one of its kind
    sides = {compared(rows).side, without.side} - {None}
    assert len(sides) < 2
