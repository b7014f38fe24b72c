"""The picture itself: nothing covers a text, everything can be read, and the same chart is the same picture."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from itertools import combinations, pairwise
from multiprocessing import active_children

import pytest
from hypothesis import given, settings
from hypothesis.strategies import DrawFn, composite, floats, integers, lists, sampled_from, text
from PIL import Image

from bot.drawing.apart import apart
from bot.drawing.layout import Layout, Text, layout
from bot.drawing.lettering import SCALE, fit, width
from bot.drawing.palette import ALARM, BAND, DIM, GROUND, HUES, INK, LOSS, MOVE, contrast
from bot.drawing.shapes import stencil
from bot.drawing.timeline import draw
from bot.errors import InstrumentError
from bot.incidents.chart import Chart, Lane, Line, Mark, Place, chart_of
from bot.incidents.moments import Kind
from bot.incidents.story_windows import Span
from bot.model.finding import Evidence
from tests.bot.incidents import captures
from tests.bot.story import BEGIN

TALES = [pytest.param(told, id=told.__name__) for told in captures.ALL]
MOST_BYTES = 200_000
TEXT_CONTRAST, SHAPE_CONTRAST = 4.5, 3.0  # WCAG 2.2, 1.4.3 and 1.4.11


def of(told: Callable[[], Evidence]) -> Chart:
    evidence = told()
    shown = chart_of(evidence.target, evidence.observations)
    assert shown is not None
    return shown


def overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def inside(one: Text, page: Layout) -> bool:
    left, top, right, bottom = one.box
    return left >= 0 and top >= 0 and right <= page.width and bottom <= page.height


@pytest.mark.parametrize("told", TALES)
def test_no_text_lies_on_another_or_leaves_the_picture(told: Callable[[], Evidence]) -> None:
    """From one MAC to eight at four vantages, with long names, from ten seconds to an hour."""
    page = layout(of(told))
    assert len(page.texts) > 3
    assert [one.text for one in page.texts if not inside(one, page)] == []
    assert [(a.text, b.text) for a, b in combinations(page.texts, 2) if overlap(a.box, b.box)] == []


@pytest.mark.parametrize("told", TALES)
def test_no_mark_lies_on_a_text(told: Callable[[], Evidence]) -> None:
    """A cross over a MAC makes it another MAC."""
    page = layout(of(told))
    marks = [(one.x - 6, one.y - 6, one.x + 6, one.y + 6) for one in page.signs]
    assert [one.text for one in page.texts for mark in marks if overlap(one.box, mark)] == []


@pytest.mark.parametrize("told", TALES)
def test_lanes_lie_below_each_other(told: Callable[[], Evidence]) -> None:
    """Marks of two MACs in one lane would be one MAC."""
    shown = of(told)
    page = layout(shown)
    lanes = [one for place in shown.places for one in place.lanes]
    heights = sorted({one.y for one in page.signs if one.x > 190})  # not those of the legend, in the first column
    labels = [one.y for one in page.texts if one.text in {lane.label for lane in lanes}]
    assert len(set(labels)) == len([one for one in lanes if fit(one.label, 13, 142) == one.label])
    assert all(after - before >= 20 for before, after in pairwise(heights))


@pytest.mark.parametrize("told", TALES)
def test_every_text_can_be_read(told: Callable[[], Evidence]) -> None:
    """Contrast is computed, not judged by eye: the picture has a ground of its own in a chat's both modes."""
    for one in layout(of(told)).texts:
        assert contrast(one.colour, one.on) >= TEXT_CONTRAST, one


NAMES = text(min_size=1, max_size=120)


