"""The heat map of many machines."""

from bot.drawing.painting import painted
from bot.drawing.reach_layout import layout
from bot.model.reach import Reach


def draw(reach: Reach) -> bytes:
    """The picture as PNG bytes: the same matrix, the same bytes."""
    return painted(layout(reach))
