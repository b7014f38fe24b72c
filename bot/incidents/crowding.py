"""How many questions may be open at once, in one channel and in all: who comes later is told, and nobody waits unheard.

A channel has its share, so that a flood in one leaves the others theirs. A question is open until its people have seen
its end, the card and its thread: what waits for Slack's pace alone, about a message a second, fills a channel too.
"""

from dataclasses import dataclass

from bot.errors import RequestError


@dataclass(frozen=True, slots=True)
class Bounds:
    """The most questions that are open at once: of one channel, and of all channels together, whichever bot has them.

    Two that are asked in the same moment are both counted against what was open before.
    """

    channel: int = 20
    everywhere: int = 200


USUAL = Bounds()


def admit(bounds: Bounds, here: int, everywhere: int) -> None:
    """Let one more question in beside ``here`` open ones of its channel and ``everywhere`` in all.

    Raises:
        RequestError: there is no room; the text says what to do.
    """
    if here >= bounds.channel:
        raise RequestError(
            f"ruleout is busy with {here} questions of this channel, as many as one channel may have open; ask again "
            "when one of them has its last card and its details, or press *Stop* on one."
        )
    if everywhere >= bounds.everywhere:
        raise RequestError(
            f"ruleout is busy with {everywhere} questions of all channels, as many as it carries at once; nothing was "
            "asked, so ask again in a minute."
        )
