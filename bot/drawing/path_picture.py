"""The picture of what the tables on the way hold."""

from bot.drawing.apart import apart
from bot.drawing.painting import painted
from bot.drawing.path_layout import layout
from bot.model.path import Path


def draw(path: Path) -> bytes:
    """The picture as PNG bytes: the same path, the same bytes.

    Whoever has events to answer meanwhile calls it in another process (``draw_apart``).
    """
    return painted(layout(path))


def draw_apart(path: Path, timeout_s: float = 20.0) -> bytes:
    """The picture, drawn in a process of its own.

    Raises:
        InstrumentError: it took longer, or the process ended without a picture.
    """
    return apart(draw, path, timeout_s)
