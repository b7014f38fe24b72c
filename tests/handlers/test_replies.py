"""A sentence for one person, while Slack is busy with everybody else's."""

import pytest

from handlers.replies import whisper
from tests.bot.slack.web_api import web_api

EPHEMERAL = "chat.postEphemeral"


@pytest.mark.parametrize(
    ("spoiled", "calls"),
    [
        pytest.param([], 1, id="at once"),
        pytest.param([(429, 0)], 2, id="after a rate limit"),
        pytest.param([503], 2, id="after Slack itself failed"),
        pytest.param([(429, 0)] * 9, 4, id="given up"),
        pytest.param(["user_not_in_channel"], 1, id="refused"),
    ],
)
def test_whoever_has_to_be_told_is_told_as_soon_as_slack_takes_it(spoiled: list[object], calls: int) -> None:
    """A refusal that only the log has looks like a bot that does not answer; and it is no bug of ours."""
    with web_api() as api:
        api.spoil(EPHEMERAL, *spoiled)
        whisper(api.client, "C1", "U1", None, "No agent is alive.")
        assert len(api.of(EPHEMERAL)) == calls
