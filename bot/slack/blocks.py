"""A card as the channel's message, read in twenty seconds.

Nothing relies on colour: every mark has its word beside it.
"""

from collections.abc import Iterator

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement

from bot.incidents.card import Card, waiting
from bot.incidents.grounds import highlights, where
from bot.incidents.instruments import Instrument, Stage
from bot.incidents.printed import as_text
from bot.model import request
from bot.model.dropped import DroppedFile
from bot.model.incident import Approved, Declined, Outcome, StopAsked
from bot.model.verdict import Answer, EvidenceItem, RuledOut, Verdict
from bot.slack import boards, notes, owners, paths, reaches, tokens
from bot.slack.mrkdwn import fitted, fitted_lines, marked, named
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

AGAIN, CAPTURE, STOP, DOWNLOAD, JUDGE = "check_again", "capture", "stop", "download", "judge"
APPROVE, DECLINE = "approve", "decline"
TABLES = "add_tables"
ACTIONS = (AGAIN, CAPTURE, STOP, DOWNLOAD, JUDGE, APPROVE, DECLINE, TABLES, *boards.ACTIONS, *notes.ACTIONS)
"""Every button that we make."""
_AGAIN = {
    request.LOOK_UP: "Look up again",
    request.JUDGE: "Judge again",
    request.TRACE: "Read again",
    request.REACH: "Compare again",
}
_TEXT = 3900  # Slack advises 4,000 characters of text beside blocks
_EVIDENCE = 3
_FACTS = 6
_WATCHED = 6
_INSTRUMENTS = 12
_FILES = 8
_JOINED = 5
_CHANGED = 5
_ANSWERS = {
    Answer.GUEST: "🖥️",
    Answer.NETWORK: "🌐",
    Answer.HYPERVISOR: "🗄️",
    Answer.INCONCLUSIVE: "❓",
    Answer.HEALTHY: "✅",
}
_ENDED = {Outcome.ANSWERED: "📎", Outcome.REFUSED: "✋", Outcome.STOPPED: "⏹️", Outcome.FAILED: "⚠️"}


def offer_message(file: DroppedFile, thread: str | None, key: bytes) -> Message:
    """The offer to judge a shared capture, for the eyes of whoever shared it.

    Its button carries the file's id and the thread: of a message that one person alone sees, Slack tells neither.
    """
    said = f"I can judge {marked(file.name)}: GUEST, NETWORK or HYPERVISOR, with the frames that show it."
    button = _button(key, JUDGE, "Judge this capture", f"{file.id} {thread or ''}")
    return checked(said, (section(said), ActionsBlock(elements=[button])))


def card_message(card: Card, key: bytes) -> Message:
    """The channel's message; ``key`` signs the buttons. Only an ended card and a running capture have any."""
    text = fitted_lines(as_text(card, width=_TEXT), _TEXT)
    if card.ended is None:
        parts = (*_running(card), _footer(card), *_buttons(card, key))
    elif card.verdict:
        parts = (*_answered(card, card.verdict), _footer(card), *_buttons(card, key))
    elif card.owners:
        parts = (*owners.parts(card, card.owners), _footer(card), *_buttons(card, key))
    elif card.reach:
        parts = (*reaches.parts(card, card.reach), _footer(card), *_buttons(card, key))
    elif card.path:
        parts = (*paths.parts(card, card.path), _footer(card), *_buttons(card, key))
    else:
        parts = (*_unanswered(card, card.ended), _footer(card), *_buttons(card, key))
    return checked(text, parts)


def _running(card: Card) -> Iterator[Block]:
    yield header("✋" if card.waits else "🔎", card.headline)
    yield from _wish(card)
    if card.waits:
        yield section(f"*Waits*  {fitted(waiting(card.waits), LINE)} Its thread has the buttons.")
        return
    lines = [_instrument(it) for it in card.instruments[:_INSTRUMENTS]]
    yield listing("", lines or ["Asking who can look …"], len(card.instruments) - _INSTRUMENTS, "instruments")
    if card.facts:
        title = "Changes, the latest first" if card.command == request.WATCH else "Established so far"
        yield listing(title, bullets(card.facts[:_FACTS]), len(card.facts) - _FACTS, "facts")
    if card.missing:
        yield context(f"Not looked at: {fitted(' '.join(card.missing), LINE)}")


def _answered(card: Card, verdict: Verdict) -> Iterator[Block]:
    yield header(_ANSWERS[verdict.verdict], card.headline)
    first, stop, rest = (card.says or "").partition(". ")
    yield section(f"*{fitted(first + stop.strip(), LINE)}* {fitted(rest, 2 * LINE)}")
    if card.changed:
        yield listing(
            "Since it was asked before", bullets(card.changed[:_CHANGED]), len(card.changed) - _CHANGED, "in the case"
        )
    items = highlights(verdict)
    if items:
        shown = [f"• {_evidence(item)}" for item in items[:_EVIDENCE]]
        title = "What shows it" if verdict.cause else "What was seen"
        yield listing(title, shown, len(items) - _EVIDENCE, "in the thread")
    if card.watched:
        yield listing(
            "While it was watched", bullets(card.watched[:_WATCHED]), len(card.watched) - _WATCHED, "in the thread"
        )
    if verdict.ruled_out:
        yield listing("Ruled out", [_ruled_out(out) for out in verdict.ruled_out], 0, "")
    if verdict.rivals and not verdict.cause:
        sides = dict.fromkeys(rival.partition(".")[0].upper() for rival in verdict.rivals)
        yield section(f"*Still possible*  {fitted(', '.join(sides), LINE)}")
    if verdict.trigger:
        yield section(f"*Set off by*  {fitted(verdict.trigger, LINE)}")
    if verdict.next_test:
        yield section(f"👉 *Next test*  {next_test(verdict.next_test)}")
    if card.path:
        yield paths.beside(card.path)
    if verdict.missing:
        yield context(f"Not looked at: {fitted(' '.join(verdict.missing), LINE)}")


