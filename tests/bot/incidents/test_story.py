"""What the thread of an incident is told of its captures: short where all is well, and never more than it shows."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot import archive
from bot.incidents import bundle, judging
from bot.incidents.story import MOST, tell, tell_of
from bot.model.addresses import Mac
from bot.model.finding import Evidence
from bot.model.incident import Incident, Requested
from bot.model.job import Artifact, Media, Probe
from bot.model.observation import Listened
from bot.model.request import Person, Place, Request, Target
from bot.model.vsphere import Alarm, Happened
from bot.slack.mrkdwn import marked
from tests.bot import tales
from tests.bot.story import APP, APP_2ND, BEGIN, GATEWAY, OTHER, STRANGER, TARGET, Story, story

SCENARIOS = sorted((Path(__file__).parents[2] / "scenarios").glob("*/*"))


def told(one: Story | Evidence, **artifact: object) -> tuple[str, ...]:
    """The lines on everything that this story observed; ``artifact`` is what its captures say of themselves."""
    evidence = one.evidence() if isinstance(one, Story) else one
    artifacts = [replace(captured(seen), **artifact) for seen in evidence.of(Listened)]  # type: ignore[arg-type]
    return tell_of(evidence.target, evidence.observations, artifacts).lines


def captured(seen: Listened) -> Artifact:
    return Artifact(
        "job", Probe.CAPTURE, seen.vantage, Media.PCAP, seen.artifact, 100, seen.started_at, seen.seen_at, seen.dropped
    )


def among(lines: tuple[str, ...], *words: str) -> list[str]:
    return [line for line in lines if all(word in line for word in words)]


def test_a_healthy_capture_is_told_in_two_lines() -> None:
    """Nobody reads twenty lines that say that nothing is wrong."""
    assert told(tales.healthy()) == (
        "dc1-a (dc1-front) listened on `2026-03-01` from `02:59:58.000` to `03:00:03.300` UTC, 5.3 s: 24 frames read, "
        "none lost.",
        f"One MAC, `{APP}`, claims {TARGET}, 6 times (frames 4, 6, 8 and 3 more at dc1-a), and all 5 echo requests had "
        "a reply: nothing is missing.",
    )


def test_two_macs_in_turn_are_told_with_their_frames_and_times() -> None:
    """The night that this product comes from."""
    lines = told(tales.crashed_agent())
    assert among(lines, f"`{APP}` and `{APP_2ND}` claim {TARGET} in turn: the MAC changed 11 times")
    assert among(
        lines, f"`{APP_2ND}` claims {TARGET} 6 times, from `03:00:00.800` to `03:00:02.300`: 6 answers (frames"
    )
    assert among(lines, "5 of 10 echo requests", f"all of them sent to `{APP_2ND}`", "(frames 13, 14, 15 and 2 more)")


def test_echoes_lost_in_one_go_or_here_and_there_are_told_apart() -> None:
    """An outage has a beginning and an end; a lossy path has neither."""
    assert among(told(story().asks(answers=[APP]).echoes(sent=9, lost=[4, 5, 6])), "3 of 9 echo", ", all in one go (")
    assert among(told(story().asks(answers=[APP]).echoes(sent=9, lost=[2, 7])), "2 of 9 echo", ", not in one go (")


def test_an_address_that_moved_once_is_told_as_a_move() -> None:
    """A planned move is one change at one moment, and no dispute."""
    lines = told(tales.planned_move())
    assert len(among(lines, "went from", " to ")) == 1
    assert not among(lines, "in turn")


def test_rarp_notices_of_the_target_are_counted() -> None:
    """A host says that the VM is behind another port now: the trace of a vMotion on the wire."""
    assert among(told(story().asks(answers=[APP]).rarp(APP).rarp(APP)), f"announced `{APP}` by RARP 2 times")


@pytest.mark.parametrize(
    ("one", "says"),
    [
        pytest.param(tales.silent(), f"nobody claimed {TARGET}, while {GATEWAY} answered there", id="with-a-control"),
        pytest.param(tales.deaf_instrument(), f"{GATEWAY} did not answer either: this silence says nothing", id="deaf"),
        pytest.param(story().rarp(OTHER), "this is no proof that it is silent", id="others-came-by"),
    ],
)
def test_silence_is_told_with_what_it_means(one: Story, says: str) -> None:
    """Nothing heard is a fact only where somebody else was heard."""
    assert among(told(one), says)


def test_an_empty_capture_says_nothing_of_the_target() -> None:
    """No frame, no control: a port without a cable looks the same."""
    evidence = story().asks(1).evidence()
    (listened,) = evidence.of(Listened)
    assert among(told(replace(evidence, observations=(listened,))), "there was no control: this silence says nothing")


def test_an_address_that_nobody_captured_has_no_story() -> None:
    """A look-up alone brings no packets."""
    assert tell_of(TARGET, story().vm("app05", [APP]).evidence().observations, ()).lines == (
        f"Nobody captured anything of {TARGET}.",
    )


def test_a_name_without_an_address_has_no_story() -> None:
    """The incident waits for vCenter to resolve it."""
    request = Request(
        "r1", "capture", Target(name="app05"), False, Person("T1", "U1"), Place("C1"), BEGIN
    )  # fmt: skip
    assert (
        "app05 has no known address" in tell(Incident("i1", (Requested(at=BEGIN, request=request),)), (), ()).lines[0]
    )


@pytest.mark.parametrize(
    ("one", "artifact", "says"),
    [
        pytest.param(tales.dropped_frames(), {}, "lost.", id="lost"),
        pytest.param(tales.healthy().loses(None), {}, "how many it lost is not known.", id="unknown"),
        pytest.param(
            tales.healthy(), {"incomplete": "The agent ended before the capture did."},
            "none lost. The agent ended before the capture did.", id="incomplete",
        ),
    ],
)  # fmt: skip
def test_what_a_vantage_lost_or_missed_stands_beside_it(one: Story, artifact: dict[str, object], says: str) -> None:
    """The loss counter is part of the evidence."""
    assert among(told(one, **artifact), "listened on", says)


def test_what_happened_at_both_vantages_is_told_with_the_clocks() -> None:
    """Left here, did not arrive there: with the frames, and how far the clocks can be trusted."""
    lines = told(tales.lost_on_the_way())
    assert among(lines, "did not arrive at tap", "(frames ")
    assert among(lines, "Beside that of dc1-a the clock of tap runs 0 ms ahead, within 0.5 ms")


def test_moves_and_alarms_are_told_newest_first_on_the_clock_of_the_worker() -> None:
    """Whether it began with a vMotion is the first thing that is asked."""
    move = Happened(
        at=BEGIN, kind="VmMigratedEvent", says="", vm="app05", vm_id="app05", host="esx2", source="esx1"
    )  # fmt: skip
    alarm = Alarm(name="Network uplink lost", on="app05", status="red", at=BEGIN + timedelta(seconds=60))
    told_of = tales.healthy().around(move, alarm, ahead_s=2.0)
    lines = told(told_of)
    assert lines[-2:] == (
        "Alarm “Network uplink lost” on app05 at `2026-03-01 03:00:58` UTC (vcenter).",
        "VM app05 moved esx1 → esx2 at `2026-03-01 02:59:58` UTC (vcenter).",
    )


def test_a_capture_full_of_strangers_stays_bounded() -> None:
    """A thread bears 25 lines; the rest is counted."""
    one = story()
    for number in range(40):
        one.asks(1, answers=[Mac(f"00:50:56:aa:01:{number:02x}")], asker_mac=Mac(f"00:50:56:aa:02:{number:02x}"))
    lines = told(one)
    assert len(lines) <= sum(MOST.values()) == 25
    assert among(lines, "… 36 more (claims).")


def test_names_that_people_typed_cannot_call_a_channel() -> None:
    """The lines are plain text; what makes a chat's markup of them escapes."""
    move = Happened(at=BEGIN, kind="VmMigratedEvent", says="", vm="<!channel>", vm_id="app05", host="b", source="a")
    lines = told(tales.healthy().around(move))
    assert among(lines, "<!channel>")
    assert not among(tuple(map(marked, lines)), "<!channel>")


