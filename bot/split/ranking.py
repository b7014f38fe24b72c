"""How well each attribute separates the affected machines from the others.

Three kinds of trait are tried: having a value, not having it, and having one of several values where each value has
affected machines only or unaffected machines only (what runs in clusters A and C alone is as little told from them as
what runs in A alone). Work grows with the fields of the table, not with the product of values and machines.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.model.cause import Side
from bot.split import chance
from bot.split.attributes import IDENTITIES
from bot.split.machines import PARITIES, Attribute, Table, Values

_VALUES_SHOWN, _NAMES_SHOWN = 4, 3
_MOST_ALIKE = 20  # of the values of one attribute that separate equally well


@dataclass(frozen=True, slots=True)
class Trait:
    """That an attribute has one of some values, or (``has`` False) that it has none of them."""

    attribute: str
    values: tuple[str, ...]
    has: bool = True

    def __str__(self) -> str:
        if self.is_parity:
            return f"{'' if self.has else 'no '}{self.values[0]} {self.attribute}"
        shown, more = self.values[:_VALUES_SHOWN], len(self.values) - _VALUES_SHOWN
        values = f"{', '.join(shown)} or {more} more" if more > 0 else " or ".join(shown)
        return f"{self.attribute} {'=' if self.has else 'is not'} {values}"

    @property
    def is_parity(self) -> bool:
        """Whether it was read off a number, so that it is a sign and nobody's."""
        return self.attribute in PARITIES


@dataclass(frozen=True, slots=True)
class Separation:
    """How well a trait separates, over the machines of which it is known whether they are affected.

    ``unknown`` counts those of which the trait is not known; they speak neither for nor against it. ``against`` and
    ``unknown_at`` name up to three of the exceptions, and of those. ``chance`` is the probability that this trait
    separates so well by chance.
    """

    trait: Trait
    sides: tuple[Side, ...]
    affected_with: int
    affected_without: int
    unaffected_with: int
    unaffected_without: int
    unknown: int
    chance: float
    against: tuple[str, ...] = ()
    unknown_at: tuple[str, ...] = ()

    @property
    def exceptions(self) -> int:
        """How many machines contradict it: affected without the trait, or unaffected with it."""
        return self.affected_without + self.unaffected_with


@dataclass(frozen=True, slots=True)
class Ranking:
    """Of each attribute the trait that separates best, and every other one with few exceptions; the best first.

    ``leasts`` is, for each trait that was tried, the least chance it can reach, in order.
    """

    separations: tuple[Separation, ...]
    leasts: tuple[float, ...]


def rank(told: Table, most_exceptions: float) -> Ranking:
    """Rank the attributes of a table in which it is known of every machine whether it is affected."""
    separations: list[Separation] = []
    leasts: list[float] = []
    for attribute in told.attributes:
        if attribute.name not in IDENTITIES:
            counts = _Counts(told, attribute)
            leasts += counts.leasts()
            separations += _worth_a_line(told, attribute, list(counts.separations(most_exceptions)), most_exceptions)
    return Ranking(tuple(sorted(separations, key=_order)), tuple(sorted(leasts)))


def column(attribute: Attribute, trait: Trait) -> tuple[bool | None, ...]:
    """Which machines have the trait; None: not known."""
    wanted: Values = frozenset(trait.values)
    return tuple(None if values is None else wanted.isdisjoint(values) is not trait.has for values in attribute.values)


def mixed(attribute: Attribute, affected: Sequence[bool | None]) -> int:
    """How many machines contradict the attribute at least, whichever of its values are taken to be the bad ones.

    0: each value has affected machines only or unaffected machines only, so that nothing tells it from what separates.
    """
    counts: defaultdict[Values, list[int]] = defaultdict(lambda: [0, 0])
    for values, is_affected in zip(attribute.values, map(bool, affected), strict=True):
        if values is not None:
            counts[values][is_affected] += 1
    return sum(map(min, counts.values()))


