"""Does somebody repeat the target's packets with a MAC of its own? The TTL tells a bridge from a relay.

A bridge that rewrites MACs (a hypervisor's NAT over Wi-Fi, a wireless distribution system) leaves the TTL as it is, and
one machine seems to have two MACs. A relay takes one off; if it claims the target as well, it stands in between.
"""

from bot.findings.passages import Passage, carried_on, passages
from bot.findings.reading import claims
from bot.findings.wording import finding, macs_text
from bot.model.finding import Evidence, Finding, Standing

REWRITTEN = "path.macs_rewritten_in_passing"
RELAYED = "path.packets_relayed"
RELAY_CLAIMS = "path.relay_claims_target"

PACKETS = 3
"""How many packets have to appear twice: single ones are copies of a mirror port or an accident."""

Pair = tuple[Passage, Passage]


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """Whether packets of the target are repeated with their TTL kept or lowered, and by whom."""
    pairs = carried_on(evidence)
    kept = [pair for pair in pairs if pair[0].ttl == pair[1].ttl]
    lowered = [pair for pair in pairs if pair[0].ttl - pair[1].ttl == 1]
    if len(passages(evidence)) < PACKETS:
        says = f"Too few packets of {evidence.target} were recorded to tell who carries them."
        return tuple(finding(id_, Standing.UNKNOWN, says) for id_ in (REWRITTEN, RELAYED, RELAY_CLAIMS))
    return (_rewritten(evidence, kept, lowered), _relayed(evidence, lowered), _relay_claims(evidence, lowered))


def _rewritten(evidence: Evidence, kept: list[Pair], lowered: list[Pair]) -> Finding:
    if len(kept) >= PACKETS and not lowered:
        macs = macs_text({one.carrier for pair in kept for one in pair})
        says = (
            f"Every packet of {evidence.target} is repeated with another MAC and the TTL unchanged ({macs}): "
            "a bridge rewrites MACs, so that one machine seems to have two."
        )
        return finding(REWRITTEN, Standing.PRESENT, says, [one.seen for pair in kept for one in pair])
    says = f"No bridge repeats the packets of {evidence.target} with another MAC."
    return finding(REWRITTEN, Standing.ABSENT, says)


def _relayed(evidence: Evidence, lowered: list[Pair]) -> Finding:
    if len(lowered) >= PACKETS:
        macs = macs_text({other.carrier for _, other in lowered})
        says = f"{macs} passes on packets of {evidence.target} inside its own network, with the TTL lowered by one."
        return finding(RELAYED, Standing.PRESENT, says, [one.seen for pair in lowered for one in pair])
    return finding(RELAYED, Standing.ABSENT, f"Nobody relays packets of {evidence.target} inside its own network.")


def _relay_claims(evidence: Evidence, lowered: list[Pair]) -> Finding:
    relays = {other.carrier for _, other in lowered} if len(lowered) >= PACKETS else set()
    claimed = [claim.seen for claim in claims(evidence) if claim.mac in relays]
    others = {claim.mac for claim in claims(evidence)} - relays
    if claimed and others:
        says = (
            f"{macs_text(relays)} claims {evidence.target} and passes its packets on: it stands between "
            f"{macs_text(others)} and those who talk to it."
        )
        relayed = [one.seen for pair in lowered for one in pair]
        return finding(RELAY_CLAIMS, Standing.PRESENT, says, [*claimed, *relayed])
    says = f"Nobody claims {evidence.target} and passes its packets on."
    return finding(RELAY_CLAIMS, Standing.ABSENT if claims(evidence) else Standing.UNKNOWN, says)
