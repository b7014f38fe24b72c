"""The limits of Block Kit, one case for each, on both sides of the line where the line is a number."""

from typing import Any

import pytest

from deploy.demo.slack.blocks_check import check_blocks, check_view

Json = dict[str, Any]


def mrkdwn(size: int) -> Json:
    return {"type": "mrkdwn", "text": "x" * size}


def plain(size: int) -> Json:
    return {"type": "plain_text", "text": "x" * size}


def button(**changes: Any) -> Json:
    return {"type": "button", "text": plain(4), "action_id": "a", **changes}


def section(**changes: Any) -> Json:
    return {"type": "section", "text": mrkdwn(1), **changes}


def actions(*elements: Json) -> list[Json]:
    return [{"type": "actions", "elements": list(elements)}]


def table(rows: int, cells: int, size: int = 1) -> Json:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": "x" * size}] * cells] * rows}


def numbered(count: int) -> list[Json]:
    return [button(action_id=f"a{number}") for number in range(count)]


ACCEPTED = [
    pytest.param([], id="none"),
    pytest.param([{"type": "divider"}] * 50, id="50-blocks"),
    pytest.param([section(text=mrkdwn(3000))], id="section-3000"),
    pytest.param([{"type": "section", "fields": [mrkdwn(1000)] * 10}], id="ten-fields"),
    pytest.param([{"type": "section", "fields": [mrkdwn(2000)]}], id="field-2000"),
    pytest.param([{"type": "header", "text": plain(150)}], id="header-150"),
    pytest.param([{"type": "context", "elements": [mrkdwn(1)] * 10}], id="context-10"),
    pytest.param(actions(*numbered(25)), id="25-buttons"),
    pytest.param(actions(button(text=plain(75), value="x" * 2000, url="x" * 3000)), id="button-at-its-limits"),
    pytest.param([section(block_id="x" * 255)], id="block-id-255"),
    pytest.param([table(100, 20)], id="table-100x20"),
    pytest.param([section(text=mrkdwn(3000))] * 4 + [section(text=mrkdwn(1200))], id="sum-13200"),
    pytest.param([{"type": "markdown", "text": "x" * 12000}], id="markdown-12000"),
    pytest.param(
        [
            {
                "type": "plan",
                "title": "t",
                "tasks": [{"type": "task_card", "task_id": "1", "title": "t", "status": "error"}],
            }
        ],
        id="plan",
    ),
    pytest.param([{"type": "alert", "text": mrkdwn(5), "level": "warning"}], id="alert"),
    pytest.param(
        [
            {
                "type": "rich_text",
                "elements": [
                    {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "00:50:56:de:ad:be"}]},
                    {
                        "type": "rich_text_list",
                        "style": "bullet",
                        "elements": [{"type": "rich_text_section", "elements": [{"type": "emoji", "name": "x"}]}],
                    },
                ],
            }
        ],
        id="rich-text",
    ),
]


@pytest.mark.parametrize("blocks", ACCEPTED)
def test_slack_takes_what_is_within_the_limits(blocks: list[Json]) -> None:
    """A check that refuses too much would make the app smaller than it may be."""
    assert check_blocks(blocks) is None


