"""What happens and when: a function of the seed and the size alone, so that a run can be had again and read before."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from random import Random

SCENES = 16
"""How many recorded machines every segment has; which ones, says deploy.chaos.recordings."""
PER_S = 4.0
"""Questions a second."""
UNIT_S = 25.0
"""So much time holds one share of the faults."""


class Kind(StrEnum):
    """What can happen."""

    ASK = "ask"
    STOP = "stop"
    AGAIN = "again"
    BOT_KILLED = "bot killed"
    BOT_TOLD_TO_END = "bot told to end"
    BOT_PAUSED = "bot paused"
    AGENT_KILLED = "agent killed"
    AGENT_TOLD_TO_END = "agent told to end"
    AGENT_PAUSED = "agent paused"
    SERVER_KILLED = "server killed"
    FAILED_OVER = "server failed over"
    LINK_CUT = "link cut"
    LINK_SLOW = "link slow"
    SOCKETS_CUT = "sockets cut"
    ACKS_LOST = "acks lost"
    DOUBLED = "deliveries doubled"
    LATE = "deliveries late"
    LIMITED = "slack says 429"
    BROKEN = "slack says 503"
    ANSWER_LOST = "slack's answer lost"
    FORGED = "order forged"


@dataclass(frozen=True, slots=True)
class Happening:
    """Something at ``at_s`` of the run: to ``whom`` (a channel, bot, agent or method), for so long, with ``text``."""

    at_s: float
    kind: Kind
    whom: str = ""
    text: str = ""
    for_s: float = 0.0

    def __str__(self) -> str:
        lasting = f" for {self.for_s:.1f} s" if self.for_s else ""
        return f"{self.at_s:7.2f} s  {self.kind:<20} {self.whom:<14} {self.text}{lasting}".rstrip()


@dataclass(frozen=True, slots=True)
class Size:
    """How large the house is and how much is asked in it."""

    requests: int = 500
    channels: int = 20
    agents: int = 20
    bots: int = 2

    @property
    def lasts_s(self) -> float:
        """How long questions are asked."""
        return max(20.0, self.requests / PER_S)


SHORT = Size(requests=40, channels=6, agents=8, bots=2)


@dataclass(frozen=True, slots=True)
class Station:
    """An agent of the house; ``segment`` is its number, None for those that look through the router or into vCenter.

    The link of every third one to the server is flaky.
    """

    name: str
    segment: int | None
    flaky: bool


def stations(size: Size) -> tuple[Station, ...]:
    """Two that ping through the router, two beside the vCenter, and two on each segment."""
    names: list[tuple[str, int | None]] = [(name, None) for name in ("office-1", "office-2", "vcenter-1", "vcenter-2")]
    names += [(f"prod{number // 2}-{number % 2 + 1}", number // 2) for number in range(max(2, size.agents - 4))]
    return tuple(Station(name, segment, number % 3 == 2) for number, (name, segment) in enumerate(names))


def channels(size: Size) -> tuple[str, ...]:
    """The names of the channels that ask."""
    return tuple(f"inc-{number:02d}" for number in range(1, size.channels + 1))


def bots(size: Size) -> tuple[str, ...]:
    """The names of the bots."""
    return tuple(f"bot-{number}" for number in range(1, size.bots + 1))


def plan(seed: int, size: Size) -> tuple[Happening, ...]:
    """Everything that happens, in order of time."""
    chance = Random(f"ruleout chaos {seed}")
    found = [*_questions(chance, size)]
    shares = max(1, round(size.lasts_s / UNIT_S))
    share_s = size.lasts_s / shares
    for number in range(shares):
        found += (
            replace(one, at_s=number * share_s + 1.0 + chance.random() * (share_s - 1.0))
            for one in _faults(chance, size)
        )
    found += _failovers(Random(f"ruleout chaos {seed} failovers"), shares, share_s)
    return tuple(sorted(found, key=lambda one: (one.at_s, one.kind, one.whom, one.text)))


def _failovers(chance: Random, shares: int, share_s: float) -> Iterator[Happening]:
    """One a share, by a chance of its own. ``text``: what becomes of the old primary, and the seconds that are lost."""
    for number in range(shares):
        at_s = number * share_s + 1.0 + chance.random() * (share_s - 1.0)
        old, lost_s = chance.choice(("killed", "demoted")), chance.uniform(0.0, 1.5)
        yield Happening(at_s, Kind.FAILED_OVER, "server", f"{old} {lost_s:.2f}", chance.uniform(0.0, 3.0))


def address(segment: int, scene: int) -> str:
    """The address of a recorded machine of a segment; its last octet is as recorded (see deploy.chaos.recordings)."""
    return f"10.{segment * SCENES + scene}.0.x"


def _questions(chance: Random, size: Size) -> Iterator[Happening]:
    segments = sorted({one.segment for one in stations(size) if one.segment is not None})
    places = channels(size)

    def somebody() -> str:
        return address(chance.choice(segments), chance.randrange(SCENES))

    flood = min(30, size.requests // 5)
    begins_at, flooded = chance.uniform(0.2, 0.8) * size.lasts_s, chance.choice(places)
    for number in range(flood):
        yield Happening(begins_at + number * 0.04, Kind.ASK, flooded, f"/arpcheck {somebody()}")
    for _ in range(size.requests - flood):
        text = _text(chance, somebody())
        yield Happening(chance.uniform(0.0, size.lasts_s), Kind.ASK, chance.choice(places), text)
    for _ in range(max(2, size.requests // 16)):
        yield Happening(chance.uniform(1.0, size.lasts_s), Kind.STOP, chance.choice(places))
        yield Happening(chance.uniform(4.0, size.lasts_s), Kind.AGAIN, chance.choice(places))


def _text(chance: Random, whom: str) -> str:
    """What is typed about this machine."""
    kinds = {
        "check": 66, "deep": 4, "look-up": 14, "watch": 6, "capture": 6, "mistake": 2, "mention": 2
    }  # fmt: skip
    (kind,) = chance.choices(list(kinds), list(kinds.values()))
    return {
        "check": f"/arpcheck {whom}",
        "deep": f"/arpcheck {whom} deep",
        "look-up": f"/vcenter {whom}",
        "watch": f"/watch {whom} for {chance.randint(10, 20)}s",
        "capture": f"/capture {whom} for {chance.randint(3, 6)}s arp",
        "mistake": "/arpcheck 10.0.0.300",
        "mention": f"@ruleout arpcheck {whom}",
    }[kind]


def _faults(chance: Random, size: Size) -> Iterator[Happening]:
    """One share of everything that can fail, without its time."""
    ones, flaky = stations(size), [one.name for one in stations(size) if one.flaky]

    def bot() -> str:
        return chance.choice(bots(size))

    def agent() -> str:
        return chance.choice(ones).name

    for _ in range(2):
        yield Happening(0, Kind.BOT_KILLED, bot(), for_s=chance.uniform(0.0, 2.0))
    yield Happening(0, Kind.BOT_TOLD_TO_END, bot(), for_s=chance.uniform(0.0, 1.0))
    yield Happening(0, Kind.BOT_PAUSED, bot(), for_s=chance.uniform(5.5, 9.0))
    for _ in range(3):
        yield Happening(0, Kind.AGENT_KILLED, agent(), for_s=chance.uniform(0.0, 5.0))
    for _ in range(2):
        yield Happening(0, Kind.AGENT_PAUSED, agent(), for_s=chance.uniform(3.5, 7.0))
    yield Happening(0, Kind.SERVER_KILLED, "server", for_s=chance.uniform(0.0, 2.0))
    for _ in range(2):
        yield Happening(0, Kind.LINK_CUT, chance.choice(flaky), for_s=chance.uniform(0.2, 5.0))
        yield Happening(0, Kind.LINK_SLOW, chance.choice(flaky), for_s=chance.uniform(1.0, 4.0))
        yield Happening(0, Kind.SOCKETS_CUT, chance.choice(("one", "all")))
        yield Happening(0, Kind.ACKS_LOST)
        yield Happening(0, Kind.LATE, for_s=chance.uniform(0.2, 2.5))
    for _ in range(3):
        yield Happening(0, Kind.DOUBLED)
        method = chance.choice(("chat.postMessage", "chat.update", "chat.postEphemeral"))
        yield Happening(0, Kind.LIMITED, method, for_s=chance.choice((1.0, 2.0, 3.0)))
        yield Happening(0, Kind.BROKEN, chance.choice(("chat.postMessage", "chat.update")))
        yield Happening(0, Kind.FORGED, chance.choice(ones).name, chance.choice(("unsigned", "replayed", "expired")))
    yield Happening(0, Kind.ANSWER_LOST, chance.choice(("chat.postMessage", "chat.update")))
    yield Happening(0, Kind.AGENT_TOLD_TO_END, agent(), for_s=chance.uniform(0.0, 1.0))
