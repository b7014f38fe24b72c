"""What an agent refuses, whoever asks."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import pytest

from bot.agents.bounds import Bounds, CaptureBounds, filter_of, require_local, require_remote, target_of
from bot.agents.capture import CaptureAbility
from bot.agents.routed import RoutedAbility
from bot.agents.segment import SegmentAbility
from bot.agents.watching import WatchAbility
from bot.errors import InstrumentError, RequestError
from bot.model.addresses import Mac
from bot.model.capture import Filter, Traffic
from bot.model.job import Job, JobOptions, Probe, Vantage
from bot.ports import Work
from bot.system import SystemClock

MOMENT = datetime(2026, 1, 2, tzinfo=UTC)
TARGET = IPv4Address("10.0.0.5")
JOB = Job("job-1", "inc-1", Probe.ARP, "dc1", TARGET, JobOptions(), MOMENT, MOMENT)
VANTAGE = Vantage(
    "dc1-a",
    "dc1",
    "no-such-interface",
    Mac("02:aa:00:00:00:09"),
    IPv4Address("10.0.0.9"),
    IPv4Network("10.0.0.0/24"),
    IPv4Address("10.0.0.1"),
    (IPv4Address("10.0.0.250"),),
)


@pytest.mark.parametrize(
    ("job", "says"),
    [
        pytest.param(replace(JOB, target=None), "needs an IPv4 address", id="no target"),
        pytest.param(replace(JOB, target=IPv4Address("224.0.0.5")), "not the address of a machine", id="multicast"),
        pytest.param(replace(JOB, target=IPv4Address("127.0.0.1")), "not the address of a machine", id="loopback"),
        pytest.param(replace(JOB, target=IPv4Address("0.0.0.0")), "not the address of a machine", id="nobody"),
        pytest.param(replace(JOB, target=IPv4Address("255.255.255.255")), "not the address", id="everybody"),
        pytest.param(replace(JOB, options=JobOptions(listen_s=5.1)), "at most 5 s, not 5.1 s", id="too long"),
        pytest.param(replace(JOB, options=JobOptions(listen_s=0.0)), "at most 5 s", id="no time at all"),
        pytest.param(replace(JOB, options=JobOptions(listen_s=float("nan"))), "at most 5 s", id="not a number"),
        pytest.param(replace(JOB, options=JobOptions(echoes=21)), "at most 20 echo requests, not 21", id="too many"),
        pytest.param(replace(JOB, options=JobOptions(echoes=-1)), "at most 20 echo requests", id="fewer than none"),
    ],
)
@pytest.mark.parametrize("ability", [SegmentAbility, RoutedAbility])
def test_a_job_outside_the_bounds_is_refused_before_any_socket_is_opened(
    job: Job, says: str, ability: Callable[[Vantage, Bounds, SystemClock], Callable[[Work], object]]
) -> None:
    """A signed job is not yet a sensible one; the operator of the segment has the last word."""
    with pytest.raises(RequestError, match=says):
        ability(VANTAGE, Bounds(), SystemClock())(Work(job, lambda: False, lambda _: None))


@pytest.mark.parametrize(
    ("target", "vantage", "says"),
    [
        pytest.param("10.0.1.5", VANTAGE, r"not on segment dc1 \(10.0.0.0/24\)", id="elsewhere"),
        pytest.param("10.0.0.0", VANTAGE, "network or broadcast", id="the network"),
        pytest.param("10.0.0.255", VANTAGE, "network or broadcast", id="the broadcast address"),
        pytest.param("10.0.0.9", VANTAGE, "of the agent itself", id="its own"),
        pytest.param("10.0.0.250", VANTAGE, "of the agent itself", id="of its pool"),
    ],
)
def test_a_segment_check_of_a_foreign_or_own_address_is_refused(target: str, vantage: Vantage, says: str) -> None:
    """The silence of an address that cannot answer here would read as a fault of its owner."""
    with pytest.raises(RequestError, match=says):
        require_local(IPv4Address(target), vantage)


def test_both_ends_of_a_link_of_two_can_be_checked() -> None:
    """A /31 has no network and no broadcast address (RFC 3021)."""
    require_local(IPv4Address("10.0.0.8"), replace(VANTAGE, prefix=IPv4Network("10.0.0.8/31")))


def test_a_routed_check_of_a_neighbour_is_refused() -> None:
    """The frame would go to the gateway and come back: a path that no other machine of the segment uses."""
    with pytest.raises(RequestError, match="own segment dc1"):
        require_remote(TARGET, VANTAGE, Bounds())
    require_remote(IPv4Address("10.0.1.5"), VANTAGE, Bounds())


def test_nobody_elses_machines_are_pinged() -> None:
    """Whoever holds the queue's key must not be able to aim an agent at the Internet."""
    with pytest.raises(RequestError, match="RULEOUT_REACH"):
        require_remote(IPv4Address("8.8.8.8"), VANTAGE, Bounds())
    require_remote(IPv4Address("8.8.8.8"), VANTAGE, Bounds(reach=(IPv4Network("8.8.8.0/24"),)))


