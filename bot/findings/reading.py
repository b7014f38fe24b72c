"""What several findings read from the same packets: the one network looked at, who claims the target, who listened.

Nothing here is a finding. Everything is a function of the evidence alone and blind to the order of observations.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from ipaddress import IPv4Address

from bot.model.addresses import BROADCAST, Mac, can_own
from bot.model.finding import Evidence, Finding, Standing, Witness
from bot.model.job import Vantage
from bot.model.observation import (
    ArpAnnounced,
    ArpAnswer,
    ArpAsked,
    EchoAnswer,
    EchoAsked,
    Listened,
    Observation,
)

WITNESSES_SHOWN = 12

Domain = tuple[str, tuple[int, ...], str]
"""One layer-2 network as far as we can tell: segment, VLAN tags, tunnel. Two of them never share a claim."""

Asker = tuple[Mac, IPv4Address | None]
"""Who asked, and so who is told: the MAC and the sender address (None for an RFC 5227 probe)."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One frame in which ``mac`` says that it has the target. ``told`` is None for a claim made to everybody."""

    mac: Mac
    seen: Observation
    told: Asker | None


@dataclass(frozen=True, slots=True)
class Window:
    """One artifact's time of listening at one vantage.

    ``complete`` is None where the instrument cannot tell whether it lost frames. ``controls`` are the other addresses
    that were asked for in the same window; ``heard`` are the frames in which one of them answered.
    """

    artifact: str
    vantage: Vantage
    listened: Listened | None
    controls: tuple[IPv4Address, ...]
    heard: tuple[Observation, ...]

    @property
    def complete(self) -> bool | None:
        """Whether nothing was lost while listening, or in reading what was recorded."""
        if self.listened is None:
            return None
        if self.listened.dropped or self.listened.unread:
            return False
        return None if self.listened.dropped is None else True

    def listened_after(self, asked: Observation) -> float:
        """How long this window stayed open after ``asked``, in seconds; 0 when nobody says."""
        return (self.listened.seen_at - asked.seen_at).total_seconds() if self.listened else 0.0


def domain_of(seen: ArpAsked | ArpAnswer | ArpAnnounced) -> Domain:
    """The network in which this was heard."""
    return seen.vantage.segment, seen.vlans, seen.tunnel or ""


def finding(
    id_: str, standing: Standing, statement: str, seen: Iterable[Observation] = (), *, measured: bool = True
) -> Finding:
    """The finding with the observations as its witnesses, each place once, at most a dozen."""
    witnesses = dict.fromkeys(Witness(one.artifact, one.locator, one.vantage.agent) for one in seen)
    return Finding(id_, standing, statement, tuple(witnesses)[:WITNESSES_SHOWN], measured)


def listing(words: Iterable[str]) -> str:
    """The words as a reader lists them: ``a, b and c``."""
    *most, last = list(words) or ["nobody"]
    return f"{', '.join(most)} and {last}" if most else last


def number(count: int) -> str:
    """The count as a word where that reads better."""
    return {2: "two", 3: "three", 4: "four"}.get(count, str(count))


def macs_text(macs: Iterable[Mac]) -> str:
    """The MACs in order, each in backticks, as a reader lists them."""
    return listing(f"`{mac}`" for mac in sorted(macs))


def about_target(evidence: Evidence) -> Evidence:
    """The evidence without packets that say nothing about the target or a control: a busy capture holds thousands."""
    asked = {
        *(one.wanted for one in evidence.observations if isinstance(one, ArpAsked) and one.ours),
        *(one.ip for one in evidence.observations if isinstance(one, EchoAsked) and one.ours),
        *(one.vantage.gateway for one in evidence.observations),
        evidence.target,
    }

    def matters(one: Observation) -> bool:
        match one:
            case ArpAsked():
                return one.wanted in asked or one.asker == evidence.target
            case ArpAnswer() | ArpAnnounced() | EchoAsked() | EchoAnswer():
                return one.ip in asked
            case _:
                return True

    kept = [one for one in evidence.observations if matters(one)]
    kept.sort(key=lambda one: (one.seen_at, one.artifact, one.locator))
    return replace(evidence, observations=tuple(kept))


def stands_on_segment(vantage: Vantage, target: IPv4Address) -> bool:
    """Whether the vantage shares a segment with the target; a vantage without a known prefix is taken at its word."""
    return vantage.prefix is None or target in vantage.prefix


def _own_macs(evidence: Evidence) -> frozenset[Mac]:
    return frozenset(one.vantage.mac for one in evidence.observations if one.vantage.mac is not None)


def _all_claims(evidence: Evidence) -> tuple[tuple[Domain, Claim], ...]:
    return evidence.once(_read_all_claims)


def _read_all_claims(evidence: Evidence) -> tuple[tuple[Domain, Claim], ...]:
    target, ours = evidence.target, _own_macs(evidence)
    found: list[tuple[Domain, Claim]] = [
        (domain_of(answer), Claim(answer.mac, answer, (answer.told_mac, answer.told_ip)))
        for answer in evidence.of(ArpAnswer)
        if answer.ip == target
    ]
    found += [(domain_of(told), Claim(told.mac, told, None)) for told in evidence.of(ArpAnnounced) if told.ip == target]
    # A request names its sender too, and every listener merges it (RFC 826). A probe names nobody.
    found += [
        (domain_of(asked), Claim(asked.asker_mac, asked, None))
        for asked in evidence.of(ArpAsked)
        if asked.asker == target and not asked.ours
    ]
    return tuple(
        (where, claim)
        for where, claim in found
        if claim.mac not in ours and stands_on_segment(claim.seen.vantage, target)
    )


