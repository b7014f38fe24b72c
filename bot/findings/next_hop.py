"""Whose frames do the target's packets really come in? ARP tells who should carry them, the packets tell who does."""

from collections import defaultdict
from itertools import pairwise

from bot.findings.owning import running_owners, vm_name
from bot.findings.passages import Passage, passages
from bot.findings.reading import claimants
from bot.findings.shared_macs import virtual_kind
from bot.findings.wording import finding, macs_text
from bot.model.addresses import Mac
from bot.model.finding import Evidence, Finding, Standing

SENT_BY_NO_CLAIMANT = "path.sent_by_no_claimant"
SENT_BY_SIBLING = "path.sent_by_sibling_nic"
CHANGED = "trigger.next_hop_changed"

PACKETS = 3


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """Whether the target sends with a MAC that never claims it, and whether routed packets come by another router."""
    sent = [one for one in passages(evidence) if one.source == evidence.target and not one.routed]
    arrived = [one for one in passages(evidence) if one.destination == evidence.target and one.routed]
    return (*_sent_by(evidence, sent), _changed(evidence, arrived))


def _sent_by(evidence: Evidence, sent: list[Passage]) -> tuple[Finding, ...]:
    macs = claimants(evidence)
    by_mac: defaultdict[Mac, list[Passage]] = defaultdict(list)
    for one in sent:
        by_mac[one.carrier].append(one)
    if not macs or not sent or any(virtual_kind(mac, evidence.target) for mac in macs):
        says = f"Nobody compared who sends for {evidence.target} with who claims it."
        return tuple(finding(id_, Standing.UNKNOWN, says) for id_ in (SENT_BY_NO_CLAIMANT, SENT_BY_SIBLING))
    owners = running_owners(evidence)
    of_claimants = {vm for mac in macs for vm in owners.get(mac, ())}
    odd = {mac: seen for mac, seen in by_mac.items() if mac not in macs and len(seen) >= PACKETS}
    siblings = {mac: seen for mac, seen in odd.items() if owners.get(mac, frozenset()) & of_claimants}
    strange = {mac: seen for mac, seen in odd.items() if mac not in siblings}
    return (_no_claimant(evidence, strange), _sibling(evidence, siblings, owners))


def _no_claimant(evidence: Evidence, strange: dict[Mac, list[Passage]]) -> Finding:
    if strange:
        says = f"Packets of {evidence.target} come from {macs_text(strange)}, which never claims that address by ARP."
        return finding(
            SENT_BY_NO_CLAIMANT, Standing.PRESENT, says, [one.seen for seen in strange.values() for one in seen]
        )
    says = f"The packets of {evidence.target} come from a MAC that claims it."
    return finding(SENT_BY_NO_CLAIMANT, Standing.ABSENT, says)


def _sibling(evidence: Evidence, siblings: dict[Mac, list[Passage]], owners: dict[Mac, frozenset[str]]) -> Finding:
    if siblings:
        vms = sorted({vm_name(evidence, vm) for mac in siblings for vm in owners[mac]})
        says = (
            f"VM {' and '.join(vms)} also sends for {evidence.target} with {macs_text(siblings)}, by which it answers "
            "nobody: NIC teaming balances what it sends (balance-tlb)."
        )
        return finding(
            SENT_BY_SIBLING, Standing.PRESENT, says, [one.seen for seen in siblings.values() for one in seen]
        )
    return finding(SENT_BY_SIBLING, Standing.ABSENT, f"No other vNIC of its VM sends for {evidence.target}.")


def _changed(evidence: Evidence, arrived: list[Passage]) -> Finding:
    by_mac: defaultdict[Mac, list[Passage]] = defaultdict(list)
    for one in arrived:
        by_mac[one.carrier].append(one)
    runs = sorted(by_mac.values(), key=lambda seen: seen[0].seen.seen_at)
    if len(runs) > 1 and all(len(run) >= PACKETS for run in runs):
        in_turn = all(before[-1].seen.seen_at < after[0].seen.seen_at for before, after in pairwise(runs))
        if in_turn:
            before, after = runs[-2], runs[-1]
            says = (
                f"Packets from elsewhere reached {evidence.target} from `{before[0].carrier}`; since "
                f"`{after[0].seen.seen_at:%H:%M:%S}` UTC they come from `{after[0].carrier}`{_longer(before, after)}."
            )
            return finding(CHANGED, Standing.PRESENT, says, [before[-1].seen, after[0].seen])
        says = f"Packets from elsewhere reach {evidence.target} by several routers all the time."
        return finding(CHANGED, Standing.ABSENT, says)
    if len(runs) == 1 and len(runs[0]) >= PACKETS:
        says = f"Packets from elsewhere reach {evidence.target} from one router."
        return finding(CHANGED, Standing.ABSENT, says)
    says = f"Too few packets from elsewhere to {evidence.target} were recorded."
    return finding(CHANGED, Standing.UNKNOWN, says)


def _longer(before: list[Passage], after: list[Passage]) -> str:
    """How many more routers the same machines' packets pass now, in words; nothing where no more or not known."""
    had = {one.source: one.ttl for one in before}
    hops = {had[one.source] - one.ttl for one in after if one.source in had}
    if len(hops) != 1 or (more := min(hops)) <= 0:
        return ""
    return f", and pass {more} more router{'s' if more > 1 else ''}"
