"""The ability to watch one machine without a pause, for the length of one piece."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from bot.agents import neighbours
from bot.agents.bounds import Bounds, require_local, require_remote, watched_of
from bot.agents.exchange import Exchange
from bot.agents.wire import Wire
from bot.frames.decode import parties
from bot.frames.frame import ArpFrame, Frame, RarpFrame
from bot.model.job import Artifact, Vantage
from bot.ports import Clock, Work
from bot.probes import watching

REPORT_EVERY_S = 2.0


@dataclass(frozen=True, slots=True)
class WatchAbility:
    """Does ``Probe.WATCH`` jobs; implements ``bot.ports.Ability``. The control is the vantage's gateway."""

    vantage: Vantage
    bounds: Bounds
    clock: Clock

    def __call__(self, work: Work) -> Sequence[tuple[Artifact, bytes]]:
        """The capture of everything asked and answered about the target, reported every two seconds as far as it is.

        Raises:
            RequestError: the job is outside the bounds, or its target out of reach.
            InstrumentError: the interface cannot be used.
        """
        job, vantage = work.job, self.vantage
        target = watched_of(job, self.bounds)
        if vantage.prefix is not None and target in vantage.prefix:
            require_local(target, vantage)
        else:
            require_remote(target, vantage, self.bounds)
        about = (target,) if vantage.gateway is None else (target, vantage.gateway)

        def keeps(data: bytes, frame: Frame | None) -> bool:
            if isinstance(frame, ArpFrame):
                return frame.sender_ip in about or frame.target_ip in about
            return isinstance(frame, RarpFrame) or any(ip in about for ip in parties(data))

        with Wire(vantage.interface) as wire:
            held = {row.ip: row.mac for row in neighbours.look(vantage.interface) if row.mac is not None}
            plan = partial(watching.plan, job, vantage, {ip: mac for ip, mac in held.items() if ip in about})
            return Exchange(
                wire, work, vantage, self.bounds, self.clock, plan=plan, watched=about, keeps=keeps,
                report_every_s=REPORT_EVERY_S,
            ).run()  # fmt: skip
