"""Who says that it has the target, and how: several MACs, in turn, once for all, or in a borrowed frame."""

from collections import defaultdict
from ipaddress import IPv4Address

from bot.findings.moving import move
from bot.findings.reading import (
    Asker,
    Claim,
    answers,
    claimants,
    claims,
    corrupted_claims,
    domain,
    domain_of,
    elsewhere,
)
from bot.findings.shared_macs import sent_for_another
from bot.findings.wording import few, finding, listing, macs_text, number
from bot.model.addresses import Mac
from bot.model.finding import Evidence, Finding, Standing
from bot.model.observation import ArpAnnounced, ArpAnswer, Observation

SEVERAL_MACS = "arp.several_macs_claim"
IN_TURN = "arp.claims_interleave"
SENDER_DIFFERS = "arp.sender_differs_from_frame"
OTHER_NETWORK = "arp.claimed_on_other_network"
MOVED_ONCE = "arp.mac_changed_once"
OTHER_ADDRESSES = "arp.claimant_has_other_addresses"
CORRUPTED = "arp.claim_looks_corrupted"


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """What the claims of the target look like, each on its own."""
    return (
        _several(evidence),
        _in_turn(evidence),
        _moved_once(evidence),
        _sender_differs(evidence),
        _other_network(evidence),
        _other_addresses(evidence),
        _corrupted(evidence),
    )


def _several(evidence: Evidence) -> Finding:
    macs = claimants(evidence)
    if len(macs) > 1:
        says = f"{number(len(macs)).capitalize()} MACs claim {evidence.target}: {macs_text(macs)}."
        first = [next(claim.seen for claim in claims(evidence) if claim.mac == mac) for mac in macs]
        return finding(SEVERAL_MACS, Standing.PRESENT, says, first)
    if macs:
        says = f"Only `{macs[0]}` claims {evidence.target}."
        return finding(SEVERAL_MACS, Standing.ABSENT, says, [claims(evidence)[0].seen])
    return finding(SEVERAL_MACS, Standing.UNKNOWN, f"Nobody was heard claiming {evidence.target}.")


def _in_turn(evidence: Evidence) -> Finding:
    # What one listener hears must change and change back: a planned move changes once, and a bond that balances
    # its peers tells each of them something else for good.
    told: dict[tuple[str, Asker | None], list[Claim]] = defaultdict(list)
    for claim in claims(evidence):
        told[claim.seen.artifact, claim.told].append(claim)
    for key in sorted(told, key=str):
        if back := _came_back(told[key]):
            macs = macs_text({claim.mac for claim in back})
            says = f"{macs} claim {evidence.target} in turn, back and forth."
            return finding(IN_TURN, Standing.PRESENT, says, [claim.seen for claim in back])
    if len(claimants(evidence)) < 2:
        return finding(IN_TURN, Standing.UNKNOWN, f"No two MACs were heard claiming {evidence.target}.")
    return finding(IN_TURN, Standing.ABSENT, f"No listener heard {evidence.target} change its MAC and change it back.")


def _came_back(heard: list[Claim]) -> list[Claim]:
    turns = [
        claim for before, claim in zip([None, *heard], heard, strict=False) if not before or before.mac != claim.mac
    ]
    return turns if len(turns) > len({claim.mac for claim in turns}) else []


def _moved_once(evidence: Evidence) -> Finding:
    moved = move(evidence)
    if len(claimants(evidence)) < 2:
        return finding(MOVED_ONCE, Standing.UNKNOWN, f"No two MACs were heard claiming {evidence.target}.")
    if moved is None:
        says = f"The MACs that claim {evidence.target} do so at the same time."
        return finding(MOVED_ONCE, Standing.ABSENT, says)
    if not moved.for_good:
        says = f"{evidence.target} changed its MAC, and too few asked for it since to say that it did so for good."
        return finding(MOVED_ONCE, Standing.UNKNOWN, says, [moved.after.seen])
    says = (
        f"{evidence.target} moved once, from `{moved.before.mac}` to `{moved.after.mac}` at "
        f"`{moved.after.seen.seen_at:%H:%M:%S}` UTC: of {moved.asked_since} requests to everybody since, the old MAC "
        "answered none."
    )
    return finding(MOVED_ONCE, Standing.PRESENT, says, [moved.before.seen, moved.after.seen])


def _other_addresses(evidence: Evidence) -> Finding:
    macs, where = claimants(evidence), domain(evidence)
    others: dict[Mac, dict[IPv4Address, Observation]] = defaultdict(dict)
    told: list[ArpAnswer | ArpAnnounced] = [*evidence.of(ArpAnswer), *evidence.of(ArpAnnounced)]
    for one in told:
        if one.mac in macs and one.ip != evidence.target and domain_of(one) == where:
            others[one.mac].setdefault(one.ip, one)
    if others:
        whose = listing(f"`{mac}` ({few(sorted(others[mac]))})" for mac in sorted(others))
        says = f"A MAC that claims {evidence.target} claims other addresses too: {whose}."
        return finding(
            OTHER_ADDRESSES, Standing.PRESENT, says, [one for each in others.values() for one in each.values()]
        )
    if macs:
        return finding(OTHER_ADDRESSES, Standing.ABSENT, f"No MAC of {evidence.target} was heard with another address.")
    return finding(OTHER_ADDRESSES, Standing.UNKNOWN, f"Nobody was heard claiming {evidence.target}.")


def _corrupted(evidence: Evidence) -> Finding:
    odd = corrupted_claims(evidence)
    if odd:
        macs = macs_text({claim.mac for claim in odd})
        says = (
            f"{macs} claimed {evidence.target} in one frame and differs by one or two bits from a MAC that claims it "
            "all the time: a damaged frame, and nobody's claim."
        )
        return finding(CORRUPTED, Standing.PRESENT, says, [claim.seen for claim in odd])
    if claims(evidence):
        return finding(CORRUPTED, Standing.ABSENT, f"No claim of {evidence.target} looks like a damaged frame.")
    return finding(CORRUPTED, Standing.UNKNOWN, f"Nobody was heard claiming {evidence.target}.")


def _sender_differs(evidence: Evidence) -> Finding:
    heard = answers(evidence)
    odd = [
        answer
        for _, answer in heard
        if answer.transmitter != answer.mac and not sent_for_another(answer.mac, evidence.target)
    ]
    if odd:
        pairs = listing(sorted({f"`{one.transmitter}` sent the answer that names `{one.mac}`" for one in odd}))
        return finding(SENDER_DIFFERS, Standing.PRESENT, f"For {evidence.target}, {pairs}.", odd)
    if heard:
        says = f"Every answer for {evidence.target} was sent by the MAC that it names."
        return finding(SENDER_DIFFERS, Standing.ABSENT, says)
    return finding(SENDER_DIFFERS, Standing.UNKNOWN, f"No answer to ARP for {evidence.target} was recorded.")


def _other_network(evidence: Evidence) -> Finding:
    others = elsewhere(evidence)
    if others:
        where = listing(
            sorted(
                {
                    f"{segment} VLAN {'.'.join(map(str, vlans)) or 'untagged'} {tunnel}".strip()
                    for (segment, vlans, tunnel), _ in others
                }
            )
        )
        says = f"{evidence.target} is also used in another network ({where}); that was kept apart."
        return finding(OTHER_NETWORK, Standing.PRESENT, says, [claim.seen for _, claim in others])
    if claims(evidence):
        return finding(OTHER_NETWORK, Standing.ABSENT, f"{evidence.target} was claimed in one network only.")
    return finding(OTHER_NETWORK, Standing.UNKNOWN, f"Nobody was heard claiming {evidence.target}.")