@composite
def charts(pick: DrawFn) -> Chart:
    """One to four vantages with up to eight MACs each, ten seconds to a day, moves and alarms at any moment."""
    span_s = pick(sampled_from((1, 10, 61, 900, 3600, 86_400)))
    begin = BEGIN + timedelta(seconds=pick(floats(0, 86_400)))
    moment = floats(0, 1).map(lambda share: begin + timedelta(seconds=share * span_s))

    def lane(number: int) -> Lane:
        marks = tuple((at, pick(sampled_from(Mark))) for at in pick(lists(moment, max_size=9)))
        first, last = sorted((pick(moment), pick(moment)))
        return Lane(pick(NAMES), pick(NAMES), pick(sampled_from((number, None))), (Span(first, last),), marks)

    places = tuple(
        Place(
            pick(NAMES), pick(NAMES), (Span(begin, begin + timedelta(seconds=span_s * pick(floats(0, 1)))),),
            tuple(lane(number) for number in range(pick(integers(0, 10)))),
        )
        for _ in range(pick(integers(1, 4)))
    )  # fmt: skip
    lines = tuple(Line(pick(moment), pick(sampled_from(Kind)), pick(NAMES)) for _ in range(pick(integers(0, 6))))
    notes = tuple(pick(lists(NAMES, max_size=4)))
    return Chart("10.0.0.5", begin, begin + timedelta(seconds=span_s), places, lines, notes)


@given(shown=charts())
@settings(max_examples=60, deadline=None)
def test_whatever_was_captured_no_text_lies_on_another(shown: Chart) -> None:
    """Names can be anything, and anything can happen at one moment."""
    page = layout(shown)
    texts = [one for one in page.texts if one.text]
    assert [one.text for one in texts if not inside(one, page)] == []
    assert [(a.text, b.text) for a, b in combinations(texts, 2) if overlap(a.box, b.box)] == []
    assert len(draw(shown)) < MOST_BYTES


def test_every_shape_stands_out_from_the_band_and_the_ground() -> None:
    """A mark that one cannot see is a loss that nobody sees."""
    for colour in (*HUES, LOSS, MOVE, ALARM, DIM, INK):
        assert min(contrast(colour, BAND), contrast(colour, GROUND)) >= SHAPE_CONTRAST, colour


def test_the_ground_is_opaque_whatever_the_mode_of_the_chat() -> None:
    """Light text on a transparent ground would vanish in light mode."""
    with Image.open(BytesIO(draw(of(captures.healthy)))) as picture:
        assert picture.convert("RGBA").getchannel("A").getextrema() == (255, 255)


def test_shapes_tell_the_marks_apart_without_colour() -> None:
    """Printed in grey, and for who sees no colour: no two marks have one shape."""
    shapes = [stencil(mark)[0].tobytes() for mark in Mark]
    assert len(set(shapes)) == len(shapes)


@pytest.mark.parametrize("told", TALES)
def test_the_picture_is_small_sharp_and_always_the_same(told: Callable[[], Evidence]) -> None:
    """It is sent with every capture, and two pictures of one chart must not differ."""
    shown = of(told)
    png = draw(shown)
    assert png == draw(shown)
    assert len(png) < MOST_BYTES
    with Image.open(BytesIO(png)) as picture:
        page = layout(shown)
        assert picture.format == "PNG"
        assert picture.size == (page.width * SCALE, page.height * SCALE)


def test_a_process_of_its_own_draws_the_same() -> None:
    """The bot answers others meanwhile."""
    shown = of(captures.origin)
    assert apart(draw, shown) == draw(shown)


def test_a_picture_that_takes_too_long_is_given_up() -> None:
    """The verdict must not wait for it."""
    with pytest.raises(InstrumentError, match="not drawn within 0 s"):
        apart(draw, of(captures.healthy), timeout_s=0)


def test_a_chart_that_cannot_be_drawn_says_so_and_leaves_nothing_running(capfd: pytest.CaptureFixture[str]) -> None:
    """A fault of ours costs the picture and nothing else."""
    upside_down = replace(of(captures.healthy), begins_at=BEGIN, ends_at=BEGIN)
    with pytest.raises(InstrumentError, match="could not be drawn"):
        apart(draw, upside_down)
    assert "ZeroDivisionError" in capfd.readouterr().err
    assert active_children() == []


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        pytest.param("app05", "app05", id="short"),
        pytest.param("a" * 500, None, id="long"),
        pytest.param("zwei\nZeilen\x1b[31m", "zwei Zeilen [31m", id="controls"),
        pytest.param("", "", id="empty"),
    ],
)
def test_a_name_fits_its_place_whatever_somebody_typed(name: str, shown: str | None) -> None:
    """A VM's name can be anything."""
    fitted = fit(name, 13, 150)
    assert width(fitted, 13) <= 150
    assert fitted == shown if shown is not None else fitted.endswith("…")
