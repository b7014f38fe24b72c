"""Who answers echo requests: through the gateway from another segment (planned here), and in any capture."""

from collections.abc import Iterable, Iterator, Sequence

from bot.frames.captured import Heard
from bot.frames.frame import EchoFrame, who_has
from bot.frames.plan import ECHO_GAP_S, Claim, Echoes, Plan, Sending, by_time
from bot.model.job import Artifact, Job, JobOptions, Vantage
from bot.model.observation import EchoAnswer, EchoAsked, Observation
from bot.probes.place import place

ASKINGS = 3  # a lost broadcast must not be taken for a dead gateway
ASK_GAP_S = 0.2
MOST_GATEWAYS = 4  # MACs that claim the gateway; each gets its own series


def duration_s(options: JobOptions) -> float:
    """How long a check through the gateway takes at most: its slowest answer, all echo requests, the last's answer."""
    return _resolved_s(options) + _echoing_s(options)


def plan(job: Job, vantage: Vantage, claims: Sequence[Claim] = ()) -> Plan:
    """Who-has for the gateway until it answers, then echo requests to the target and, as the control, to itself.

    ``claims`` are the claims to the gateway's address in the order heard; where several MACs claim it, each is
    tried, so that a fault of the gateway is not laid at the target's door. The vantage has an address and a
    gateway, and the job a target.
    """
    address, mac, gateway, target = vantage.address, vantage.mac, vantage.gateway, job.target
    assert address is not None and mac is not None and gateway is not None, "an agent that routes has all three"  # noqa: PT018
    assert target is not None, "a check has a target"
    first_s = claims[0].heard_s if claims else None
    asking = [
        Sending(number * ASK_GAP_S, who_has(gateway, asker=address, asker_mac=mac))
        for number in range(ASKINGS)
        if first_s is None or number * ASK_GAP_S <= first_s
    ]
    if first_s is None:
        return Plan(tuple(asking), _resolved_s(job.options))
    ends_s = first_s + _echoing_s(job.options)
    echoing = [
        sending
        for number, claim in enumerate(claims[:MOST_GATEWAYS])
        for turn, ip in enumerate((gateway, target))
        for sending in Echoes(job.id, 2 * number + turn, address, mac, ip, claim.mac).sendings(
            start_s=claim.heard_s, count=job.options.echoes, ends_s=ends_s
        )
    ]
    return Plan(by_time(*asking, *echoing), ends_s)


def read(artifact: Artifact, heard: Iterable[Heard]) -> Iterator[Observation]:
    """Every echo request and reply in the capture, in frame order; ``ours`` were sent by the vantage itself."""
    for one in heard:
        frame = one.frame
        if not isinstance(frame, EchoFrame):
            continue
        if frame.reply:
            yield EchoAnswer(
                **place(artifact, one),
                ip=frame.source,
                ident=frame.ident,
                seq=frame.seq,
                mac=frame.transmitter,
                ttl=frame.ttl,
                told=frame.destination,
                vlans=frame.vlans,
            )
        else:
            yield EchoAsked(
                **place(artifact, one),
                ip=frame.destination,
                ident=frame.ident,
                seq=frame.seq,
                sent_to=frame.to,
                ours=frame.transmitter == artifact.vantage.mac,
                asker=frame.source,
                transmitter=frame.transmitter,
                ttl=frame.ttl,
                vlans=frame.vlans,
            )


def _resolved_s(options: JobOptions) -> float:
    return (ASKINGS - 1) * ASK_GAP_S + options.listen_s


def _echoing_s(options: JobOptions) -> float:
    return max(options.echoes - 1, 0) * ECHO_GAP_S + options.listen_s
