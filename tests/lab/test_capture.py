"""Captures by the kernel's ring, with real packets, and everything that can end one early."""

import ctypes
import multiprocessing
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from ipaddress import IPv4Network
from math import inf
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from bot.agents import capture_filter
from bot.agents.blocks import count
from bot.agents.bounds import CaptureBounds
from bot.agents.capture import CUT_SHORT, HEADER_BYTES, RUNS_STILL, CaptureAbility
from bot.agents.ring import BLOCK_BYTES, Ring
from bot.agents.wire import Wire
from bot.frames.captured import Captured
from bot.frames.craft import craft
from bot.frames.frame import EchoFrame, who_has
from bot.frames.recording import Recording
from bot.model.capture import Filter, Traffic
from bot.model.job import Artifact, Job, JobOptions, Probe
from bot.system import SystemClock
from deploy.lab.ns import Apart, enter
from tests.contracts.test_capture_filter import FILTERS, frames, of_ours, tagged
from tests.lab.cell import FIRST_MAC, GATEWAY, GATEWAY_MAC, TARGET, Cell, Done, child, job, standing
from tests.lab.privileges import CAP_NET_RAW, become_nobody, only

pytestmark = pytest.mark.lab

PING = craft(
    EchoFrame(to=FIRST_MAC, transmitter=GATEWAY_MAC, source=GATEWAY, destination=TARGET, reply=False, ident=1, seq=1)
)
ASKED = craft(who_has(TARGET, asker=GATEWAY, asker_mac=GATEWAY_MAC))
ANYWHERE = (IPv4Network("0.0.0.0/0"),)
_MACS = bytes.fromhex(f"{FIRST_MAC}{GATEWAY_MAC}".replace(":", ""))


@pytest.fixture(scope="module")
def run() -> Iterator[Apart]:
    with child() as run:
        yield run


def capture(wanted: Filter | None = None, *, listen_s: float = 0.3, payload: bool = False) -> Job:
    asked = job(Probe.CAPTURE, listen_s=listen_s)
    return replace(asked, options=JobOptions(listen_s=listen_s, filter=wanted, payload=payload))


class Once:
    """Does something when the capture has begun to look for a reason to stop; then gives none, or that one."""

    def __init__(self, act: Callable[[], object], reason: str | None = None) -> None:
        self._act: Callable[[], object] | None = act
        self._reason = reason

    def __call__(self) -> str | None:
        if self._act is not None:
            act, self._act = self._act, None
            act()
            return None
        return self._reason


def do(
    asked: Job,
    stop_reason: Callable[[], str | None],
    bounds: CaptureBounds = CaptureBounds(),  # noqa: B008  frozen
    *,
    cell: Cell | None = None,
    left_s: float = inf,
) -> Done:
    return (cell or standing()).do(
        lambda vantage, _, clock: CaptureAbility(vantage, bounds, clock),
        asked,
        stop_reason=stop_reason,
        left_s=left_s,
    )


def recorded(done: Done) -> tuple[Artifact, list[Captured]]:
    ((artifact, data),) = done.sealed
    recording = Recording(data)
    taken = list(recording)
    assert recording.end is not None
    assert recording.end.dropped == artifact.dropped
    assert not recording.end.cut_short
    return artifact, taken


def _sent(
    asked: Job,
    whole: Sequence[bytes],
    bounds: CaptureBounds = CaptureBounds(),  # noqa: B008  frozen
    reason: str | None = None,
) -> tuple[Artifact, list[Captured]]:
    return recorded(do(asked, Once(lambda: standing().far_end(whole), reason), bounds))


def test_a_capture_holds_what_was_on_the_wire(run: Apart) -> None:
    """With the kernel's times, in order, and nothing said to be lost that was not."""
    sent = [ASKED, PING, ASKED]
    artifact, taken = run(_sent, capture(), sent)
    assert [one.data for one in taken] == sent
    assert {one.outgoing for one in taken} == {False}
    times = [one.seen_at for one in taken]
    assert artifact.started_at <= times[0] <= times[1] <= times[2] <= artifact.stopped_at
    assert (artifact.dropped, artifact.incomplete) == (0, None)