class _Counts:
    """One attribute, counted: values that the same numbers of affected and unaffected machines have are alike."""

    def __init__(self, told: Table, attribute: Attribute) -> None:
        self._attribute = attribute
        self._sides = tuple(side for side in Side if side in attribute.sides)
        by_value: tuple[Counter[str], Counter[str]] = Counter(), Counter()  # of the unaffected, of the affected
        known, self._several = [0, 0], False
        for values, is_affected in zip(attribute.values, map(bool, told.affected), strict=True):
            if values is not None:
                known[is_affected] += 1
                self._several |= len(values) > 1
                by_value[is_affected].update(values)
        self._unaffected, self._affected = known
        self._unknown = len(told.machines) - sum(known)
        self._alike: defaultdict[tuple[int, int], list[str]] = defaultdict(list)
        for value in by_value[False].keys() | by_value[True].keys():
            self._alike[by_value[True][value], by_value[False][value]].append(value)

    def leasts(self) -> Iterator[float]:
        """The least chance that each trait of the attribute can reach."""
        every = self._affected + self._unaffected
        for (affected, unaffected), values in self._alike.items():
            have = affected + unaffected
            yield from [chance.least(have, self._affected, every)] * len(values)
            yield from [chance.least(every - have, self._affected, every)] * len(values)
        yield chance.of_groups(sum(map(len, self._alike.values())), self._affected, every, 0)

    def separations(self, most_exceptions: float) -> Iterator[Separation]:
        """Every trait that goes with being affected; of values that are alike one where there are many exceptions."""
        for has in (True, False):
            for (affected, unaffected), values in self._alike.items():
                cells = affected, self._affected - affected, unaffected, self._unaffected - unaffected
                a, b, c, d = cells if has else (cells[1], cells[0], cells[3], cells[2])
                if self._goes_with(a, c):
                    likely = chance.of_one(a, b, c, d)
                    for value in sorted(values)[: _MOST_ALIKE if b + c <= most_exceptions else 1]:
                        trait = Trait(self._attribute.name, (value,), has)
                        yield Separation(trait, self._sides, a, b, c, d, self._unknown, likely)
        if not self._several:
            yield from self._of_groups()

    def _of_groups(self) -> Iterator[Separation]:
        theirs = {cells: values for cells, values in self._alike.items() if self._goes_with(*cells)}
        held = sorted(value for values in theirs.values() for value in values)
        groups = sum(map(len, self._alike.values()))
        a, c = (sum(cells[part] * len(values) for cells, values in theirs.items()) for part in (0, 1))
        b, d = self._affected - a, self._unaffected - c
        likely = chance.of_groups(groups, a + b, a + b + c + d, b + c)
        if 1 < len(held) < groups - 1 and likely <= chance.MOST:
            yield Separation(Trait(self._attribute.name, tuple(held)), self._sides, a, b, c, d, self._unknown, likely)

    def _goes_with(self, affected: int, unaffected: int) -> bool:
        """Whether these are a larger share of the affected than of the others."""
        return affected * self._unaffected > unaffected * self._affected


def _worth_a_line(
    told: Table, attribute: Attribute, separations: Sequence[Separation], most_exceptions: float
) -> Iterator[Separation]:
    few = [one for one in separations if one.exceptions <= most_exceptions]
    best = sorted((one for one in separations if len(one.trait.values) == 1), key=_order)[:1]
    seen = set()
    for one in dict.fromkeys([*best, *few]):
        having = column(attribute, one.trait)
        if one.trait.has or having not in seen:  # of two values, not to have one is to have the other
            seen.add(having)
            yield _with_names(told, one, having)


def _with_names(told: Table, one: Separation, having: Sequence[bool | None]) -> Separation:
    machines = list(zip(told.machines, told.affected, having, strict=True))
    against = sorted(name for name, affected, has in machines if has is not None and has is not affected)
    unknown_at = sorted(name for name, _, has in machines if has is None)
    return replace(one, against=tuple(against[:_NAMES_SHOWN]), unknown_at=tuple(unknown_at[:_NAMES_SHOWN]))


def _order(one: Separation) -> tuple[float, int, int, bool, str]:
    return one.chance, one.exceptions, len(one.trait.values), not one.trait.has, str(one.trait)
