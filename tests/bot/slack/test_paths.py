"""The table of a path in a channel: it fits a phone, and stays a table whatever a device is called."""

import html
from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.incidents.card import card
from bot.incidents.path_words import WORDS, columns
from bot.model.path import Mark, Path
from bot.slack.blocks import card_message
from bot.slack.details import details
from tests.bot import paths
from tests.bot.slack import stories

KEY = b"k" * 32
PHONE = 40  # characters of a code block that a phone shows in a line
TALES = [pytest.param(told, id=told.__name__) for told in paths.ALL if told().hops]


def block(path: Path) -> list[str]:
    """The lines of the card's code block, as a reader sees them."""
    message = card_message(card(stories.traced(path), ()), KEY)
    (text,) = [b["text"]["text"] for b in message.blocks if b["type"] == "section" and "```" in b["text"]["text"]]
    before, inside, after = text.split("```")
    assert (before, after) == ("", "")
    return html.unescape(inside).strip("\n").split("\n")


@pytest.mark.parametrize("told", TALES)
def test_the_table_fits_a_phone_and_says_every_mark_in_a_word(told: Callable[[], Path]) -> None:
    """A broken line is read as another device; a colour alone is not read at all."""
    lines = [line.replace("\N{LEFT-TO-RIGHT MARK}", "") for line in block(told())]
    assert max(map(columns, lines)) <= PHONE
    rows = [line for line in lines[1:] if " more, " not in line]
    assert len(rows) == min(12, len(told().hops))
    assert all(row.split()[0] in WORDS.values() for row in rows)


def test_a_name_written_from_right_to_left_does_not_turn_its_row() -> None:
    """Unicode would show the age before the MAC: every cell of such a row is fenced, and no other row is."""
    hebrew = replace(paths.CORE, device="\u05e8\u05d0\u05d5\u05d8\u05e8")
    plain, turned = block(paths.path(paths.FIREWALL, hebrew))[1:]
    assert "\N{LEFT-TO-RIGHT MARK}" not in plain
    assert "\N{LEFT-TO-RIGHT MARK}\u05e8" in turned
    assert turned.count("\N{LEFT-TO-RIGHT MARK}") == 8


def test_the_card_says_what_differs_what_to_clear_and_whose_words_these_are() -> None:
    """In twenty seconds, on a phone."""
    message = card_message(card(stories.traced(paths.stale()), ()), KEY)
    text = str(message.blocks)
    for part in (
        "⚠️ ARP TABLES · 2 of 4 entries differ · 10.0.0.5", "*What differs*", "⏳ OLD  core-1 still holds",
        "❌ WRONG  acc-07 sends", "*Clear, in this order*", "1. On acc-07", "2. On core-1", "Not looked at: Nobody",
        "By SNMP, vCenter dc1 and agent prod-1", "A `00:50:56:de:ad:05` expected",
    ):  # fmt: skip
        assert part in text, part


@pytest.mark.parametrize(
    ("told", "sign"),
    [(paths.agreeing, "✅"), (paths.static, "⚠️"), (paths.two_live, "⚠️"), (paths.nobody_answers, "⚠️"),
     (paths.unread, "❓"), (paths.empty, "❓"), (paths.only_the_wire, "❓"), (paths.moved, "✅")],
)  # fmt: skip
def test_the_sign_is_fine_only_where_all_is(told: Callable[[], Path], sign: str) -> None:
    """Tables that agree with a MAC that is one of two are not fine."""
    message = card_message(card(stories.traced(told()), ()), KEY)
    assert message.blocks[0]["text"]["text"].startswith(f"{sign} ARP TABLES")


def test_the_thread_has_every_hop_with_its_sentence_and_its_place() -> None:
    """Anybody must be able to look it up."""
    text = "\n".join(b["text"]["text"] for m in details(card(stories.traced(paths.stale()), ())) for b in m.blocks)
    for hop in paths.stale().hops:
        assert f"row 10.0.0.5 of {hop.device} at network.dc1, file `sha256:3f2a9c01b7de`" in text
        assert f"*{hop.device}*" in text
        assert hop.mark in Mark
    assert "Nobody reads dist-1" in text
    assert "eth1 has no carrier" in text


def test_beside_a_verdict_the_card_has_a_few_lines_and_the_thread_has_all() -> None:
    """The verdict stays the first thing that is read."""
    shown = card(stories.judged_beside(paths.stale()), ())
    message = card_message(shown, KEY)
    (line,) = [b["text"]["text"] for b in message.blocks if "Tables on the way" in str(b)]
    assert line.startswith("*Tables on the way*  2 of 4 entries differ: core-1 OLD, acc-07 WRONG.\n• Clear 1 of 2")
    assert "```" not in str(message.blocks)
    text = "\n".join(b["text"]["text"] for m in details(shown) for b in m.blocks)
    assert "acc-07 sends" in text
