"""The part of the story that tells which echo requests had no reply, and when."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Address

from bot.findings.echo_series import PATIENCE
from bot.incidents.story_windows import spans
from bot.incidents.story_words import cite, delays, during
from bot.model.finding import Evidence
from bot.model.observation import EchoAnswer, EchoAsked


@dataclass(frozen=True, slots=True)
class Pinging:
    """The echo requests of one machine to another at one vantage; those too late to be answered are left out."""

    asker: IPv4Address
    ip: IPv4Address
    sent: tuple[EchoAsked, ...]
    lost: tuple[EchoAsked, ...]
    took: tuple[timedelta, ...]


def pingings(evidence: Evidence) -> tuple[Pinging, ...]:
    """Who pinged the target, and whom the target pinged, vantage by vantage, by the first request."""
    return evidence.once(_read_pingings)


def _read_pingings(evidence: Evidence) -> tuple[Pinging, ...]:
    listened = spans(evidence)
    replies: dict[tuple[str, IPv4Address, IPv4Address, int, int], EchoAnswer] = {}
    for reply in evidence.of(EchoAnswer):
        replies.setdefault((reply.artifact, reply.told, reply.ip, reply.ident, reply.seq), reply)
    sent: defaultdict[tuple[str, IPv4Address, IPv4Address], list[EchoAsked]] = defaultdict(list)
    last: dict[str, object] = {}
    for one in evidence.of(EchoAsked):
        if evidence.target not in (one.ip, one.asker):
            continue
        packet = (one.artifact, one.asker, one.ip, one.ident, one.seq)
        if last.get(one.artifact) == packet:
            continue  # the same packet again, carried on by a router or shown twice by a mirror port
        last[one.artifact] = packet
        span = listened.get(one.artifact)
        if packet in replies or span is None or one.seen_at + PATIENCE <= span.end:
            sent[one.artifact, one.asker, one.ip].append(one)
    found = []
    for (artifact, asker, ip), mine in sent.items():
        back = {one: replies.get((artifact, asker, ip, one.ident, one.seq)) for one in mine}
        lost = tuple(one for one, reply in back.items() if reply is None)
        took = tuple(reply.seen_at - one.seen_at for one, reply in back.items() if reply)
        found.append(Pinging(asker, ip, tuple(mine), lost, took))
    return tuple(sorted(found, key=lambda one: (one.sent[0].seen_at, one.sent[0].artifact)))


def pinging(evidence: Evidence) -> Iterator[str]:
    """Each series with its loss; those without loss in a line each as well."""
    for one in sorted(pingings(evidence), key=lambda one: not one.lost):
        yield _series(one)


def _series(one: Pinging) -> str:
    agent, count = one.sent[0].vantage.agent, len(one.sent)
    way = f"from {one.asker} to {one.ip}"
    if not one.took:
        if one.sent[0].ours:
            places = cite(one.sent, agent)
            return f"At {agent} none of {count} echo requests {way} had a reply, {during(one.sent)} {places}."
        return (
            f"At {agent} {count} echo requests {way} were heard and no reply, which may go another way "
            f"{cite(one.sent, agent)}."
        )
    if not one.lost:
        return (
            f"At {agent} all {count} echo requests {way} had a reply, after {delays(one.took)} {cite(one.sent, agent)}."
        )
    return (
        f"At {agent} {len(one.lost)} of {count} echo requests {way} had no reply, {during(one.lost)}{_how(one)} "
        f"{cite(one.lost, agent)}; the others took {delays(one.took)}."
    )


def _how(one: Pinging) -> str:
    """Whether they were lost in one go, and whether only what was sent to one of several MACs was."""
    lost: Sequence[EchoAsked] = one.lost
    if len(lost) < 2:
        return ""
    tried, deaf = ({sent.sent_to for sent in some if sent.sent_to} for some in (one.sent, lost))
    if len(deaf) == 1 < len(tried):
        return f", all of them sent to `{min(deaf)}`"
    places = [number for number, sent in enumerate(one.sent) if sent in lost]
    return ", all in one go" if places[-1] - places[0] == len(lost) - 1 else ", not in one go"
