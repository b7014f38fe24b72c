"""The agent's packet sockets and what is built on them, with real packets on a real cable."""

import multiprocessing
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from ipaddress import IPv4Address, IPv4Network

import pytest

from bot.agents.bounds import Bounds, CaptureBounds
from bot.agents.capture import CaptureAbility
from bot.agents.routed import RoutedAbility
from bot.agents.segment import SegmentAbility
from bot.agents.station import discover
from bot.agents.wire import SNAP_BYTES, Wire
from bot.errors import InstrumentError
from bot.frames.captured import Captured, heard
from bot.frames.craft import craft
from bot.frames.decode import decode
from bot.frames.frame import REPLY, ArpFrame, EchoFrame, Frame, RarpFrame, who_has
from bot.frames.recording import Recording
from bot.model.addresses import BROADCAST, Mac
from bot.model.job import Media, Probe, Vantage
from bot.model.observation import ArpAnswer, ArpAsked, EchoAnswer, EchoAsked, Listened, NeighbourHeld
from bot.probes import arp
from deploy.lab.ns import Apart, enter
from tests.lab.cell import (
    AGENT,
    AGENT_MAC,
    FAR,
    FIRST_MAC,
    GATEWAY,
    GATEWAY_MAC,
    SECOND_MAC,
    TARGET,
    Cell,
    Done,
    Station,
    child,
    job,
    standing,
)
from tests.lab.privileges import CAP_NET_RAW, become_nobody, only

pytestmark = pytest.mark.lab

ROUTER = Station(GATEWAY_MAC, (GATEWAY,))
OWNER = Station(FIRST_MAC, (TARGET,))
OTHER = IPv4Address("10.77.0.77")
_UDP = bytes.fromhex("ffffffffffff 00505600000a 0800 4500001c 0000 0000 40 11 0000 0a4d0005 0a4d0009".replace(" ", ""))


@pytest.fixture(scope="module")
def run() -> Iterator[Apart]:
    with child() as run:
        yield run


def a_cell(*stations: Station) -> Cell:
    """The standing cell with these stations at its far end."""
    cell = standing()
    cell.stations = stations
    return cell


def _heard(frames: Sequence[bytes], count: int) -> list[Captured]:
    """What a wire at the agent's end hears of these frames, sent from the far end, at most ``count``."""
    cell = a_cell()
    with cell.vantage(), Wire("eth0") as wire:
        cell.far_end(frames)
        got: list[Captured] = []
        while len(got) < count and (more := list(wire.hear(2.0))):
            got += more
        return got[:count]


@pytest.mark.parametrize("vlans", [(), (10,), (200, 10)], ids=["untagged", "tagged", "twice tagged"])
def test_a_vlan_tag_survives_the_kernel(run: Apart, vlans: tuple[int, ...]) -> None:
    """The kernel takes the outer tag out of the bytes: without it, one address in two VLANs reads as a conflict."""
    sent = ArpFrame(AGENT_MAC, FIRST_MAC, REPLY, FIRST_MAC, TARGET, AGENT_MAC, AGENT, vlans)
    (got,) = run(_heard, [craft(sent)], 1)
    assert decode(got.data) == sent
    assert got.length_bytes == len(got.data) == len(craft(sent))


def _sent_and_returned(frame: bytes) -> list[bool | None]:
    """Whether a wire says that it went out, of the same frame: sent by another job here, then sent back to us."""
    cell = a_cell()
    with cell.vantage(), Wire("eth0") as wire, Wire("eth0") as other:
        other.send(frame)
        got = list(wire.hear(2.0))
        cell.far_end([frame])
        while len(got) < 2 and (more := list(wire.hear(2.0))):
            got += more
        assert [one.data for one in got] == [frame, frame]
        return [one.outgoing for one in got]


def test_what_we_send_is_told_from_what_comes_back(run: Apart) -> None:
    """Checks that run at the same time ask the same question: taken for a loop, they would accuse the network."""
    assert run(_sent_and_returned, craft(who_has(TARGET, asker=AGENT, asker_mac=AGENT_MAC))) == [True, False]


def test_nothing_but_evidence_passes_the_filter(run: Apart) -> None:
    """On a mirror port the agent would otherwise carry away the whole segment's traffic."""
    frames: list[Frame] = [
        who_has(TARGET, asker=OTHER, asker_mac=FIRST_MAC),
        RarpFrame(BROADCAST, FIRST_MAC, 3, FIRST_MAC, FIRST_MAC),
        EchoFrame(to=FIRST_MAC, transmitter=SECOND_MAC, source=OTHER, destination=TARGET, reply=True, ident=1, seq=1),
    ]
    sent = [_UDP.ljust(60, b"\0"), *map(craft, frames[:2]), _UDP.ljust(60, b"\0"), craft(frames[2])]
    assert [decode(one.data) for one in run(_heard, sent, 3)] == frames