def _both_ways() -> list[tuple[bytes, bool | None]]:
    def exchange() -> None:
        with standing().vantage(), Wire("eth0") as wire:
            wire.send(PING)
        standing().far_end([ASKED])

    _, taken = recorded(do(capture(), Once(exchange)))
    return [(one.data, one.outgoing) for one in taken]


def test_what_the_agent_itself_sent_is_told_apart(run: Apart) -> None:
    """Checks run beside captures: their questions must not read as somebody else's."""
    assert sorted(run(_both_ways)) == sorted([(PING, True), (ASKED, False)])


@pytest.mark.parametrize("wanted", [pytest.param(one, id=name) for name, one in FILTERS.items() if one.vlan != 20])
def test_the_kernel_runs_the_filter_as_it_is_said(run: Apart, wanted: Filter) -> None:
    """What libpcap was held against ran in a machine of the tests; this is the real one."""
    few = frames()[::37]
    whole = (*few, *(tagged(frame, 10) for frame in few), *(tagged(frame, 30, 10) for frame in few))
    kept = [whole[number] for number in sorted(of_ours(wanted, whole))]
    _, taken = run(_sent, replace(capture(wanted), target=wanted.hosts[0]), whole, CaptureBounds(prefixes=ANYWHERE))
    assert [one.length_bytes for one in taken] == [len(frame) for frame in kept]
    assert all(frame.startswith(one.data) for one, frame in zip(taken, kept, strict=True))


@pytest.mark.parametrize("payload", [False, True], ids=["headers", "payload"])
def test_payload_is_taken_only_where_agent_and_job_agree(run: Apart, payload: bool) -> None:
    """The default is that nobody's data leaves the segment."""
    secret = b"a password".ljust(900, b".")
    ip = bytes.fromhex("4500 03bc 0000 0000 4006 0000") + GATEWAY.packed + TARGET.packed
    frame = _MACS + b"\x08\x00" + ip + bytes.fromhex("01bb c000") + bytes(8) + b"\x50" + bytes(7) + secret
    _, (one,) = run(
        _sent, capture(Filter((TARGET,), (Traffic.ALL,)), payload=payload), [frame], CaptureBounds(payload=True)
    )
    assert one.length_bytes == len(frame)
    assert (one.data == frame) == payload
    assert (b"password" in one.data) == payload


@pytest.mark.parametrize(
    ("bounds", "kept", "says"),
    [
        pytest.param(CaptureBounds(frames=7), 7, "full with 7 frames", id="frames"),
        pytest.param(CaptureBounds(size_bytes=1000), 8, "full with 0.001 MB", id="bytes"),
    ],
)
def test_a_full_capture_ends_and_says_so(run: Apart, bounds: CaptureBounds, kept: int, says: str) -> None:
    """What came later was not heard; taken for silence, it would accuse somebody."""
    artifact, taken = run(_sent, capture(listen_s=20), [ASKED] * 50, bounds)
    assert len(taken) == kept
    assert says in str(artifact.incomplete)
    assert artifact.stopped_at == taken[-1].seen_at
    assert artifact.dropped == 0
    assert artifact.size_bytes <= bounds.size_bytes


def test_a_stopped_capture_brings_what_it_has(run: Apart) -> None:
    """Somebody has seen enough, or too much; what is there is evidence."""
    artifact, taken = run(_sent, capture(listen_s=20), [ASKED, PING], reason="It was stopped by a person.")
    assert [one.data for one in taken] == [ASKED, PING]
    assert artifact.incomplete == "It was stopped by a person."
    assert (artifact.stopped_at - artifact.started_at).total_seconds() < 2


