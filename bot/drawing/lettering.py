"""How wide a text is, and what of it fits: measured with the font that it is drawn in."""

from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

SCALE = 2
"""Pixels for each of the picture's points: sharp on screens of twice the density."""

_FONT = Path(__file__).with_name("DejaVuSans.ttf")  # Latin, Greek and Cyrillic names; its licence lies beside it


@lru_cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """The font for texts of this size in points."""
    return ImageFont.truetype(str(_FONT), size * SCALE, layout_engine=ImageFont.Layout.BASIC)


def width(text: str, size: int) -> float:
    """How wide the text is in points."""
    return font(size).getlength(text) / SCALE


def fit(text: str, size: int, most: float) -> str:
    """The text on one line, cut with an ellipsis where it is wider than ``most`` points."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    if width(line, size) <= most:
        return line
    low, high = 0, len(line)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if width(f"{line[:middle].rstrip()}…", size) <= most else (low, middle - 1)
    return f"{line[:low].rstrip()}…"
