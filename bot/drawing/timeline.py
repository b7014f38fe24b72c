"""The picture of who claimed an address when, at each vantage."""

from bot.drawing.apart import apart
from bot.drawing.layout import layout
from bot.drawing.painting import painted
from bot.incidents.chart import Chart


def draw(chart: Chart) -> bytes:
    """The picture as PNG bytes: the same chart, the same bytes.

    Whoever has events to answer meanwhile calls it in another process (``draw_apart``).
    """
    return painted(layout(chart))


def draw_apart(chart: Chart, timeout_s: float = 20.0) -> bytes:
    """The picture, drawn in a process of its own.

    Raises:
        InstrumentError: it took longer, or the process ended without a picture.
    """
    return apart(draw, chart, timeout_s)
