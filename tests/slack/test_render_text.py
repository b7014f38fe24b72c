"""A card in a terminal, and the text rules of Slack that both the terminal and the page follow."""

from typing import Any

import pytest

from deploy.demo.slack.mrkdwn import mentioned, normalised, typed
from deploy.demo.slack.render_text import render_text

IDS = {("@", "ruleout"): "U1", ("#", "general"): "C1"}
NAMES = {"U1": "ruleout", "C1": "general"}


def text(words: str, kind: str = "mrkdwn") -> dict[str, Any]:
    return {"type": kind, "text": words}


def rich(*pieces: dict[str, Any], kind: str = "rich_text_section") -> dict[str, Any]:
    return {"type": "rich_text", "elements": [{"type": kind, "elements": list(pieces)}]}


@pytest.mark.parametrize(
    ("block", "shown"),
    [
        pytest.param(
            {"type": "header", "text": text("GUEST :warning:", "plain_text")}, "GUEST ⚠️\n========", id="header"
        ),
        pytest.param({"type": "section", "text": text("*GUEST* _now_ `a*b*c`")}, "GUEST now a*b*c", id="marks"),
        pytest.param({"type": "section", "text": text("a_b_c 2*3*4")}, "a_b_c 2*3*4", id="no-marks-inside-words"),
        pytest.param({"type": "section", "text": text("&lt;x&gt; &amp;amp;")}, "<x> &amp;", id="unescaped-once"),
        pytest.param(
            {"type": "section", "text": text("<https://x.io/a|rule> <https://y.io> <@U1> <#C1> <!here>")},
            "rule (https://x.io/a) https://y.io @ruleout #general @here",
            id="references",
        ),
        pytest.param(
            {"type": "section", "text": text("00:50:56:de:ad:be")}, "00:50:56🇩🇪ad:be", id="a-mac-shows-a-flag"
        ),
        pytest.param(
            {"type": "section", "text": text("`00:50:56:de:ad:be`")}, "00:50:56:de:ad:be", id="but-not-in-code"
        ),
        pytest.param({"type": "section", "fields": [text("*Case*\ninc-1")]}, "  Case: inc-1", id="fields"),
        pytest.param({"type": "context", "elements": [text("a"), text("b")]}, "  a · b", id="context"),
        pytest.param(
            {
                "type": "actions",
                "elements": [
                    {"type": "button", "text": text("Again", "plain_text")},
                    {"type": "overflow", "options": [{"text": text("Stop", "plain_text")}]},
                ],
            },
            "[ Again ]  [ … Stop ]",
            id="actions",
        ),
        pytest.param(
            {
                "type": "table",
                "rows": [
                    [text("MAC", "raw_text"), text("n", "raw_text")],
                    [text("00:50:56:de:ad:be", "raw_text"), {"type": "raw_number", "value": 2}],
                ],
            },
            "MAC                n\n-----------------  -\n00:50:56:de:ad:be  2",
            id="table",
        ),
        pytest.param(rich(text("b", "text"), {"type": "emoji", "name": "x"}), "b❌", id="rich-text"),
        pytest.param(rich(text("a\nb", "text"), kind="rich_text_preformatted"), "    a\n    b", id="preformatted"),
        pytest.param(
            {
                "type": "plan",
                "title": "Looking",
                "tasks": [{"type": "task_card", "task_id": "1", "title": "dc1-a", "status": "complete"}],
            },
            "Looking\n  [✓] dc1-a",
            id="plan",
        ),
        pytest.param({"type": "hologram"}, "[hologram]", id="unknown"),
    ],
)
def test_every_block_reads_as_text(block: dict[str, Any], shown: str) -> None:
    """The terminal shows what the channel shows, without a browser."""
    assert render_text({"blocks": [block]}, NAMES).strip("\n") == shown


def test_a_message_without_blocks_reads_as_its_text_and_files() -> None:
    """Text alone, and what hangs on it."""
    message = {"text": "see *this*", "files": [{"name": "a.pcap", "size": 24}]}
    assert render_text(message) == "see this\n[file: a.pcap, 24 bytes]"


@pytest.mark.parametrize(
    ("words", "stored"),
    [
        pytest.param("a < b & c", "a &lt; b &amp; c", id="escaped"),
        pytest.param("@ruleout in #general", "<@U1> in <#C1>", id="names"),
        pytest.param("ask @nobody or a@ruleout", "ask @nobody or a@ruleout", id="not-names"),
        pytest.param("10.0.0.5 app01.corp.example", "10.0.0.5 app01.corp.example", id="addresses-stay"),
        pytest.param("app01.corp.com.", "<http://app01.corp.com|app01.corp.com>.", id="domains-become-links"),
        pytest.param("https://x.io/a?b", "<https://x.io/a?b>", id="links"),
        pytest.param("`@ruleout app01.com`", "`@ruleout app01.com`", id="code-stays"),
        pytest.param("<!channel>", "&lt;!channel&gt;", id="nobody-is-called"),
    ],
)
def test_what_is_typed_is_stored_as_slack_stores_it(words: str, stored: str) -> None:
    """A parser of mentions has to undo exactly this."""
    assert typed(words, lambda sign, name: IDS.get((sign, name))) == stored


def test_a_mention_in_code_is_none() -> None:
    """People quote commands without giving them."""
    assert mentioned("<@U1> help", "U1")
    assert not mentioned("`<@U1> help`", "U1")
    assert normalised("a & b &lt; <@U1>") == "a &amp; b &lt; <@U1>"
