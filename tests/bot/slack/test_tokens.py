"""What a button carries."""

import pytest

from bot.slack import tokens

KEY = b"k" * 32


def test_a_value_gives_its_incident_back() -> None:
    """Only for the action that it was made for."""
    value = tokens.sign(KEY, "capture", "inc-k3v9")
    assert tokens.read(KEY, "capture", value) == "inc-k3v9"
    assert len(value) < 100


@pytest.mark.parametrize(
    ("action", "value"),
    [
        pytest.param("check_again", tokens.sign(KEY, "capture", "inc-k3v9"), id="another action"),
        pytest.param("capture", tokens.sign(b"x", "capture", "inc-k3v9"), id="another key"),
        pytest.param("capture", tokens.sign(KEY, "capture", "inc-k3v9").replace("k3", "k4"), id="another incident"),
        pytest.param("capture", "", id="empty"),
        pytest.param("capture", "inc.ä", id="not ASCII"),
    ],
)
def test_any_other_value_is_refused(action: str, value: str) -> None:
    """A forged value must not start a capture."""
    assert tokens.read(KEY, action, value) is None
