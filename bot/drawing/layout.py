"""Where everything of a picture stands, in points; nothing is drawn here.

From top to bottom: the title, the labels of moves and alarms, each vantage with its lanes, the time, the legend, the
notes. Texts stand in rows and columns of their own, so that none lies on another.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.drawing.lettering import fit, width
from bot.drawing.palette import ALARM, BAND, DIM, EDGE, GROUND, HUES, INK, LOSS, MOVE, RULE, Colour
from bot.incidents.chart import Chart, Lane, Line, Mark, Place
from bot.incidents.moments import Kind
from bot.model.path import Mark as PathMark

WIDTH, PAD = 920, 16
LABELS, TOTALS = 170, 104  # the columns left and right of the lanes
LEFT, RIGHT = PAD + LABELS, WIDTH - PAD - TOTALS
INNER = 8  # marks at the first and last moment stand whole inside the lane
TITLE, NAME, LABEL, SMALL = 17, 14, 13, 12
LANE, HEAD, ROW, GAP = 26, 28, 20, 10
LABEL_WIDTH = 300  # at the right edge, where a label stands left of its line
# What is rarer, and what matters more, lies on top.
_ORDER = (Mark.BACK, Mark.ANSWERED, Mark.ASKED, Mark.ANNOUNCED, Mark.NOTICED, Mark.MISSED, Mark.LOST)
_STEPS_S = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 86400)


@dataclass(frozen=True, slots=True)
class Box:
    """A filled rectangle."""

    x: float
    y: float
    width: float
    height: float
    colour: Colour


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text: ``x`` is where it begins, ``y`` the middle of its height."""

    x: float
    y: float
    text: str
    size: int
    colour: Colour
    on: Colour = GROUND

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom; the height is that of a line, whatever the letters."""
        half = self.size * 0.6
        return self.x, self.y - half, self.x + width(self.text, self.size), self.y + half


@dataclass(frozen=True, slots=True)
class Sign:
    """The shape of a mark around its middle."""

    x: float
    y: float
    mark: Mark | PathMark
    colour: Colour


@dataclass(frozen=True, slots=True)
class Upright:
    """A vertical line; dashed for a move, dotted for an alarm."""

    x: float
    top: float
    bottom: float
    kind: Kind


@dataclass(slots=True)
class Layout:
    """What is drawn, each list over the one before: boxes, uprights, signs, texts."""

    width: int = WIDTH
    height: int = 0
    boxes: list[Box] = field(default_factory=list)
    uprights: list[Upright] = field(default_factory=list)
    signs: list[Sign] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)


def layout(chart: Chart) -> Layout:
    """The picture of this chart."""
    return _Page(chart).page


class _Page:
    """Fills a layout from top to bottom; ``y`` is where the next part begins."""

    def __init__(self, chart: Chart) -> None:
        self._chart, self.page, self._y = chart, Layout(), float(PAD)
        self._rules: list[tuple[float, float]] = []  # top and height of each vantage's lanes
        self._title()
        rows = self._moments()
        for place in chart.places:
            self._place(place)
        self._time()
        for line, x, y in rows:
            self.page.uprights.append(Upright(x, y, self._y, line.kind))
        self._y += ROW + 6
        self._legend()
        self._notes()
        self.page.height = round(self._y + PAD - 4)

    def _x(self, at: datetime) -> float:
        chart = self._chart
        share = (at - chart.begins_at) / (chart.ends_at - chart.begins_at)
        return LEFT + INNER + min(max(share, 0.0), 1.0) * (RIGHT - LEFT - 2 * INNER)

    def _title(self) -> None:
        begin, end = self._chart.begins_at, self._chart.ends_at
        day = f"{begin:%Y-%m-%d}" if begin.date() == end.date() else f"{begin:%Y-%m-%d} to {end:%Y-%m-%d}"
        when = f"{day}, UTC"
        at = WIDTH - PAD - width(when, SMALL)
        self._y += TITLE / 2
        title = fit(f"Who claims {self._chart.target}", TITLE, at - 2 * PAD)
        self.page.texts += [
            Text(PAD, self._y, title, TITLE, INK),
            Text(at, self._y, when, SMALL, DIM),
        ]
        self._y += TITLE / 2 + GAP

    def _moments(self) -> list[tuple[Line, float, float]]:
        """The labels, each in the first row that has room; the lines, with where they begin."""
        ends: list[float] = []
        found = []
        for line in self._chart.lines:
            x = self._x(line.at)
            room = max(LABEL_WIDTH, WIDTH - PAD - x - 6)
            label = fit(f"{line.at:%H:%M:%S} {line.label}", SMALL, room)
            wide = width(label, SMALL)
            begin = min(x + 6, WIDTH - PAD - wide)
            row = next((row for row, end in enumerate(ends) if begin >= end + GAP), len(ends))
            ends[row : row + 1] = [begin + wide]
            y = self._y + row * ROW + ROW / 2
            self.page.texts.append(Text(begin, y, label, SMALL, MOVE if line.kind is Kind.MOVE else ALARM))
            found.append((line, x, y + ROW / 2 if begin < x else y - ROW / 2 + 2))
        self._y += len(ends) * ROW + (6 if ends else 0)
        return found

    def _place(self, place: Place) -> None:
        middle = self._y + HEAD / 2
        name = fit(place.name, NAME, 360)
        after = PAD + width(name, NAME) + GAP
        self.page.texts += [
            Text(PAD, middle, name, NAME, INK),
            Text(after, middle, fit(place.says, SMALL, RIGHT - after), SMALL, DIM),
        ]
        self._y += HEAD
        tall = max(1, len(place.lanes)) * LANE
        self._rules.append((self._y, tall))
        for window in place.windows:
            begin, end = self._x(window.begin) - INNER, self._x(window.end) + INNER
            self.page.boxes.append(Box(begin, self._y, end - begin, tall, BAND))
        for lane in place.lanes:
            self._lane(lane)
        if not place.lanes:
            self.page.texts.append(Text(PAD + 18, self._y + LANE / 2, "nobody claims it", LABEL, DIM))
            self._y += LANE
        self._y += GAP

    def _lane(self, lane: Lane) -> None:
        middle, page = self._y + LANE / 2, self.page
        colour = HUES[lane.hue % len(HUES)] if lane.hue is not None else DIM
        if lane.hue is not None:
            page.boxes.append(Box(PAD, middle - 5, 10, 10, colour))
        page.texts += [
            Text(PAD + 18, middle, fit(lane.label, LABEL, LABELS - 18 - GAP), LABEL, INK),
            Text(RIGHT + GAP, middle, fit(lane.total, SMALL, TOTALS - GAP), SMALL, DIM),
        ]
        for span in lane.spans:
            begin, end = self._x(span.begin), self._x(span.end)
            page.boxes.append(Box(begin - 1, middle - 1.25, end - begin + 2, 2.5, colour))
        page.signs += [
            Sign(self._x(at), middle, mark, _shade(mark, colour))
            for at, mark in sorted(lane.marks, key=lambda one: _ORDER.index(one[1]))
        ]
        page.boxes.append(Box(LEFT, self._y + LANE - 0.5, RIGHT - LEFT, 0.5, RULE))
        self._y += LANE

    def _time(self) -> None:
        """The axis below the lanes, and a rule through them at each time that it names."""
        for at, label in self._ticks():
            x, wide = self._x(at), width(label, SMALL)
            self.page.boxes += [Box(x - 0.25, top, 0.5, tall, RULE) for top, tall in (*self._rules, (self._y, 5))]
            begin = min(max(x - wide / 2, PAD), WIDTH - PAD - wide)
            self.page.texts.append(Text(begin, self._y + 4 + ROW / 2, label, SMALL, DIM))
        self.page.boxes.append(Box(LEFT, self._y, RIGHT - LEFT, 1, EDGE))

    def _ticks(self) -> Iterator[tuple[datetime, str]]:
        begin, end = self._chart.begins_at, self._chart.ends_at
        span_s = (end - begin).total_seconds()
        room = (RIGHT - LEFT) / (width("00:00:00.0", SMALL) + 2 * GAP)
        step_s = next((step for step in _STEPS_S if span_s / step <= room), span_s)
        midnight = begin.replace(hour=0, minute=0, second=0, microsecond=0)
        step = timedelta(seconds=step_s)
        at = midnight + -(-(begin - midnight) // step) * step
        while at <= end:
            yield at, f"{at:%H:%M:%S}" + (f".{at.microsecond // 100_000}" if step_s < 1 else "")
            at += step

    def _legend(self) -> None:
        used = {mark for place in self._chart.places for lane in place.lanes for _, mark in lane.marks}
        rows = [(mark, 22 + width(mark, SMALL)) for mark in Mark if mark in used]
        x = float(PAD)
        for number, (mark, wide) in enumerate(rows):
            if number and x + wide > WIDTH - PAD:
                x, self._y = float(PAD), self._y + ROW
            self.page.signs.append(Sign(x + 8, self._y + ROW / 2, mark, _shade(mark, INK)))
            self.page.texts.append(Text(x + 22, self._y + ROW / 2, str(mark), SMALL, DIM))
            x += wide + 2 * GAP
        self._y += ROW if rows else 0

    def _notes(self) -> None:
        for note in _packed(self._chart.notes, WIDTH - 2 * PAD):
            self.page.texts.append(Text(PAD, self._y + ROW / 2, note, SMALL, DIM))
            self._y += ROW


def _shade(mark: Mark, colour: Colour) -> Colour:
    if mark in (Mark.LOST, Mark.MISSED):
        return LOSS
    return DIM if mark is Mark.BACK else colour


def _packed(notes: Sequence[str], most: float) -> Iterator[str]:
    """As many notes on a line as fit."""
    line = ""
    for note in notes:
        longer = f"{line}; {note}" if line else note
        if line and width(longer, SMALL) > most:
            yield line
            longer = note
        line = fit(longer, SMALL, most)
    if line:
        yield line
