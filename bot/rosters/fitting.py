"""As many lines as fit, so that what is told stays within one message or view, whatever an operator wrote."""

from collections.abc import Iterable


def fitting(lines: Iterable[str], characters: int) -> tuple[tuple[str, ...], int]:
    """The first lines that hold so many characters together, and how many are left."""
    every, size = tuple(lines), 0
    for number, line in enumerate(every):
        size += len(line)
        if size > characters:
            return every[:number], len(every) - number
    return every, 0
