"""Who looks, as the bot hears it: agents by segment, readers that are configured, their versions, clocks and keys."""

import threading
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from bot.doctor.line import Line, ok, unknown, wrong
from bot.doctor.queues import Way
from bot.model.job import Agent
from bot.ports import Clock
from bot.queue import checkup, keys
from bot.queue.bot_side import RedisQueue
from bot.queue.knocking import knock
from bot.queue.letters import SKEW_WORTH_SAYING_S

KNOCK_S = 4.0
_SECOND_LOOK_S = keys.LEASE_S + 0.5
"""The lease of a process that was restarted a moment ago is over by then."""


def agents(
    way: Way, masters: Sequence[bytes], clock: Clock, version: str, vcenters: Sequence[str], networks: Sequence[str]
) -> Iterator[Line]:
    """Everybody that is heard now, and who should be and is not; then whether they hold our keys."""
    queue = RedisQueue(way.url, masters, clock.new_id("bot"), clock, ca_file=way.ca_file)
    try:
        found = queue.agents()
    finally:
        queue.close()
    yield from _standing(found)
    served = {name for agent in found for name in agent.queues}
    for kind, names in (("vcenter", vcenters), ("network", networks)):
        for name in names:
            if f"{kind}.{name}" not in served:
                says = f"nobody is heard who serves {kind}.{name}, which is configured"
                yield wrong(says, f"Start `ruleout {kind}` there, or take {name} out of RULEOUT_{kind.upper()}S.")
    for agent in found:
        yield from _well(agent, version)
    yield from _keys(way, masters, clock, found, sorted(served))


def doubles(way: Way) -> Iterator[Line]:
    """Whether two processes stand under one name: each has a lease of its own, and one announcement for both."""
    before = checkup.lives(way.url, ca_file=way.ca_file)
    threading.Event().wait(_SECOND_LOOK_S)
    stayed = before & checkup.lives(way.url, ca_file=way.ca_file)
    count = Counter(life.rpartition(":")[0] for life in stayed)
    for name in sorted(name for name, lives in count.items() if lives > 1):
        yield wrong(
            f"{count[name]} processes stand under the name {name}, and only one of them shows",
            "Stop all but one, or give each a name of its own (RULEOUT_AGENT_NAME) and invite it by that name.",
        )
    if count and max(count.values()) == 1:
        yield ok(f"each of {len(count)} names that are heard is one process's")


def _standing(found: Sequence[Agent]) -> Iterator[Line]:
    if not found:
        yield wrong("no agent is heard, so nobody can look", "Start one (README, step 5), or look on its machine.")
        return
    segments: dict[str, list[str]] = defaultdict(list)
    for agent in found:
        for name in agent.queues:
            if name.startswith("segment."):
                segments[name.removeprefix("segment.")].append(agent.name)
    for segment, names in sorted(segments.items()):
        yield ok(f"segment {segment} is looked at by {', '.join(sorted(names))}")
    for agent in found:
        if not any(name.startswith("segment.") for name in agent.queues):
            yield ok(f"{agent.name} is heard")


def _well(agent: Agent, version: str) -> Iterator[Line]:
    if agent.version != version:
        says = f"{agent.name} runs version {agent.version}, and here is {version}"
        yield wrong(says, "Upgrade agents first, the bot last (README, Upgrades).")
    if agent.ahead_ms is None:
        yield unknown(f"{agent.name} does not tell how far its clock is off", "Upgrade it, or look on its machine.")
    elif abs(agent.ahead_ms) >= SKEW_WORTH_SAYING_S * 1000:
        way = "ahead of" if agent.ahead_ms > 0 else "behind"
        says = f"the clock of {agent.name} is {abs(agent.ahead_ms) / 1000:.0f} s {way} the queue server's"
        yield wrong(says, "Set up NTP there (timedatectl).")
    else:
        yield ok(f"the clock of {agent.name} agrees with the queue server's ({agent.ahead_ms} ms ahead)")


def _keys(
    way: Way, masters: Sequence[bytes], clock: Clock, found: Sequence[Agent], queues: Sequence[str]
) -> Iterator[Line]:
    """An agent that is heard and opens no seal of ours looks alive, and refuses every job."""
    if not queues:
        return
    answers = knock(way.url, masters, queues, clock, KNOCK_S, way.ca_file)
    if fine := [name for name, agent in answers.items() if agent is not None]:
        yield ok(f"a sealed order was opened and answered under seal on {', '.join(fine)}")
    for name in (name for name, agent in answers.items() if agent is None):
        serving = [agent for agent in found if name in agent.queues]
        shown = ", ".join(agent.name for agent in serving)
        if any(agent.running for agent in serving):
            yield unknown(f"{shown} did not answer a sealed order on {name} within {KNOCK_S:g} s, and is at work", None)
            continue
        yield wrong(
            f"{shown} is heard and did not answer a sealed order on {name} within {KNOCK_S:g} s: its keys come from "
            "another master key",
            "Invite it anew (`ruleout keys invite`) and restart it; what it refused lies in the stream `dead`.",
        )
