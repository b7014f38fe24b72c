"""The shapes of marks, smooth at any place: each is drawn large once, made small, and used as a stencil."""

from functools import lru_cache

from PIL import Image, ImageDraw, ImageFilter

from bot.drawing.lettering import SCALE
from bot.incidents.chart import Mark

HALF = 8
"""Half the side of a stencil in points."""
_FINE = 8


@lru_cache
def stencil(mark: Mark) -> tuple[Image.Image, Image.Image]:
    """The shape of the mark and, a point larger, its halo, by which it stands out from another one below it.

    White on black, ``2 * HALF`` points wide and high.
    """
    side = 2 * HALF * SCALE
    large = Image.new("L", (side * _FINE, side * _FINE), 0)
    _shape(ImageDraw.Draw(large), mark, side * _FINE / 2, SCALE * _FINE)
    shape = large.resize((side, side), Image.Resampling.BOX)
    return shape, shape.filter(ImageFilter.MaxFilter(2 * SCALE + 1))


def _shape(draw: ImageDraw.ImageDraw, mark: Mark, middle: float, point: int) -> None:
    def at(x: float, y: float) -> tuple[float, float]:
        return middle + x * point, middle + y * point

    match mark:
        case Mark.ANSWERED:
            draw.ellipse([at(-4, -4), at(4, 4)], fill=255)
        case Mark.ANNOUNCED:
            draw.polygon([at(0, -6), at(5.5, 4.5), at(-5.5, 4.5)], fill=255)
        case Mark.ASKED:
            draw.polygon([at(0, -5.5), at(5.5, 0), at(0, 5.5), at(-5.5, 0)], fill=255)
        case Mark.NOTICED:
            draw.rectangle([at(-5, -5), at(5, 5)], outline=255, width=round(1.8 * point))
        case Mark.BACK:
            draw.rectangle([at(-0.6, -4), at(0.6, 4)], fill=255)
        case Mark.LOST:
            for slope in (1, -1):
                draw.line([at(-4.5, -4.5 * slope), at(4.5, 4.5 * slope)], fill=255, width=round(2.4 * point))
        case Mark.MISSED:
            draw.polygon([at(0, 6), at(5.5, -4.5), at(-5.5, -4.5)], fill=255)
            draw.polygon([at(0, 2.4), at(2.6, -2.7), at(-2.6, -2.7)], fill=0)