def test_of_a_long_frame_only_the_head_is_kept(run: Apart) -> None:
    """Headers are evidence; what people ping with is theirs."""
    ping = EchoFrame(
        to=FIRST_MAC,
        transmitter=SECOND_MAC,
        source=OTHER,
        destination=TARGET,
        reply=False,
        ident=1,
        seq=1,
        size_bytes=1400,
    )
    (got,) = run(_heard, [craft(ping)], 1)
    assert (len(got.data), got.length_bytes) == (SNAP_BYTES, 14 + 20 + 8 + 1400)
    assert decode(got.data) == ping


def _flooded() -> tuple[int, int]:
    frame = craft(who_has(TARGET, asker=OTHER, asker_mac=FIRST_MAC))
    cell = a_cell()
    with cell.vantage(), Wire("eth0") as wire:
        cell.far_end([frame] * 40_000)
        got = 0
        while more := sum(1 for _ in wire.hear(0.2)):
            got += more
        return got, wire.dropped()


def test_frames_that_the_kernel_could_not_keep_are_counted(run: Apart) -> None:
    """An answer may have been among them, so silence in such a capture proves nothing."""
    got, dropped = run(_flooded)
    assert dropped > 0
    assert got + dropped == 40_000


def _discovered(node: str, pool: Sequence[IPv4Address]) -> Vantage | str:
    with a_cell().namespaces.inside(node):
        try:
            return discover("eth0", "lab", "agent-1", pool=pool)
        except InstrumentError as refusal:
            return str(refusal)


def _with_a_default_route() -> Vantage | str:
    with Cell() as cell:
        cell.links.route("agent", "default", str(GATEWAY))
        with cell.namespaces.inside("agent"):
            return discover("eth0", "lab", "agent-1", pool=(OTHER,))


def test_an_agent_finds_out_where_it_stands(run: Apart) -> None:
    """The operator names an interface and nothing that the kernel knows better."""
    assert run(_with_a_default_route) == Vantage(
        "agent-1", "lab", "eth0", AGENT_MAC, AGENT, IPv4Network("10.77.0.0/24"), GATEWAY, (OTHER,)
    )


@pytest.mark.parametrize(
    ("node", "pool", "says"),
    [
        pytest.param("far", [], "has no IPv4 address", id="no address"),
        pytest.param("agent", [FAR], "Pool address 10.99.0.5 must lie in 10.77.0.0/24", id="a foreign pool"),
        pytest.param("agent", [AGENT], "not be eth0's own", id="its own address in the pool"),
    ],
)
def test_a_place_to_stand_that_is_none_is_refused(
    run: Apart, node: str, pool: Sequence[IPv4Address], says: str
) -> None:
    """Better at the start than in the middle of an incident."""
    assert says in str(run(_discovered, node, pool))


def _segment(stations: Sequence[Station], bounds: Bounds, stop_after: int = 10**9) -> Done:
    looks = iter(range(stop_after))
    return a_cell(*stations).do(
        SegmentAbility, job(Probe.ARP), bounds=bounds, stopped=lambda: next(looks, None) is None
    )


def _segment_with_an_entry(stations: Sequence[Station]) -> Done:
    with Cell(*stations) as cell:
        cell.links.neighbour("agent", "eth0", str(TARGET), FIRST_MAC)
        return cell.do(SegmentAbility, job(Probe.ARP))


def test_our_own_requests_are_in_the_capture(run: Apart) -> None:
    """How late an answer came, and how many came to one question, is read from the capture alone."""
    done = run(_segment_with_an_entry, [ROUTER, OWNER])
    facts = done.observations()
    sent = [fact for fact in facts if isinstance(fact, ArpAsked | EchoAsked) and fact.ours]
    to_target = [fact for fact in sent if isinstance(fact, ArpAsked) and fact.wanted == TARGET]
    assert [fact.sent_to for fact in to_target] == [FIRST_MAC, *[BROADCAST] * 6, *[FIRST_MAC] * 2]
    assert {fact.asker for fact in to_target} == {AGENT, None}
    first = min(to_target, key=lambda fact: fact.seen_at)
    answer = next(fact for fact in facts if isinstance(fact, ArpAnswer) and fact.ip == TARGET)
    assert answer.seen_at > first.seen_at
    assert [fact.mac for fact in facts if isinstance(fact, NeighbourHeld)] == [FIRST_MAC]


