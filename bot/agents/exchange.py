"""One job on one wire: send what is planned when it is due, hear everything, plan on by what was heard.

The wire hears before the first frame leaves and until the plan ends. All waiting is on the monotonic clock; the times
in the capture are the kernel's.
"""

import time
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address

from bot import log
from bot.agents.bounds import Bounds
from bot.agents.evidence import seal
from bot.agents.wire import Wire
from bot.frames.captured import Captured
from bot.frames.craft import craft
from bot.frames.decode import decode
from bot.frames.frame import ArpFrame, Frame
from bot.frames.pcapng import write
from bot.frames.plan import Claim, Plan, Sending
from bot.model.job import Artifact, Media, Vantage
from bot.ports import Clock, Work

Sealed = tuple[Artifact, bytes]

EARLY_REPORT_S = 0.5  # by now the quick owners have answered: something to show while the slow ones are awaited
MOST_EARLY_REPORTS = 6  # a segment full of claimants must not turn every frame into a report
_LOOK_UP_S = 0.05  # how long the job may go on after it was cancelled

_log = log.get(__name__)


class Exchange:
    """The recording of one job, and the claims heard in it so far.

    ``plan`` is asked again with every new claim to one of the ``watched`` addresses. ``keeps`` decides which frames
    are recorded: an agent brings back no more of a segment's traffic than the job is about. ``before`` are artifacts
    that were made earlier and go with every report. ``report_every_s``: report what there is so often, whoever claims.
    """

    def __init__(
        self,
        wire: Wire,
        work: Work,
        vantage: Vantage,
        bounds: Bounds,
        clock: Clock,
        *,
        plan: Callable[[Sequence[Claim]], Plan],
        watched: Sequence[IPv4Address],
        keeps: Callable[[bytes, Frame | None], bool],
        before: Sequence[Sealed] = (),
        report_every_s: float | None = None,
    ) -> None:
        self._wire, self._work, self._vantage, self._bounds, self._clock = wire, work, vantage, bounds, clock
        self._plan, self._watched, self._keeps, self._before = plan, frozenset(watched), keeps, tuple(before)
        self._started_at = clock.now()
        self._start_s = time.monotonic()
        self._recorded: list[Captured] = []
        self._recorded_bytes = 0
        self._overflow = 0
        self._claims: list[Claim] = []
        self._early_reports = 0
        self._report_every_s, self._reported_s = report_every_s, 0.0
        self._reported_claims: int | None = None
        self._sent: set[Sending] = set()

    def run(self) -> tuple[Sealed, ...]:
        """Carry the plan out to its end, or until the job is stopped; the artifacts."""
        plan = self._planned()
        while not self._work.stopped():
            self._send_due(plan)
            if self._now_s() >= plan.ends_s:
                break
            if self._hear(plan):
                plan = self._planned()
            self._report_early()
        if self._overflow:
            _log.warning("capture_full", dropped=self._overflow)
        return self._artifacts()

    def _now_s(self) -> float:
        return time.monotonic() - self._start_s

    def _planned(self) -> Plan:
        plan = self._plan(tuple(self._claims))
        for sending in plan.sendings:  # ahead of time: crafting takes longer than sending
            craft(sending.frame)
        return plan

    def _send_due(self, plan: Plan) -> None:
        for sending in plan.sendings:
            if sending.after_s > self._now_s():
                break
            if sending not in self._sent:
                self._wire.send(craft(sending.frame))
                self._sent.add(sending)

    def _hear(self, plan: Plan) -> bool:
        """Whether a new claim was among what came in until the next thing is due."""
        due_s = next((one.after_s for one in plan.sendings if one not in self._sent), plan.ends_s)
        before = len(self._claims)
        for captured in self._wire.hear(min(due_s, plan.ends_s, self._now_s() + _LOOK_UP_S) - self._now_s()):
            frame = decode(captured.data)
            self._notice(frame)
            if self._keeps(captured.data, frame):
                self._record(captured)
        return len(self._claims) > before

    def _notice(self, frame: Frame | None) -> None:
        if not isinstance(frame, ArpFrame) or not frame.claims or frame.sender_ip not in self._watched:
            return
        known = any((one.ip, one.mac) == (frame.sender_ip, frame.sender_mac) for one in self._claims)
        if not known and frame.sender_mac != self._vantage.mac:
            self._claims.append(Claim(frame.sender_ip, frame.sender_mac, self._now_s()))

    def _record(self, captured: Captured) -> None:
        size_bytes = self._recorded_bytes + len(captured.data)
        if len(self._recorded) >= self._bounds.frames or size_bytes > self._bounds.size_bytes:
            self._overflow += 1
            return
        self._recorded.append(captured)
        self._recorded_bytes = size_bytes

    def _report_early(self) -> None:
        """Report when the quick owners have answered, and from then on whenever somebody new claims."""
        if self._report_every_s is not None:
            if self._now_s() >= self._reported_s + self._report_every_s:
                self._reported_s = self._now_s()
                self._work.report(self._artifacts())
            return
        news = self._reported_claims != len(self._claims)
        if news and self._now_s() >= EARLY_REPORT_S and self._early_reports < MOST_EARLY_REPORTS:
            self._early_reports += 1
            self._reported_claims = len(self._claims)
            self._work.report(self._artifacts())

    def _artifacts(self) -> tuple[Sealed, ...]:
        dropped = self._wire.dropped() + self._overflow
        capture = seal(
            self._work.job,
            self._vantage,
            Media.PCAP,
            write(self._recorded, interface=self._vantage.interface, dropped=dropped),
            started_at=self._started_at,
            stopped_at=self._clock.now(),
            dropped=dropped,
        )
        return (*self._before, capture)
