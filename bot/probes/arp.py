"""Who answers for an address on its own segment: look, ping, ask one by one, ask everybody, in this order.

A broadcast request repairs some faults (it makes a guest speak, and switches and neighbours learn), so it comes last.
Every frame is sent from the agent's own MAC, and from no address but its own, 0.0.0.0, and those of its pool.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from ipaddress import IPv4Address

from bot.frames.captured import Heard
from bot.frames.frame import NOBODY, REPLY, REQUEST, REVERSE_REQUEST, ArpFrame, RarpFrame, address_probe, who_has
from bot.frames.plan import Claim, Echoes, Plan, Sending, by_time
from bot.model.addresses import ZERO, Mac, can_own
from bot.model.job import Artifact, Job, JobOptions, Vantage
from bot.model.observation import ArpAnnounced, ArpAnswer, ArpAsked, Observation, RarpNotice
from bot.probes.place import place

LOOK_ECHOES = 3  # enough to tell "never" from "sometimes" before the wire is touched
UNICAST_AT_S = 0.15  # the last of those echo requests is 50 ms old: on one segment its answer is there
# And 100 ms for the answers to the unicast requests, so that they are not taken for these. It is also what an agent on
# another segment needs to ping through the router, whose tables a broadcast here may repair.
BROADCAST_AT_S = 0.25
ROUNDS = 3
ROUND_GAP_S = 0.2
FOLLOW_UP_AFTER_S = 0.05  # after the last broadcast; the owners that are not slow have answered all of them by then
MOST_CLAIMANTS = 8  # an address spoofed by hundreds of MACs must not make us flood the segment
# Whoever claims is also asked alone, twice: is it ARP that arrives there, or only what is sent to everybody? The second
# time comes when the opening is over a second ago: without a pool at most 15 ARP frames leave in any second, and a port
# whose ARP is limited to that many, as switches do by default, stays up.
ALONE_GAP_S, ALONE_ANSWER_S = 0.46, 0.3
MOST_ALONE = 3  # the control and two others
_FOLLOW_UP_SERIES = 16  # series numbers below are the opening's


def duration_s(options: JobOptions) -> float:
    """How long a segment check takes, in seconds.

    The last 1.0 s of listening (``listen_s``) is not haste: proxy ARP answers 44 to 804 ms late, evenly spread
    (Linux proxy_delay, 40 requests measured), so that half of it would be missed in 0.5 s.
    """
    return BROADCAST_AT_S + (ROUNDS - 1) * ROUND_GAP_S + options.listen_s


def plan(job: Job, vantage: Vantage, held: Mapping[IPv4Address, Mac], claims: Sequence[Claim] = ()) -> Plan:
    """Everything to send with what is known by now; more claims only ever add to it.

    ``held`` is the agent's ARP table, ``claims`` are the claims to target and control in the order heard. The
    vantage has an address and the job a target.
    """
    first = opening(job, vantage, held)
    broadcast = max(sending.after_s for sending in first if isinstance(sending.frame, ArpFrame))
    ends_s = broadcast + job.options.listen_s
    return Plan(by_time(*first, *follow_up(job, vantage, claims, broadcast + FOLLOW_UP_AFTER_S, ends_s)), ends_s)


def opening(job: Job, vantage: Vantage, held: Mapping[IPv4Address, Mac]) -> tuple[Sending, ...]:
    """What is sent whatever is heard: echo requests and unicast ARP to the held MACs, then the broadcast rounds."""
    address, mac, target = _asker(job, vantage)
    asked = _asked(target, vantage.gateway)
    known = [(number, ip, held[ip]) for number, ip in enumerate(asked) if ip in held]
    sendings = [
        sending
        for number, ip, holder in known
        for sending in Echoes(job.id, number, address, mac, ip, holder).sendings(
            start_s=0.0, count=min(LOOK_ECHOES, job.options.echoes), ends_s=BROADCAST_AT_S
        )
    ]
    sendings += [Sending(UNICAST_AT_S, who_has(ip, asker=address, asker_mac=mac, to=holder)) for _, ip, holder in known]
    for number in range(ROUNDS):
        # 0.0.0.0 and the own address are both needed: proxy ARP is silent to the one, a guest whose netmask is too
        # narrow to the other.
        questions = [who_has(target, asker=address, asker_mac=mac), address_probe(target, asker_mac=mac)]
        questions += [who_has(ip, asker=address, asker_mac=mac) for ip in asked[1:]]
        questions += [who_has(target, asker=one, asker_mac=mac) for one in vantage.pool]
        sendings += [Sending(BROADCAST_AT_S + number * ROUND_GAP_S, question) for question in questions]
    return by_time(*sendings)


def follow_up(
    job: Job, vantage: Vantage, claims: Sequence[Claim], start_s: float, ends_s: float
) -> tuple[Sending, ...]:
    """Echo requests to every MAC that claims the target or the control, each series under its own ident, and who-has.

    A claim heard after ``start_s`` is followed up when it is heard, with as many requests as still fit.
    """
    address, mac, _ = _asker(job, vantage)
    alone = [
        Sending(after_s, who_has(claim.ip, asker=address, asker_mac=mac, to=claim.mac))
        for claim in claims[:MOST_ALONE]
        for after_s in (max(start_s, claim.heard_s), max(start_s, claim.heard_s) + ALONE_GAP_S)
        if after_s + ALONE_ANSWER_S <= ends_s
    ]
    return by_time(
        *alone,
        *(
            sending
            for number, claim in enumerate(claims[:MOST_CLAIMANTS], _FOLLOW_UP_SERIES)
            for sending in Echoes(job.id, number, address, mac, claim.ip, claim.mac).sendings(
                start_s=max(start_s, claim.heard_s), count=job.options.echoes, ends_s=ends_s
            )
        ),
    )


def read(artifact: Artifact, heard: Iterable[Heard]) -> Iterator[Observation]:
    """Every ARP question, answer and announcement and every RARP notice in the capture, in frame order.

    An answer to somebody else is an answer too, and so is one with a group MAC, as clusters give. Sender address
    0.0.0.0 asks and never claims; the zero MAC says nothing here. Locators are "frame 14".

    Source: RFC 826; RFC 5227 sections 2.1.1 and 2.3; RFC 903.
    """
    for one in heard:
        match one.frame:
            case ArpFrame() as frame:
                observation = _arp(artifact, one, frame)
            case RarpFrame() as frame:
                observation = _rarp(artifact, one, frame)
            case _:
                continue
        if observation is not None:
            yield observation


def _arp(artifact: Artifact, one: Heard, frame: ArpFrame) -> Observation | None:
    ours = frame.transmitter == artifact.vantage.mac
    somebodys = frame.sender_mac != ZERO and frame.sender_ip != NOBODY
    if frame.operation in (REQUEST, REPLY) and somebodys and frame.sender_ip == frame.target_ip:
        return ArpAnnounced(
            **place(artifact, one),
            ip=frame.sender_ip,
            mac=frame.sender_mac,
            transmitter=frame.transmitter,
            vlans=frame.vlans,
            tunnel=frame.tunnel,
            sent_to=frame.to,
        )
    if frame.operation == REPLY and somebodys:
        return ArpAnswer(
            **place(artifact, one),
            ip=frame.sender_ip,
            mac=frame.sender_mac,
            transmitter=frame.transmitter,
            told_mac=frame.target_mac,
            told_ip=_somebody(frame.target_ip),
            vlans=frame.vlans,
            tunnel=frame.tunnel,
        )
    if frame.operation == REQUEST and can_own(frame.sender_mac):
        return ArpAsked(
            **place(artifact, one),
            wanted=frame.target_ip,
            asker=_somebody(frame.sender_ip),
            asker_mac=frame.sender_mac,
            transmitter=frame.transmitter,
            sent_to=frame.to,
            vlans=frame.vlans,
            tunnel=frame.tunnel,
            ours=ours,
            returned=not one.outgoing if ours and one.outgoing is not None else None,
        )
    return None


def _rarp(artifact: Artifact, one: Heard, frame: RarpFrame) -> RarpNotice | None:
    # A notice asks about itself; a reply, or a question on behalf of another, announces nobody.
    if frame.operation != REVERSE_REQUEST or frame.sender_mac != frame.target_mac or not can_own(frame.sender_mac):
        return None
    return RarpNotice(
        **place(artifact, one),
        mac=frame.sender_mac,
        transmitter=frame.transmitter,
        vlans=frame.vlans,
        tunnel=frame.tunnel,
    )


def _somebody(ip: IPv4Address) -> IPv4Address | None:
    return None if ip == NOBODY else ip


def _asked(target: IPv4Address, control: IPv4Address | None) -> tuple[IPv4Address, ...]:
    return (target,) if control is None or control == target else (target, control)


def _asker(job: Job, vantage: Vantage) -> tuple[IPv4Address, Mac, IPv4Address]:
    assert vantage.address is not None, "an agent that asks has an address"
    assert vantage.mac is not None, "an agent that asks has a MAC"
    assert job.target is not None, "a check has a target"
    return vantage.address, vantage.mac, job.target
