"""What follows from the ranking: whose attribute separates, what separates as well, and what would tell them apart.

An attribute that separates is a suspect and no more: machines with one cause share many things. The rules:

* A suspect has few exceptions, and chance alone does not explain it.
* Whatever needs at most twice the exceptions of the best is a suspect as well: a table that is wrong about one machine
  may be wrong about another. A table without exceptions is taken at its word, and one control decides.
* What is not known of a machine refutes nothing, so it clears nobody.
* One side is named only if all suspects are that side's alone, and if the table also clears the two others: it knows an
  attribute of them that affected and unaffected machines share. A cluster accuses the hypervisor only where the same
  software is known to run well elsewhere.
* Odd and even numbers are also what one bad fabric of two looks like.

Source: the method of agreement and difference (Mill, A System of Logic, III.8).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import combinations

from bot.errors import BundleError
from bot.model.cause import Side
from bot.split import chance
from bot.split.attributes import PATHS, looks_at
from bot.split.machines import NAME_PARITY, Table, parities
from bot.split.ranking import Separation, Trait, column, mixed, rank

MOST_EXCEPTIONS = 0.1  # of the affected, or of the others where they are fewer
MOST_UNKNOWN = 0.1  # of the machines
_MOST_CONTROLS = 20


class Conclusion(StrEnum):
    """How far the table carries."""

    ONE_SIDE = "one_side"
    EQUAL = "equal"
    UNCONTROLLED = "uncontrolled"
    CHANCE = "chance"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Control:
    """A machine with one part of the suspected traits and without another; whether it is affected tells them apart.

    ``affected`` None: nobody said as yet; otherwise it already speaks against some of them.
    """

    machine: str
    affected: bool | None
    has: tuple[Trait, ...]
    lacks: tuple[Trait, ...]


@dataclass(frozen=True, slots=True)
class Together:
    """Two traits that all affected machines have; of the others so many have both."""

    traits: tuple[Trait, Trait]
    unaffected_with: int


@dataclass(frozen=True, slots=True)
class Split:
    """The outcome. ``side`` is set for ONE_SIDE alone.

    ``leaders`` are the suspects (of CHANCE: what has the fewest exceptions), ``others`` the best trait of every other
    attribute. ``identical`` says that no machine has one leader without the others. ``controls`` would tell the leaders
    apart, the best first; ``uncleared`` are the sides of which the table says too little (UNCONTROLLED); ``odd_even``
    says that one bad fabric of two would look the same; ``together`` are pairs that separate where nothing alone does.
    """

    conclusion: Conclusion
    side: Side | None
    affected: int
    unaffected: int
    untold: int
    leaders: tuple[Separation, ...]
    others: tuple[Separation, ...]
    identical: bool = False
    controls: tuple[Control, ...] = ()
    uncleared: tuple[Side, ...] = ()
    odd_even: bool = False
    together: tuple[Together, ...] = ()


def split(table: Table) -> Split:
    """Rank the attributes of the table, and conclude.

    Raises:
        BundleError: nobody is said to be affected, or nobody to be unaffected: there is nothing to compare.
    """
    whole = replace(table, attributes=(*table.attributes, *parities(table)))
    told = whole.told()
    affected = sum(one is True for one in told.affected)
    unaffected = len(told.machines) - affected
    for count, word in ((affected, "affected"), (unaffected, "unaffected")):
        if not count:
            raise BundleError(f"The table says of no machine that it is {word}, so there is nothing to compare.")
    most = MOST_EXCEPTIONS * min(affected, unaffected)
    ranking = rank(told, most)
    few = [one for one in ranking.separations if one.exceptions <= most]
    sure = [one for one in few if chance.of_any(one.chance, ranking.leasts) <= chance.MOST]
    fewest = min((one.exceptions for one in sure or few), default=0)
    leaders = _suspects(few, sure, fewest) if sure else [one for one in few if one.exceptions == fewest]
    others = [one for one in ranking.separations if one not in {*leaders}]
    outcome = Split(
        Conclusion.CHANCE if few else Conclusion.NOTHING,
        None,
        affected,
        unaffected,
        len(table.machines) - len(told.machines),
        tuple(leaders),
        tuple(one for one in others if len(one.trait.values) == 1 or one.exceptions > 2 * fewest),
    )
    if sure:
        return _compared(whole, told, outcome)
    return outcome if few else replace(outcome, together=tuple(_together(told, outcome.others, most)))


def _suspects(few: Sequence[Separation], sure: Sequence[Separation], fewest: int) -> list[Separation]:
    """Everything that may be it.

    Several values of one attribute are a suspect only across the line between what runs in a machine and where it
    runs: hosts lie within clusters and switches, so that they always separate where those do.
    """
    near = [one for one in few if one.exceptions <= 2 * fewest and one.chance <= chance.MOST]
    inside = {Side.GUEST in one.sides for one in sure if one.sides and len(one.trait.values) == 1}
    return [
        one
        for one in near
        if len(one.trait.values) == 1 or not inside or not one.sides or (Side.GUEST in one.sides) not in inside
    ]


def _compared(whole: Table, told: Table, outcome: Split) -> Split:
    leaders = outcome.leaders
    odd_even = _odd_even(told, leaders)
    sides = {one.sides for one in leaders if not one.trait.is_parity}
    if odd_even or len(sides) != 1 or len(min(sides)) != 1:
        return replace(
            outcome,
            conclusion=Conclusion.EQUAL,
            identical=len({_column(told, one.trait) for one in leaders}) == 1,
            controls=tuple(_controls(whole, [one for one in leaders if odd_even or not one.trait.is_parity])),
            odd_even=odd_even,
        )
    ((side,),) = sides
    exceptions = min(one.exceptions for one in leaders)
    uncleared = tuple(other for other in Side if other is not side and not _cleared(told, other, side, exceptions))
    unknown = min(one.unknown for one in leaders if not one.trait.is_parity)
    if uncleared or unknown > MOST_UNKNOWN * len(told.machines):
        return replace(outcome, conclusion=Conclusion.UNCONTROLLED, uncleared=uncleared)
    return replace(outcome, conclusion=Conclusion.ONE_SIDE, side=side)


def _odd_even(told: Table, leaders: Sequence[Separation]) -> bool:
    """Whether numbers separate, and no known path explains or refutes it.

    The path of a machine refutes it for its name. Addresses and MACs are hashed over two ways farther on, too, and of
    those no table knows.
    """
    parity = {one.trait.attribute for one in leaders if one.trait.is_parity}
    if not parity or any(one.trait.attribute in PATHS for one in leaders):
        return False
    return parity != {NAME_PARITY} or not any(_known(told, name) for name in PATHS)


def _cleared(told: Table, side: Side, accused: Side, exceptions: int) -> bool:
    return any(
        looks_at(one.name, one.sides, side, accused)
        and _known(told, one.name)
        and mixed(one, told.affected) > 2 * exceptions
        for one in told.attributes
    )


def _known(told: Table, name: str) -> bool:
    attribute = told.attribute(name)
    return attribute is not None and sum(values is None for values in attribute.values) <= MOST_UNKNOWN * len(
        told.machines
    )


def _column(table: Table, trait: Trait) -> tuple[bool | None, ...]:
    attribute = table.attribute(trait.attribute)
    assert attribute is not None, "a trait of this table"
    return column(attribute, trait)


def _controls(table: Table, suspects: Sequence[Separation]) -> list[Control]:
    found = []
    columns = [(one, _column(table, one.trait)) for one in suspects]
    for index, machine in enumerate(table.machines):
        has = [one for one, having in columns if having[index] is True]
        lacks = [one for one, having in columns if having[index] is False]
        if has and lacks and len({one.sides for one in (*has, *lacks)}) > 1:
            traits = (tuple(one.trait for one in part) for part in (has, lacks))
            found.append(Control(machine, table.affected[index], *traits))
    return sorted(found, key=_most_telling)[:_MOST_CONTROLS]


def _most_telling(control: Control) -> tuple[bool, bool, int, str]:
    """Untold machines first, then those that tell more apart than odd from even, then those that halve the traits."""
    has, lacks = ([one for one in traits if not one.is_parity] for traits in (control.has, control.lacks))
    evenly = abs(len(control.has) - len(control.lacks))
    return control.affected is not None, not (has and lacks), evenly, control.machine


def _together(told: Table, separations: Sequence[Separation], most: float) -> Iterator[Together]:
    """The pairs of traits that separate best together, as a VLAN and the one trunk that lacks it."""
    held = {
        one.trait: sum(1 << index for index, has in enumerate(_column(told, one.trait)) if has)
        for one in separations
        if not (one.trait.is_parity or one.affected_without or one.unknown)
    }
    affected = sum(1 << index for index, one in enumerate(told.affected) if one)
    many, others = affected.bit_count(), len(told.machines) - affected.bit_count()
    pairs = sorted(
        ((held[one] & held[other] & ~affected).bit_count(), str(one), str(other), one, other)
        for one, other in combinations(held, 2)
    )
    for unaffected, _, _, one, other in pairs:
        alone = chance.of_one(many, 0, unaffected, others - unaffected)
        if unaffected == pairs[0][0] <= most and alone * len(pairs) <= chance.MOST:
            yield Together((one, other), unaffected)
