"""Cards, verdicts and tables for a terminal: lines of a width, and nothing in them that a terminal acts on."""

import textwrap
from collections.abc import Iterator, Sequence

from bot.incidents import owned, path_lines, path_words, reach_words
from bot.incidents.card import Card, claim, verdict_headline, waiting
from bot.incidents.grounds import grounds, where
from bot.model.owners import Owners
from bot.model.path import Path
from bot.model.reach import Reach
from bot.model.verdict import Verdict


def as_text(card: Card, width: int = 100) -> str:
    """The card for a terminal, without control characters of whatever a machine was named."""
    body = (
        (
            *entries("Since it was asked before", card.changed, width),
            *_verdict(card.verdict, width, card.path, card.watched),
        )
        if card.verdict
        else _owners(card, card.owners, width)
        if card.owners
        else _path(card.path, width)
        if card.path
        else _reach(card.reach, width)
        if card.reach
        else _without_verdict(card, width)
    )
    took = f", {card.took_s:.1f} s" if card.took_s is not None else ""
    catalogue = f", catalogue {card.verdict.catalogue}" if card.verdict else ""
    return printable((card.headline, *_entry(card.says or "", width), *body, "", f"case {card.case}{took}{catalogue}"))


def verdict_as_text(verdict: Verdict, width: int = 100) -> str:
    """A verdict that belongs to no incident, as of an offline judgement, for a terminal."""
    head = (
        verdict_headline(verdict, str(verdict.target or verdict.case)),
        *_entry(claim(verdict), width),
    )
    return printable((*head, *_verdict(verdict, width), "", f"catalogue {verdict.catalogue}"))


def path_as_text(path: Path, width: int = 100) -> str:
    """A path that belongs to no running incident, as of a case, for a terminal."""
    head = (path_words.headline(path, str(path.target)), *_entry(path.claim, width))
    return printable((*head, *_path(path, width)))


def _path(path: Path, width: int) -> Iterator[str]:
    yield from _entry(path.because, width)
    if path.hops:
        yield from ("", *(f"  {row}" for row in path_lines.table(path, width - 2)))
    yield from entries("What differs", tuple(map(path_words.about, path_words.differing(path))), width)
    yield from entries("Clear, in this order", tuple(map(path_words.about, path.clear)), width, numbered=True)
    yield from entries("Neither right nor wrong", tuple(map(path_words.about, path_words.unclear(path))), width)
    yield from entries("Not looked at", path.missing, width)


def _reach(reach: Reach, width: int) -> Iterator[str]:
    yield from entries("Machines", [reach_words.line(row, reach.places) for row in reach.machines], width)
    yield from entries("Affected in each group", reach.groups, width)
    yield from entries("What separates them", reach.says, width)
    yield from entries("Look at", reach.look_at, width)
    yield from entries("Not known", tuple(reach_words.unknown(reach)), width)
    yield from entries("Not looked at", reach.missing, width)


def _verdict(verdict: Verdict, width: int, path: Path | None = None, watched: tuple[str, ...] = ()) -> Iterator[str]:
    shown = [f"{item.says} [{where(item.witnesses)}]".removesuffix(" []") for item in grounds(verdict)]
    yield from entries("What shows it" if verdict.cause else "What was seen", shown, width)
    yield from entries("While it was watched", watched, width)
    yield from entries("Ruled out", [f"{out.side}: {' '.join(out.because)}" for out in verdict.ruled_out], width)
    yield from entries("Still possible", verdict.rivals if verdict.cause is None else (), width)
    yield from entries("Set off by", [verdict.trigger] if verdict.trigger else [], width)
    if verdict.next_test:
        yield from entries("Next test", [f"{verdict.next_test.do} ({verdict.next_test.who})"], width)
    yield from entries("Tables on the way", path_lines.short(path) if path else (), width)
    yield from entries("Not looked at", verdict.missing, width)


def _owners(card: Card, owners: Owners, width: int) -> Iterator[str]:
    yield from entries("Further conflicts", [one.says for one in owners.conflicts[1:]], width)
    for owner in owners.owners:
        yield from entries(owned.heading(owner), (*owner.facts, *owner.interfaces), width)
    yield from entries("What vCenter shows", owners.established, width)
    for section in owners.sections:
        yield from entries(section.title.capitalize(), section.lines, width)
    yield from entries("Not seen", owners.missing, width)
    yield from ("", *_entry(card.aged or "", width))


def _without_verdict(card: Card, width: int) -> Iterator[str]:
    yield from entries("Takes", [card.filter] if card.filter else [], width)
    yield from entries("Waits", [waiting(card.waits)] if card.waits else [], width)
    yield from entries("Instruments", [f"{it.name} ({it.looks_for}): {it}" for it in card.instruments], width)
    yield from entries("Captured", card.files, width)
    yield from entries("Established so far", card.facts, width)
    yield from entries("Not looked at", card.missing, width)


def entries(title: str, texts: Sequence[str], width: int = 100, *, numbered: bool = False) -> Iterator[str]:
    """The texts as a list under a title, in lines of at most that width; nothing where there are none."""
    if texts:
        yield from ("", title)
        for number, text in enumerate(texts, 1):
            yield from _entry(text, width, f"  {number}. " if numbered else "  - ")


def _entry(text: str, width: int, mark: str = "  ") -> list[str]:
    return textwrap.wrap(text.replace("`", ""), width, initial_indent=mark, subsequent_indent=" " * len(mark))


def printable(lines: Sequence[str]) -> str:
    """The lines as a text that no character in them can make a terminal act on."""
    return "".join(f"{''.join(_printable(line))}\n" for line in lines)


def _printable(line: str) -> Iterator[str]:
    return (character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in line)
