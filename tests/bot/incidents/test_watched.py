"""The experiment of moving a machine while it is watched, and what may be concluded from it."""

import pytest

from bot.incidents.watched import placements, says
from tests.bot.incidents.pieces import Watch, watch
from tests.bot.story import APP, APP_2ND, vantage

SEGMENT = "dc1-front"
FAR = vantage("dc2-a", "dc2-front", prefix="10.2.0.0/24")
SINCE = "On esx2 since `2026-03-01 03:00:12` UTC, from dc1-front: "
ALWAYS = range(10_000)


def three_hosts(*lost: range) -> Watch:
    """Twelve seconds on each of three hosts, with moves between."""
    one = watch()
    every = {number for span in lost for number in span}
    for number in range(3):
        if number:
            one.moved(f"esx{number}", f"esx{number + 1}")
        for _ in range(3):
            one.piece(lost=every)
    return one


def conclusion(one: Watch) -> str:
    return says(one.evidence())[0]


def test_a_placement_is_what_lies_between_two_moves_without_the_pause_of_the_move() -> None:
    """A move may hold the machine for three seconds; what is lost then says nothing of either host."""
    found = placements(three_hosts(range(24, 30), range(48, 52)).evidence(), SEGMENT)
    assert [(one.host, len(one.pings), len(one.lost)) for one in found] == [
        ("esx1", 24, 0), ("esx2", 18, 0), ("esx3", 18, 0),
    ]  # fmt: skip
    assert found[0].since is None
    assert found[2].until is None
    assert found[1].since == found[0].until


def test_a_machine_that_never_moved_has_one_placement() -> None:
    """On the host that vCenter names, or on one without a name where no vCenter tells."""
    (unnamed,) = placements(watch().piece().evidence(), SEGMENT)
    assert (unnamed.host, len(unnamed.pings)) == ("its host", 8)
    (named,) = placements(watch().piece().alarm("red", after_s=1).evidence(), SEGMENT)
    assert named.host == "esx1"


def test_a_move_before_the_watch_is_no_part_of_it() -> None:
    """Only what was watched was an experiment."""
    (stay,) = placements(watch().piece().moved("esx9", "esx1", after_s=-60).evidence(), SEGMENT)
    assert (stay.host, stay.since) == ("esx1", None)


def test_loss_on_every_host_goes_with_the_machine() -> None:
    """The story of the product: it was moved three times, and each team blamed the next host."""
    said = says(three_hosts(ALWAYS).evidence())
    assert said[:3] == (
        "The moves are irrelevant: packets are lost on esx1, esx2 and esx3 alike, so it goes with the machine.",
        "On esx1, from dc1-front: 24 of 24 pings lost.",
        f"{SINCE}18 of 18 pings lost, from the first one after the move on.",
    )


def test_loss_on_one_host_that_ends_elsewhere_stays_with_that_host() -> None:
    """It was well before and after."""
    assert conclusion(three_hosts(range(34, 44))) == (
        "Packets are lost on esx2 only, and not on esx1 and esx3: it stays with that host."
    )


@pytest.mark.parametrize("lost", [pytest.param(range(54, 72), id="began"), pytest.param(range(4, 20), id="ended")])
def test_what_changed_only_once_may_be_chance(lost: range) -> None:
    """Whatever began or ended at that time did so on the same host; moving back tells them apart."""
    assert conclusion(three_hosts(lost)).endswith(
        "that may be the host, or what began or ended at the same time: move it back to see."
    )


def test_a_single_lost_ping_accuses_no_host() -> None:
    """It is no loss, and no proof of none."""
    assert conclusion(three_hosts(range(40, 41))) == (
        "One ping was lost on esx2, which is too little to say that the host matters."
    )
    assert conclusion(three_hosts(range(40, 41), range(10, 20), range(60, 70))).startswith("One ping was lost on esx2")


