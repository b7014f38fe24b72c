"""What several findings read from the same packets: the one network looked at, who asked for the target, who claims it.

Nothing here is a finding. Everything is a function of the evidence alone and blind to the order of observations.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from ipaddress import IPv4Address

from bot.model.addresses import BROADCAST, Mac, can_own
from bot.model.finding import Evidence
from bot.model.job import Vantage
from bot.model.observation import (
    ArpAnnounced,
    ArpAnswer,
    ArpAsked,
    EchoAnswer,
    EchoAsked,
    HelloHeard,
    NicFound,
    Observation,
    PacketSeen,
)

FREQUENT, FLIPPED = 5, 2
"""From how many claims on a MAC stands firm, and by how many bits a damaged copy of it may differ."""

Domain = tuple[str, tuple[int, ...], str]
"""One layer-2 network as far as we can tell: segment, VLAN tags, tunnel. Two of them never share a claim."""

Asker = tuple[Mac, IPv4Address | None]
"""Who asked, and so who is told: the MAC and the sender address (None for an RFC 5227 probe)."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One frame in which ``mac`` says that it has the target.

    ``told`` is None for a claim made to everybody, as far as the capture tells; ``to_all``: it is certain that it was.
    """

    mac: Mac
    seen: Observation
    told: Asker | None
    to_all: bool = False


def domain_of(seen: ArpAsked | ArpAnswer | ArpAnnounced) -> Domain:
    """The network in which this was heard."""
    return seen.vantage.segment, seen.vlans, seen.tunnel or ""


def stands_on_segment(vantage: Vantage, target: IPv4Address) -> bool:
    """Whether the vantage shares a segment with the target; a vantage without a known prefix is taken at its word."""
    return vantage.prefix is None or target in vantage.prefix


def own_macs(evidence: Evidence) -> frozenset[Mac]:
    """The MACs of our own agents."""
    return frozenset(one.vantage.mac for one in evidence.observations if one.vantage.mac is not None)


def _all_claims(evidence: Evidence) -> tuple[tuple[Domain, Claim], ...]:
    return evidence.once(_read_all_claims)


def _read_all_claims(evidence: Evidence) -> tuple[tuple[Domain, Claim], ...]:
    target, ours = evidence.target, own_macs(evidence)
    found: list[tuple[Domain, Claim]] = [
        (domain_of(answer), Claim(answer.mac, answer, (answer.told_mac, answer.told_ip)))
        for answer in evidence.of(ArpAnswer)
        if answer.ip == target
    ]
    found += [
        (domain_of(told), _spoken(told.mac, told, told.sent_to, told.ip))
        for told in evidence.of(ArpAnnounced)
        if told.ip == target
    ]
    # A request names its sender too, and every listener merges it (RFC 826). A probe names nobody.
    found += [
        (domain_of(asked), _spoken(asked.asker_mac, asked, asked.sent_to, asked.wanted))
        for asked in evidence.of(ArpAsked)
        if asked.asker == target and not asked.ours
    ]
    return tuple(
        (where, claim)
        for where, claim in found
        if claim.mac not in ours and stands_on_segment(claim.seen.vantage, target)
    )


def _spoken(mac: Mac, seen: Observation, sent_to: Mac | None, wanted: IPv4Address) -> Claim:
    """A claim that answers nobody: to everybody, or to the one whose entry it makes sure of (RFC 1122, 2.3.2.1)."""
    if sent_to is None or sent_to == BROADCAST:
        return Claim(mac, seen, None, to_all=sent_to is not None)
    return Claim(mac, seen, (sent_to, wanted))


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


def in_domain(evidence: Evidence, seen: EchoAsked | EchoAnswer | PacketSeen | HelloHeard) -> bool:
    """Whether this was heard in the network looked at; those that are heard inside a tunnel are not told of."""
    where = domain(evidence)
    return where is None or where == (seen.vantage.segment, seen.vlans, "")


def claims(evidence: Evidence) -> list[Claim]:
    """Every claim of the target in the network looked at, by time.

    Group addresses, our own frames and damaged frames are left out.
    """
    return evidence.once(_read_claims)[0]


def corrupted_claims(evidence: Evidence) -> list[Claim]:
    """The claims that were left out because a damaged frame made them.

    Such a MAC is claimed once, by no vNIC that vCenter knows, and one or two bits beside one that is claimed often.
    """
    return evidence.once(_read_claims)[1]


def _read_claims(evidence: Evidence) -> tuple[list[Claim], list[Claim]]:
    where = domain(evidence)
    found = [claim for one, claim in _all_claims(evidence) if one == where and can_own(claim.mac)]
    found.sort(key=lambda claim: (claim.seen.seen_at, claim.seen.locator, claim.mac))
    times = Counter(claim.mac for claim in found)
    known = {nic.mac for nic in evidence.of(NicFound)}
    frequent = [mac for mac, count in times.items() if count >= FREQUENT]

    def damaged(mac: Mac) -> bool:
        return times[mac] == 1 and mac not in known and any(0 < _bits_apart(mac, one) <= FLIPPED for one in frequent)

    return [claim for claim in found if not damaged(claim.mac)], [claim for claim in found if damaged(claim.mac)]


def _bits_apart(one: Mac, other: Mac) -> int:
    return (int(one.replace(":", ""), 16) ^ int(other.replace(":", ""), 16)).bit_count()


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


def replies(evidence: Evidence) -> list[ArpAnswer]:
    """Every answer for the target, by time; also those with a group MAC, which a cluster gives and nobody owns."""
    return evidence.once(_read_replies)


def _read_replies(evidence: Evidence) -> list[ArpAnswer]:
    every = [*claims(evidence), *group_claims(evidence)]
    found = [claim.seen for claim in every if isinstance(claim.seen, ArpAnswer)]
    return sorted(found, key=lambda one: (one.seen_at, one.locator, one.mac))


def requests(evidence: Evidence) -> list[ArpAsked]:
    """Every who-has for the target in the network looked at, by time; those of the target itself left out."""
    return evidence.once(_read_requests)


def _read_requests(evidence: Evidence) -> list[ArpAsked]:
    where = domain(evidence)
    return [
        asked for asked in asked_for_target(evidence) if domain_of(asked) == where and asked.asker != evidence.target
    ]
