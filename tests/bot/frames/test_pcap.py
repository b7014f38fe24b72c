"""Capture files: every container, cut off or damaged, as they come out of other people's tools."""

import gzip
import struct
import subprocess
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BundleError
from bot.frames import content
from bot.frames.captured import Captured, End, Heard, heard
from bot.frames.craft import craft
from bot.frames.frame import who_has
from bot.frames.pcapng import write
from bot.frames.recording import Recording
from bot.model.addresses import Mac
from tests.bot.frames.containers import block, pcap, pcapng, record, section, snoop, statistics
from tests.bot.frames.fuzz_captures import InSteps
from tests.bot.frames.test_round_trip import OUR_IP, OURS, TARGET
from tests.fixtures.tools import program

FRAME = craft(who_has(TARGET, asker=OUR_IP, asker_mac=OURS))
TIME_NS = 1_700_000_000_123_456_789


def _classic(order: str, magic: int, fraction: int, *, frames: int = 1) -> bytes:
    header = struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 65535, 1)
    return header + (struct.pack(order + "IIII", 1_700_000_000, fraction, 60, 60) + FRAME) * frames


def _interface(order: str, options: bytes = b"") -> bytes:
    return block(order, 1, struct.pack(order + "HHI", 1, 0, 65535) + options)


def _packet(order: str, ticks: int, *, interface: int = 0, captured: int = 60, kind: int = 6) -> bytes:
    words = (interface, ticks >> 32, ticks & 0xFFFFFFFF, captured, 60)
    return block(order, kind, struct.pack(order + ("HxxIIII" if kind == 2 else "IIIII"), *words) + FRAME)


def _ng(order: str) -> bytes:
    nanoseconds = struct.pack(order + "HHBxxxHH", 9, 1, 9, 0, 0)
    return section(order) + _interface(order, nanoseconds) + _packet(order, TIME_NS)


