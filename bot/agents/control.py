"""Does the instrument hear? The control of every ARP check, asked by itself: the gateway answers, or nobody knows."""

from datetime import timedelta

from bot.agents.bounds import Bounds
from bot.agents.segment import SegmentAbility
from bot.errors import InstrumentError
from bot.model.addresses import Mac
from bot.model.job import Job, JobOptions, Probe, Vantage
from bot.model.observation import ArpAnswer
from bot.ports import Clock, Work
from bot.probes import read

LISTEN_S = 0.5
_MOST_S = 5.0


def answers(vantage: Vantage, clock: Clock) -> tuple[Mac, ...]:
    """The MACs that answered for the vantage's gateway, with the very probe that an agent uses; none: silence.

    Raises:
        InstrumentError: the vantage has no gateway, or the interface cannot be used.
        RequestError: the gateway is not on this segment.
    """
    if vantage.gateway is None:
        raise InstrumentError(
            f"No gateway is known on {vantage.interface}: give it a default route, or name a machine that always "
            "answers in RULEOUT_GATEWAY."
        )
    now = clock.now()
    job = Job(
        clock.new_id("job"),
        clock.new_id("doctor"),
        Probe.ARP,
        f"segment.{vantage.segment}",
        vantage.gateway,
        JobOptions(listen_s=LISTEN_S, echoes=0),
        now,
        now + timedelta(seconds=_MOST_S),
    )
    evidence = SegmentAbility(vantage, Bounds(), clock)(Work(job, lambda: False, lambda _: None))
    seen = (one for artifact, data in evidence for one in read(artifact, data))
    return tuple(dict.fromkeys(one.mac for one in seen if isinstance(one, ArpAnswer) and one.ip == vantage.gateway))
