"""The heat map: nothing covers a text, everything can be read, and no cell rests on colour alone."""

from datetime import UTC, datetime
from io import BytesIO
from ipaddress import IPv4Address
from itertools import combinations

from hypothesis import given, settings
from hypothesis.strategies import DrawFn, booleans, builds, composite, integers, lists, none, one_of, sampled_from, text
from PIL import Image

from bot.drawing.palette import contrast
from bot.drawing.reach_layout import layout
from bot.drawing.reach_picture import draw
from bot.model.reach import Cell, Reach, Reached, Touch
from tests.bot.drawing.test_timeline import TEXT_CONTRAST, inside, overlap

PLACES = ("office", "prod", "a very long name of a segment")


@composite
def reaches(draw_: DrawFn) -> Reach:
    cells = lists(
        builds(
            Cell,
            sampled_from(PLACES),
            sampled_from(Touch),
            integers(0, 500),
            integers(0, 500),
            lists(text(max_size=17), max_size=12).map(tuple),
        ),
        max_size=4,
    ).map(tuple)
    name = one_of(none(), text(max_size=80))
    row = builds(Reached, text(min_size=1, max_size=80), one_of(none(), builds(IPv4Address, integers(0, 2**32 - 1))),
                 name, name, name, cells, one_of(none(), booleans()), booleans())  # fmt: skip
    rows = tuple(draw_(lists(row, min_size=2, max_size=32)))
    places = tuple(sorted({cell.place for row in rows for cell in row.cells}))
    return Reach(datetime(2026, 3, 1, tzinfo=UTC), places, rows, "Of 3 nobody can say.", (), (), (), ())


@given(reaches())
@settings(max_examples=60)
def test_no_text_lies_on_another_or_leaves_the_picture_and_each_can_be_read(reach: Reach) -> None:
    """Whatever the machines are called."""
    page = layout(reach)
    texts = [one for one in page.texts if one.text]
    assert [one.text for one in texts if not inside(one, page)] == []
    assert [(a.text, b.text) for a, b in combinations(texts, 2) if overlap(a.box, b.box)] == []
    assert min(contrast(one.colour, one.on) for one in texts) >= TEXT_CONTRAST


def test_the_same_matrix_is_the_same_picture() -> None:
    """Byte by byte, so that it can be compared."""
    row = Reached("app01", None, "esx-a1", "cluster-a", None, (Cell("prod", Touch.SOME, 10, 6, ("a", "b")),), True)
    reach = Reach(datetime(2026, 3, 1, tzinfo=UTC), ("prod",), (row, row), "Both.", (), (), (), ())
    assert draw(reach) == draw(reach)
    assert Image.open(BytesIO(draw(reach))).format == "PNG"
