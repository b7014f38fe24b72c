"""The picture of who claimed an address when, at each vantage."""

from bot.drawing.layout import layout
from bot.drawing.painting import painted
from bot.incidents.chart import Chart


def draw(chart: Chart) -> bytes:
    """The picture as PNG bytes: the same chart, the same bytes.

    Whoever has events to answer meanwhile calls it in another process (see ``apart``).
    """
    return painted(layout(chart))
