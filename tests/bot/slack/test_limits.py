"""What Slack refuses, found before it is sent."""

from typing import Any

import pytest

from bot.slack.limits import check_message


def section(text: str = "x", **more: Any) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(label: str = "x", value: str = "v") -> dict[str, Any]:
    return {"type": "button", "text": {"type": "plain_text", "text": label}, "value": value, "action_id": "a"}


CELL = {"type": "raw_text", "text": "x"}


@pytest.mark.parametrize(
    ("blocks", "complaint"),
    [
        pytest.param([section()] * 51, "51 blocks, 50 allowed", id="blocks"),
        pytest.param([section("x" * 2500)] * 5, "12,500 characters in all blocks, 12,000 allowed", id="sum"),
        pytest.param([section("x" * 3001)], "block 0 (section): 3,001 characters, 3,000 allowed", id="section"),
        pytest.param([section("")], "block 0 (section): an empty text", id="empty"),
        pytest.param(
            [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}],
            "block 0 (header): 151 characters, 150 allowed",
            id="header",
        ),
        pytest.param(
            [section(fields=[{"type": "mrkdwn", "text": "x"}] * 11)],
            "block 0 (section): 11 fields, 10 allowed",
            id="fields",
        ),
        pytest.param(
            [section(fields=[{"type": "mrkdwn", "text": "x" * 2001}])],
            "block 0 (section): 2,001 characters in a field, 2,000 allowed",
            id="field",
        ),
        pytest.param([{"type": "table", "rows": [[CELL]] * 101}], "block 0 (table): 101 rows, 100 allowed", id="rows"),
        pytest.param(
            [{"type": "table", "rows": [[CELL] * 21]}], "block 0 (table): 21 cells in a row, 20 allowed", id="cells"
        ),
        pytest.param([{"type": "table", "rows": [[CELL]]}] * 2, "2 tables, 1 allowed", id="tables"),
        pytest.param(
            [{"type": "context", "elements": [{"type": "mrkdwn", "text": "x"}] * 11}],
            "block 0 (context): 11 elements, 10 allowed",
            id="context",
        ),
        pytest.param(
            [{"type": "actions", "elements": [button()] * 26}],
            "block 0 (actions): 26 elements, 25 allowed",
            id="actions",
        ),
        pytest.param(
            [{"type": "actions", "elements": [button("x" * 76)]}],
            "block 0 (actions): 76 characters on a button, 75 allowed",
            id="label",
        ),
        pytest.param(
            [{"type": "actions", "elements": [button(value="x" * 2001)]}],
            "block 0 (actions): 2,001 characters in value, 2,000 allowed",
            id="value",
        ),
        pytest.param(
            [section(block_id="x" * 256)],
            "block 0 (section): 256 characters in block_id, 255 allowed",
            id="block id",
        ),
        pytest.param(
            [{"type": "markdown", "text": "x" * 12_001}],
            "block 0 (markdown): 12,001 characters, 12,000 allowed",
            id="markdown",
        ),
    ],
)
def test_every_limit_is_found(blocks: list[dict[str, Any]], complaint: str) -> None:
    """The SDK's models let half of these pass."""
    assert complaint in check_message(blocks)


def test_a_message_at_every_limit_is_taken() -> None:
    """A check that is too strict cuts evidence for nothing."""
    blocks = [
        section("x" * 3000, fields=[{"type": "mrkdwn", "text": "x"}] * 10),
        {"type": "header", "text": {"type": "plain_text", "text": "x" * 150}},
        {"type": "actions", "elements": [button("x" * 75, "x" * 2000)] * 25},
        {"type": "table", "rows": [[CELL] * 20] * 10},
    ]
    assert check_message(blocks) == ()
