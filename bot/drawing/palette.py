"""The colours of a picture, on a background of its own: readable in a chat's dark and light modes, and colour-blind.

Okabe and Ito's colours keep apart for every kind of colour blindness; on this background each has a contrast of at
least 3 (graphics) and each text one of at least 4.5 (WCAG 2.2, 1.4.3 and 1.4.11). Source: jfly.uni-koeln.de/color.
"""

Colour = tuple[int, int, int]


def _rgb(text: str) -> Colour:
    red, green, blue = bytes.fromhex(text)
    return red, green, blue


GROUND, BAND, RULE, EDGE = _rgb("16191d"), _rgb("23282f"), _rgb("343b45"), _rgb("4b5563")
INK, DIM = _rgb("f1f3f5"), _rgb("b4bcc6")
LOSS = _rgb("ff7043")
"""Vermilion, a little lighter than Okabe and Ito's so that it stands out from the band; for loss and what is wrong."""
RIGHT, OLD = _rgb("2fbf8f"), _rgb("f0e442")
"""Bluish green, a little lighter so that words in it can be read on the band, and yellow: what agrees, what is old."""
MOVE, ALARM = _rgb("f1f3f5"), LOSS
HUES = tuple(map(_rgb, ("e69f00", "56b4e9", "cc79a7", "f0e442", "009e73", "f1f3f5", "3d8fc4", "9aa4b0")))
"""One for each MAC that is shown."""


def contrast(one: Colour, other: Colour) -> float:
    """The contrast ratio of two colours, from 1 to 21 (WCAG 2.2)."""
    darker, lighter = sorted(map(_luminance, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Colour) -> float:
    red, green, blue = (_linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