REFUSED = [
    pytest.param([{"type": "divider"}] * 51, "no more than 50 items allowed [json-pointer:/blocks]", id="51-blocks"),
    pytest.param(
        [section(text=mrkdwn(3001))],
        "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
        id="section-3001",
    ),
    pytest.param(
        [section(text=mrkdwn(0))], "must be more than 0 characters [json-pointer:/blocks/0/text/text]", id="empty-text"
    ),
    pytest.param(
        [{"type": "section", "fields": [mrkdwn(1)] * 11}],
        "no more than 10 items allowed [json-pointer:/blocks/0/fields]",
        id="11-fields",
    ),
    pytest.param(
        [{"type": "section", "fields": [mrkdwn(2001)]}],
        "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]",
        id="field-2001",
    ),
    pytest.param(
        [{"type": "header", "text": plain(151)}],
        "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
        id="header-151",
    ),
    pytest.param(
        [{"type": "header", "text": mrkdwn(5)}],
        "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]",
        id="header-mrkdwn",
    ),
    pytest.param(
        [{"type": "context", "elements": [mrkdwn(1)] * 11}],
        "no more than 10 items allowed [json-pointer:/blocks/0/elements]",
        id="context-11",
    ),
    pytest.param(
        actions(*numbered(26)), "no more than 25 items allowed [json-pointer:/blocks/0/elements]", id="26-buttons"
    ),
    pytest.param(
        actions(button(text=plain(76))),
        "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
        id="button-76",
    ),
    pytest.param(
        actions(button(value="x" * 2001)),
        "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]",
        id="value-2001",
    ),
    pytest.param(
        actions(button(url="x" * 3001)),
        "must be less than 3001 characters [json-pointer:/blocks/0/elements/0/url]",
        id="url-3001",
    ),
    pytest.param(
        actions(button(action_id="x" * 256)),
        "must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]",
        id="action-id-256",
    ),
    pytest.param(
        [section(block_id="x" * 256)],
        "must be less than 256 characters [json-pointer:/blocks/0/block_id]",
        id="block-id-256",
    ),
    pytest.param(
        [section(block_id="b"), section(block_id="b")],
        "block_id is already in use: b [json-pointer:/blocks/1/block_id]",
        id="same-block-id",
    ),
    pytest.param(
        actions(button(), button()),
        "action_id must be unique within a block [json-pointer:/blocks/0/elements]",
        id="same-action",
    ),
    pytest.param([table(101, 1)], "no more than 100 items allowed [json-pointer:/blocks/0/rows]", id="101-rows"),
    pytest.param([table(1, 21)], "no more than 20 items allowed [json-pointer:/blocks/0/rows/0]", id="21-cells"),
    pytest.param([table(1, 1), table(1, 1)], "only_one_table_allowed", id="two-tables"),
    pytest.param(
        [{"type": "hologram"}], "unsupported type: hologram [json-pointer:/blocks/0/type]", id="unknown-block"
    ),
    pytest.param([{"text": mrkdwn(1)}], "missing required field: type [json-pointer:/blocks/0]", id="no-type"),
    pytest.param(
        [{"type": "section"}], "must define either text or fields [json-pointer:/blocks/0]", id="hollow-section"
    ),
    pytest.param(
        [section(colour="red")], "invalid additional property: colour [json-pointer:/blocks/0]", id="unknown-field"
    ),
    pytest.param(
        [section(text="bare")], "missing required field: type [json-pointer:/blocks/0/text]", id="text-without-type"
    ),
    pytest.param(
        [{"type": "image", "alt_text": "a"}],
        "must define either image_url or slack_file [json-pointer:/blocks/0]",
        id="image-from-nowhere",
    ),
]


@pytest.mark.parametrize(("blocks", "message"), REFUSED)
def test_slack_refuses_what_is_beyond_the_limits(blocks: list[Json], message: str) -> None:
    """The SDK's own models miss several of these, so they show only when Slack answers."""
    wrong = check_blocks(blocks)
    assert wrong is not None
    assert wrong.error == "invalid_blocks"
    assert f"[ERROR] {message}" in wrong.messages


@pytest.mark.parametrize(
    "blocks",
    [
        pytest.param([section(text=mrkdwn(3000))] * 4 + [section(text=mrkdwn(1201))], id="sum-13201"),
        pytest.param([table(10, 10, 101)], id="table-10100"),
    ],
)
def test_too_much_text_in_all_has_an_error_of_its_own(blocks: list[Json]) -> None:
    """Every block may be fine and the message still too long."""
    wrong = check_blocks(blocks)
    assert wrong is not None
    assert wrong.error == "msg_blocks_too_long"


INPUT = {"type": "input", "label": plain(3), "element": {"type": "plain_text_input", "action_id": "i"}}


@pytest.mark.parametrize(
    ("view", "message"),
    [
        pytest.param(
            {"type": "modal", "blocks": []}, "missing required field: title [json-pointer:/view]", id="no-title"
        ),
        pytest.param(
            {"type": "modal", "title": plain(25), "blocks": []},
            "must be less than 25 characters [json-pointer:/view/title/text]",
            id="title-25",
        ),
        pytest.param(
            {"type": "modal", "title": plain(5), "blocks": [INPUT]},
            "missing required field: submit [json-pointer:/view]",
            id="input-without-submit",
        ),
        pytest.param(
            {"type": "modal", "title": plain(5), "blocks": [], "private_metadata": "x" * 3001},
            "must be less than 3001 characters [json-pointer:/view/private_metadata]",
            id="metadata-3001",
        ),
        pytest.param(
            {"type": "home", "blocks": [INPUT]}, "unsupported type: input [json-pointer:/blocks/0/type]", id="home"
        ),
    ],
)
def test_a_view_that_slack_would_not_show_is_refused(view: Json, message: str) -> None:
    """A modal that fails to open leaves its person with nothing at all."""
    wrong = check_view(view)
    assert wrong is not None
    assert f"[ERROR] {message}" in wrong.messages
    assert check_view({"type": "modal", "title": plain(24), "submit": plain(5), "blocks": [INPUT]}) is None