@pytest.mark.parametrize(
    ("data", "time_ns"),
    [
        pytest.param(_classic("<", 0xA1B2C3D4, 123_456), TIME_NS // 1000 * 1000, id="micro, little endian"),
        pytest.param(_classic(">", 0xA1B2C3D4, 123_456), TIME_NS // 1000 * 1000, id="micro, big endian"),
        pytest.param(_classic("<", 0xA1B23C4D, 123_456_789), TIME_NS, id="nano, little endian"),
        pytest.param(_classic(">", 0xA1B23C4D, 123_456_789), TIME_NS, id="nano, big endian"),
        pytest.param(_ng("<"), TIME_NS, id="pcapng nano, little endian"),
        pytest.param(_ng(">"), TIME_NS, id="pcapng nano, big endian"),
        pytest.param(
            section("<") + _interface("<") + _packet("<", TIME_NS // 1000),
            TIME_NS // 1000 * 1000,
            id="pcapng, microseconds unless said",
        ),
        pytest.param(
            section("<") + _interface("<") + _packet("<", TIME_NS // 1000, kind=2),
            TIME_NS // 1000 * 1000,
            id="pcapng, the old packet block",
        ),
        pytest.param(
            section("<")
            + _interface("<", struct.pack("<HHBxxxHHq", 9, 1, 0x80, 14, 8, 1_700_000_000))
            + _packet("<", 0),
            1_700_000_000 * 10**9,
            id="pcapng, binary resolution and an offset",
        ),
        pytest.param(pcapng([record(FRAME, time_ns=TIME_NS)]), TIME_NS, id="pcapng, two interfaces"),
        pytest.param(snoop([record(FRAME, time_ns=TIME_NS)]), TIME_NS // 1000 * 1000, id="snoop"),
    ],
)
def test_every_container_gives_the_same_frame(data: bytes, time_ns: int) -> None:
    """Events of several sources are joined on one clock: a unit or byte order misread moves a frame by years."""
    recording = Recording(data)
    assert list(recording) == [Captured(1, time_ns, 1, FRAME, 60, 0)]
    assert recording.end == End(dropped=0 if data.startswith(b"snoop") else None)


def test_the_time_of_a_frame_is_in_utc_to_the_microsecond() -> None:
    """Observations carry aware times; a naive one would be compared across zones."""
    (captured,) = Recording(_ng("<"))
    assert captured.seen_at == datetime(2023, 11, 14, 22, 13, 20, 123_456, tzinfo=UTC)


@pytest.mark.parametrize(
    "make",
    [
        lambda: _classic("<", 0xA1B2C3D4, 0, frames=3),
        lambda: _ng("<") + _packet("<", 5),
        lambda: snoop([record(FRAME)] * 3),
    ],
)
def test_a_truncated_tail_is_said_and_not_fatal(make: Callable[[], bytes]) -> None:
    """A capture copied while it was written ends anywhere: what is whole counts, and the reader is told."""
    whole = make()
    for cut in range(1, 70):
        recording = Recording(whole[:-cut])
        frames = list(recording)
        assert recording.end is not None
        assert recording.end.cut_short
        assert all(one.data == FRAME for one in frames)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        pytest.param(b"", "not a capture", id="nothing"),
        pytest.param(b"GET / HTTP/1.1\r\n\r\n    ", "not a capture", id="something else"),
        pytest.param(b"\x1f\x8b" + bytes(30), "begins like gzip but is damaged", id="damaged gzip"),
        pytest.param(gzip.compress(b"GET / HTTP/1.1"), "not a capture", id="something else, compressed"),
        pytest.param(_classic("<", 0xA1B2C3D4, 0)[:20], "file header", id="only half a header"),
        pytest.param(section("<") + _interface("<") + _packet("<", 0, captured=61), "frame 1 is longer", id="liar"),
        pytest.param(section("<") + _packet("<", 0), "not described", id="a frame from nowhere"),
        pytest.param(section("<") + struct.pack("<II", 6, 13) + bytes(8), "13 long", id="an odd block length"),
        pytest.param(section("<") + struct.pack("<IIII", 6, 16, 0, 20), "lengths", id="two block lengths"),
        pytest.param(section("<") + block("<", 1, b"\1\0\0\0"), "too short", id="half an interface"),
        pytest.param(section("<") + block("<", 6, b"\1\0\0\0"), "too short", id="half a frame header"),
        pytest.param(
            section("<") + _interface("<") + _packet("<", 2**63), "outside the calendar", id="the year 292,000"
        ),
        pytest.param(pcap([record(FRAME)])[:32] + b"\xff" * 8, "frame 1 says that it is 4294967295", id="long"),
        pytest.param(struct.pack("!8sIIQ", b"snoop\0\0\0", 2, 8, 0), "datalink type 8", id="snoop on FDDI"),
        pytest.param(snoop([record(FRAME)])[:24] + bytes(60), "lengths of frame 1", id="snoop, two lengths"),
        pytest.param(section("<")[:8] + b"?" * 20, "byte order", id="no byte order mark"),
    ],
)
def test_a_damaged_file_is_refused_in_one_sentence(data: bytes, says: str) -> None:
    """The person who dropped it has to know whether to send it again or another one."""
    with pytest.raises(BundleError, match=says):
        list(Recording(data))


@given(st.binary(max_size=200), st.sampled_from([_ng("<"), _ng(">"), _classic("<", 0xA1B2C3D4, 0), b""]), st.data())
def test_no_file_makes_it_raise_anything_else(noise: bytes, honest: bytes, draw: st.DataObject) -> None:
    """Files come from strangers; anything but a BundleError would be shown as a bug of ours."""
    at = draw.draw(st.integers(0, len(honest)))
    for data in (noise, honest + noise, honest[:at] + noise + honest[at + len(noise) :]):
        frames: list[Heard] = []
        with suppress(BundleError):
            frames += heard(Recording(data))
        assert all(one.seen_at.tzinfo is UTC for one in frames)


def test_frames_without_a_time_are_counted_and_left_out() -> None:
    """Numbers must stay those that a capture viewer shows, or nobody can check the evidence."""
    untimed = block("<", 3, struct.pack("<I", 60) + FRAME)
    recording = Recording(section("<") + _interface("<") + untimed + _packet("<", 7))
    assert [one.number for one in recording] == [2]
    assert recording.end == End(untimed=1)


def test_a_second_section_has_interfaces_and_byte_order_of_its_own() -> None:
    """Merged captures are sections one after the other, often from different machines."""
    recording = Recording(_ng("<") + section(">") + _interface(">") + _packet(">", TIME_NS // 1000))
    assert [(one.number, one.interface) for one in recording] == [(1, 0), (2, 1)]


@pytest.mark.parametrize(
    ("second", "count"),
    [
        pytest.param(Captured(2, TIME_NS + 999_999, 1, FRAME, 60, 1), 1, id="another interface, in time"),
        pytest.param(Captured(2, TIME_NS - 999_999, 1, FRAME, 60, 1), 1, id="another interface, out of order"),
        pytest.param(Captured(2, TIME_NS + 1_000_001, 1, FRAME, 60, 1), 2, id="another interface, later"),
        pytest.param(Captured(2, TIME_NS + 10, 1, FRAME, 60, 0), 2, id="the same interface"),
        pytest.param(Captured(2, TIME_NS + 10, 1, FRAME + b"\1", 61, 1), 2, id="another frame"),
        pytest.param(Captured(2, TIME_NS + 10, 113, FRAME, 60, 1), 1, id="not Ethernet"),
    ],
)
def test_a_frame_seen_on_two_interfaces_counts_once(second: Captured, count: int) -> None:
    """A capture on "any" records a bridged frame twice: counted twice, it looks like a loop or a second owner."""
    assert len(list(heard([Captured(1, TIME_NS, 1, FRAME, 60), second]))) == count


def test_a_capture_without_mac_addresses_is_refused_and_not_read_as_silence() -> None:
    """Taken for an empty capture, it would accuse the target."""
    with pytest.raises(BundleError, match=r"link type 101 \(raw IP\).*tcpdump -i eth0"):
        list(heard([Captured(1, TIME_NS, 101, FRAME, 60)]))
    assert list(heard([])) == []


def test_a_packed_capture_is_read_and_one_cut_off_is_said_to_be() -> None:
    """People send what their tools write; the frames before the cut are still evidence."""
    plain = write([Captured(number, TIME_NS, 1, FRAME, 60) for number in range(1, 50)])
    packed = gzip.compress(plain)
    whole, cut = Recording(packed), Recording(packed[:-9])
    assert [one.data for one in whole] == [FRAME] * 49
    assert whole.end == End()
    assert list(cut)
    assert cut.end is not None
    assert cut.end.cut_short


def test_what_was_packed_in_several_pieces_is_read_as_one() -> None:
    """Parallel packers write so; whoever stops at the first piece loses most of the capture and does not say so."""
    plain = write([Captured(number, TIME_NS, 1, FRAME, 60) for number in range(1, 50)])
    recording = Recording(gzip.compress(plain[:1000]) + gzip.compress(plain[1000:]) + b"padding")
    assert len(list(recording)) == 49
    assert recording.end == End()


@pytest.mark.parametrize("data", [snoop([record(FRAME)] * 2, dropped=7), _ng("<") + statistics(dropped=7)])
def test_what_the_recorder_lost_is_told(data: bytes) -> None:
    """A frame that was not recorded is not one that nobody sent."""
    recording = Recording(data)
    assert list(recording)
    assert recording.end == End(dropped=7)


@pytest.mark.parametrize("step_bytes", [1, 5, 4096])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize("container", [pcap, pcapng, snoop])
def test_a_file_read_in_steps_is_the_same_file(
    container: Callable[..., bytes], pack: Callable[[bytes], bytes], step_bytes: int
) -> None:
    """A capture of gigabytes is never in memory as a whole."""
    long = FRAME + bytes(200_000)
    data = pack(container([record(FRAME), record(long), record(FRAME)]))
    recording = Recording(InSteps(data, step_bytes if len(data) < 5000 else 4096))
    assert [one.data for one in recording] == [FRAME, long, FRAME]
    assert recording.end is not None
    assert not recording.end.cut_short


def test_a_few_bytes_that_unpack_to_anything_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bomb costs its sender nothing."""
    monkeypatch.setattr(content, "UNPACKED_BYTES", 1 << 20)
    with pytest.raises(BundleError, match="unpacks to more than 1 MiB"):
        list(Recording(gzip.compress(pcap([]) + bytes(2 << 20))))


@given(
    st.lists(
        st.tuples(st.integers(0, 2**32 * 10**9 - 1), st.binary(max_size=64), st.sampled_from([None, False, True])),
        max_size=5,
    ),
    st.sampled_from([None, 0, 7]),
)
def test_what_is_written_is_read_back(frames: list[tuple[int, bytes, bool | None]], dropped: int | None) -> None:
    """An agent's capture is judged again from its file years later: what went out, what came in, what was lost."""
    captured = [
        Captured(number, time, 1, data, len(data) + 4, outgoing=outgoing)
        for number, (time, data, outgoing) in enumerate(frames, 1)
    ]
    recording = Recording(write(captured, interface="eth0", dropped=dropped))
    assert list(recording) == captured
    assert recording.end == End(dropped=dropped)


def test_tcpdump_reads_what_we_write(tmp_path: Path) -> None:
    """The network team checks our evidence with its own tools."""
    tcpdump = program("tcpdump", "tcpdump")
    other = craft(who_has(TARGET, asker=OUR_IP, asker_mac=Mac("00:50:56:8a:00:10")))
    path = tmp_path / "ours.pcapng"
    sent, came = Captured(1, TIME_NS, 1, FRAME, 60, outgoing=True), Captured(2, TIME_NS + 1, 1, other, 60)
    path.write_bytes(write([sent, came], interface="eth0", dropped=3))
    shown = subprocess.run([tcpdump, "-nettr", path, "--nano"], capture_output=True, text=True, check=True).stdout
    assert [line.split()[0] for line in shown.splitlines()] == ["1700000000.123456789", "1700000000.123456790"]
    assert shown.count("who-has 10.0.0.5 tell 10.0.0.9") == 2
