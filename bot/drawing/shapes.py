"""The shapes of marks, smooth at any place: each is drawn large once, made small, and used as a stencil."""

from collections.abc import Callable
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFilter

from bot.drawing.lettering import SCALE
from bot.incidents.chart import Mark
from bot.model.path import Mark as PathMark

HALF = 8
"""Half the side of a stencil in points."""
_FINE = 8


@lru_cache
def stencil(mark: Mark | PathMark) -> tuple[Image.Image, Image.Image]:
    """The shape of the mark and, a point larger, its halo, by which it stands out from another one below it.

    White on black, ``2 * HALF`` points wide and high.
    """
    side = 2 * HALF * SCALE
    large = Image.new("L", (side * _FINE, side * _FINE), 0)
    _shape(ImageDraw.Draw(large), mark, side * _FINE / 2, SCALE * _FINE)
    shape = large.resize((side, side), Image.Resampling.BOX)
    return shape, shape.filter(ImageFilter.MaxFilter(2 * SCALE + 1))


def _shape(draw: ImageDraw.ImageDraw, mark: Mark | PathMark, middle: float, point: int) -> None:
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
        case _:
            _path_shape(draw, mark, at, point)


def _path_shape(
    draw: ImageDraw.ImageDraw, mark: PathMark, at: Callable[[float, float], tuple[float, float]], point: int
) -> None:
    match mark:
        case PathMark.RIGHT:
            draw.line([at(-5.5, 0.5), at(-1.8, 4.5), at(5.5, -4.5)], fill=255, width=round(2.4 * point), joint="curve")
        case PathMark.WRONG:
            draw.ellipse([at(-7, -7), at(7, 7)], fill=255)
            for slope in (1, -1):
                draw.line([at(-3, -3 * slope), at(3, 3 * slope)], fill=0, width=round(2.2 * point))
        case PathMark.OLD:  # a clock
            draw.ellipse([at(-7, -7), at(7, 7)], outline=255, width=round(2 * point))
            draw.line([at(0, -4.5), at(0, 0.7), at(3.6, 0.7)], fill=255, width=round(1.8 * point))
        case PathMark.MISSING:  # an empty place
            draw.rectangle([at(-6.5, -6.5), at(6.5, 6.5)], outline=255, width=round(1.8 * point))
            draw.rectangle([at(-2.5, -6.5), at(2.5, 6.5)], fill=0)
            draw.rectangle([at(-6.5, -2.5), at(6.5, 2.5)], fill=0)
        case PathMark.UNKNOWN:
            draw.arc([at(-3.5, -6.5), at(3.5, 0.5)], 180, 90, fill=255, width=round(2 * point))
            draw.rectangle([at(-1, -0.6), at(1, 2.2)], fill=255)
            draw.ellipse([at(-1.4, 4), at(1.4, 6.8)], fill=255)
