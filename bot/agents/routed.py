"""The ability to try the target from another segment, through the gateway."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from bot.agents.bounds import Bounds, require_remote, target_of
from bot.agents.exchange import Exchange
from bot.agents.wire import Wire
from bot.frames.decode import parties
from bot.frames.frame import Frame
from bot.model.job import Artifact, Vantage
from bot.ports import Clock, Work
from bot.probes import icmp


@dataclass(frozen=True, slots=True)
class RoutedAbility:
    """Does ``Probe.ICMP`` jobs; implements ``bot.ports.Ability``. The control is the gateway itself."""

    vantage: Vantage
    bounds: Bounds
    clock: Clock

    def __call__(self, work: Work) -> Sequence[tuple[Artifact, bytes]]:
        """The capture of who answered for the gateway, and of every echo request and reply.

        The gateway is asked for by our own ARP and not taken from the kernel, whose entry may be the fault.

        Raises:
            RequestError: the job is outside the bounds, or its target on this very segment or out of reach.
            InstrumentError: no gateway is known, or the interface cannot be used.
        """
        job, vantage = work.job, self.vantage
        target = target_of(job, self.bounds)
        require_remote(target, vantage, self.bounds)
        assert vantage.gateway is not None, "required above"
        about = (target, vantage.gateway)

        def keeps(data: bytes, _frame: Frame | None) -> bool:
            return any(ip in about for ip in parties(data))

        plan = partial(icmp.plan, job, vantage)
        with Wire(vantage.interface) as wire:
            return Exchange(
                wire, work, vantage, self.bounds, self.clock, plan=plan, watched=(vantage.gateway,), keeps=keeps
            ).run()