def test_where_nothing_was_lost_the_moves_did_no_harm() -> None:
    """Also when the pause of a move lost something."""
    assert conclusion(three_hosts(range(24, 29))) == "Nothing was lost on esx1, esx2 and esx3: the moves did no harm."


def test_two_of_three_hosts_are_named_without_a_reason() -> None:
    """It goes neither with the machine nor with one host."""
    assert (
        conclusion(three_hosts(range(10, 20), range(60, 70))) == "Packets are lost on esx1 and esx3, and not on esx2."
    )


def test_a_host_that_was_hardly_watched_says_nothing() -> None:
    """Of a stay of four seconds one second is left beside the pause of the move."""
    said = says(watch().piece(13).moved("esx1", "esx2").piece(lost=ALWAYS).evidence())
    assert said == (
        "On esx1, from dc1-front: 0 of 24 pings lost.",
        f"{SINCE}2 of 2 pings lost, from the first one after the move on.",
    )


def test_a_stay_within_the_pause_of_its_move_is_left_out() -> None:
    """Nobody sent a ping that could be counted there."""
    one = watch().piece(13).moved("esx1", "esx2", after_s=12).moved("esx2", "esx3", after_s=14).piece(13)
    assert [line[:7] for line in says(one.evidence())[1:]] == ["On esx1", "On esx3"]


def test_the_first_loss_is_counted_from_the_move() -> None:
    """Loss that comes minutes after a move has another cause than loss at once."""
    said = says(watch().piece(13).moved("esx1", "esx2").piece(13, lost=range(38, 60)).evidence())
    assert "the first 7 s after the move" in said[2]


@pytest.mark.parametrize(
    ("late", "lost", "says_"),
    [
        pytest.param(2, range(10, 24), "answered 3 s before the first loss", id="before"),
        pytest.param(8, range(10, 24), "answered 3 s after the first loss", id="after"),
        pytest.param(2, range(0), "answered too", id="without loss"),
        pytest.param(2, range(24), "answered too", id="lost from the start, so nobody saw which came first"),
    ],
)
def test_a_second_mac_is_told_beside_the_loss(late: int, lost: range, says_: str) -> None:
    """Whether the cause came before its effect is what the argument is about."""
    (said,) = says(watch().piece(13, late={APP_2ND: late}, lost=lost).evidence())
    assert said.endswith(f"; a second MAC, `{APP_2ND}`, {says_}.")


def test_every_segment_is_told_by_itself() -> None:
    """The way through the router has its own line, and its loss is loss on that host."""
    one = watch().piece(13, passes=False).piece(13, at=FAR, asks=False, lost=ALWAYS)
    assert says(one.evidence()) == (
        "On its host, from dc1-front: 0 of 24 pings lost.",
        "On its host, from dc2-front: 24 of 24 pings lost.",
    )


def test_the_time_in_which_nobody_watched_is_said() -> None:
    """Nothing is known of it, and a reader would take it for calm."""
    one = watch().piece(claims=[APP]).waits(10).piece()
    assert says(one.evidence())[1:] == (
        "From `2026-03-01 03:00:05` UTC to `2026-03-01 03:00:14` UTC nobody at dc1-front watched.",
    )


def test_pieces_that_follow_each_other_leave_no_gap() -> None:
    """Two seconds between two agents are none either."""
    assert len(says(watch().piece().piece().waits(3).piece().evidence())) == 1


def test_many_gaps_are_counted() -> None:
    """A list of all would bury the conclusion."""
    one = watch()
    for _ in range(7):
        one.piece().waits(10)
    said = says(one.evidence())
    assert len(said) == 1 + 4 + 1
    assert said[-1] == "Nobody at dc1-front watched 2 times more."


def test_who_saw_nothing_says_nothing() -> None:
    """An instrument that lost frames knows of no loss, and no sentence stands on it."""
    assert says(watch().evidence()) == ()
    assert says(watch().piece(13, lost=ALWAYS, dropped=4).evidence()) == ()
