"""Watching one machine without a pause: who claims it every second, and two echo requests a second to each of them.

On the target's own segment it is asked for by broadcast; from elsewhere only pinged, through the gateway. The control
is the gateway in both. Captures of a watch are read as any other.
"""

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Address

from bot.frames.frame import who_has
from bot.frames.plan import Claim, Echoes, Plan, Sending, by_time
from bot.model.addresses import Mac
from bot.model.job import Job, JobOptions, Vantage

ASK_GAP_S = 1.0
ECHO_GAP_S = 0.5
CONTROL_GAP_S = 2.0
TAIL_S = 1.0
"""So long before its end nothing is sent any more: the last answer is heard, and the next piece has begun by then."""
MOST_CLAIMANTS = 8
_CONTROL_SERIES = 32  # the gateway's; those below are the target's


def duration_s(options: JobOptions) -> float:
    """How long a piece takes."""
    return options.listen_s


def plan(job: Job, vantage: Vantage, held: Mapping[IPv4Address, Mac], claims: Sequence[Claim] = ()) -> Plan:
    """Everything to send with what is known by now.

    ``held`` is the agent's own ARP table: whoever it names is pinged from the start. ``claims`` are the claims to
    target and gateway in the order heard. The vantage has an address and the job a target.
    """
    address, mac, target = vantage.address, vantage.mac, job.target
    assert address is not None and mac is not None and target is not None, "required by the ability"  # noqa: PT018
    until_s = job.options.listen_s - TAIL_S
    local = vantage.prefix is None or target in vantage.prefix
    sendings: list[Sending] = []
    for at_s in _every(ASK_GAP_S, 0.0, until_s) if local else ():
        sendings.append(Sending(at_s, who_has(target, asker=address, asker_mac=mac)))
    if vantage.gateway is not None:
        for at_s in _every(CONTROL_GAP_S, 0.0, until_s):
            sendings.append(Sending(at_s, who_has(vantage.gateway, asker=address, asker_mac=mac)))
    for number, (ip, holder, heard_s) in enumerate(_pinged(target, vantage, held, claims, local=local)):
        series = number if ip == target else _CONTROL_SERIES  # the same whoever claims later
        echoes = Echoes(job.id, series, address, mac, ip, holder)
        gap_s = ECHO_GAP_S if ip == target else CONTROL_GAP_S
        sendings += echoes.sendings(start_s=heard_s, count=10_000, ends_s=until_s, gap_s=gap_s)
    return Plan(by_time(*sendings), job.options.listen_s)


def _pinged(
    target: IPv4Address,
    vantage: Vantage,
    held: Mapping[IPv4Address, Mac],
    claims: Sequence[Claim],
    *,
    local: bool,
) -> Iterator[tuple[IPv4Address, Mac, float]]:
    """Which address is pinged at which MAC, and from when: each claimant of the target, or the gateway for it."""
    gateway = vantage.gateway
    known: dict[tuple[IPv4Address, Mac], float] = {}
    for ip in (target, gateway):
        if ip is not None and ip in held:
            known[ip, held[ip]] = 0.0
    for claim in claims:
        known.setdefault((claim.ip, claim.mac), claim.heard_s)
    owners = [(ip, holder, at_s) for (ip, holder), at_s in known.items() if ip == target][:MOST_CLAIMANTS]
    gateways = [(ip, holder, at_s) for (ip, holder), at_s in known.items() if ip == gateway][:MOST_CLAIMANTS]
    yield from owners if local else [(target, holder, at_s) for _, holder, at_s in gateways[:1]]
    yield from gateways[:1]


def _every(gap_s: float, start_s: float, until_s: float) -> Iterator[float]:
    number = 0
    while start_s + number * gap_s < until_s:
        yield start_s + number * gap_s
        number += 1
