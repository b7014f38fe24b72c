"""How the vocabulary of reports is written: a word is one thing that can be reported; a joint is several of them."""

from dataclasses import dataclass

from bot.model.observation import ReportedFact


@dataclass(frozen=True, slots=True)
class Word:
    """A finding that one report establishes.

    ``kinds`` maps a kind of report to the values that mean this; no values: any, and also none. ``domain`` narrows it
    to reports of that side.
    """

    id: str
    says: str
    kinds: dict[str, tuple[str, ...]]
    domain: str | None = None

    def means(self, fact: ReportedFact) -> bool:
        """Whether the report says this."""
        values = self.kinds.get(fact.kind)
        return (
            values is not None
            and (not values or (fact.value or "") in values)
            and (self.domain is None or fact.domain == self.domain)
        )


@dataclass(frozen=True, slots=True)
class Joint:
    """A finding that only reports together establish: all of ``all_of``, one of ``any_of``, none of ``none_of``."""

    id: str
    says: str
    all_of: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()

    def holds(self, said: frozenset[str] | set[str]) -> bool:
        """Whether what was said, by id, amounts to this."""
        return (
            said.issuperset(self.all_of)
            and (not self.any_of or not said.isdisjoint(self.any_of))
            and said.isdisjoint(self.none_of)
        )
