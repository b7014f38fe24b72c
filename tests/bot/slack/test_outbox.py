"""When each piece may go, with a clock that the test holds."""

import pytest

from bot.slack.outbox import Outbox, Pace, Parcel


def outbox() -> Outbox:
    return Outbox(Pace())


def state(number: int, *, last: bool = False, channel: str = "C1", card: str = "card 1") -> Parcel:
    return Parcel(card, channel, number, urgent=last, lasting=last)


def send(box: Outbox, now: float) -> object:
    """What goes now, sent; or how long nothing does."""
    taken = box.take(now)
    if not isinstance(taken, Parcel):
        return taken
    box.sent(taken, now)
    return taken.errand


def test_the_newest_state_wins() -> None:
    """Ten agents report in one second; one edit tells it all."""
    box = outbox()
    for number in range(10):
        box.put(state(number))
    assert (send(box, 0.0), send(box, 0.0)) == (9, None)


def test_edits_keep_a_distance_but_the_first_evidence_goes_at_once() -> None:
    """That an agent has started is no news to wait for; the first answer on the wire is."""
    box = outbox()
    box.put(state(0))
    assert send(box, 0.0) == 0
    box.put(state(1))
    assert send(box, 0.1) == pytest.approx(1.9)
    box.put(Parcel("card 1", "C1", 2, news=True))
    box.put(state(3))
    assert send(box, 0.2) == 3, "news stay news when a newer state replaces them"
    box.put(state(4))
    assert send(box, 0.3) == pytest.approx(1.9)
    assert send(box, 2.2) == 4


def test_edits_do_not_use_up_what_a_channel_takes_of_new_messages() -> None:
    """Slack counts them apart; a second question must not wait for the first one's edits."""
    box = outbox()
    box.put(state(0))
    assert send(box, 0.0) == 0
    for number in range(6):
        box.put(state(number, last=True))
        assert send(box, 0.1) == number
    box.put(Parcel("card 2", "C1", "another"))
    assert send(box, 0.2) == "another"


def test_a_new_card_goes_before_the_details_of_an_older_one() -> None:
    """Who has just asked waits for a sign; who reads details does not."""
    box = outbox()
    box.put(Parcel("once 1", "C1", "details", behind=True))
    box.put(state(0))
    assert (send(box, 0.0), send(box, 0.0)) == (0, "details")


def test_a_last_state_goes_at_once_though_the_channel_is_exhausted() -> None:
    """The verdict is what everybody waits for."""
    box = outbox()
    for number in range(4):
        box.put(Parcel(f"once {number}", "C1", number))
    assert [send(box, 0.0) for _ in range(4)] == [0, 1, 2, pytest.approx(1.0)]
    box.put(state(9, last=True))
    assert send(box, 0.0) == 9


def test_a_running_state_never_replaces_a_last_one() -> None:
    """Events may come in late; the verdict must not turn back into "looking"."""
    box = outbox()
    box.put(state(1, last=True))
    box.put(state(2))
    assert (send(box, 0.0), send(box, 99.0)) == (1, None)


def test_a_last_state_that_failed_is_not_hidden_by_a_running_one_put_meanwhile() -> None:
    """While the call was under way something else may have been shown."""
    box = outbox()
    box.put(state(1, last=True))
    taken = box.take(0.0)
    assert isinstance(taken, Parcel)
    box.put(state(2))
    box.unreachable(taken, 0.0)
    assert send(box, 99.0) == 1


def test_a_failed_state_gives_way_to_a_newer_one_that_remembers_the_doubt() -> None:
    """The post may have arrived: whoever posts next has to look first."""
    box = outbox()
    box.put(state(1))
    taken = box.take(0.0)
    assert isinstance(taken, Parcel)
    box.put(state(2))
    box.unreachable(taken, 0.0)
    newer = box.take(99.0)
    assert isinstance(newer, Parcel)
    assert (newer.errand, newer.attempts) == (2, 1)


def test_a_rate_limit_silences_its_channel_alone() -> None:
    """One busy incident must not stop another."""
    box = outbox()
    box.put(state(1, last=True))
    taken = box.take(0.0)
    assert isinstance(taken, Parcel)
    box.rate_limited(taken, 0.0, 30.0)
    box.put(state(2, channel="C2", card="card 2"))
    assert send(box, 0.0) == 2
    assert send(box, 0.0) == pytest.approx(30.0)
    assert send(box, 30.0) == 1


def test_silence_makes_everything_wait_longer_each_time_and_an_answer_ends_it() -> None:
    """A Slack that is down is not hammered, and is back within half a minute."""
    box = outbox()
    box.put(state(1))
    now, waits = 0.0, []
    for _ in range(8):
        taken = box.take(now)
        assert isinstance(taken, Parcel)
        box.unreachable(taken, now)
        wait = box.take(now)
        assert isinstance(wait, float)
        waits.append(wait)
        now += wait
    assert waits == [pytest.approx(s) for s in (1, 2, 4, 8, 16, 30, 30, 30)]
    assert send(box, now) == 1
    box.put(Parcel("once 1", "C2", 2))
    assert send(box, now) == 2


def test_a_parcel_on_which_slack_breaks_waits_alone() -> None:
    """One poisonous message must not hold up the others, not even in its channel."""
    box = outbox()
    box.put(state(1, last=True))
    taken = box.take(0.0)
    assert isinstance(taken, Parcel)
    box.broken(taken, 0.0)
    box.put(Parcel("once 1", "C1", 2))
    assert (send(box, 0.0), send(box, 1.0)) == (2, 1)


def test_pieces_for_one_channel_keep_their_order() -> None:
    """The second page of the details must not stand above the first."""
    box = outbox()
    for number in range(3):
        box.put(Parcel(f"once {number}", "C1", number))
    assert [send(box, 0.0) for _ in range(3)] == [0, 1, 2]


def test_tokens_come_back_one_a_second() -> None:
    """About one message a second and channel, in bursts of three."""
    box = outbox()
    sent: list[float] = []
    for number in range(8):
        box.put(Parcel(f"once {number}", "C1", number))
    for tenth in range(60):
        while isinstance(box.take(tenth / 10), Parcel):
            sent.append(tenth / 10)
    assert sent == [0.0, 0.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0]


def test_only_what_must_not_be_lost_is_kept_at_the_end() -> None:
    """A process that ends need not tell that it was still looking."""
    box = outbox()
    box.put(state(1))
    box.put(state(2, last=True, card="card 2"))
    box.keep_lasting()
    assert (send(box, 0.0), send(box, 0.0)) == (2, None)