def _unanswered(card: Card, ended: Outcome) -> Iterator[Block]:
    yield header(_ENDED[ended], card.headline)
    yield section(fitted(card.says or "", SECTION))
    yield from _wish(card)
    if card.files:
        shown = bullets(card.files[:_FILES])
        yield listing("Captured", shown, len(card.files) - _FILES, "files in the case")
        yield context("*Download* shows links to you alone, if you may have the files.")
    failed = [it for it in card.instruments if it.stage not in (Stage.REPORTED, Stage.WAITING)]
    if failed and ended is not Outcome.ANSWERED:
        lines = [_instrument(it) for it in failed[:_INSTRUMENTS]]
        yield listing("", lines, len(failed) - _INSTRUMENTS, "instruments")


def _wish(card: Card) -> Iterator[Block]:
    if card.filter:
        yield section(f"*Takes*  {fitted(card.filter, 3 * LINE)}")


def approval_message(card: Card, key: bytes) -> Message:
    """The thread's message by which a second person decides on a capture; without buttons once it is decided.

    Everybody sees the buttons; whoever presses one is asked for the right to it then.
    """
    asker = f"<@{card.asked_by.user}>"
    said = [_decision(one) for one in card.decided]
    if card.waits:
        title = f"{asker} wants to capture packets of *{marked(card.target)}*. {fitted(waiting(card.waits), LINE)}"
        buttons = [_button(key, APPROVE, "Approve", card.case, "primary"), _button(key, DECLINE, "Decline", card.case)]
        parts: tuple[Block, ...] = (section(title), *_wish(card), ActionsBlock(elements=buttons))
        text = f"A capture of {card.target} waits for the agreement of a second person."
    else:
        text = f"The capture of {card.target}: {' '.join(said) or card.says or 'decided'}"
        parts = (section(f"Capture of *{marked(card.target)}*: {' '.join(said) or fitted(card.says or '', LINE)}"),)
        parts = (*parts, *_wish(card))
    return checked(fitted_lines(text, _TEXT), parts)


def _decision(event: Approved | Declined | StopAsked) -> str:
    verb = {Approved: "approved", Declined: "declined", StopAsked: "stopped"}[type(event)]
    return f"{verb} by <@{event.by.user}>" if event.by.team != "terminal" else f"{verb} from a terminal"


def _button(key: bytes, action: str, label: str, case: str, style: str | None = None) -> ButtonElement:
    return ButtonElement(text=label, action_id=action, value=tokens.sign(key, action, case), style=style)


def _footer(card: Card) -> Block:
    asker = "a terminal" if card.asked_by.team == "terminal" else f"<@{card.asked_by.user}>"
    took = [f"took {card.took_s:.1f} s"] if card.ended and card.took_s is not None else []
    catalogue = [f"catalogue {marked(card.verdict.catalogue)}"] if card.verdict else []
    decided = map(_decision, card.decided)
    also = [f"also by {', '.join(f'<@{one.user}>' for one in card.joined[:_JOINED])}"] if card.joined else []
    return context("  ·  ".join((f"asked by {asker}", *also, *decided, *took, f"case `{card.case}`", *catalogue)))


def _buttons(card: Card, key: bytes) -> Iterator[Block]:
    if offered := list(_offered(card)):
        yield ActionsBlock(elements=[_button(key, action, label, card.case) for action, label in offered])


def _offered(card: Card) -> Iterator[tuple[str, str]]:
    captures = card.command == request.CAPTURE
    if card.ended is None:
        if card.command in request.STOPPABLE and not any(isinstance(event, StopAsked) for event in card.decided):
            yield STOP, "Stop"
    elif captures:
        if card.ended is not Outcome.REFUSED:
            yield AGAIN, "Capture again"
        if card.files:
            yield DOWNLOAD, "Download"
    elif card.ended is not Outcome.REFUSED:
        yield AGAIN, _AGAIN.get(card.command, "Check again")
        if card.verdict or card.path:
            yield CAPTURE, "Capture"
        if card.command in (request.CHECK, request.TRACE):
            yield TABLES, "Add tables"


def _instrument(it: Instrument) -> str:
    return f"{STAGES[it.stage]} *{marked(it.name)}*  {named(marked(it.looks_for))}  ·  {fitted(str(it), LINE)}"


def _evidence(item: EvidenceItem) -> str:
    place = where(item.witnesses)
    return named(fitted(item.says, LINE)) + (f"  _{fitted(place, LINE // 2)}_" if place else "")


def _ruled_out(out: RuledOut) -> str:
    return f"• *{out.side.upper()}*  {fitted(' '.join(out.because), LINE)}"
