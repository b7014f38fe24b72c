"""A capture that somebody shared, from the request to its end; the fetching, the queue and the chat are on paper."""

from dataclasses import replace
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from bot.errors import InstrumentError, RequestError
from bot.incidents.bundle import unpack
from bot.model.dropped import DroppedFile
from bot.model.incident import Closed, Incident, Outcome
from bot.model.job import Media
from bot.model.request import Person
from tests.bot.house import House, closed
from tests.bot.incidents.ground import ASKER, HERE

DROPPED = DroppedFile("F1", "core.pcap", 6480)
CRASHED_AGENT = Path(__file__).parents[1] / "scenarios/guest.bonding_agent_answers_with_two_macs/crashed_agent"
TWO_MACS = (CRASHED_AGENT / "2-agent-prod-arp.pcap").read_bytes()
TOO_LATE = "The file could not be fetched within 60 s; please ask again."


@pytest.fixture
def house() -> House:
    return House()


def drop(house: House, data: bytes | InstrumentError = TWO_MACS, text: str = "10.0.0.5") -> Incident:
    """Ask for a judgement on a shared file."""
    house.drops.data = data
    return house.coordinator.judge([DROPPED], text, ASKER, HERE)


def test_a_shared_capture_is_judged_with_the_owners_of_its_macs(house: House) -> None:
    """A capture without a join names no side; the file itself is no job for an agent."""
    drop(house)
    assert {job.queue for job in house.queue.jobs} == {"vcenter.dc1"}
    asked, owners = house.queue.jobs
    assert asked.target == IPv4Address("10.0.0.5")
    assert len(owners.options.macs) == 2
    snapshot = (CRASHED_AGENT / "4-vcenter.dc1-vcenter.vcenter.json").read_bytes()
    for job in (asked, owners):
        house.reports(job, snapshot, Media.VCENTER)
    verdict = house.card.verdict
    assert verdict is not None
    assert (verdict.verdict, verdict.grade) == ("guest", "proven")
    assert "Only the shared file was read; no agent asked on the wire." in verdict.missing
    case, blobs = unpack(house.archive.cases[house.card.id])
    assert TWO_MACS in blobs.values()
    assert case.target == IPv4Address("10.0.0.5")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        pytest.param(InstrumentError("core.pcap was deleted."), "core.pcap was deleted.", id="not to be had"),
        pytest.param(b"GIF89a", "core.pcap cannot be judged", id="no capture"),
    ],
)
def test_a_file_that_cannot_be_judged_ends_at_once_with_the_reason(
    house: House, data: bytes | InstrumentError, says: str
) -> None:
    """A verdict on nothing would be a lie; the vCenters need not be waited for."""
    drop(house, data)
    end = closed(house.card)
    assert end.outcome is Outcome.FAILED
    assert says in (end.sentence or "")
    assert house.queue.cancelled


def test_a_file_that_never_comes_ends_when_its_time_is_over(house: House) -> None:
    """Nobody waits for ever, also not for Slack."""
    house.drops.slow = True
    house.coordinator.judge([DROPPED], "10.0.0.5", ASKER, HERE)
    house.clock.forward(61)
    house.turn()
    assert closed(house.card) == Closed(at=house.clock.now(), outcome=Outcome.FAILED, sentence=TOO_LATE)


@pytest.mark.parametrize(
    ("files", "says"),
    [
        pytest.param([], "There is no file to judge", id="none"),
        pytest.param([DROPPED, replace(DROPPED, id="F2", name="edge.pcap")], "2 files", id="two captures"),
        pytest.param([replace(DROPPED, size_bytes=65 << 20)], "65 MiB", id="too large"),
    ],
)
def test_which_file_is_meant_must_be_clear(house: House, files: list[DroppedFile], says: str) -> None:
    """A guess would judge the wrong evidence."""
    with pytest.raises(RequestError, match=says):
        house.coordinator.judge(files, "10.0.0.5", ASKER, HERE)


def test_the_one_capture_among_other_files_is_meant(house: House) -> None:
    """A screenshot beside it is no riddle."""
    picture = DroppedFile("F2", "graph.png", 100)
    asked = house.coordinator.judge([picture, DROPPED], "10.0.0.5", ASKER, HERE)
    assert asked.request.file == DROPPED


def test_only_what_looks_like_a_capture_is_offered_and_only_to_whoever_may_ask(house: House) -> None:
    """Silence beats a stream of offers under every picture."""
    house.coordinator.dropped([DROPPED, DroppedFile("F2", "graph.png", 100)], ASKER, HERE)
    house.coordinator.dropped([DROPPED], Person("T9", "U1"), HERE)
    assert house.chat.offered == [DROPPED]
