"""What a channel works on together, as messages: the pinned summary, the whole of it, and lines of its timeline.

Nothing relies on colour: every mark has its word beside it.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, DividerBlock

from bot.inquiries.noting import told as told_of
from bot.model.request import Person
from bot.model.summary import Ground, How, Line, SideState, Summary
from bot.slack import tokens
from bot.slack.mrkdwn import code, fitted, marked
from bot.slack.pieces import LINE, Message, bullets, checked, context, header, joined, section

SUMMARY, TIMELINE = "incident_summary", "incident_timeline"
ACTIONS = (SUMMARY, TIMELINE)
"""The buttons below a summary; their value is the inquiry's id."""
_HOW = {How.SUSPECT: "🔴", How.OPEN: "❔", How.RULED_OUT: "✅"}
_SHOWN = 3
_MACHINES = 12
_NAMES = 8
_TEXT = 3900


def board_message(summary: Summary, key: bytes) -> Message:
    """The channel's summary, as short as a newcomer reads it; ``key`` signs its buttons."""
    return checked(_plain(summary), (*_short(summary), _buttons(summary, key)))


def brief_message(summary: Summary) -> Message:
    """The whole summary."""
    return checked(_plain(summary), tuple(_whole(summary)))


def lines_message(lines: Sequence[Line], before: int) -> Message:
    """Lines of a timeline, oldest first, each with its source and how sure it is."""
    if not lines:
        return Message("Nothing stands in the timeline yet.")
    told = [_line(line) for line in lines]
    head = f"*Timeline*, the newest {len(lines)}; {before} before them" if before else "*Timeline*"
    parts, rest = [], told
    while rest:
        size, kept = 0, 0
        while kept < len(rest) and size + len(rest[kept]) < 2700:
            size, kept = size + len(rest[kept]) + 1, kept + 1
        parts.append(section("\n".join(rest[: max(kept, 1)])))
        rest = rest[max(kept, 1) :]
    return checked(
        fitted("\n".join(f"{line.at:%H:%M:%S} {line.says}" for line in lines), _TEXT), (section(head), *parts)
    )


def _line(line: Line) -> str:
    who = _person(line.who) if line.who else marked(line.source)
    case = f" {code(line.incident)}" if line.incident else ""
    return f"{code(f'{line.at:%H:%M:%S}')} {fitted(line.says, LINE)}  _{who}, {line.confidence}_{case}"


def _short(it: Summary) -> Iterator[Block]:
    yield header("⏹️" if it.ended else "🚨", f"{'CLOSED' if it.ended else 'INCIDENT'} · {it.opened.text}")
    yield section(f"*{fitted(it.gist, 2 * LINE)}*")
    yield section(joined("", "\n".join(_side(side, 1) for side in it.sides)))
    yield section(f"👉 *Next*  {fitted(it.next.do, 2 * LINE)}  _{fitted(it.next.who, LINE)}_")
    if it.split:
        yield section(joined("*What separates them*", "\n".join(bullets([one.says for one in it.split[:_SHOWN]]))))
    if it.running:
        yield context(f"Running: {fitted(', '.join(it.running[:_NAMES]), LINE)}")
    if it.missing:
        yield context(f"Not looked at: {fitted(' '.join(it.missing[:2]), LINE)}{_more(len(it.missing) - 2)}")
    yield context(_footer(it))


def _whole(it: Summary) -> Iterator[Block]:
    yield header("⏹️" if it.ended else "🚨", f"{'CLOSED' if it.ended else 'INCIDENT'} · {it.opened.text}")
    yield section(f"*{fitted(it.gist, 2 * LINE)}*")
    if it.changed:
        yield section(joined("*New since the last summary*", "\n".join(bullets(it.changed[:_MACHINES]))))
    for side in it.sides:
        yield section(_side(side, _SHOWN))
    if it.lead:
        yield section(f"*Leading cause*  {fitted(it.lead.says, LINE)} {_case(it.lead)}")
    yield section(f"👉 *Next*  {fitted(it.next.do, 2 * LINE)}  _{fitted(it.next.who, LINE)}_")
    if it.split:
        yield section(joined("*What separates them*", "\n".join(bullets([one.says for one in it.split]))))
    if it.machines:
        told = [f"• {fitted(one.says, LINE)} {_case(one)}" for one in it.machines[-_MACHINES:]]
        yield section(joined("*Machines*", "\n".join(told) + _more(len(it.machines) - _MACHINES)))
    if it.notes:
        told = [f"• {fitted(told_of(note), LINE)}  _{_person(note.author or note.by)}_" for note in it.notes[-5:]]
        yield section(joined("*Noted*", "\n".join(told) + _more(len(it.notes) - len(told))))
    yield section(fitted(it.reboot, 2 * LINE))
    yield DividerBlock()
    if it.missing:
        yield section(joined("*Not looked at*", "\n".join(bullets(it.missing))))
    yield context(_footer(it))


def _side(side: SideState, most: int) -> str:
    title = f"{_HOW[side.how]} *{side.side.upper()}*  {side.how}"
    grounds = [f"{fitted(one.says, LINE)} {_case(one)}".strip() for one in side.grounds[:most]]
    rest = _more(len(side.grounds) - most)
    return (
        f"{title}: {grounds[0]}{rest}" if most == 1 else joined(title, "\n".join(f"• {one}" for one in grounds) + rest)
    )


def _case(ground: Ground) -> str:
    """Where it can be checked: the case, and the place in it."""
    if ground.incident is None:
        return ""
    at = f", {marked(ground.witness.locator)} at {marked(ground.witness.vantage)}" if ground.witness else ""
    return f"({code(ground.incident)}{at})"


def _more(count: int) -> str:
    return f" _… and {count} more_" if count > 0 else ""


def _footer(it: Summary) -> str:
    groups = [
        f"{word}: {marked(', '.join(names[:_NAMES]))}{_more(len(names) - _NAMES)}"
        for word, names in (("affected", it.opened.affected), ("not affected", it.opened.unaffected))
        if names
    ]
    closed = f"closed by {_person(it.ended.by)} at {_moment(it.ended.at)}" if it.ended else ""
    said = fitted(it.ended.text, LINE) if it.ended and it.ended.text else ""
    asked = (
        f"{it.asked} question{'' if it.asked == 1 else 's'}, {len(it.notes)} note{'' if len(it.notes) == 1 else 's'}"
    )
    opened = f"opened by {_person(it.opened.by)} at {_moment(it.opened.at)}"
    return "  ·  ".join(filter(None, (opened, closed, said, *groups, asked, f"as of {_moment(it.at)}", code(it.id))))


def _moment(at: datetime) -> str:
    return f"{at:%H:%M} UTC"


def _person(person: Person) -> str:
    return "a terminal" if person.team == "terminal" else f"<@{person.user}>"


def _buttons(it: Summary, key: bytes) -> Block:
    return ActionsBlock(
        elements=[
            ButtonElement(text=text, action_id=action, value=tokens.sign(key, action, it.id))
            for action, text in ((SUMMARY, "Whole summary"), (TIMELINE, "Timeline"))
        ]
    )


def _plain(it: Summary) -> str:
    sides = "\n".join(f"{side.side.upper()}: {side.how}. {side.grounds[0].says}" for side in it.sides)
    head = f"{'CLOSED' if it.ended else 'INCIDENT'} · {it.opened.text}"
    return fitted("\n".join((head, it.gist, sides, f"Next: {it.next.do} ({it.next.who})")), _TEXT)
