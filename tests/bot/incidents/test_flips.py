"""What changes while a machine is watched is told once and at its time, and noise is not."""

from dataclasses import replace

import pytest

from bot.incidents.flips import MOST, flips, unseen
from tests.bot.incidents.pieces import HERE, Watch, watch
from tests.bot.story import APP, APP_2ND, BEGIN, vantage

FAR = vantage("dc2-a", "dc2-front", prefix="10.2.0.0/24")
BEGAN = "Pings to 10.0.0.5 from dc1-front began to be lost."
AGAIN = "Pings to 10.0.0.5 from dc1-front are answered again."
SECOND = f"`{APP_2ND}` began to answer for 10.0.0.5, as heard at dc1-front."
SILENT = f"`{APP_2ND}` answers for 10.0.0.5 no more, as heard at dc1-front."


def told(one: Watch) -> list[tuple[float, str]]:
    """Each flip: seconds since the beginning, and its sentence."""
    return [(round((flip.when - BEGIN).total_seconds(), 3), flip.says) for flip in flips(one.evidence())]


def test_a_machine_that_answers_throughout_changes_nothing() -> None:
    """Most of a watch is silence, which nobody has to read."""
    assert told(watch().piece().piece().piece()) == []


def test_loss_begins_and_ends_at_the_pings_that_show_it() -> None:
    """With the first lost one, and the first of those that came back, whenever they were enough to say so."""
    assert told(watch().piece().piece(lost=range(10, 14)).piece().piece()) == [(5.0, BEGAN), (7.0, AGAIN)]


def test_one_lost_ping_is_no_change() -> None:
    """Networks lose a packet now and then; a word on each would be ignored from the second one on."""
    assert told(watch().piece(lost=[7]).piece().piece(lost=[20]).piece()) == []


def test_how_it_begins_is_no_change() -> None:
    """A machine that loses packets from the start did not begin to while it was watched; that it stops is news."""
    one = watch().piece(lost=range(8)).piece(lost=range(8, 12))
    assert told(one) == []
    assert told(one.piece().piece()) == [(6.0, AGAIN)]


def test_half_of_the_pings_lost_is_one_loss() -> None:
    """Two MACs by turns lose every other ping for minutes: that is one change, and not hundreds."""
    one = watch().piece()
    for _ in range(6):
        one.piece(lost=range(8, 56, 2))
    assert told(one) == [(4.0, BEGAN)]


@pytest.mark.parametrize(
    "unfit",
    [
        pytest.param({"dropped": 40}, id="it lost frames"),
        pytest.param({"dropped": None}, id="it cannot tell"),
        pytest.param({"control": False}, id="the gateway was silent too"),
    ],
)
def test_an_unfit_instrument_says_nothing_of_loss(unfit: dict[str, object]) -> None:
    """Its own trouble must not stand as the machine's."""
    assert told(watch().piece().piece(lost=range(8, 16), **unfit).piece()) == []  # type: ignore[arg-type]


def test_a_piece_that_is_not_over_says_the_same_as_the_whole() -> None:
    """A change is told while the piece runs, and must not be told again when the piece comes in whole."""
    whole = flips(watch().piece().piece(8, lost=range(10, 14)).evidence())
    part = flips(watch().piece().piece(lost=range(10, 14)).evidence())
    assert [one.says for one in part] == [BEGAN]
    assert unseen(whole, [one.key for one in part]) == ()


def test_each_segment_has_its_own_state() -> None:
    """The way through the router can fail while the segment is well, and that is the whole finding."""
    one = watch().piece(passes=False).piece(at=FAR, asks=False)
    one.piece(passes=False).piece(at=FAR, asks=False, lost=range(8, 16))
    assert told(one) == [(4.0, "Pings to 10.0.0.5 from dc2-front began to be lost.")]


def test_a_second_mac_is_told_when_it_appears_and_when_it_falls_silent() -> None:
    """The crashed agent of the story: it begins to answer, and is gone once it was restarted."""
    one = watch().piece().piece(late={APP_2ND: 2}).piece(claims=[APP, APP_2ND]).piece().piece()
    assert told(one) == [(6.0, SECOND), (12.0, SILENT)]


