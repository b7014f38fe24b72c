"""The ability to listen and say nothing."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial

from bot import log
from bot.agents import capture_filter
from bot.agents.bounds import CaptureBounds, filter_of
from bot.agents.courier import Courier, pause_s
from bot.agents.evidence import seal
from bot.agents.recorder import Recorder
from bot.agents.ring import LATEST_S, Ring
from bot.agents.spool import Reader, Spool
from bot.errors import InstrumentError, RequestError
from bot.frames.captured import LONGEST_BYTES, moment
from bot.meters import CAPTURE_DROPS, CAPTURED_BYTES, CAPTURED_PACKETS, CAPTURES
from bot.model.job import Artifact, Media, Vantage
from bot.ports import NO_METER, Clock, Meter, Work

Sealed = tuple[Artifact, bytes]

HEADER_BYTES = 256  # all headers of ARP and ICMP behind any stack of tags, and little of anybody's data
_NOT_YET = timedelta(seconds=LATEST_S)  # what may still be in a block that the kernel fills
_MARGIN_S = 2.0  # before the job's end: what was captured has to travel while somebody waits for it

RUNS_STILL = "It still ran when this was sent."
CUT_SHORT = "It began late, and its time was up before it had run in full."

_log = log.get(__name__)


class CaptureAbility:
    """Does ``Probe.CAPTURE`` jobs; implements ``bot.ports.Ability``. Sends nothing."""

    def __init__(self, vantage: Vantage, bounds: CaptureBounds, clock: Clock, meter: Meter = NO_METER) -> None:
        self._vantage, self._bounds, self._clock, self._meter = vantage, bounds, clock, meter
        self._places = threading.BoundedSemaphore(bounds.at_once)

    def __call__(self, work: Work) -> Sequence[Sealed]:
        """What the job's filter takes in ``listen_s`` seconds, as one capture.

        An interface that goes away, a disk or a bound that is full and a stop end it early: what was captured by then
        is evidence, and the artifact says why there is no more.

        Raises:
            RequestError: the job is outside the bounds.
            InstrumentError: the interface or the spool directory cannot be used.
        """
        options, bounds = work.job.options, self._bounds
        wanted = filter_of(work.job, bounds, self._vantage)
        snap_bytes = LONGEST_BYTES if options.payload else HEADER_BYTES
        program = capture_filter.program(wanted, snap_bytes, payload=options.payload)
        listen_s = min(options.listen_s, max(0.0, work.left_s() - _MARGIN_S))
        with self._place(), _room(bounds) as spool, Ring(self._vantage.interface, program) as ring:
            recorder = Recorder(ring, spool, bounds, self._clock, listen_s)
            capture = _Capture(work, self._vantage, bounds, self._clock, recorder)
            pause = partial(pause_s, listen_s=max(listen_s, 1.0), most_bytes=bounds.size_bytes)
            with Courier(spool.reader(), capture.tell, capture.send, pause):
                ended = self._record(recorder, work)
            if ended is None and listen_s < options.listen_s:
                ended = CUT_SHORT
            if ended:
                _log.warning("capture_incomplete", reason=ended)
            with spool.reader() as whole:
                return (capture.sealed(whole, recorder.stopped_at or self._clock.now(), ended),)

    def _record(self, recorder: Recorder, work: Work) -> str | None:
        self._meter.add(CAPTURES)
        try:
            return recorder.run(work.stop_reason)
        finally:
            self._meter.add(CAPTURES, by=-1)
            self._meter.add(CAPTURED_PACKETS, by=recorder.frames)
            self._meter.add(CAPTURED_BYTES, by=recorder.size_bytes)
            self._meter.add(CAPTURE_DROPS, by=recorder.dropped)

    @contextmanager
    def _place(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise RequestError(
                f"This agent captures for {self._bounds.at_once} incidents already, the most that it may: "
                "wait until one of them ends, or stop it."
            )
        try:
            yield
        finally:
            self._places.release()


def _room(bounds: CaptureBounds) -> Spool:
    spool = Spool(bounds.spool)
    if (free_bytes := spool.free_bytes()) < bounds.spare_bytes:
        spool.close()
        raise InstrumentError(
            f"The agent's spool directory {bounds.spool} has {free_bytes >> 20} MiB left, less than the "
            f"{bounds.spare_bytes >> 20} MiB that must stay free: make room on that disk."
        )
    return spool


class _Capture:
    """One capture on its way to the people: how far it is, what it holds so far, and what it held in the end."""

    def __init__(self, work: Work, vantage: Vantage, bounds: CaptureBounds, clock: Clock, recorder: Recorder) -> None:
        self._work, self._vantage, self._bounds, self._clock = work, vantage, bounds, clock
        self._recorder = recorder

    def tell(self) -> None:
        """Say how far it is."""
        recorder = self._recorder
        self._work.progress(recorder.frames, recorder.size_bytes, recorder.dropped, recorder.left_s)

    def send(self, reader: Reader) -> int:
        """Send what there is so far; how many bytes that was."""
        until = max(self._recorder.started_at, self._clock.now() - _NOT_YET)
        artifact, data = self.sealed(reader, until, RUNS_STILL)
        self._work.report(((artifact, data),))
        return len(data)

    def sealed(self, reader: Reader, until: datetime, incomplete: str | None) -> Sealed:
        """What was recorded ``until`` then, or until its last frame where there was no more room."""
        bounds, dropped = self._bounds, self._recorder.dropped
        written = reader.pcapng(
            self._vantage.interface, dropped, most_frames=bounds.frames, most_bytes=bounds.size_bytes
        )
        if self._recorder.full and written.last_ns is not None:
            until = moment(written.last_ns)
        return seal(
            self._work.job,
            self._vantage,
            Media.PCAP,
            written.data,
            started_at=self._recorder.started_at,
            stopped_at=until,
            dropped=dropped,
            incomplete=incomplete,
        )
