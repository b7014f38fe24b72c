"""The ability to ask on the target's own segment who owns its address, and whether each owner can be reached."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from bot.agents import neighbours
from bot.agents.bounds import Bounds, require_local, target_of
from bot.agents.evidence import seal
from bot.agents.exchange import Exchange
from bot.agents.wire import Wire
from bot.frames.decode import parties
from bot.frames.frame import ArpFrame, Frame, HelloFrame, LoopFrame, RarpFrame
from bot.model.job import Artifact, Media, Vantage
from bot.ports import Clock, Work
from bot.probes import arp
from bot.probes.neighbours import write


@dataclass(frozen=True, slots=True)
class SegmentAbility:
    """Does ``Probe.ARP`` jobs; implements ``bot.ports.Ability``. The control is the vantage's gateway."""

    vantage: Vantage
    bounds: Bounds
    clock: Clock

    def __call__(self, work: Work) -> Sequence[tuple[Artifact, bytes]]:
        """The ARP table as it was, and the capture of everything asked and answered.

        All ARP of the segment is recorded, for other addresses of the same MACs tell one machine from two, and the
        hellos of virtual routers; of other traffic only ICMP of target and control.

        Raises:
            RequestError: the job is outside the bounds, or its target not on this segment.
            InstrumentError: the interface cannot be used.
        """
        job, vantage = work.job, self.vantage
        target = target_of(job, self.bounds)
        require_local(target, vantage)
        asked = (target,) if vantage.gateway is None else (target, vantage.gateway)

        def keeps(data: bytes, frame: Frame | None) -> bool:
            told_to_all = isinstance(frame, ArpFrame | RarpFrame | HelloFrame | LoopFrame)
            return told_to_all or any(ip in asked for ip in parties(data))

        with Wire(vantage.interface) as wire:
            looked_at = self.clock.now()
            table = neighbours.look(vantage.interface)
            held = {row.ip: row.mac for row in table if row.mac is not None}
            seen = seal(
                job,
                vantage,
                Media.NEIGHBOURS,
                write(table),
                started_at=looked_at,
                stopped_at=looked_at,
                dropped=None,
            )
            plan = partial(arp.plan, job, vantage, held)
            exchange = Exchange(
                wire, work, vantage, self.bounds, self.clock, plan=plan, watched=asked, keeps=keeps, before=(seen,)
            )
            return exchange.run()
