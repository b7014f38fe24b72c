"""Where everything of a heat map stands: a row for each machine, a column for each place; groups lie together.

A cell is a colour and a word, so that it reads without the colour too.
"""

from collections.abc import Mapping

from bot.drawing.layout import GAP, Box, Layout, Text
from bot.drawing.lettering import fit, width
from bot.drawing.palette import BAND, DIM, EDGE, GROUND, INK, LOSS, OLD, RIGHT, Colour
from bot.incidents import reach_words as words
from bot.model.reach import Reach, Reached, Touch

MOST_PLACES = 5
PAD, TITLE, NAME, SMALL = 16, 19, 15, 13
_ROW, _HEAD, _CELL, _NAMES, _STATE, _EDGE = 30, 26, 128, 230, 130, 3
_COLOURS: Mapping[Touch, Colour] = {Touch.ALL: RIGHT, Touch.SOME: OLD, Touch.NONE: LOSS, Touch.UNKNOWN: BAND}


def layout(reach: Reach) -> Layout:
    """The picture of this matrix."""
    return _Page(reach).page


class _Page:
    """Fills a layout from top to bottom; ``y`` is where the next part begins."""

    def __init__(self, reach: Reach) -> None:
        self._reach, self._places = reach, reach.places[:MOST_PLACES]
        self.page = Layout(2 * PAD + _NAMES + _CELL * max(1, len(self._places)) + _STATE)
        self._y = float(PAD)
        self._title()
        group: str | None = None
        for row in reach.machines:
            if words.where(row) != group:
                group = words.where(row)
                self._group(group)
            self._row(row)
        self.page.height = round(self._y + PAD)

    def _title(self) -> None:
        room = self.page.width - 2 * PAD
        for text, size, colour in (
            (words.headline(self._reach), TITLE, INK),
            (self._reach.claim, SMALL, DIM),
        ):
            self._y += size / 2 + 2
            self.page.texts.append(Text(PAD, self._y, fit(text, size, room), size, colour))
            self._y += size / 2 + GAP
        for number, place in enumerate(self._places):
            at = PAD + _NAMES + number * _CELL
            self.page.texts.append(Text(at, self._y + 8, fit(f"from {place}", SMALL, _CELL - 6), SMALL, DIM))
        self._y += _HEAD

    def _group(self, name: str) -> None:
        self.page.texts.append(
            Text(PAD, self._y + 10, fit(name or "where it runs is not known", SMALL, _NAMES), SMALL, DIM)
        )
        self.page.boxes.append(Box(PAD, self._y + 21, self.page.width - 2 * PAD, 1, EDGE))
        self._y += _HEAD

    def _row(self, row: Reached) -> None:
        middle = self._y + _ROW / 2
        self.page.texts.append(Text(PAD, middle, fit(words.named(row), NAME, _NAMES - GAP), NAME, INK))
        for number, place in enumerate(self._places):
            one = words.at(row, place)
            double = one is not None and len(one.macs) > 1
            touch = one.touch if one else Touch.UNKNOWN
            colour = LOSS if double and touch is Touch.ALL else _COLOURS[touch]
            left = PAD + _NAMES + number * _CELL
            self.page.boxes.append(Box(left, self._y + 1, _CELL - _EDGE, _ROW - 2, colour))
            ink = INK if colour == BAND else GROUND
            said = fit(words.cell(one), SMALL, _CELL - 14)
            at = left + (_CELL - _EDGE - width(said, SMALL)) / 2
            self.page.texts.append(Text(at, middle, said, SMALL, ink, colour))
        state = words.state(row)
        shade = LOSS if row.affected else DIM if row.affected is None else RIGHT
        at = PAD + _NAMES + _CELL * max(1, len(self._places)) + GAP
        self.page.texts.append(Text(at, middle, fit(state, SMALL, _STATE - GAP), SMALL, shade))
        self._y += _ROW
