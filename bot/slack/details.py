"""Everything that a verdict, a look-up or a comparison of tables rests on, item by item, for the card's thread."""

import html
from collections.abc import Iterator, Sequence

from bot.incidents import guest_word
from bot.incidents.card import Card
from bot.model.download import Link
from bot.model.finding import Standing
from bot.model.incident import Incident
from bot.model.verdict import EvidenceItem, Verdict, Weighs
from bot.slack import owners, paths, reaches
from bot.slack.limits import BLOCKS, CHARACTERS
from bot.slack.mrkdwn import code, fitted, fitted_lines, marked, named
from bot.slack.pieces import LINE, SECTION, STAGES, Message, bullets, checked, joined, next_test, place, section

_MESSAGES = 5
_TEXT = 3900
_PLACES = 3


def details(card: Card) -> tuple[Message, ...]:
    """The thread's messages for a card with an answer: everything that it rests on, item by item."""
    if card.verdict is None and card.owners is None and card.path is None and card.reach is None:
        return ()
    asker = "" if card.asked_by.team == "terminal" else f"<@{card.asked_by.user}> "
    title = f"{asker}*{marked(card.headline)}*\nEverything that this rests on, so that anybody can check it."
    cut = f"more items were cut here; all are in the case `{card.case}`."
    packed = _packed([title, *_sections(card)], cut)
    return tuple(
        checked(f"{marked(card.headline)}: details {number}", tuple(section(text) for text in texts))
        for number, texts in enumerate(packed, 1)
    )


def story_messages(incident: Incident, lines: Sequence[str]) -> tuple[Message, ...]:
    """What a capture shows, line by line, as the thread's messages; who asked for it is called."""
    asker = incident.request.person
    title = f"*What the capture of {marked(str(incident.address or incident.request.target))} shows*"
    called = title if asker.team == "terminal" else f"<@{asker.user}> {title}"
    texts = _packed([called, *bullets(lines)], "more lines were cut here; the capture has them.")
    return tuple(checked(fitted_lines("\n".join(lines), _TEXT), tuple(map(section, _joined(part)))) for part in texts)


def links_text(links: Sequence[Link]) -> str:
    """Links as one person sees them: name, size, digest, and until when each can be used."""
    told = [
        f"<{html.escape(link.url, quote=True)}|{marked(link.filename).replace('`', '')}>  {link.size_bytes:,} bytes, "
        f"{code(link.digest)}, until {code(f'{link.expires_at:%Y-%m-%d %H:%M}')} UTC"
        for link in links
    ]
    return "\n".join(("For you alone; do not pass these on.", *told))


def _packed(texts: Sequence[str], cut: str) -> list[list[str]]:
    """The texts in as few messages as hold them; of very many the first, and how many more."""
    packed: list[list[str]] = [[]]
    for text in texts:
        if len(packed[-1]) == BLOCKS - 5 or sum(map(len, packed[-1])) + len(text) > CHARACTERS - 1000:
            packed.append([])
        packed[-1].append(text)
    if more := sum(map(len, packed[_MESSAGES:])):
        packed[_MESSAGES - 1].append(f"… {more} {cut}")
    return packed[:_MESSAGES]


def _joined(lines: Sequence[str]) -> Iterator[str]:
    """Lines as paragraphs, each within a section's length."""
    paragraph = ""
    for line in lines:
        if paragraph and len(paragraph) + len(line) > SECTION:
            yield paragraph
            paragraph = ""
        paragraph += f"{line}\n"
    if paragraph:
        yield paragraph


def _sections(card: Card) -> Iterator[str]:
    if card.verdict:
        yield from _evidence(card.verdict)
    elif card.owners:
        yield from owners.texts(card, card.owners)
    if card.reach:
        yield from reaches.texts(card.reach)
    if card.path:
        yield from paths.texts(card.path, card.verdict.missing if card.verdict else ())
    lines = [
        f"{STAGES[it.stage]} {marked(it.name)} ({named(marked(it.looks_for))}): {marked(str(it))}"
        for it in card.instruments
    ]
    if lines:
        yield joined("*Instruments*", "\n".join(lines))
    if card.verdict and card.verdict.next_test:
        test = card.verdict.next_test
        separates = ", ".join(code(cause) for cause in test.separates)
        yield joined("*Next test*", next_test(test) + (f"\nIt separates {separates}." if separates else ""))
    if asked := guest_word.title(card.verdict, card.owners):
        yield f"*The guest's own word*\n{fitted(asked, 2 * LINE)}"
        for system, script in guest_word.SCRIPTS:  # in one block each, as it is copied
            yield f"{system}\n```\n{html.escape(script, quote=False)}\n```"


def _evidence(verdict: Verdict) -> Iterator[str]:
    for weighs, title in (
        (Weighs.FOR, "Speaks for it"),
        (Weighs.AGAINST, "Speaks against it"),
        (Weighs.NEITHER, "Looked at, and decides nothing"),
    ):
        items = [item for item in verdict.evidence if item.weighs is weighs]
        if items:
            yield f"*{title}*"
        for number, item in enumerate(items, 1):
            yield _item(number, item)
    for out in verdict.ruled_out:
        rests_on = f"\nIt rests on {', '.join(map(code, out.by))}." if out.by else ""
        yield joined(f"*Ruled out: {out.side.upper()}*", "\n".join(bullets(out.because)) + rests_on)
    if verdict.rivals:
        yield joined("*Rivals that remain*", "\n".join(f"• {code(rival)}" for rival in verdict.rivals))
    yield joined("*Not looked at*", "\n".join(bullets(verdict.missing)) or "Nothing that was planned.")


def _item(number: int, item: EvidenceItem) -> str:
    standing = "" if item.standing is Standing.PRESENT else f"_{item.standing}_  "
    witnesses = "\n".join(dict.fromkeys(map(place, item.witnesses[:_PLACES])))
    more = len(item.witnesses) - _PLACES
    return joined(
        f"{number}. {standing}{named(fitted(item.says, 2 * LINE))}",
        f"{witnesses}\n" + (f"… and {more} more places\n" if more > 0 else "") + f"finding {code(item.finding)}",
    )
