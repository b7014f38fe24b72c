"""A layout as PNG. Pillow and not matplotlib: 22 MB beside 170, imported in 20 ms instead of 310."""

from io import BytesIO

from PIL import Image, ImageDraw

from bot.drawing.layout import Layout
from bot.drawing.lettering import SCALE, font
from bot.drawing.palette import ALARM, BAND, EDGE, GROUND, MOVE
from bot.drawing.shapes import HALF, stencil
from bot.incidents.moments import Kind

COLOURS = 64
"""Of the picture's palette: flat colours and their smooth edges."""
_DASH = {Kind.MOVE: (6.0, 4.0), Kind.ALARM: (2.0, 3.0)}


def painted(page: Layout) -> bytes:
    """The picture as PNG bytes: the same layout, the same bytes. Takes a tenth of a second and needs nothing else."""
    image = Image.new("RGB", (page.width * SCALE, page.height * SCALE), GROUND)
    _paint(image, page)
    png = BytesIO()
    palette = image.quantize(COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    palette.save(png, "PNG", optimize=True, dpi=(72 * SCALE, 72 * SCALE))
    return png.getvalue()


def _paint(image: Image.Image, page: Layout) -> None:
    pen = ImageDraw.Draw(image)
    for box in page.boxes:
        left, top = round(box.x * SCALE), round(box.y * SCALE)
        right, bottom = round((box.x + box.width) * SCALE), round((box.y + box.height) * SCALE)
        pen.rectangle([left, top, max(left, right - 1), max(top, bottom - 1)], fill=box.colour)
    for line in page.uprights:
        dash, gap = _DASH[line.kind]
        at = line.top
        while at < line.bottom:
            end = min(at + dash, line.bottom)
            x = round(line.x * SCALE)
            colour = MOVE if line.kind is Kind.MOVE else ALARM
            pen.rectangle([x - 1, round(at * SCALE), x + 1, round(end * SCALE) - 1], fill=colour)
            at = end + gap
    for sign in page.signs:
        shape, halo = stencil(sign.mark)
        corner = round((sign.x - HALF) * SCALE), round((sign.y - HALF) * SCALE)
        image.paste(BAND, corner, halo)
        image.paste(sign.colour, corner, shape)
    for text in page.texts:
        left, top, right, bottom = (round(edge * SCALE) for edge in text.box)
        pen.rectangle([left - 2 * SCALE, top, right + 2 * SCALE, bottom], fill=text.on)  # over the lines behind it
        pen.text((text.x * SCALE, text.y * SCALE), text.text, fill=text.colour, font=font(text.size), anchor="lm")
    pen.rectangle([0, 0, image.width - 1, image.height - 1], outline=EDGE, width=SCALE)
