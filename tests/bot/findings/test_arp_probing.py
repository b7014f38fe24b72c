import pytest

from bot.findings.arp_probing import EVERYONE_ANSWERS_PROBE, PROBE_DIFFERS, PROXY
from bot.model.finding import Standing
from tests.bot.findings.table import said
from tests.bot.story import APP, OTHER, ROUTER, STRANGER, Story, story

PRESENT, ABSENT, UNKNOWN = Standing


@pytest.mark.parametrize(
    ("told", "differs", "everyone", "proxy"),
    [
        pytest.param(
            story().asks(answers=[APP]).asks(probe=True, answers=[APP]), ABSENT, PRESENT, ABSENT, id="own-address"
        ),
        pytest.param(
            story().asks(answers=[APP, STRANGER]).asks(probe=True, answers=[APP]),
            PRESENT,
            ABSENT,
            PRESENT,
            id="proxy-beside-the-owner",
        ),
        pytest.param(story().asks(answers=[STRANGER]).asks(probe=True), PRESENT, ABSENT, PRESENT, id="proxy-alone"),
        pytest.param(story().asks().asks(probe=True, answers=[APP]), PRESENT, PRESENT, UNKNOWN, id="only-the-probe"),
        pytest.param(
            story().asks(answers=[APP, OTHER]).asks(probe=True, answers=[APP, OTHER]),
            ABSENT,
            PRESENT,
            ABSENT,
            id="two-owners",
        ),
        pytest.param(
            story().control().asks(answers=[APP, ROUTER]), UNKNOWN, UNKNOWN, PRESENT, id="the-gateway-answers-too"
        ),
        pytest.param(story().asks(answers=[APP]), UNKNOWN, UNKNOWN, UNKNOWN, id="no-probe-sent"),
        pytest.param(
            story().asks(answers=[APP]).asks(1, probe=True), UNKNOWN, UNKNOWN, UNKNOWN, id="one-probe-may-be-lost"
        ),
        pytest.param(
            story().loses(1).asks(answers=[APP]).asks(probe=True), UNKNOWN, UNKNOWN, UNKNOWN, id="frames-lost"
        ),
    ],
)
def test_a_router_that_answers_for_others_is_silent_to_probes(
    told: Story, differs: Standing, everyone: Standing, proxy: Standing
) -> None:
    """Without this a proxying router would be accused of being a second machine with the same address."""
    found = [said(told, id_).standing for id_ in (PROBE_DIFFERS, EVERYONE_ANSWERS_PROBE, PROXY)]
    assert found == [differs, everyone, proxy]
