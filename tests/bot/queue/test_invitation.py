"""An invitation as a line: whole or refused, and what lies on the server says nothing without it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot import log
from bot.errors import RequestError
from bot.queue import invitation
from bot.queue.invitation import Invitation
from bot.queue.seal import ForgedError

PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
INVITED = Invitation("rediss://queue:6380", datetime(2026, 3, 1, 12, tzinfo=UTC), bytes(range(32)), "pw" * 32, PEM)
SETTINGS = {"RULEOUT_QUEUE_KEYS": f"agent.a={'ab' * 32}", "RULEOUT_AGENT_NAME": "a"}


@pytest.mark.parametrize("invited", [INVITED, replace(INVITED, password=None, ca="")], ids=["users", "open"])
def test_the_line_says_everything(invited: Invitation) -> None:
    """A blank or a line break beside it comes from copying."""
    line = invitation.write(invited)
    assert invitation.read(f"  {line}\n") == invited
    assert len(line.split()) == 1


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("", id="nothing"),
        pytest.param("xoxb-1", id="something else"),
        pytest.param(invitation.write(INVITED)[:-9], id="cut off"),
        pytest.param(invitation.write(INVITED)[9:], id="begun too late"),
        pytest.param("ruleout1.e30", id="no packed text"),
        pytest.param("ruleout1.\u00fc", id="no letters of ours"),
        pytest.param(invitation.write(replace(INVITED, secret=b"short")), id="a short secret"),
        pytest.param(invitation.write(replace(INVITED, ca="x" * 100_000)), id="a line that unpacks to too much"),
    ],
)
def test_what_is_no_whole_invitation_is_refused_in_a_sentence(line: str) -> None:
    """Terminals wrap long lines, and people copy a part."""
    with pytest.raises(RequestError, match="paste the whole line"):
        invitation.read(line)


def test_what_lies_on_the_server_opens_by_its_own_invitation_alone() -> None:
    """Another one's secret, or one changed bit, opens nothing."""
    lying = invitation.close(INVITED, SETTINGS)
    assert invitation.open_(INVITED, lying) == SETTINGS
    changed = lying[:-1] + bytes([lying[-1] ^ 1])
    for invited, data in ((replace(INVITED, secret=bytes(32)), lying), (INVITED, changed), (INVITED, b"")):
        with pytest.raises(ForgedError):
            invitation.open_(invited, data)


def test_what_lies_on_the_server_holds_no_part_of_the_settings_or_the_secret() -> None:
    """Its disk, its backups and everybody who may read its keys see it."""
    lying = invitation.close(INVITED, SETTINGS)
    assert not [part for part in (b"ab" * 4, b"RULEOUT", b"agent", INVITED.secret[:4]) if part in lying]
    assert INVITED.secret.hex()[:8] not in INVITED.id


def test_an_invitation_is_no_text_for_a_log() -> None:
    """Somebody pastes it where it does not belong."""
    assert log.redact(f"use {invitation.write(INVITED)} now") == "use [redacted] now"
    assert "pw" not in repr(INVITED)
