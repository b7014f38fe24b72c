"""The agent's own memory of what it took, where nothing on the server can be relied on."""

from bot.queue import keys
from bot.queue.taken import Taken


class Time:
    """A clock that the test moves."""

    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def test_the_same_entry_is_no_copy_and_another_is() -> None:
    """An entry comes again when its connection was cut; a copy is an entry of its own."""
    taken = Taken(Time())
    assert [taken.copied("job-1", entry, 30) for entry in (b"1-0", b"1-0", b"2-0", b"1-0")] == [
        False,
        False,
        True,
        False,
    ]


def test_it_is_remembered_longer_than_the_job_can_run_and_then_forgotten() -> None:
    """An agent that runs for a year must not grow by every job that it did."""
    time = Time()
    taken = Taken(time)
    taken.copied("job-1", b"1-0", 30)
    time.now_s += 30 + keys.PAST_END_S - 1
    assert taken.copied("job-1", b"2-0", 0)
    time.now_s += 2
    taken.copied("job-2", b"3-0", 30)
    assert list(taken._entries) == ["job-2"]


def test_an_absurd_expiry_is_not_kept_for_ever() -> None:
    """Jobs last minutes, whatever an order claims."""
    time = Time()
    taken = Taken(time)
    taken.copied("job-1", b"1-0", 1e12)
    time.now_s += keys.LONGEST_S + 1
    assert not taken.copied("job-1", b"2-0", 30)
