"""A card as the channel's message, read in twenty seconds.

Nothing relies on colour: every mark has its word beside it.
"""

from collections.abc import Iterator

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement

from bot.incidents.card import Card, Instrument, Stage, as_text, highlights, where
from bot.model import request
from bot.model.dropped import DroppedFile
from bot.model.incident import Outcome
from bot.model.verdict import Answer, EvidenceItem, RuledOut, Verdict
from bot.slack import owners, tokens
from bot.slack.mrkdwn import fitted, fitted_lines, marked
from bot.slack.pieces import (
    LINE,
    SECTION,
    STAGES,
    Message,
    bullets,
    checked,
    context,
    header,
    listing,
    next_test,
    section,
)

AGAIN, CAPTURE, JUDGE = "check_again", "capture", "judge"
_AGAIN = {request.LOOK_UP: "Look up again", request.JUDGE: "Judge again"}
_TEXT = 3900  # Slack advises 4,000 characters of text beside blocks
_EVIDENCE = 3
_FACTS = 6
_INSTRUMENTS = 12
_ANSWERS = {
    Answer.GUEST: "🖥️",
    Answer.NETWORK: "🌐",
    Answer.HYPERVISOR: "🗄️",
    Answer.INCONCLUSIVE: "❓",
    Answer.HEALTHY: "✅",
}
_ENDED = {Outcome.ANSWERED: "📎", Outcome.REFUSED: "✋", Outcome.STOPPED: "⏹️", Outcome.FAILED: "⚠️"}


def card_message(card: Card, key: bytes) -> Message:
    """The channel's message; ``key`` signs the buttons, which only an ended card has."""
    text = fitted_lines(as_text(card, width=_TEXT), _TEXT)
    if card.ended is None:
        parts = (*_running(card), _footer(card))
    elif card.verdict:
        parts = (*_answered(card, card.verdict), _footer(card), *_buttons(card, key))
    elif card.owners:
        parts = (*owners.parts(card, card.owners), _footer(card), *_buttons(card, key))
    else:
        parts = (*_unanswered(card, card.ended), _footer(card), *_buttons(card, key))
    return checked(text, parts)


def offer_message(file: DroppedFile, thread: str | None, key: bytes) -> Message:
    """The offer to judge a shared capture, for the eyes of whoever shared it.

    Its button carries the file's id and the thread: of a message that one person alone sees, Slack tells neither.
    """
    said = f"I can judge {marked(file.name)}: GUEST, NETWORK or HYPERVISOR, with the frames that show it."
    button = ButtonElement(
        text="Judge this capture", action_id=JUDGE, value=tokens.sign(key, JUDGE, f"{file.id} {thread or ''}")
    )
    return checked(said, (section(said), ActionsBlock(elements=[button])))


def _running(card: Card) -> Iterator[Block]:
    yield header("🔎", card.headline)
    lines = [_instrument(it) for it in card.instruments[:_INSTRUMENTS]]
    yield listing("", lines or ["Asking who can look …"], len(card.instruments) - _INSTRUMENTS, "instruments")
    if card.facts:
        yield listing("Established so far", bullets(card.facts[:_FACTS]), len(card.facts) - _FACTS, "facts")
    if card.missing:
        yield context(f"Not looked at: {fitted(' '.join(card.missing), LINE)}")


def _answered(card: Card, verdict: Verdict) -> Iterator[Block]:
    yield header(_ANSWERS[verdict.verdict], card.headline)
    first, stop, rest = (card.says or "").partition(". ")
    yield section(f"*{fitted(first + stop.strip(), LINE)}* {fitted(rest, 2 * LINE)}")
    items = highlights(verdict)
    if items:
        shown = [f"• {_evidence(item)}" for item in items[:_EVIDENCE]]
        title = "What shows it" if verdict.cause else "What was seen"
        yield listing(title, shown, len(items) - _EVIDENCE, "in the thread")
    if verdict.ruled_out:
        yield listing("Ruled out", [_ruled_out(out) for out in verdict.ruled_out], 0, "")
    if verdict.rivals and not verdict.cause:
        sides = dict.fromkeys(rival.partition(".")[0].upper() for rival in verdict.rivals)
        yield section(f"*Still possible*  {fitted(', '.join(sides), LINE)}")
    if verdict.trigger:
        yield section(f"*Set off by*  {fitted(verdict.trigger, LINE)}")
    if verdict.next_test:
        yield section(f"👉 *Next test*  {next_test(verdict.next_test)}")
    if verdict.missing:
        yield context(f"Not looked at: {fitted(' '.join(verdict.missing), LINE)}")


def _unanswered(card: Card, ended: Outcome) -> Iterator[Block]:
    yield header(_ENDED[ended], card.headline)
    yield section(fitted(card.says or "", SECTION))
    failed = [it for it in card.instruments if it.stage not in (Stage.REPORTED, Stage.WAITING)]
    if failed and ended is not Outcome.ANSWERED:
        lines = [_instrument(it) for it in failed[:_INSTRUMENTS]]
        yield listing("", lines, len(failed) - _INSTRUMENTS, "instruments")


def _footer(card: Card) -> Block:
    asker = "a terminal" if card.asked_by.team == "terminal" else f"<@{card.asked_by.user}>"
    took = [f"took {card.took_s:.1f} s"] if card.ended and card.took_s is not None else []
    catalogue = [f"catalogue {marked(card.verdict.catalogue)}"] if card.verdict else []
    return context("  ·  ".join((f"asked by {asker}", *took, f"case `{card.case}`", *catalogue)))


def _buttons(card: Card, key: bytes) -> Iterator[Block]:
    offered = []
    if card.command != request.CAPTURE and card.ended is not Outcome.REFUSED:
        offered.append((AGAIN, _AGAIN.get(card.command, "Check again")))
        if card.verdict:
            offered.append((CAPTURE, "Capture"))
    if offered:
        yield ActionsBlock(
            elements=[
                ButtonElement(text=label, action_id=action, value=tokens.sign(key, action, card.case))
                for action, label in offered
            ]
        )


def _instrument(it: Instrument) -> str:
    return f"{STAGES[it.stage]} *{marked(it.name)}*  {marked(it.looks_for)}  ·  {fitted(str(it), LINE)}"


def _evidence(item: EvidenceItem) -> str:
    place = where(item.witnesses)
    return fitted(item.says, LINE) + (f"  _{fitted(place, LINE // 2)}_" if place else "")


def _ruled_out(out: RuledOut) -> str:
    return f"• *{out.side.upper()}*  {fitted(' '.join(out.because), LINE)}"
