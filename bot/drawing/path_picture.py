"""The picture of what the tables on the way hold."""

from bot.drawing.painting import painted
from bot.drawing.path_layout import layout
from bot.model.path import Path


def draw(path: Path) -> bytes:
    """The picture as PNG bytes: the same path, the same bytes.

    Whoever has events to answer meanwhile calls it in another process (see ``apart``).
    """
    return painted(layout(path))
