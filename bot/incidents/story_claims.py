"""The part of the story that tells who claims the address over time, and who asked and was answered."""

from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence
from datetime import timedelta
from ipaddress import IPv4Address
from itertools import groupby, pairwise

from bot.findings.reading import Claim, claimants, claims, replies, requests
from bot.findings.wording import listing
from bot.incidents.story_words import FEW, cite, clock, counted, delays, during, named, times
from bot.model.addresses import BROADCAST, Mac
from bot.model.finding import Evidence
from bot.model.observation import ArpAnnounced, ArpAnswer, ArpAsked, RarpNotice

ANSWERS_WITHIN = timedelta(seconds=1)
"""A proxy answers up to 0.8 s late (Linux proxy_delay)."""
_KINDS = {ArpAnswer: "answer", ArpAnnounced: "announcement", ArpAsked: "own request"}


def claiming(evidence: Evidence) -> Iterator[str]:
    """At each vantage each MAC that claims the target, when and how, and how they follow each other."""
    by_vantage: defaultdict[str, list[Claim]] = defaultdict(list)
    for claim in claims(evidence):
        by_vantage[claim.seen.vantage.agent].append(claim)
    for agent, heard in sorted(by_vantage.items()):
        yield from _turns(evidence, agent, heard)
    for agent, heard in sorted(by_vantage.items()):
        for mac in dict.fromkeys(claim.mac for claim in heard):
            yield _claimant(evidence, agent, mac, [claim for claim in heard if claim.mac == mac])


def _claimant(evidence: Evidence, agent: str, mac: Mac, mine: Sequence[Claim]) -> str:
    seen = [claim.seen for claim in mine]
    kinds = Counter(_KINDS[type(one)] for one in seen if type(one) in _KINDS)
    how = listing(counted(count, kind) for kind, count in kinds.most_common())
    return f"At {agent} `{mac}` claims {evidence.target} {times(len(mine))}, {during(seen)}: {how} {cite(seen, agent)}."


def _turns(evidence: Evidence, agent: str, heard: Sequence[Claim]) -> Iterator[str]:
    macs = sorted({claim.mac for claim in heard})
    changes = [(before, after) for before, after in pairwise(heard) if before.mac != after.mac]
    if len(macs) < 2:
        return
    if len(changes) < len(macs) <= FEW:  # each one after the other, and none came back
        for before, after in changes:
            yield (
                f"At {agent} {evidence.target} went from `{before.mac}` to `{after.mac}` "
                f"at {clock(after.seen.seen_at)} {cite([before.seen, after.seen], agent)}."
            )
        return
    seen = [after.seen for _, after in changes]
    yield (
        f"At {agent} {named(macs)} claim {evidence.target} in turn: the MAC changed {len(changes)} times, "
        f"{during(seen)} {cite(seen, agent)}."
    )


def noticing(evidence: Evidence) -> Iterator[str]:
    """RARP notices of the MACs that claim the target: a host says that they are behind another port now."""
    mine = [one for one in evidence.of(RarpNotice) if one.mac in claimants(evidence)]
    for (agent, mac), group in groupby(
        sorted(mine, key=lambda one: (one.vantage.agent, one.mac, one.seen_at)),
        key=lambda one: (one.vantage.agent, one.mac),
    ):
        seen = list(group)
        yield (
            f"At {agent} a host announced `{mac}` by RARP {times(len(seen))}, as after a move, {during(seen)} "
            f"{cite(seen, agent)}."
        )


def asking(evidence: Evidence) -> Iterator[str]:
    """Who asked for the target, how often, and who answered after how long."""
    for mine in _askings(evidence):
        yield _asker(evidence, mine)


def unanswered(evidence: Evidence) -> bool:
    """Whether a request of one of our own agents stayed without an answer."""
    return any(one.ours and not told for mine in _askings(evidence) for one, told in mine)


_Asked = tuple[ArpAsked, tuple[ArpAnswer, ...]]
"""A request, and the answers before the same asker's next one."""


def _askings(evidence: Evidence) -> list[list[_Asked]]:
    """The requests of each asker at each vantage, by time."""
    asked: defaultdict[tuple[str, Mac, IPv4Address | None], list[ArpAsked]] = defaultdict(list)
    for one in requests(evidence):
        asked[one.artifact, one.asker_mac, one.asker].append(one)
    told: defaultdict[tuple[str, Mac, IPv4Address | None], list[ArpAnswer]] = defaultdict(list)
    for answer in replies(evidence):
        told[answer.artifact, answer.told_mac, answer.told_ip].append(answer)
    found = []
    for who, mine in asked.items():
        coming, rows = deque(told[who]), list[_Asked]()
        for one, following in zip(mine, [*mine[1:], None], strict=True):
            until = one.seen_at + ANSWERS_WITHIN if following is None else following.seen_at
            while coming and coming[0].seen_at < one.seen_at:
                coming.popleft()
            answers = []
            while coming and coming[0].seen_at <= until:
                answers.append(coming.popleft())
            rows.append((one, tuple(answers)))
        found.append(rows)
    return sorted(found, key=lambda rows: (rows[0][0].seen_at, rows[0][0].artifact, rows[0][0].locator))


def _asker(evidence: Evidence, rows: Sequence[_Asked]) -> str:
    first = rows[0][0]
    agent = first.vantage.agent
    who = str(first.asker) if first.asker else f"`{first.asker_mac}`, without an address of its own (RFC 5227),"
    alone = sum(one.sent_to not in (BROADCAST, None) for one, _ in rows)
    begins = f"At {agent} {who} asked for {evidence.target} {times(len(rows))}"
    begins += f", {alone} of them to one MAC alone" if alone else ""
    answered = [(one, told) for one, told in rows if told]
    if not answered:
        silent = "nobody answered" if first.ours else "no answer came by here, which an ordinary port would not get"
        return f"{begins}: {silent} {cite([one for one, _ in rows], agent)}."
    by = named({answer.mac for _, told in answered for answer in told})
    spans = delays([told[0].seen_at - one.seen_at for one, told in answered])
    missing = [one for one, told in rows if not told]
    ends = f"; {len(missing)} had no answer before the next one {cite(missing, agent)}" if missing else ""
    return f"{begins}; {by} answered after {spans} {cite([told[0] for _, told in answered], agent)}{ends}."
