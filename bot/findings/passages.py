"""The same packet in one frame after the other: who carries the target's packets, and how often a router had them.

Not a finding: what several of them read from pings and other packets.
"""

from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Address

from bot.findings.reading import in_domain, stands_on_segment
from bot.model.addresses import Mac
from bot.model.finding import Evidence
from bot.model.observation import EchoAnswer, EchoAsked, PacketSeen

# What systems send packets with. A packet with another TTL has passed a router: Linux and macOS 64, Windows 128,
# network devices 255 (RFC 1700 recommends 64).
FIRST_TTLS = frozenset({64, 128, 255})
SAME_PACKET_WITHIN = timedelta(seconds=0.05)


@dataclass(frozen=True, slots=True)
class Passage:
    """One frame with a packet of the target. ``packet`` is the same for the same packet, whoever carries it."""

    packet: Hashable
    source: IPv4Address
    destination: IPv4Address
    carrier: Mac
    ttl: int
    seen: EchoAsked | EchoAnswer | PacketSeen

    @property
    def routed(self) -> bool:
        """Whether a router had it before."""
        return self.ttl not in FIRST_TTLS


def passages(evidence: Evidence) -> tuple[Passage, ...]:
    """Every frame with a packet from or to the target in the network looked at, by time."""
    return evidence.once(_read_passages)


def _read_passages(evidence: Evidence) -> tuple[Passage, ...]:
    return tuple(
        one
        for one in passages_anywhere(evidence)
        if in_domain(evidence, one.seen) and stands_on_segment(one.seen.vantage, evidence.target)
    )


def passages_anywhere(evidence: Evidence) -> tuple[Passage, ...]:
    """Every frame with a packet from or to the target, in whatever network and at whatever vantage, by time."""
    return evidence.once(_read_passages_anywhere)


def _read_passages_anywhere(evidence: Evidence) -> tuple[Passage, ...]:
    found: list[Passage] = []
    for asked in evidence.of(EchoAsked):
        packet = ("asked", asked.asker, asked.ip, asked.ident, asked.seq)
        found.append(Passage(packet, asked.asker, asked.ip, asked.transmitter, asked.ttl, asked))
    for told in evidence.of(EchoAnswer):
        packet = ("told", told.ip, told.told, told.ident, told.seq)
        found.append(Passage(packet, told.ip, told.told, told.mac, told.ttl, told))
    for one in evidence.of(PacketSeen):
        found.append(Passage(one.fingerprint, one.source, one.destination, one.transmitter, one.ttl, one))
    mine = [one for one in found if evidence.target in (one.source, one.destination)]
    return tuple(sorted(mine, key=lambda one: (one.seen.seen_at, one.seen.locator)))


def carried_on(evidence: Evidence) -> tuple[tuple[Passage, Passage], ...]:
    """Each packet that appears once more with another carrier: the first frame, and the other one."""
    return evidence.once(_read_carried_on)


def _read_carried_on(evidence: Evidence) -> tuple[tuple[Passage, Passage], ...]:
    copies: defaultdict[Hashable, list[Passage]] = defaultdict(list)
    for one in passages(evidence):
        copies[one.seen.artifact, one.packet].append(one)
    pairs = []
    for every in copies.values():
        first = every[0]
        for other in every[1:]:
            if other.carrier != first.carrier and other.seen.seen_at - first.seen.seen_at <= SAME_PACKET_WITHIN:
                pairs.append((first, other))
                break
            if other.seen.seen_at - first.seen.seen_at > SAME_PACKET_WITHIN:
                first = other
    return tuple(pairs)
