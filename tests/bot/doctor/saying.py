"""What checks said, in the form in which tests compare it."""

from collections.abc import Iterable

from bot.doctor.line import Line, Standing


def wrongs(lines: Iterable[Line]) -> list[str]:
    """The sentences about what is wrong; each has a cure."""
    found = [line for line in lines if line.standing is Standing.WRONG]
    assert all(line.do for line in found)
    return [line.says for line in found]


def standings(lines: Iterable[Line]) -> set[Standing]:
    """The standings that there are."""
    return {line.standing for line in lines}