def asked_for_target(evidence: Evidence) -> list[ArpAsked]:
    """Every who-has for the target that was heard or sent on a segment the target can be on, by time."""
    return evidence.once(_read_asked_for_target)


def _read_asked_for_target(evidence: Evidence) -> list[ArpAsked]:
    return [
        asked
        for asked in evidence.of(ArpAsked)
        if asked.wanted == evidence.target and stands_on_segment(asked.vantage, evidence.target)
    ]


def domain(evidence: Evidence) -> Domain | None:
    """The one network that every ARP finding looks at, so that facts of two networks are never joined.

    It is a network in which we asked, rather than one that was only overheard; among several the most disputed.
    None when nobody asked for the target and nobody claimed it.
    """
    return evidence.once(_read_domain)


def _read_domain(evidence: Evidence) -> Domain | None:
    claimed: dict[Domain, list[Mac]] = defaultdict(list)
    for where, claim in _all_claims(evidence):
        claimed[where].append(claim.mac)
    asked = {domain_of(one) for one in asked_for_target(evidence) if one.ours}
    overheard = {domain_of(one) for one in asked_for_target(evidence)}
    known = sorted(asked | overheard | set(claimed))
    return max(
        known,
        key=lambda one: (one in asked, len({mac for mac in claimed[one] if can_own(mac)}), len(claimed[one])),
        default=None,
    )


def claims(evidence: Evidence) -> list[Claim]:
    """Every claim of the target in the network looked at, by time, group addresses and our own frames left out."""
    return evidence.once(_read_claims)


def _read_claims(evidence: Evidence) -> list[Claim]:
    where = domain(evidence)
    found = [claim for one, claim in _all_claims(evidence) if one == where and can_own(claim.mac)]
    return sorted(found, key=lambda claim: (claim.seen.seen_at, claim.seen.locator, claim.mac))


def elsewhere(evidence: Evidence) -> list[tuple[Domain, Claim]]:
    """The claims of the same address in other networks."""
    where = domain(evidence)
    return [(one, claim) for one, claim in _all_claims(evidence) if one != where]


def group_claims(evidence: Evidence) -> list[Claim]:
    """Claims of the target with a group MAC, which no station owns: load-balancing clusters make them."""
    where = domain(evidence)
    return [claim for one, claim in _all_claims(evidence) if one == where and not can_own(claim.mac)]


def claimants(evidence: Evidence) -> tuple[Mac, ...]:
    """The MACs that claim the target in the network looked at, in order."""
    return tuple(sorted({claim.mac for claim in claims(evidence)}))


def answers(evidence: Evidence) -> list[tuple[Claim, ArpAnswer]]:
    """The claims that are answers, by time."""
    return [(claim, claim.seen) for claim in claims(evidence) if isinstance(claim.seen, ArpAnswer)]


def requests(evidence: Evidence) -> list[ArpAsked]:
    """Every who-has for the target in the network looked at, by time; those of the target itself left out."""
    where = domain(evidence)
    return [
        asked for asked in asked_for_target(evidence) if domain_of(asked) == where and asked.asker != evidence.target
    ]


def own_broadcasts(evidence: Evidence, window: Window) -> list[ArpAsked]:
    """The broadcast requests for the target that this window's vantage sent itself."""
    return [
        asked
        for asked in requests(evidence)
        if asked.ours and asked.artifact == window.artifact and asked.sent_to == BROADCAST
    ]


def windows(evidence: Evidence) -> list[Window]:
    """Every window in which packets were listened to, by artifact."""
    return evidence.once(_read_windows)


def _read_windows(evidence: Evidence) -> list[Window]:
    listened: dict[str, Listened] = {}
    asked: dict[str, set[IPv4Address]] = defaultdict(set)
    vantages: dict[str, Vantage] = {}
    for one in sorted(evidence.observations, key=lambda one: (one.seen_at, one.locator)):
        match one:
            case Listened():
                listened[one.artifact] = one
            case ArpAsked(ours=True, wanted=address) | EchoAsked(ours=True, ip=address):
                asked[one.artifact].add(address)
            case ArpAsked() | ArpAnswer() | EchoAsked() | EchoAnswer():
                pass
            case _:
                continue
        vantages[one.artifact] = one.vantage
    heard: dict[str, list[Observation]] = defaultdict(list)
    replies: list[ArpAnswer | EchoAnswer] = [*evidence.of(ArpAnswer), *evidence.of(EchoAnswer)]
    for answer in replies:
        if answer.ip != evidence.target and answer.ip in asked[answer.artifact]:
            heard[answer.artifact].append(answer)
    return [
        Window(
            artifact,
            vantages[artifact],
            listened.get(artifact),
            tuple(sorted(asked[artifact] - {evidence.target})),
            tuple(heard[artifact]),
        )
        for artifact in sorted(vantages)
    ]