@pytest.mark.parametrize("tale", [pytest.param(tale, id=tale.__name__) for tale in tales.ALL])
def test_every_tale_is_told_with_macs_and_times_in_code_spans(tale: Callable[[], Story]) -> None:
    """An unquoted 00:50:56:de:ad:be shows a flag."""
    lines = told(tale())
    assert 0 < len(lines) <= sum(MOST.values())
    for line in lines:
        outside = "".join(line.split("`")[::2])
        assert not any(word.count(":") >= 2 for word in outside.split()), line
        assert line.endswith((".", ")")), line


@pytest.mark.parametrize("case", SCENARIOS, ids=lambda path: path.name)
def test_every_recorded_case_has_its_story_whatever_the_order(case: Path) -> None:
    """Reports come in as they come, and the story of a case is the same a year later."""
    recorded, blobs = bundle.unpack(archive.load(case))
    observations, _ = judging.read(recorded.artifacts, blobs, recorded.target)
    lines = tell_of(recorded.target, observations, recorded.artifacts).lines
    assert lines == tell_of(recorded.target, observations[::-1], recorded.artifacts[::-1]).lines
    assert 2 <= len(lines) <= sum(MOST.values())


def test_a_foreign_mac_beside_the_vm_is_named() -> None:
    """The second owner is what everybody looks for."""
    assert among(told(tales.foreign_device()), f"`{STRANGER}` claims {TARGET}")
