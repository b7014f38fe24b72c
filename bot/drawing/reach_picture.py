"""The heat map of many machines."""

from bot.drawing.apart import apart
from bot.drawing.painting import painted
from bot.drawing.reach_layout import layout
from bot.model.reach import Reach


def draw(reach: Reach) -> bytes:
    """The picture as PNG bytes: the same matrix, the same bytes."""
    return painted(layout(reach))


def draw_apart(reach: Reach, timeout_s: float = 20.0) -> bytes:
    """The picture, drawn in a process of its own.

    Raises:
        InstrumentError: it took longer, or the process ended without a picture.
    """
    return apart(draw, reach, timeout_s)