@pytest.mark.parametrize(
    ("vantage", "says"),
    [
        pytest.param(replace(VANTAGE, address=None), "no IPv4 address", id="no address"),
        pytest.param(replace(VANTAGE, gateway=None), "knows no gateway", id="no gateway"),
    ],
)
def test_a_vantage_that_lacks_something_is_the_instruments_fault(vantage: Vantage, says: str) -> None:
    """It accuses nobody, and says to the operator what is missing."""
    with pytest.raises(InstrumentError, match=says):
        require_remote(IPv4Address("10.0.1.5"), vantage, Bounds())


def test_the_bounds_of_a_job_are_the_operators() -> None:
    """What one segment bears another does not."""
    job = replace(JOB, options=JobOptions(listen_s=60.0, echoes=100))
    assert target_of(job, Bounds(listen_s=60.0, echoes=100)) == TARGET


def piece(target: IPv4Address | None = TARGET, listen_s: float = 5.0) -> Job:
    return replace(JOB, probe=Probe.WATCH, target=target, options=JobOptions(listen_s=listen_s))


@pytest.mark.parametrize(
    ("job", "bounds", "says"),
    [
        pytest.param(piece(None), Bounds(), "needs an IPv4 address", id="no target"),
        pytest.param(piece(IPv4Address("224.0.0.5")), Bounds(), "not the address of a machine", id="a group"),
        pytest.param(piece(listen_s=20.1), Bounds(), "watches for at most 20 s at a time, not 20.1 s", id="too long"),
        pytest.param(piece(listen_s=600), Bounds(), "at most 20 s at a time, not 600 s", id="not in pieces"),
        pytest.param(piece(listen_s=15), Bounds(watch_s=10), "at most 10 s at a time, not 15 s", id="its operator"),
        pytest.param(piece(listen_s=0), Bounds(), "at most 20 s", id="no time at all"),
        pytest.param(piece(listen_s=float("nan")), Bounds(), "at most 20 s", id="not a number"),
        pytest.param(piece(VANTAGE.pool[0]), Bounds(), "an address of the agent itself", id="its own"),
        pytest.param(piece(IPv4Address("10.0.0.255")), Bounds(), "network or broadcast", id="everybody"),
        pytest.param(piece(IPv4Address("8.8.8.8")), Bounds(), "RULEOUT_REACH lists them", id="somebody else's"),
    ],
)
def test_a_piece_of_a_watch_outside_the_bounds_is_refused_before_any_socket_is_opened(
    job: Job, bounds: Bounds, says: str
) -> None:
    """It sends for as long as it is asked to, so the operator of the segment has the last word on how long."""
    with pytest.raises(RequestError, match=says) as refusal:
        WatchAbility(VANTAGE, bounds, SystemClock())(Work(job, lambda: False, lambda _: None))
    assert str(refusal.value).count(". ") == 0


@pytest.mark.parametrize("target", [TARGET, IPv4Address("10.0.1.5")])
def test_a_piece_inside_the_bounds_is_begun(target: IPv4Address) -> None:
    """On its own segment and through the gateway; here the interface is missing, which is the instrument's fault."""
    with pytest.raises(InstrumentError, match="no-such-interface"):
        WatchAbility(VANTAGE, Bounds(), SystemClock())(Work(piece(target), lambda: False, lambda _: None))


def test_a_vantage_without_an_address_cannot_watch() -> None:
    """Said to its operator, and not assumed away in the middle of a piece."""
    for lacking in (replace(VANTAGE, address=None), replace(VANTAGE, mac=None)):
        with pytest.raises(InstrumentError, match="no IPv4 address"):
            WatchAbility(lacking, Bounds(), SystemClock())(Work(piece(), lambda: False, lambda _: None))


OTHER, FAR = IPv4Address("10.0.0.6"), IPv4Address("10.0.1.7")
LISTENING = CaptureBounds(listen_s=60.0)
CAPTURE = replace(JOB, probe=Probe.CAPTURE, options=JobOptions(listen_s=10.0))