def test_every_request_of_a_healthy_owner_is_answered(run: Apart) -> None:
    """The measure of everything else: no loss, and each reply pairs with its request."""
    facts = run(_segment, [ROUTER, OWNER], Bounds()).observations()
    asked = {(fact.ident, fact.seq, fact.sent_to) for fact in facts if isinstance(fact, EchoAsked)}
    answered = {(fact.ident, fact.seq, fact.mac) for fact in facts if isinstance(fact, EchoAnswer)}
    assert asked == answered
    assert {mac for _, _, mac in asked} == {FIRST_MAC, GATEWAY_MAC}


@pytest.mark.parametrize(
    ("stations", "answering"),
    [
        pytest.param([ROUTER], {GATEWAY}, id="the target is silent, the control is heard"),
        pytest.param([OWNER], {TARGET}, id="the control is silent"),
        pytest.param([], set(), id="nobody is there"),
    ],
)
def test_silence_is_an_observation(run: Apart, stations: Sequence[Station], answering: set[IPv4Address]) -> None:
    """The agent reports who was asked and who answered; what silence means is judged elsewhere."""
    done = run(_segment, stations, Bounds())
    facts = done.observations()
    assert done.refusal is None
    assert {fact.ip for fact in facts if isinstance(fact, ArpAnswer)} == answering
    assert {fact.wanted for fact in facts if isinstance(fact, ArpAsked)} == {TARGET, GATEWAY}
    (listened,) = (fact for fact in facts if isinstance(fact, Listened))
    assert (listened.seen_at - listened.started_at).total_seconds() >= 1.4
    assert listened.dropped == 0


def test_a_cancelled_job_ends_early_with_what_it_has(run: Apart) -> None:
    """Somebody pressed stop: the segment gets no further frame from us."""
    done = run(_segment, [ROUTER, OWNER], Bounds(), stop_after=3)
    assert done.wall_s < 0.5
    assert [artifact.media for artifact, _ in done.sealed] == [Media.NEIGHBOURS, Media.PCAP]


def test_evidence_is_reported_while_the_job_still_runs(run: Apart) -> None:
    """The channel sees the quick answers after half a second, and a late owner when it turns up."""
    done = run(_segment, [ROUTER, OWNER, Station(SECOND_MAC, (TARGET,), late_s=0.7)], Bounds())
    claimants = [_claimants(early[-1][1]) for early in (*done.early, done.sealed)]
    assert claimants == [{FIRST_MAC}, {FIRST_MAC, SECOND_MAC}, {FIRST_MAC, SECOND_MAC}]


def _claimants(data: bytes) -> set[Mac]:
    frames = [one.frame for one in heard(Recording(data))]
    return {frame.sender_mac for frame in frames if isinstance(frame, ArpFrame) and frame.sender_ip == TARGET}


@pytest.mark.parametrize("bounds", [Bounds(frames=5), Bounds(size_bytes=5 * 60 + 59)], ids=["frames", "bytes"])
def test_a_full_recording_says_what_it_left_out(run: Apart, bounds: Bounds) -> None:
    """A storm must not fill the queue server; and nobody may take the rest for silence."""
    ((_, _), (artifact, data)) = run(_segment, [ROUTER, OWNER], bounds).sealed
    assert len(list(Recording(data))) == 5
    assert artifact.dropped is not None
    assert artifact.dropped > 5


def _routed(stations: Sequence[Station]) -> Done:
    return a_cell(*stations).do(RoutedAbility, job(Probe.ICMP, FAR, listen_s=0.3))


def test_loss_behind_the_gateway_is_counted_for_each_request(run: Apart) -> None:
    """The gateway answers all of its own, so that the lost ones are lost behind it."""
    done = run(_routed, [Station(GATEWAY_MAC, (GATEWAY,), lost_by={FAR: (2, 4)})])
    facts = done.observations()
    answered = [(fact.ip, fact.seq) for fact in facts if isinstance(fact, EchoAnswer)]
    assert sorted(answered) == sorted([(GATEWAY, seq) for seq in range(1, 6)] + [(FAR, seq) for seq in (1, 3, 5)])
    assert len([fact for fact in facts if isinstance(fact, EchoAsked)]) == 10


