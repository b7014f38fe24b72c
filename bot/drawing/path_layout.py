"""Where everything of a path's picture stands, in points: hops as boxes below each other, from the core to the guest.

It is narrow, for it is read on a phone. Each box has two rows: who keeps the word and its mark, and what it holds. A
text has a column of its own and is cut to it, so that none lies on another. A mark is a shape, a word and a colour.
"""

from collections.abc import Iterator, Mapping

from bot.drawing.layout import GAP, Box, Layout, Sign, Text
from bot.drawing.lettering import fit, width
from bot.drawing.palette import BAND, DIM, EDGE, GROUND, HUES, INK, LOSS, OLD, RIGHT, Colour
from bot.incidents.path_lines import kind
from bot.incidents.path_words import WORDS, Folded, age, compared, differs, folded, letters, nothing, port, tally, whole
from bot.model.addresses import Mac
from bot.model.path import Hop, Mark, Path, Place

MOST_HOPS = 12
WIDTH, PAD = 480, 16
TITLE, NAME, VALUE, SMALL = 19, 16, 15, 13
_BOX, _JOINT, _FOLD = 58, 10, 30
_INSIDE, _RIGHT = PAD + 18, WIDTH - PAD - 14  # where texts begin and end inside a box
_SWATCH, _MAC, _PORT, _AGE = 18, 28, 196, 120  # a swatch's side; the columns of a box's second row, the last from right
_RAIL = PAD + 27  # the line that joins the boxes runs through the middle of the swatches
_COLOURS: Mapping[Mark, Colour] = {
    Mark.RIGHT: RIGHT,
    Mark.WRONG: LOSS,
    Mark.OLD: OLD,
    Mark.MISSING: INK,
    Mark.UNKNOWN: DIM,
}
_HUES = (HUES[1], HUES[0], *HUES[2:])
"""Blue is what is expected; orange beside vermilion would not stand out."""
_LINES = 3


def layout(path: Path) -> Layout:
    """The picture of this path."""
    return _Page(path).page


