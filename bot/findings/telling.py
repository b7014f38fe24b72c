"""Answers that nobody asked for, and those of them by which NIC teaming keeps its peers up to date.

Not a finding: what several of them read.
"""

from collections import defaultdict, deque
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.findings.reading import answers, requests
from bot.model.addresses import Mac
from bot.model.finding import Evidence
from bot.model.observation import ArpAnswer, ArpAsked

ANSWERS_WITHIN = timedelta(seconds=1)  # a proxy answers up to 0.8 s late (Linux proxy_delay)
PAIR_WITHIN = timedelta(seconds=0.005)


@dataclass(frozen=True, slots=True)
class Unasked:
    """What one MAC told others about the target without being asked: in pairs of equal frames, and otherwise.

    Linux bonding (balance-alb) tells its peers in pairs: RLB_ARP_BURST_SIZE, drivers/net/bonding/bond_alb.c.
    """

    in_pairs: tuple[ArpAnswer, ...]
    otherwise: tuple[ArpAnswer, ...]


def unasked(evidence: Evidence) -> dict[Mac, Unasked]:
    """By MAC, the answers for the target before which nobody was heard asking; each request allows each MAC one.

    The first second of a capture is left out: who asked just before it began is not in it.
    """
    return evidence.once(_read_unasked)


def _read_unasked(evidence: Evidence) -> dict[Mac, Unasked]:
    told: defaultdict[tuple[str, Mac, Mac], list[ArpAnswer]] = defaultdict(list)
    for _, answer in answers(evidence):
        told[answer.artifact, answer.told_mac, answer.mac].append(answer)
    asked: defaultdict[tuple[str, Mac], list[ArpAsked]] = defaultdict(list)
    for request in requests(evidence):
        asked[request.artifact, request.asker_mac].append(request)
    began = _began(evidence)
    found: defaultdict[Mac, list[ArpAnswer]] = defaultdict(list)
    for (artifact, asker, mac), heard in told.items():
        found[mac] += [
            answer
            for answer in _beyond(asked[artifact, asker], heard)
            if answer.seen_at - began[artifact] > ANSWERS_WITHIN
        ]
    return {mac: _parted(heard) for mac, heard in sorted(found.items()) if heard}


def _began(evidence: Evidence) -> dict[str, datetime]:
    """When each artifact holds its first word about the target."""
    began: dict[str, datetime] = {}
    for one in (*requests(evidence), *(answer for _, answer in answers(evidence))):
        began[one.artifact] = min(one.seen_at, began.get(one.artifact, one.seen_at))
    return began


def _beyond(asked: list[ArpAsked], heard: list[ArpAnswer]) -> list[ArpAnswer]:
    """The answers of one MAC to one asker for which there is no request, both by time."""
    waiting, coming, beyond = deque[datetime](), deque(one.seen_at for one in asked), []
    for answer in heard:
        while coming and coming[0] <= answer.seen_at:
            waiting.append(coming.popleft())
        while waiting and answer.seen_at - waiting[0] > ANSWERS_WITHIN:
            waiting.popleft()
        if waiting:
            waiting.popleft()
        else:
            beyond.append(answer)
    return beyond


def _parted(heard: list[ArpAnswer]) -> Unasked:
    heard = sorted(heard, key=lambda one: (one.told_mac, one.seen_at, one.locator))
    pairs: list[ArpAnswer] = []
    alone: list[ArpAnswer] = []
    at = 0
    while at < len(heard):
        burst = [one for one in heard[at : at + 3] if _with(heard[at], one)]
        (pairs if len(burst) == 2 else alone).extend(burst)
        at += len(burst)
    return Unasked(tuple(pairs), tuple(sorted(alone, key=lambda one: (one.seen_at, one.locator))))


def _with(first: ArpAnswer, other: ArpAnswer) -> bool:
    return first.told_mac == other.told_mac and other.seen_at - first.seen_at <= PAIR_WITHIN