def test_whoever_answers_from_the_start_did_not_begin_to() -> None:
    """Both MACs were there before anybody watched."""
    assert told(watch().piece(claims=[APP, APP_2ND]).piece(claims=[APP, APP_2ND])) == []


@pytest.mark.parametrize("seconds", [2, 3])
def test_a_piece_that_has_only_begun_silences_nobody(seconds: int) -> None:
    """One or two unanswered questions are no silence; a lost answer would be told as an agent that ended."""
    assert told(watch().piece(claims=[APP, APP_2ND]).piece(seconds)) == []
    assert told(watch().piece(claims=[APP, APP_2ND]).piece(seconds).piece(claims=[APP, APP_2ND])) == []


def test_a_piece_that_still_runs_silences_nobody() -> None:
    """It may answer before the piece is over."""
    assert told(watch().piece(claims=[APP, APP_2ND]).piece(6)) == []


@pytest.mark.parametrize("unfit", [{"dropped": 3}, {"dropped": None}, {"control": False}])
def test_an_unfit_instrument_silences_nobody(unfit: dict[str, object]) -> None:
    """What it did not hear may have been said; and when it is fit again nobody has begun to answer."""
    one = watch().piece(claims=[APP, APP_2ND]).piece(**unfit)  # type: ignore[arg-type]
    assert told(one.piece(claims=[APP, APP_2ND])) == []


def test_a_segment_that_only_pings_says_nothing_of_claims() -> None:
    """From behind the router nobody asks who has it."""
    assert told(watch().piece(at=FAR, asks=False).piece(at=FAR, asks=False)) == []


def test_moves_and_alarms_of_the_time_are_told() -> None:
    """Those of last week are in the verdict, and did not change anything now."""
    one = watch().piece().piece().moved("esx2", "esx1", after_s=3).moved("esx3", "esx2", after_s=-3600)
    one.alarm("Network uplink redundancy lost", after_s=5)
    assert told(one) == [
        (3.0, "VM app05 moved esx2 → esx1."), (5.0, "Alarm “Network uplink redundancy lost” on esx1."),
    ]  # fmt: skip


def test_a_move_is_told_on_our_clock() -> None:
    """The one of vCenter may be wrong, and a second decides whether the loss came before or after."""
    one = watch().piece().piece().moved("esx2", "esx1", after_s=13)
    one.ahead_s = 10.0
    assert told(one) == [(3.0, "VM app05 moved esx2 → esx1.")]


def test_a_move_is_told_once_though_its_clock_is_measured_anew() -> None:
    """A vCenter is asked every ten seconds, and how far its clock runs ahead is some milliseconds different then."""
    one = watch().piece().piece().moved("esx2", "esx1", after_s=3).alarm("Host connection", after_s=5)
    before = flips(one.evidence())
    one.ahead_s = 0.012
    again = flips(one.evidence())
    assert [flip.when for flip in again] != [flip.when for flip in before]
    assert unseen(again, [flip.key for flip in before]) == ()


def test_where_nobody_watched_yet_nothing_has_changed() -> None:
    """A vCenter answers before the first piece does."""
    assert told(watch().moved("esx1", "esx2", after_s=3)) == []


def test_what_changes_without_end_is_cut() -> None:
    """A thread of a thousand lines helps nobody."""
    one = watch().piece()
    for number in range(MOST + 20):
        one.moved(f"esx{number % 3}", f"esx{(number + 1) % 3}", after_s=number / 10)
    assert len(told(one)) == MOST


def test_what_was_told_is_not_told_again() -> None:
    """By its key, which is the same however often it is found."""
    found = flips(watch().piece().piece(lost=range(10, 14)).piece().piece().evidence())
    assert unseen(found, []) == found
    assert unseen(found, [found[0].key]) == found[1:]
    assert replace(found[0]).key == found[0].key
    assert len({one.key for one in found}) == 2
    assert all(one.vantage == HERE.segment for one in found)