def _claimed() -> tuple[int, int]:
    """Frames that were on the wire before the capture says that it stopped, and those that it holds."""
    over, sent = threading.Event(), list[datetime]()

    def tick() -> None:
        while not over.wait(0.001):
            standing().far_end([PING])
            sent.append(SystemClock().now())

    ticking = threading.Thread(target=tick)
    artifact, taken = recorded(do(capture(listen_s=0.5), Once(ticking.start)))
    over.set()
    ticking.join()
    return sum(at < artifact.stopped_at for at in sent), len(taken)


def test_no_moment_is_claimed_that_was_not_heard(run: Apart) -> None:
    """An answer in the last tenth of a second would read as silence."""
    on_the_wire, kept = run(_claimed)
    assert 0 < on_the_wire <= kept


def _gone(how: str) -> tuple[Artifact, list[Captured]]:
    with Cell() as cell:

        def act() -> None:
            cell.far_end([ASKED, PING])
            (cell.links.down if how == "off" else cell.links.delete)("agent", "eth0")

        return recorded(do(capture(listen_s=20), Once(act), cell=cell))


@pytest.mark.parametrize("how", ["off", "removed"])
def test_an_interface_that_goes_away_ends_it_with_what_came_before(run: Apart, how: str) -> None:
    """The move of the agent's own VM must not cost what it had seen."""
    artifact, taken = run(_gone, how)
    assert [one.data for one in taken] == [ASKED, PING]
    assert artifact.incomplete == "Interface eth0 was switched off or removed while the agent was using it."


def _on_a_small_disk(directory: str, size_bytes: int, spare_bytes: int) -> tuple[Artifact, int]:
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.unshare(0x00020000) == 0  # CLONE_NEWNS
    assert libc.mount(b"tmpfs", directory.encode(), b"tmpfs", 0, f"size={size_bytes}".encode()) == 0
    try:
        bounds = CaptureBounds(spool=Path(directory), spare_bytes=spare_bytes, size_bytes=64 << 20)
        artifact, taken = recorded(do(capture(listen_s=20), Once(lambda: standing().far_end([PING] * 30_000)), bounds))
        return artifact, len(taken)
    finally:
        libc.umount2(directory.encode(), 0)


@pytest.mark.parametrize(
    ("size_bytes", "spare_bytes", "says"),
    [
        pytest.param(2 << 20, 1, "is full", id="full"),
        pytest.param(64 << 20, 62 << 20, "Less than 62 MiB were left", id="what has to stay free"),
    ],
)
def test_a_full_disk_ends_it_with_what_was_written(
    run: Apart, tmp_path: Path, size_bytes: int, spare_bytes: int, says: str
) -> None:
    """The file for the people is made in memory, so the full disk does not keep it back."""
    artifact, kept = run(_on_a_small_disk, str(tmp_path), size_bytes, spare_bytes)
    assert says in str(artifact.incomplete)
    assert kept > 5_000


def _flooded(blocks: int) -> tuple[int, int]:
    program = capture_filter.program(Filter((TARGET,)), HEADER_BYTES, payload=False)
    cell, kept = standing(), 0
    with cell.vantage(), Ring("eth0", program, blocks=blocks) as ring:
        cell.far_end([PING] * 40_000)
        for block in ring.end():
            kept += count(block)
        return kept, ring.dropped()


def test_frames_that_the_ring_had_no_room_for_are_counted(run: Apart) -> None:
    """An answer may have been among them, so silence in such a capture proves nothing."""
    kept, dropped = run(_flooded, 2)
    assert 0 < kept <= 2 * BLOCK_BYTES // 100
    assert kept + dropped == 40_000


def test_the_ring_bears_a_storm_that_a_busy_agent_does_not_read(run: Apart) -> None:
    """Forty thousand frames fit while every thread of the agent does something else."""
    assert run(_flooded, 32) == (40_000, 0)


WATCHED_S = 4.6
"""It says four times how far it is. Sent at 1 and 2 s, a capture has grown by ``GROWTH`` at 3 s to the millisecond:
it is sent again then or at 4 s, and in either case not once more before this is over."""