class _Page:
    """Fills a layout from top to bottom; ``y`` is where the next part begins."""

    def __init__(self, path: Path) -> None:
        self._path, self.page, self._y = path, Layout(WIDTH), float(PAD)
        self._letters = letters(path)
        self._hues: dict[Mac, Colour] = {mac: _HUES[n % len(_HUES)] for n, mac in enumerate(self._letters)}
        self._title()
        shown = folded(path, MOST_HOPS)
        for number, one in enumerate(shown):
            if isinstance(one, Folded):
                self._fold(one, first=number == 0, last=number == len(shown) - 1)
            else:
                self._hop(one)
                if number < len(shown) - 1 and not isinstance(shown[number + 1], Folded):
                    self._joint(_JOINT)
        self._foot()
        self.page.height = round(self._y + PAD - 4)

    def _title(self) -> None:
        way = "core to guest"
        at = WIDTH - PAD - width(way, SMALL)
        self._y += TITLE / 2
        title = fit(f"ARP tables · {self._path.target}", TITLE, at - PAD - GAP)
        self.page.texts += [Text(PAD, self._y, title, TITLE, INK), Text(at, self._y, way, SMALL, DIM)]
        self._y += TITLE / 2 + GAP + 8
        colour = RIGHT if whole(self._path) else LOSS if compared(self._path) else DIM
        self.page.texts.append(Text(PAD, self._y, fit(tally(self._path), NAME, WIDTH - 2 * PAD), NAME, colour))
        self._y += 8 + GAP

    def _hop(self, hop: Hop) -> None:
        page, colour, top = self.page, _COLOURS[hop.mark], self._y
        amiss = differs(hop)
        edge = 2 if amiss else 1
        page.boxes += [
            Box(PAD, top, WIDTH - 2 * PAD, _BOX, colour if amiss else EDGE),
            Box(PAD + edge, top + edge, WIDTH - 2 * PAD - 2 * edge, _BOX - 2 * edge, BAND),
            Box(PAD, top, 6, _BOX, colour),
        ]
        first, second = top + 18, top + 41
        word = WORDS[hop.mark] if hop.mark is not Mark.UNKNOWN else "cannot tell"
        at = _RIGHT - width(word, VALUE)
        page.texts.append(Text(at, first, word, VALUE, colour, BAND))
        page.signs.append(Sign(at - 14, first, hop.mark, colour))
        room = at - 14 - 12 - _INSIDE
        device = fit(hop.device, NAME, room if width(hop.device, NAME) < 60 else max(room * 0.62, 60))
        after = _INSIDE + width(device, NAME) + GAP
        page.texts += [
            Text(_INSIDE, first, device, NAME, INK, BAND),
            Text(after, first, fit(kind(hop), SMALL, _INSIDE + room - after), SMALL, DIM, BAND),
        ]
        self._holds(hop, second, colour if amiss else INK)
        self._y += _BOX

    def _holds(self, hop: Hop, middle: float, colour: Colour) -> None:
        """What the hop holds; what is wrong of it, the MAC or the port, has the mark's colour."""
        page, old = (
            self.page,
            {"now": "answers now", "before": "answered before"}[age(hop)]
            if hop.place is Place.WIRE and hop.mac
            else age(hop),
        )
        place_differs = hop.mac in self._path.expected
        if hop.mac is None:
            page.texts.append(Text(_INSIDE, middle, nothing(hop), VALUE, colour, BAND))
        else:
            self._swatch(hop.mac, _INSIDE, middle, BAND)
            shade = INK if place_differs else colour
            page.texts.append(Text(_INSIDE + _MAC, middle, hop.mac, VALUE, shade, BAND))
        told = fit(old, SMALL, _AGE)
        at = _RIGHT - width(told, SMALL)
        page.texts.append(Text(at, middle, told, SMALL, INK if hop.pinned else DIM, BAND))
        begin = _INSIDE + _PORT
        name = fit(port(hop), VALUE, at - GAP - begin)
        page.texts.append(Text(begin, middle, name, VALUE, colour if place_differs else INK, BAND))

    def _swatch(self, mac: Mac, x: float, middle: float, ground: Colour) -> float:
        """The MAC's letter on its colour; where it ends."""
        letter, hue = self._letters[mac], self._hues[mac]
        wide = max(_SWATCH, width(letter, SMALL) + 8)
        self.page.boxes.append(Box(x, middle - _SWATCH / 2, wide, _SWATCH, hue))
        self.page.texts.append(Text(x + (wide - width(letter, SMALL)) / 2, middle, letter, SMALL, GROUND, hue))
        return x + wide

    def _joint(self, tall: float) -> None:
        self.page.boxes.append(Box(_RAIL - 1, self._y, 2, tall, EDGE))
        self._y += tall

    def _fold(self, gap: Folded, *, first: bool, last: bool) -> None:
        """What is left out, beside a dotted line."""
        middle = self._y + _FOLD / 2
        for at in range(3 if first else 0, _FOLD - (3 if last else 0), 6):
            self.page.boxes.append(Box(_RAIL - 1, self._y + at, 2, 3, DIM))
        self.page.texts.append(Text(_RAIL + 19, middle, fit(str(gap), SMALL, _RIGHT - _RAIL - 19), SMALL, DIM))
        self._y += _FOLD

    def _foot(self) -> None:
        """Which MACs are expected, and how that is known."""
        self._y += GAP
        if self._path.expected:
            x, middle = float(PAD), self._y + 10
            for mac in self._path.expected[:4]:
                x = self._swatch(mac, x, middle, GROUND) + 6
            more = len(self._path.expected) - 4
            said = f"expected, and {more} more" if more > 0 else "expected"
            self.page.texts.append(Text(x + 2, middle, said, SMALL, INK))
            self._y += 24
        for line in _wrapped(self._path.because.replace("`", ""), WIDTH - 2 * PAD):
            self.page.texts.append(Text(PAD, self._y + 9, line, SMALL, DIM))
            self._y += 18


def _wrapped(text: str, most: float) -> Iterator[str]:
    """The text in a few lines, the last of them cut."""
    words, lines = text.split(), 1
    line = ""
    for number, word in enumerate(words):
        longer = f"{line} {word}".strip()
        if line and width(longer, SMALL) > most:
            if lines == _LINES:
                yield fit(f"{line} {' '.join(words[number:])}", SMALL, most)
                return
            yield fit(line, SMALL, most)
            longer, lines = word, lines + 1
        line = longer
    if line:
        yield fit(line, SMALL, most)
