"""The ability to listen and say nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.agents.bounds import Bounds, target_of
from bot.agents.exchange import Exchange
from bot.agents.wire import Wire
from bot.frames.decode import parties
from bot.frames.frame import Frame, HelloFrame, LoopFrame, RarpFrame
from bot.frames.plan import Plan
from bot.model.job import Artifact, Vantage
from bot.ports import Clock, Work


@dataclass(frozen=True, slots=True)
class CaptureAbility:
    """Does ``Probe.CAPTURE`` jobs; implements ``bot.ports.Ability``. Sends nothing."""

    vantage: Vantage
    bounds: Bounds
    clock: Clock

    def __call__(self, work: Work) -> Sequence[tuple[Artifact, bytes]]:
        """The ARP and ICMP of the target in ``listen_s`` seconds, and nothing of anybody else.

        RARP notices, hellos of virtual routers and frames of a MAC to itself name no address of a guest, so they are
        recorded whomever they are about.

        Raises:
            RequestError: the job is outside the bounds.
            InstrumentError: the interface cannot be used.
        """
        target = target_of(work.job, self.bounds)

        def keeps(data: bytes, frame: Frame | None) -> bool:
            return isinstance(frame, RarpFrame | HelloFrame | LoopFrame) or target in parties(data)

        with Wire(self.vantage.interface) as wire:
            return Exchange(
                wire,
                work,
                self.vantage,
                self.bounds,
                self.clock,
                plan=lambda _claims: Plan((), work.job.options.listen_s),
                watched=(target,),
                keeps=keeps,
            ).run()
