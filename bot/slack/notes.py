"""A note as one line in its channel, and that it was taken back; nothing in what people wrote becomes mark-up."""

from collections.abc import Sequence

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement

from bot.inquiries.noting import told
from bot.model.inquiry import Noted, Withdrawn
from bot.model.request import Person
from bot.slack import tokens
from bot.slack.mrkdwn import code, fitted, named
from bot.slack.pieces import LINE, Message, checked, section

WITHDRAW = "withdraw_note"
ACTIONS = (WITHDRAW,)
"""The button below a note; its value is the note's id."""


def note_message(note: Noted, lines: Sequence[str], key: bytes) -> Message:
    """Who noted what, as evidence or not, with its id; ``lines`` are what is to be said of it."""
    what = told(note)
    kind = "Noted as evidence" if note.report else "Noted"
    by = _person(note.by)
    written = f", as {_person(note.author)} wrote" if note.author and note.author != note.by else ""
    text = f"📝 *{kind}* by {by}{written}: {fitted(what, LINE)}  {code(note.note)}"
    more = [section("\n".join(named(fitted(line, LINE)) for line in lines))] if lines else []
    return checked(f"{kind}: {fitted(what, LINE)} ({note.note})", (section(text), *more, _button(note, key)))


def withdrawal_message(withdrawn: Withdrawn) -> Message:
    """Who took which note back."""
    said_ = f"stays in the timeline and weighs nothing any more; withdrawn by {_person(withdrawn.by)}."
    return checked(f"{withdrawn.note} was withdrawn.", (section(f"{code(withdrawn.note)} {said_}"),))


def _button(note: Noted, key: bytes) -> Block:
    value = tokens.sign(key, WITHDRAW, note.note)
    return ActionsBlock(elements=[ButtonElement(text="Withdraw", action_id=WITHDRAW, value=value)])


def _person(person: Person) -> str:
    return "a terminal" if person.team == "terminal" else f"<@{person.user}>"
