"""What a capture says of itself: what it lost, and what of it could not be read."""

from dataclasses import replace
from ipaddress import IPv4Address

import pytest

from bot.findings.instrument import LISTENED_FULLY
from bot.frames import hearing
from bot.frames.craft import craft
from bot.frames.frame import ArpFrame, who_has
from bot.incidents import judging
from bot.model.finding import Finding, Standing
from bot.model.job import Artifact, Media, Probe, digest_of
from bot.model.observation import Listened
from bot.probes import read
from tests.bot.frames.containers import block, pcap, pcapng, record, section, snoop, statistics
from tests.bot.probes.test_arp import MOMENT, OUR_IP, OURS, TARGET, VANTAGE

FRAME = craft(who_has(TARGET, asker=OUR_IP, asker_mac=OURS))
UNTIMED = section() + block("<", 3, len(FRAME).to_bytes(4, "little") + FRAME)


def _artifact(data: bytes, dropped: int | None) -> Artifact:
    return Artifact("j", Probe.CAPTURE, VANTAGE, Media.PCAP, digest_of(data), len(data), MOMENT, MOMENT, dropped)


def _listened(data: bytes, dropped: int | None = None) -> Listened:
    listened = read(_artifact(data, dropped), data)[0]
    assert isinstance(listened, Listened)
    return listened


def _fit(data: bytes, dropped: int | None) -> Finding:
    artifact = _artifact(data, dropped)
    _, findings = judging.judge_artifacts(TARGET, [artifact], {artifact.digest: data})
    return next(one for one in findings if one.id == LISTENED_FULLY)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        pytest.param(pcap([record(FRAME)] * 2)[:-1], "cut off inside a frame", id="cut off"),
        pytest.param(UNTIMED, "1 of its frames carry no time", id="untimed"),
    ],
)
def test_a_capture_that_could_not_all_be_read_is_no_witness_to_silence(data: bytes, says: str) -> None:
    """The second answer may stand in the part that is missing."""
    fit = _fit(data, 0)
    assert fit.standing is Standing.ABSENT
    assert "The capture at dc1-a could not all be read" in fit.statement
    assert says in fit.statement


def test_a_storm_is_read_as_far_as_memory_allows_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """A segment in a loop records millions of broadcasts a minute."""
    monkeypatch.setattr(hearing, "MOST_FRAMES", 5)
    data = pcap(record(FRAME, number) for number in range(6))
    observations = read(_artifact(data, 0), data)
    assert len(observations) == 1 + 5
    assert observations[0].unread is not None  # type: ignore[attr-defined]
    assert _listened(pcap(record(FRAME, number) for number in range(5)), 0).unread is None


@pytest.mark.parametrize("data", [snoop([record(FRAME)], dropped=4), pcapng([record(FRAME)]) + statistics(dropped=4)])
def test_the_loss_that_a_file_tells_of_counts_and_its_silence_does_not(data: bytes) -> None:
    """A recorder that says that it lost nothing knows of one place on the way where frames get lost."""
    assert _listened(data).dropped == 4
    assert _listened(data, dropped=0).dropped == 0  # our own agents count where it matters
    assert _listened(snoop([record(FRAME)])).dropped is None


def test_frames_keep_the_numbers_of_the_file() -> None:
    """Whoever opens the capture in a viewer looks for frame 4, whatever we passed over before it."""
    other = craft(ArpFrame(OURS, OURS, 2, OURS, IPv4Address("10.0.0.77"), OURS, OUR_IP))
    tcp = bytearray(craft(who_has(TARGET, asker=OUR_IP, asker_mac=OURS)))
    tcp[12:24] = b"\x08\x00\x45" + bytes(8) + b"\x06"
    data = pcap(record(one, n) for n, one in enumerate([other, bytes(tcp), bytes(tcp), FRAME], 1))
    assert [one.locator for one in read(_artifact(data, 0), data)][1:] == ["frame 1", "frame 4"]


def test_how_far_the_clock_ran_ahead_goes_with_the_time_of_listening() -> None:
    """Findings compare two vantages, and see observations alone."""
    data = pcap([record(FRAME)])
    (listened, *_) = read(replace(_artifact(data, 0), ahead_ms=-40), data)
    assert isinstance(listened, Listened)
    assert listened.ahead_ms == -40
    assert _listened(data).ahead_ms is None