def test_a_dead_gateway_ends_the_job_with_nothing_asked_of_the_target(run: Apart) -> None:
    """The questions to the gateway are in the capture: it is the one that was silent."""
    facts = run(_routed, []).observations()
    assert {fact.wanted for fact in facts if isinstance(fact, ArpAsked)} == {GATEWAY}
    assert not [fact for fact in facts if isinstance(fact, EchoAsked)]


def _captured(frames: Sequence[Frame]) -> tuple[list[Frame], int]:
    """What a capture job keeps of these frames, sent when it has begun, and what it sent itself."""
    cell = a_cell()
    begun = iter((lambda: cell.far_end([craft(frame) for frame in frames]),))
    with cell.namespaces.inside("far"), Wire("eth0") as witness:
        done = cell.do(
            lambda vantage, _, clock: CaptureAbility(vantage, CaptureBounds(), clock),
            job(Probe.CAPTURE, listen_s=0.3),
            stop_reason=lambda: next(begun, lambda: None)(),
        )
        passed = list(witness.hear(0.0))
    ((_, data),) = done.sealed
    assert len(passed) >= len(frames)
    sent = [frame for one in passed if (frame := decode(one.data)) is not None and frame.transmitter == AGENT_MAC]
    return [one.frame for one in heard(Recording(data))], len(sent)


def test_a_capture_is_silent_and_keeps_only_the_target(run: Apart) -> None:
    """Other people's conversations are none of the incident's business."""
    about: list[Frame] = [
        who_has(OTHER, asker=TARGET, asker_mac=FIRST_MAC),
        RarpFrame(BROADCAST, FIRST_MAC, 3, FIRST_MAC, FIRST_MAC),
        EchoFrame(to=FIRST_MAC, transmitter=SECOND_MAC, source=OTHER, destination=TARGET, reply=False, ident=1, seq=1),
    ]
    foreign: list[Frame] = [
        who_has(OTHER, asker=GATEWAY, asker_mac=GATEWAY_MAC),
        EchoFrame(to=FIRST_MAC, transmitter=SECOND_MAC, source=OTHER, destination=GATEWAY, reply=True, ident=1, seq=1),
    ]
    assert run(_captured, [foreign[0], about[0], about[1], foreign[1], about[2]]) == (about, 0)


def _alone() -> tuple[str, set[Mac]]:
    become_nobody()
    enter()
    with Cell(ROUTER, OWNER) as cell, cell.vantage() as vantage, only(CAP_NET_RAW):
        done = cell.do_here(SegmentAbility, vantage, job(Probe.ARP))
    return str(done.refusal), _claimants(done.sealed[-1][1])


def test_an_unprivileged_user_needs_cap_net_raw_and_nothing_else() -> None:
    """The agent runs on machines of other teams: every further right is a reason not to let it in."""
    with child(), ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("fork")) as alone:
        assert alone.submit(_alone).result() == ("None", {FIRST_MAC})


def _refused(how: str) -> str:
    with Cell() as cell, cell.vantage() as vantage:
        try:
            if how == "no right":
                with only(0):
                    Wire("eth0").close()
            elif how == "missing":
                Wire("eth7").close()
            elif how == "no link":
                cell.links.down("far", "eth0")
                deadline_s = time.monotonic() + 5  # the kernel tells of a lost carrier up to a second later
                while time.monotonic() < deadline_s:
                    Wire("eth0").close()
            elif how == "off":
                cell.links.down("agent", "eth0")
                Wire("eth0").close()
            else:
                with Wire("eth0") as wire:
                    (cell.links.down if how == "switched off" else cell.links.delete)("agent", "eth0")
                    list(wire.hear(1.0))
                    wire.send(craft(arp.plan(job(Probe.ARP), vantage, {}).sendings[0].frame))
        except InstrumentError as refusal:
            return str(refusal)
    return "nothing"


@pytest.mark.parametrize(
    ("how", "says"),
    [
        pytest.param("no right", "give it CAP_NET_RAW", id="no right"),
        pytest.param("missing", "no interface eth7 here", id="missing"),
        pytest.param("no link", "has no link", id="no link"),
        pytest.param("off", "is switched off", id="off"),
        pytest.param("switched off", "while the agent was using it", id="switched off on the way"),
        pytest.param("removed", "while the agent was using it", id="removed on the way"),
    ],
)
def test_an_interface_that_cannot_be_used_is_our_own_fault(run: Apart, how: str, says: str) -> None:
    """A deaf instrument must not accuse a silent target; the sentence says what to set right."""
    assert says in run(_refused, how)
