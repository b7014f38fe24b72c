"""How many questions may be open at once."""

import pytest

from bot.errors import RequestError
from bot.incidents.crowding import Bounds, admit

BOUNDS = Bounds(channel=3, everywhere=5)


@pytest.mark.parametrize(
    ("here", "everywhere"),
    [
        pytest.param(0, 0, id="the first of all"),
        pytest.param(2, 4, id="the last for which there is room"),
    ],
)
def test_whoever_comes_while_there_is_room_is_let_in(here: int, everywhere: int) -> None:
    """The bound itself is allowed."""
    admit(BOUNDS, here, everywhere)


@pytest.mark.parametrize(
    ("here", "everywhere", "said"),
    [
        pytest.param(3, 3, "busy with 3 questions of this channel", id="the channel has its share"),
        pytest.param(7, 7, "busy with 7 questions of this channel", id="two came in the same moment"),
        pytest.param(0, 5, "busy with 5 questions of all channels", id="the house is full"),
    ],
)
def test_whoever_comes_later_is_told_to_ask_again(here: int, everywhere: int, said: str) -> None:
    """One sentence that says why, and what to do."""
    with pytest.raises(RequestError, match=said) as refusal:
        admit(BOUNDS, here, everywhere)
    assert "ask again" in str(refusal.value)
