"""A short run of the fuzz target; ``python -m tests.bot.frames.fuzz_captures --seconds 600`` is a long one."""

from tests.bot.frames.fuzz_captures import fuzz

FILES = 400


def test_no_made_up_file_breaks_a_law_of_reading() -> None:
    """Files come from strangers; a file that hides a frame or brings down the reader would end a check."""
    assert fuzz(seed=7, enough=lambda made: made >= FILES) == FILES
