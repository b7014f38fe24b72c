"""Is the target shared by design: a virtual router's address or a cluster's? And does anybody else take it?

The form of a MAC proves little, for everybody can take one. A virtual router is confirmed by the hellos of its group,
a load-balancing cluster because its MAC is computed from the very address that it claims.
"""

from bot.findings.listening import windows
from bot.findings.reading import Claim, answers, claims, group_claims, in_domain
from bot.findings.shared_macs import Group, group_of, virtual_kind
from bot.findings.wording import finding, listing, macs_text
from bot.model.addresses import Mac
from bot.model.finding import Evidence, Finding, Standing
from bot.model.observation import ArpAnnounced, ArpAnswer, HelloHeard

VIRTUAL_MAC = "arp.virtual_mac_claims"
CONFIRMED = "arp.virtual_mac_confirmed"
TAKEN = "arp.virtual_address_taken"

HOLD_S = 10.0  # after so long without a hello a group's member takes over (RFC 2281 section 5; GLBP alike)


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """Whether a shared MAC claims the target, whether its group says so itself, and whether a plain MAC answers too."""
    everything = claims(evidence) + group_claims(evidence)
    kinds = {claim.mac: kind for claim in everything if (kind := virtual_kind(claim.mac, evidence.target))}
    if not kinds:
        return _plain(evidence, heard=bool(everything))
    named = listing(f"`{mac}` ({kind})" for mac, kind in sorted(kinds.items()))
    says = f"{evidence.target} is shared by design: {named} claims it."
    seen = [one.seen for one in everything if one.mac in kinds]
    return (
        finding(VIRTUAL_MAC, Standing.PRESENT, says, seen),
        _confirmed(evidence, everything, set(kinds)),
        _taken(evidence, kinds),
    )


def _plain(evidence: Evidence, *, heard: bool) -> tuple[Finding, ...]:
    if not heard:
        says = f"Nobody was heard claiming {evidence.target}."
        return tuple(finding(id_, Standing.UNKNOWN, says) for id_ in (VIRTUAL_MAC, CONFIRMED, TAKEN))
    says = f"No virtual-router or cluster MAC claims {evidence.target}."
    return (
        finding(VIRTUAL_MAC, Standing.ABSENT, says),
        finding(CONFIRMED, Standing.UNKNOWN, says),
        finding(TAKEN, Standing.ABSENT, says),
    )


def _confirmed(evidence: Evidence, everything: list[Claim], macs: set[Mac]) -> Finding:
    hellos = [hello for hello in evidence.of(HelloHeard) if in_domain(evidence, hello)]
    groups = {mac: group_of(mac) for mac in macs}
    told = [hello for hello in hellos if Group(hello.protocol, hello.group) in groups.values()]
    heard = {Group(hello.protocol, hello.group) for hello in told}
    computed = [mac for mac, group in groups.items() if group is None]
    if computed:
        says = f"The MAC {macs_text(computed)} is computed from {evidence.target} itself, as such clusters do."
        return finding(CONFIRMED, Standing.PRESENT, says, [one.seen for one in everything if one.mac in computed])
    if all(group in heard for group in groups.values()):
        whose = listing(sorted(f"{group.protocol} group {group.number}" for group in heard))
        who = macs_text({hello.transmitter for hello in told})
        says = f"The routers say so themselves: hellos of {whose} come from {who}."
        return finding(CONFIRMED, Standing.PRESENT, says, told)
    unheard = listing(
        sorted(f"{group.protocol} group {group.number}" for group in groups.values() if group and group not in heard)
    )
    long_enough = [
        one.listened
        for one in windows(evidence)
        if one.complete and one.listened and (one.listened.seen_at - one.listened.started_at).total_seconds() > HOLD_S
    ]
    if long_enough:
        says = f"The MAC has the form of {unheard}, but for {HOLD_S:.0f} s no router said hello for it."
        return finding(CONFIRMED, Standing.ABSENT, says, long_enough)
    return finding(CONFIRMED, Standing.UNKNOWN, f"No hello of {unheard} was heard in the short time of listening.")


def _taken(evidence: Evidence, kinds: dict[Mac, str]) -> Finding:
    # A router may ask with the virtual address from its own MAC (keepalived does); it must not answer so.
    spoken = [
        claim.seen
        for claim in claims(evidence)
        if claim.mac not in kinds and isinstance(claim.seen, ArpAnswer | ArpAnnounced)
    ]
    if spoken:
        macs = macs_text({one.mac for one in spoken})
        says = f"{macs} speaks for the shared address {evidence.target} with a MAC that is no shared one."
        return finding(TAKEN, Standing.PRESENT, says, spoken)
    if answers(evidence) or group_claims(evidence):
        return finding(TAKEN, Standing.ABSENT, f"Nobody answers for the shared address {evidence.target} beside it.")
    return finding(TAKEN, Standing.UNKNOWN, f"No answer for the shared address {evidence.target} was recorded.")
