"""Frames about the target as each vantage saw them, so that one can be found again at another vantage.

Not a finding: what several of them read.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.findings.passages import passages_anywhere
from bot.model.addresses import BROADCAST
from bot.model.finding import Evidence
from bot.model.observation import ArpAnnounced, ArpAnswer, ArpAsked, EchoAsked, Observation

COPY_WITHIN = timedelta(seconds=0.02)
"""A mirror port shows a frame coming and going, and teaming sends it twice: one sight, at every vantage alike."""

Party = Hashable
"""An address or, where there is none (an RFC 5227 probe, a frame to everybody), a MAC."""


@dataclass(frozen=True, slots=True)
class Way:
    """From whom to whom frames go; ``receiver`` None: to everybody. ARP and packets are kept apart."""

    kind: str
    sender: Party
    receiver: Party | None


@dataclass(frozen=True, slots=True)
class Sight:
    """One frame at one vantage. ``content`` is the same for the same frame wherever it is seen.

    ``towards`` says whether it is meant for the target, or comes from it. ``ttl`` is None for ARP.
    """

    content: Hashable
    way: Way
    towards: bool
    ttl: int | None
    seen: Observation

    @property
    def at(self) -> datetime:
        """When, by the clock of its vantage."""
        return self.seen.seen_at


def sights(evidence: Evidence) -> dict[str, tuple[Sight, ...]]:
    """By artifact, every frame from or to the target, by time; copies of one frame once.

    Frames inside a tunnel are left out: the vantages beside it see others.
    """
    return evidence.once(_read_sights)


def _read_sights(evidence: Evidence) -> dict[str, tuple[Sight, ...]]:
    every: defaultdict[str, list[Sight]] = defaultdict(list)
    for one in (*_arp(evidence), *_packets(evidence)):
        every[one.seen.artifact].append(one)
    return {artifact: tuple(_each_once(found)) for artifact, found in every.items()}


def _each_once(found: list[Sight]) -> Iterator[Sight]:
    last: dict[Hashable, datetime] = {}
    for one in sorted(found, key=lambda one: (one.at, one.seen.locator)):
        if one.content in last and one.at - last[one.content] <= COPY_WITHIN:
            continue
        last[one.content] = one.at
        yield one


def _arp(evidence: Evidence) -> Iterator[Sight]:
    target = evidence.target
    for asked in evidence.of(ArpAsked):
        if asked.tunnel or asked.returned or target not in (asked.wanted, asked.asker):
            continue
        content: Hashable = ("who-has", asked.wanted, asked.asker, asked.asker_mac, asked.sent_to)
        sender: Party = asked.asker_mac if asked.sent_to == BROADCAST else asked.asker or asked.asker_mac
        way = Way("arp", sender, None if asked.sent_to == BROADCAST else asked.wanted)
        yield Sight(content, way, asked.wanted == target, None, asked)
    for answer in evidence.of(ArpAnswer):
        if not answer.tunnel and answer.ip == target:
            content = ("is-at", answer.ip, answer.mac, answer.told_ip, answer.told_mac)
            yield Sight(content, Way("arp", target, answer.told_ip or answer.told_mac), False, None, answer)
    for told in evidence.of(ArpAnnounced):
        if not told.tunnel and told.ip == target:
            yield Sight(("announces", told.ip, told.mac), Way("arp", told.mac, None), False, None, told)


def _packets(evidence: Evidence) -> Iterator[Sight]:
    for one in passages_anywhere(evidence):
        way = Way("packets", one.source, one.destination)
        yield Sight(one.packet, way, one.destination == evidence.target, one.ttl, one.seen)


def ours(one: Sight) -> bool:
    """Whether the vantage sent the frame itself."""
    return isinstance(one.seen, ArpAsked | EchoAsked) and one.seen.ours
