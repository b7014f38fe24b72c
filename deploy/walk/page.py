"""The shell blocks of a page, with the step that each stands in and the words around it. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_PART = re.compile(
    r"^(?P<fence>```)(?P<kind>\w*)\n(?P<body>.*?)^```$|^#+ (?P<heading>[^\n]+)$", re.DOTALL | re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Block:
    """A shell block: the ``number``-th below its heading, from 1, and the text until the next block or heading."""

    step: str
    number: int
    text: str
    after: str

    @property
    def id(self) -> str:
        """How tables name it: ``5.2`` is the second one of step 5, ``Monitoring.1`` the first one there."""
        numbered = re.match(r"\d+(?=\. )", self.step)
        return f"{numbered[0] if numbered else self.step}.{self.number}"


def blocks(page: str) -> Iterator[Block]:
    """Every fenced block of the page, in its order; one with a language (```` ```python ````) is no shell block."""
    step, count, parts = "", 0, list(_PART.finditer(page))
    for index, part in enumerate(parts):
        if part["heading"]:
            step, count = part["heading"], 0
        elif not part["kind"]:
            count += 1
            end = parts[index + 1].start() if index + 1 < len(parts) else len(page)
            yield Block(step, count, part["body"], page[part.end() : end])


def commands(text: str) -> Iterator[str]:
    """The lines of a block as they are typed, one after the other."""
    yield from text.rstrip("\n").split("\n")