def _watched() -> tuple[Done, list[str]]:
    cell, there = standing(), list[str]()
    with TemporaryDirectory() as spool:

        def look() -> None:
            cell.far_end([PING])
            there.extend(path.name for path in Path(spool).iterdir())

        return do(capture(listen_s=WATCHED_S), Once(look), CaptureBounds(spool=Path(spool))), there


def test_a_capture_says_every_second_how_far_it_is_and_sends_what_there_is(run: Apart) -> None:
    """People see that it works, and an agent that is killed leaves what it saw."""
    done, there = run(_watched)
    assert there == []  # a file with a name could outlive the agent
    assert [(packets, dropped) for packets, _, dropped, _ in done.progress] == [(1, 0)] * 4
    left = [left_s for *_, left_s in done.progress]
    assert left == sorted(left, reverse=True)
    assert left[0] < WATCHED_S
    final, taken = recorded(done)
    assert final.incomplete is None
    for ((artifact, data),) in done.early:
        assert artifact.incomplete == RUNS_STILL
        assert [one.data for one in Recording(data)] == [one.data for one in taken]
        assert artifact.started_at == final.started_at
        assert artifact.stopped_at < final.stopped_at - timedelta(milliseconds=100)
    assert len(done.early) == 3


def _late(left_s: float) -> Artifact:
    artifact, _ = recorded(do(capture(listen_s=20), lambda: None, left_s=left_s))
    return artifact


def test_a_capture_taken_over_late_ends_while_somebody_waits_for_it(run: Apart) -> None:
    """An agent died on it; its successor has only what is left of the time."""
    artifact = run(_late, 2.3)
    assert artifact.incomplete == CUT_SHORT
    assert (artifact.stopped_at - artifact.started_at).total_seconds() < 2


def _third() -> list[str]:
    cell, stop = standing(), threading.Event()
    begun = threading.Semaphore(0)
    outcomes: list[str] = []
    with cell.vantage() as vantage:
        ability = CaptureAbility(vantage, CaptureBounds(at_once=2), SystemClock())

    def record() -> None:
        def reason() -> str | None:
            begun.release()
            return "told" if stop.is_set() else None

        with cell.vantage() as here:
            done = cell.do_here(lambda *_: ability, here, capture(listen_s=20), stop_reason=reason)
        outcomes.append(str(done.refusal))

    threads = [threading.Thread(target=record) for _ in range(2)]
    for thread in threads:
        thread.start()
        begun.acquire()
    with cell.vantage() as here:
        outcomes.append(str(cell.do_here(lambda *_: ability, here, capture()).refusal))
    stop.set()
    for thread in threads:
        thread.join()
    with cell.vantage() as here:
        outcomes.append(str(cell.do_here(lambda *_: ability, here, capture()).refusal))
    return outcomes


def test_no_more_captures_run_at_once_than_the_operator_allows(run: Apart) -> None:
    """Each takes memory and disk of a machine that has other work; a place is free again when one ends."""
    refusal, *rest = run(_third)
    assert "captures for 2 incidents already" in refusal
    assert rest == ["None"] * 3


def _alone() -> tuple[str, int]:
    become_nobody()
    enter()
    with Cell() as cell, cell.vantage() as vantage, only(CAP_NET_RAW):
        done = cell.do_here(
            lambda vantage, _, clock: CaptureAbility(vantage, CaptureBounds(), clock),
            vantage,
            capture(),
            stop_reason=Once(lambda: cell.far_end([PING])),
        )
    return str(done.refusal), len(recorded(done)[1])


def test_an_ordinary_user_with_cap_net_raw_captures() -> None:
    """Where tcpdump cannot run: in a namespace of an ordinary user, without a right to configure anything."""
    with child(), ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("fork")) as alone:
        assert alone.submit(_alone).result() == ("None", 1)
