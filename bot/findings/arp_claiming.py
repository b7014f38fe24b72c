"""Who says that it has the target, and how: several MACs, in turn, from a virtual router, or in a borrowed frame."""

import re
from collections import defaultdict
from ipaddress import IPv4Address

from bot.findings.reading import (
    Asker,
    Claim,
    answers,
    claimants,
    claims,
    elsewhere,
    finding,
    group_claims,
    listing,
    macs_text,
    number,
)
from bot.model.addresses import Mac
from bot.model.finding import Evidence, Finding, Standing

SEVERAL_MACS = "arp.several_macs_claim"
IN_TURN = "arp.claims_interleave"
VIRTUAL_MAC = "arp.virtual_mac_claims"
SENDER_DIFFERS = "arp.sender_differs_from_frame"
OTHER_NETWORK = "arp.claimed_on_other_network"

_VIRTUAL = (
    (re.compile(r"00:00:5e:00:0[12]:.."), "VRRP or CARP"),  # RFC 9568 section 7.3
    (re.compile(r"00:00:0c:07:ac:.."), "HSRP"),  # RFC 2281 section 5.1
    (re.compile(r"00:00:0c:9f:f.:.."), "HSRP version 2"),
    (re.compile(r"00:07:b4:..:..:.."), "GLBP"),
)


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """What the claims of the target look like, each on its own."""
    return (
        _several(evidence),
        _in_turn(evidence),
        _virtual(evidence),
        _sender_differs(evidence),
        _other_network(evidence),
    )


def virtual_kind(mac: Mac, address: IPv4Address) -> str | None:
    """What shares this MAC by design (a virtual router, a load-balancing cluster), or None for a plain station."""
    for pattern, kind in _VIRTUAL:
        if pattern.fullmatch(mac):
            return kind
    octets = bytes.fromhex(mac.replace(":", ""))
    # Network Load Balancing builds its MACs from the address itself: 02:bf or 03:bf and the four octets, 02:01 to
    # 02:20 for its 32 hosts. Docker does so too (02:42), and that is no cluster.
    if octets[2:] == address.packed and octets[0] in (2, 3) and (octets[1] == 0xBF or 1 <= octets[1] <= 32):
        return "Network Load Balancing"
    if octets[:4] == b"\x01\x00\x5e\x7f" and octets[4:] == address.packed[2:]:
        return "Network Load Balancing (IGMP)"
    return None


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


def _virtual(evidence: Evidence) -> Finding:
    everything = claims(evidence) + group_claims(evidence)
    found = {claim.mac: kind for claim in everything if (kind := virtual_kind(claim.mac, evidence.target))}
    if found:
        kinds = listing(f"`{mac}` ({kind})" for mac, kind in sorted(found.items()))
        says = f"{evidence.target} is shared by design: {kinds} claims it."
        return finding(VIRTUAL_MAC, Standing.PRESENT, says, [one.seen for one in everything if one.mac in found])
    if everything:
        return finding(VIRTUAL_MAC, Standing.ABSENT, f"No virtual-router or cluster MAC claims {evidence.target}.")
    return finding(VIRTUAL_MAC, Standing.UNKNOWN, f"Nobody was heard claiming {evidence.target}.")


def _sender_differs(evidence: Evidence) -> Finding:
    heard = answers(evidence)
    odd = [
        answer
        for _, answer in heard
        if answer.transmitter != answer.mac and not virtual_kind(answer.mac, evidence.target)
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
