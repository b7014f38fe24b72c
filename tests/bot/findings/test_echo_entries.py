"""Pings of other people in a capture: which are lost, by which ARP entry they were sent, and whether it is outdated."""

import pytest

from bot.findings.echo_entries import FOLLOWS_ENTRY, OVERHEARD_LOSS, TO_UNCLAIMED
from bot.model.finding import Standing
from tests.bot.findings.table import said
from tests.bot.story import APP, APP_2ND, OTHER, Story, story

PRESENT, ABSENT, UNKNOWN = Standing


def _stale() -> Story:
    """The address went from APP to OTHER, and somebody fell back to the old entry."""
    return story().asks(1, answers=[OTHER]).pinged(OTHER, sent=2).pinged(APP, sent=6, lost=range(1, 7))


@pytest.mark.parametrize(
    ("id_", "told", "standing"),
    [
        pytest.param(OVERHEARD_LOSS, story().pinged(APP, lost=[2, 4]), PRESENT, id="some-lost"),
        pytest.param(OVERHEARD_LOSS, story().pinged(APP), ABSENT, id="none-lost"),
        pytest.param(OVERHEARD_LOSS, story().pinged(APP, lost=range(1, 6)), UNKNOWN, id="one-direction-only"),
        pytest.param(OVERHEARD_LOSS, story().echoes(APP, lost=[1]), UNKNOWN, id="our-own-are-another-matter"),
        pytest.param(FOLLOWS_ENTRY, _stale(), PRESENT, id="the-entry-decides"),
        pytest.param(FOLLOWS_ENTRY, story().pinged(APP).pinged(APP_2ND), ABSENT, id="either-entry-works"),
        pytest.param(FOLLOWS_ENTRY, story().pinged(APP, lost=[2]), UNKNOWN, id="one-entry"),
        pytest.param(TO_UNCLAIMED, _stale(), PRESENT, id="nobody-claims-it-any-more"),
        pytest.param(TO_UNCLAIMED, story().asks(answers=[APP]).pinged(APP, lost=[1]), ABSENT, id="the-right-mac"),
        pytest.param(TO_UNCLAIMED, story().pinged(APP, lost=[1]), UNKNOWN, id="nobody-claims"),
    ],
)
def test_loss_is_joined_with_the_entry_that_was_held(id_: str, told: Story, standing: Standing) -> None:
    """A stale entry shows no anomaly in ARP: its whole evidence is in the echo traffic."""
    assert said(told, id_).standing is standing


def test_numbers_and_macs_are_told_asker_by_asker() -> None:
    """A network engineer finds the frames in seconds, and sees which MAC answered for which."""
    told = story().pinged(APP, lost=[2], answered_by=APP_2ND)
    assert said(told, OVERHEARD_LOSS).statement == (
        f"Echoes of others to 10.0.0.5 were lost: 10.0.0.77 to `{APP}`: 4 of 5 came back, from `{APP_2ND}` "
        "(lost: number 2)."
    )
