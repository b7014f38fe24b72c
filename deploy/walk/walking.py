"""The walk itself: each block typed line by line, and what the page promises after it looked for."""

import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from deploy.demo import stage
from deploy.demo.slack import StandIn
from deploy.demo.slack.render_text import render_text
from deploy.walk.changes import NOT_WALKED, pasted, typed
from deploy.walk.page import Block, commands
from deploy.walk.promises import PROMISES, Promise
from deploy.walk.prose import rotation
from deploy.walk.shell import Shell

CHANNEL, ASKER = "general", "ana"
_SEEN_WITHIN_S, _CONNECTS_WITHIN_S = 20.0, 10.0
_JOURNAL = "journalctl -u 'ruleout-*' -u redis-server -n 40 -o short --no-pager"
_EPHEMERAL = ("/agents", "/invite")


@dataclass(frozen=True, slots=True)
class Step:
    """A walked block: how long its commands took, what of the promised was seen, and what went wrong."""

    block: str
    took_s: float
    seen: tuple[str, ...]
    trouble: tuple[str, ...]


def walked(page: Sequence[Block]) -> list[Block]:
    """The blocks that are walked: those of the page without ``NOT_WALKED``, and the rotation after the upgrade."""
    ways = [block for block in page if block.id not in NOT_WALKED]
    last = next(index for index, block in enumerate(ways) if block.step.startswith("Upgrades"))
    return [*ways[: last + 1], *rotation(page), *ways[last + 1 :]]


@dataclass(frozen=True, slots=True)
class Walker:
    """Walks in one shell; ``app05`` is the MAC that 10.0.0.5 has, ``echo`` is told all that is typed and said."""

    shell: Shell
    slack: StandIn
    app05: str
    echo: Callable[[str], object]

    def steps(self, blocks: Sequence[Block]) -> Iterator[Step]:
        """Each block in turn."""
        for block in blocks:
            began, trouble, seen = time.monotonic(), list[str](), list[str]()
            said = self._type(block, trouble)
            took_s = time.monotonic() - began
            for promise in (one for one in PROMISES if one.block == block.id):
                one = replace(promise, wants=tuple(want.replace("{app05}", self.app05) for want in promise.wants))
                lacking = self._ask(one) if one.asks else one.missing(said)
                (trouble if lacking else seen).append(f"{one.asks or one.words}: {lacking}" if lacking else one.words)
            if trouble:
                self.echo(f"[what the units said]\n{self.shell.type(_JOURNAL)[1]}\n")
            yield Step(block.id, took_s, tuple(seen), tuple(trouble))

    def _type(self, block: Block, trouble: list[str]) -> str:
        said = ""
        for line in commands(typed(block.id, block.text)):
            self.echo(f"$ {line}\n")
            status, words = self.shell.type(line, self._pasted(line))
            self.echo(words)
            said += words
            if status:
                trouble.append(f"status {status} of: {line}")
        return said

    def _pasted(self, line: str) -> str | None:
        what = pasted(line)
        tokens = {"the bot's token": self.slack.bot_token, "the app's token": self.slack.app_token}
        return None if what is None else tokens.get(what) or secrets.token_hex(8)

    def _ask(self, promise: Promise) -> str | None:
        """As a person who sees nothing yet asks again: readers need a moment after they were started."""
        until = time.monotonic() + _SEEN_WITHIN_S
        while True:
            lacking = promise.missing(self._answer(str(promise.asks)))
            if lacking is None or time.monotonic() > until:
                return lacking
            time.sleep(1.0)

    def _answer(self, text: str) -> str:
        try:
            self.slack.wait_for(lambda _: self.slack.slack.sockets.connections or None, _CONNECTS_WITHIN_S)
            if text.startswith(_EPHEMERAL):
                shown = self.slack.type(ASKER, CHANNEL, text)["messages"]
                said = "\n".join(render_text(one) for one in shown)
            else:
                said = str(stage.ask(self.slack, CHANNEL, text, user=ASKER)["rendered"])
        except (RuntimeError, TimeoutError) as error:
            said = str(error)
        self.echo(f"[{ASKER} types {text}]\n{said}\n")
        return said
