"""A matrix of many machines in words, for every front door."""

from collections.abc import Iterator

from bot.model.reach import Cell, Reach, Reached, Touch


def headline(reach: Reach) -> str:
    """How many machines, and how many of them are affected."""
    bad = sum(row.affected is True for row in reach.machines)
    dark = sum(row.affected is None for row in reach.machines)
    unknown = f", {dark} not known" if dark else ""
    return f"REACH · {len(reach.machines)} machines · {bad} affected{unknown}"


def state(row: Reached) -> str:
    """How it is with a machine, in a word or two."""
    if row.affected is None:
        return "not known"
    if row.said:
        return "affected as told"
    return "affected" if row.affected else "fine"


def cell(one: Cell | None) -> str:
    """What one place hears of one machine."""
    if one is None:
        return "not asked"
    second = f", {len(one.macs)} MACs" if len(one.macs) > 1 else ""
    if one.touch is Touch.UNKNOWN:
        return f"not known{second}"
    return f"{one.answered} of {one.sent}{second}"


def at(row: Reached, place: str) -> Cell | None:
    """The machine as that place sees it; of several tries the worst that says something."""
    order = (Touch.NONE, Touch.SOME, Touch.ALL, Touch.UNKNOWN)
    there = [one for one in row.cells if one.place == place]
    return min(there, key=lambda one: order.index(one.touch)) if there else None


def named(row: Reached) -> str:
    """The machine with its address."""
    return row.machine if row.address is None or str(row.address) == row.machine else f"{row.machine} {row.address}"


def where(row: Reached) -> str:
    """The machine's host and cluster, as far as they are known."""
    return " / ".join(part for part in (row.cluster, row.host) if part)


def line(row: Reached, places: tuple[str, ...]) -> str:
    """One machine as a sentence: its state, what every place hears, and where it runs."""
    heard = "; ".join(f"{place} {cell(at(row, place))}" for place in places)
    there = f" ({where(row)})" if where(row) else ""
    return f"{named(row)}{there}: {state(row)}; {heard}" if heard else f"{named(row)}{there}: {state(row)}"


def unknown(reach: Reach) -> Iterator[str]:
    """What is not known of whom, and why."""
    for row in reach.machines:
        for one in row.cells:
            if one.touch is Touch.UNKNOWN and one.why:
                yield f"{row.machine} from {one.place}: {one.why}"


def described(reach: Reach) -> str:
    """The picture for who cannot see it."""
    return " ".join((reach.claim, *(f"{line(row, reach.places)}." for row in reach.machines)))