def capture(wanted: Filter | None = None, *, listen_s: float = 10.0, payload: bool = False) -> Job:
    return replace(CAPTURE, options=JobOptions(listen_s=listen_s, filter=wanted, payload=payload))


@pytest.mark.parametrize(
    ("job", "bounds", "says"),
    [
        pytest.param(replace(CAPTURE, target=None), LISTENING, "needs an IPv4 address", id="no target"),
        pytest.param(capture(listen_s=60.1), LISTENING, "at most 60 s, not 60.1 s", id="too long"),
        pytest.param(capture(listen_s=36_000), LISTENING, "at most 60 s, not 36000 s", id="ten hours"),
        pytest.param(capture(listen_s=0), LISTENING, "at most 60 s, not 0 s", id="no time at all"),
        pytest.param(capture(listen_s=float("nan")), LISTENING, "at most 60 s", id="not a number"),
        pytest.param(capture(payload=True), LISTENING, "records headers only", id="payload"),
        pytest.param(capture(Filter((OTHER,))), LISTENING, "has to name 10.0.0.5", id="not about its target"),
        pytest.param(capture(Filter((TARGET, FAR))), LISTENING, r"10.0.1.7 is outside .*PREFIXES", id="elsewhere"),
        pytest.param(capture(), CaptureBounds((IPv4Network("10.9.0.0/16"),)), r"\(10.9.0.0/16\)", id="not listed"),
        pytest.param(capture(Filter((TARGET, VANTAGE.pool[0]))), LISTENING, "of the agent itself", id="its own"),
        pytest.param(capture(Filter((TARGET, IPv4Address("224.0.0.5")))), LISTENING, "not the address", id="a group"),
        pytest.param(capture(Filter((TARGET,), peer=IPv4Address(0))), LISTENING, "not the address", id="no peer"),
        pytest.param(capture(Filter((TARGET,), peer=TARGET)), LISTENING, "another machine", id="with itself"),
        pytest.param(capture(Filter((TARGET,), ())), LISTENING, "arp, icmp or all", id="no traffic"),
        pytest.param(capture(Filter((TARGET,), port=80)), LISTENING, "have no port 80", id="a port of ARP"),
        pytest.param(capture(Filter((TARGET,), (Traffic.ALL,), port=0)), LISTENING, "1 to 65535, not 0", id="port 0"),
        pytest.param(capture(Filter((TARGET,), vlan=4095)), LISTENING, "1 to 4094, not 4095", id="no vlan"),
        pytest.param(
            capture(Filter(tuple(TARGET + number for number in range(33)))), LISTENING, "32 machines", id="too many"
        ),
    ],
)
def test_a_capture_outside_the_bounds_is_refused_in_one_sentence(job: Job, bounds: CaptureBounds, says: str) -> None:
    """Whoever holds the queue's key must not be able to listen to whom the operator did not name."""
    with pytest.raises(RequestError, match=says) as refusal:
        CaptureAbility(VANTAGE, bounds, SystemClock())(Work(job, lambda: False, lambda _: None))
    assert str(refusal.value).count(". ") == 0


@pytest.mark.parametrize(
    ("job", "bounds", "wanted"),
    [
        pytest.param(capture(), LISTENING, Filter((TARGET,)), id="of its own segment"),
        pytest.param(
            capture(Filter((TARGET,))), CaptureBounds((IPv4Network("10.0.0.5/32"),)), Filter((TARGET,)), id="listed"
        ),
        pytest.param(
            replace(capture(Filter((FAR,), peer=TARGET)), target=FAR), LISTENING, Filter((FAR,), peer=TARGET), id="peer"
        ),
        pytest.param(capture(payload=True), CaptureBounds(payload=True), Filter((TARGET,)), id="payload allowed"),
    ],
)
def test_a_capture_inside_the_bounds_is_what_was_asked(job: Job, bounds: CaptureBounds, wanted: Filter) -> None:
    """Both sides of a router can be looked at: the far one as the peer of a machine that is here."""
    assert filter_of(job, bounds, VANTAGE) == wanted


def test_a_spool_directory_that_cannot_hold_it_is_said_before_anything_is_heard(tmp_path: Path) -> None:
    """A capture that fills the disk of a machine of another team is the last one that it allows."""
    for bounds, says in (
        (CaptureBounds(spool=tmp_path, spare_bytes=1 << 60), r"MiB left, less than .* make room"),
        (CaptureBounds(spool=tmp_path / "none"), r"cannot write to its spool directory .*No such file"),
    ):
        with pytest.raises(InstrumentError, match=says):
            CaptureAbility(VANTAGE, bounds, SystemClock())(Work(capture(), lambda: False, lambda _: None))
