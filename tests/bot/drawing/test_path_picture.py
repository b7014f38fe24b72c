"""The picture of a path: nothing covers a text, everything can be read, and nothing rests on colour alone."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis.strategies import DrawFn, booleans, composite, floats, integers, lists, none, one_of, sampled_from, text
from PIL import Image

from bot.drawing.apart import apart
from bot.drawing.layout import Layout
from bot.drawing.lettering import SCALE
from bot.drawing.palette import BAND, GROUND, HUES, contrast
from bot.drawing.path_layout import MOST_HOPS, layout
from bot.drawing.path_picture import draw
from bot.drawing.shapes import stencil
from bot.incidents.path_words import WORDS
from bot.model.addresses import Mac
from bot.model.path import Hop, Mark, Path, Place
from tests.bot import paths
from tests.bot.drawing.test_timeline import MOST_BYTES, SHAPE_CONTRAST, TEXT_CONTRAST, inside, overlap

TALES = [pytest.param(told, id=told.__name__) for told in paths.ALL]
PHONE = 375  # points of a small phone's width
SMALLEST = 9.5  # points of a letter's size that can be read there


def check(page: Layout) -> None:
    """No text leaves the picture or lies on another; no mark lies on a text."""
    texts = [one for one in page.texts if one.text]
    assert [one.text for one in texts if not inside(one, page)] == []
    assert [(a.text, b.text) for a, b in combinations(texts, 2) if overlap(a.box, b.box)] == []
    marks = [(one.x - 8, one.y - 8, one.x + 8, one.y + 8) for one in page.signs]
    assert [one.text for one in texts for mark in marks if overlap(one.box, mark)] == []


@pytest.mark.parametrize("told", TALES)
def test_no_text_lies_on_another_or_leaves_the_picture(told: Callable[[], Path]) -> None:
    """From no hop to two hundred, with names of any length."""
    check(layout(told()))


NAMES = text(max_size=80)
MACS = sampled_from([Mac(f"00:50:56:00:00:{n:02x}") for n in range(40)])


@composite
def ways(pick: DrawFn) -> Path:
    """Any hops: of every place and mark, with and without MAC, port and age."""
    hops = tuple(
        Hop(
            device=pick(NAMES), role=pick(NAMES), place=pick(sampled_from(Place)), mac=pick(one_of(none(), MACS)),
            at=pick(one_of(none(), NAMES)), age_s=pick(one_of(none(), floats(0, 1e9))), pinned=pick(booleans()),
            mark=pick(sampled_from(Mark)), says="", source="SNMP",
        )
        for _ in range(pick(integers(0, 20)))
    )  # fmt: skip
    return paths.path(
        *hops, expected=tuple(pick(lists(MACS, max_size=6, unique=True))), because=pick(text(max_size=400))
    )


@given(told=ways())
@settings(max_examples=60, deadline=None)
def test_whatever_the_tables_hold_no_text_lies_on_another(told: Path) -> None:
    """Names can be anything, and so can be what differs."""
    check(layout(told))
    assert len(draw(told)) < MOST_BYTES


@pytest.mark.parametrize("told", TALES)
def test_every_text_can_be_read_also_on_a_phone(told: Callable[[], Path]) -> None:
    """Contrast and size are computed, not judged by eye."""
    page = layout(told())
    for one in page.texts:
        assert contrast(one.colour, one.on) >= TEXT_CONTRAST, one
        assert one.size * PHONE / page.width >= SMALLEST, one


@pytest.mark.parametrize("told", TALES)
def test_every_hop_has_its_mark_as_shape_and_word(told: Callable[[], Path]) -> None:
    """Printed in grey, what differs is still plain."""
    page, hops = layout(told()), told().hops
    assert len(page.signs) == min(MOST_HOPS, len(hops))
    for sign in page.signs:
        assert contrast(sign.colour, BAND) >= SHAPE_CONTRAST
        word = "cannot tell" if sign.mark is Mark.UNKNOWN else WORDS[Mark(sign.mark)]
        assert [one.text for one in page.texts if one.y == sign.y and one.x > sign.x] == [word]


def test_shapes_tell_the_marks_apart_without_colour() -> None:
    """No two marks have one shape."""
    shapes = [stencil(mark)[0].tobytes() for mark in Mark]
    assert len(set(shapes)) == len(Mark)
    assert all(any(shape) for shape in shapes)


def test_two_macs_have_two_hues_and_two_letters() -> None:
    """And a letter can be read on its hue."""
    page = layout(paths.two_live())
    hues = {one.text: one.on for one in page.texts if one.text in ("A", "B")}
    assert len(set(hues.values())) == 2
    assert all(contrast(GROUND, hue) >= TEXT_CONTRAST for hue in HUES)


def test_what_is_wrong_of_an_entry_has_the_colour_of_its_mark() -> None:
    """The MAC where the MAC is another, the port where the port is."""
    page = layout(paths.stale())
    colour = {one.text: one.colour for one in page.texts}
    assert colour[paths.FORMER] == colour["OLD"]
    assert colour["Gi1/0/7"] == colour["WRONG"]
    assert colour["Vlan10"] not in (colour["OLD"], colour["WRONG"])


def test_what_is_folded_is_counted_where_it_was() -> None:
    """Twelve hops are shown; the note stands between those that were its neighbours."""
    page = layout(paths.thirty())
    at = {one.text: one.y for one in page.texts}
    assert at["dc1-row1-acc-14"] < at["10 more, right"] < at["dc1-row2-acc-25"]


@pytest.mark.parametrize("told", TALES)
def test_the_picture_is_small_opaque_and_always_the_same(told: Callable[[], Path]) -> None:
    """It is sent with every card, in a chat of any mode."""
    png = draw(told())
    assert png == draw(told())
    assert len(png) < MOST_BYTES
    with Image.open(BytesIO(png)) as picture:
        page = layout(told())
        assert picture.size == (page.width * SCALE, page.height * SCALE)
        assert picture.convert("RGBA").getchannel("A").getextrema() == (255, 255)


def test_a_process_of_its_own_draws_the_same() -> None:
    """The bot answers others meanwhile."""
    assert apart(draw, paths.stale()) == draw(paths.stale())


def test_a_name_from_a_wide_script_keeps_its_box() -> None:
    """What the font does not have is a box of its own width."""
    check(layout(paths.path(replace(paths.CORE, device="路由器" * 30, role="核心"))))


def test_what_is_ours_is_never_cut() -> None:
    """Only names of strangers may end in an ellipsis; an age that is cut is no age."""
    page = layout(paths.moved())
    assert "answered before" in [one.text for one in page.texts]
    assert not [one.text for one in page.texts if one.text.endswith("…")]
