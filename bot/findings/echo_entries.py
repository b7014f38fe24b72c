"""Which echoes of which asker are lost, and to which MAC it sent them: that is the ARP entry it held at that moment.

A stale entry shows no anomaly in ARP at all; everything is in the echo traffic. Only askers that were heard getting an
answer count: a capture may hold one direction alone.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Address

from bot.findings.echo_series import PATIENCE
from bot.findings.reading import claimants, in_domain, stands_on_segment
from bot.findings.wording import few, finding, listing, macs_text
from bot.model.addresses import Mac
from bot.model.finding import Evidence, Finding, Standing
from bot.model.observation import EchoAnswer, EchoAsked, Listened

OVERHEARD_LOSS = "overheard.echoes_lost"
FOLLOWS_ENTRY = "overheard.loss_follows_arp_entry"
TO_UNCLAIMED = "overheard.echoes_to_unclaimed_mac"

ECHOES = 2  # one lost echo says nothing


@dataclass(frozen=True, slots=True)
class Held:
    """The echoes that one asker sent to one MAC, which of them were lost, and which MACs answered the others."""

    asker: IPv4Address
    entry: Mac
    sent: tuple[EchoAsked, ...]
    lost: tuple[EchoAsked, ...]
    answered_by: frozenset[Mac]

    @property
    def all_lost(self) -> bool:
        """Whether none of several came back."""
        return len(self.lost) == len(self.sent) >= ECHOES

    @property
    def none_lost(self) -> bool:
        """Whether all of several came back."""
        return not self.lost and len(self.sent) >= ECHOES

    def __str__(self) -> str:
        came = len(self.sent) - len(self.lost)
        back = f"{came} of {len(self.sent)} came back" + (f", from {macs_text(self.answered_by)}" if came else "")
        lost = f" (lost: number {few([one.seq for one in self.lost])})" if self.lost else ""
        return f"{self.asker} to `{self.entry}`: {back}{lost}"


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """Whether others lose echoes to the target, whether that follows the entry they hold, and whether it is old."""
    held = _held(evidence)
    return (_loss(evidence, held), _follows(evidence, held), _unclaimed(evidence, held))


def _held(evidence: Evidence) -> list[Held]:
    ends: dict[str, datetime] = {}
    for one in evidence.observations:
        # Of a file that somebody dropped nobody knows until when it was recorded.
        if not isinstance(one, Listened):
            ends[one.artifact] = max(one.seen_at, ends.get(one.artifact, one.seen_at))
    back: dict[tuple[str, IPv4Address, int, int], EchoAnswer] = {}
    for answer in evidence.of(EchoAnswer):
        if answer.ip == evidence.target:
            back[answer.artifact, answer.told, answer.ident, answer.seq] = answer
    sent: defaultdict[tuple[str, IPv4Address, Mac], list[EchoAsked]] = defaultdict(list)
    for asked in evidence.of(EchoAsked):
        here = in_domain(evidence, asked) and stands_on_segment(asked.vantage, evidence.target)
        answered = (asked.artifact, asked.asker, asked.ident, asked.seq) in back
        in_time = answered or asked.seen_at + PATIENCE <= ends[asked.artifact]
        if asked.ip == evidence.target and not asked.ours and asked.sent_to and here and in_time:
            sent[asked.artifact, asked.asker, asked.sent_to].append(asked)
    both_ways = {(artifact, told) for artifact, told, _, _ in back}
    return [
        _of_entry(entry, mine, back)
        for (artifact, asker, entry), mine in sorted(sent.items(), key=lambda item: (item[1][0].seen_at, item[0]))
        if (artifact, asker) in both_ways
    ]


def _of_entry(entry: Mac, mine: list[EchoAsked], back: dict[tuple[str, IPv4Address, int, int], EchoAnswer]) -> Held:
    answers = [(one, back.get((one.artifact, one.asker, one.ident, one.seq))) for one in mine]
    lost = tuple(one for one, answer in answers if answer is None)
    return Held(mine[0].asker, entry, tuple(mine), lost, frozenset(answer.mac for _, answer in answers if answer))


def _lost_frames(held: Iterable[Held]) -> list[EchoAsked]:
    return [one for each in held for one in each.lost]


def _loss(evidence: Evidence, held: list[Held]) -> Finding:
    lossy = [one for one in held if one.lost]
    if lossy:
        says = f"Echoes of others to {evidence.target} were lost: {listing(map(str, lossy))}."
        return finding(OVERHEARD_LOSS, Standing.PRESENT, says, _lost_frames(lossy))
    if held:
        says = f"Every echo of others to {evidence.target} came back."
        return finding(OVERHEARD_LOSS, Standing.ABSENT, says, [one for each in held for one in each.sent])
    says = f"Nobody else was heard pinging {evidence.target} and getting answers."
    return finding(OVERHEARD_LOSS, Standing.UNKNOWN, says)


def _follows(evidence: Evidence, held: list[Held]) -> Finding:
    for asker in sorted({one.asker for one in held}):
        mine = [one for one in held if one.asker == asker]
        deaf, good = [one for one in mine if one.all_lost], [one for one in mine if one.none_lost]
        if deaf and good:
            says = f"Whether echoes to {evidence.target} come back depends on the ARP entry: {listing(map(str, mine))}."
            return finding(FOLLOWS_ENTRY, Standing.PRESENT, says, _lost_frames(deaf))
    if any(sum(one.asker == each.asker for one in held) > 1 for each in held):
        says = f"Echoes to {evidence.target} fare alike, whichever ARP entry the asker holds."
        return finding(FOLLOWS_ENTRY, Standing.ABSENT, says)
    says = f"No asker was heard pinging {evidence.target} by two ARP entries."
    return finding(FOLLOWS_ENTRY, Standing.UNKNOWN, says)


def _unclaimed(evidence: Evidence, held: list[Held]) -> Finding:
    macs = claimants(evidence)
    if not macs or not held:
        says = f"Nobody compared the ARP entries of those who ping {evidence.target} with who claims it."
        return finding(TO_UNCLAIMED, Standing.UNKNOWN, says)
    stale = [one for one in held if one.entry not in macs and one.all_lost]
    if stale:
        says = (
            f"An outdated ARP entry: {listing(map(str, stale))}. No such MAC claims {evidence.target} now, "
            f"but {macs_text(macs)} does."
        )
        return finding(TO_UNCLAIMED, Standing.PRESENT, says, _lost_frames(stale))
    says = f"Whoever pings {evidence.target} sends to a MAC that claims it."
    return finding(TO_UNCLAIMED, Standing.ABSENT, says)
