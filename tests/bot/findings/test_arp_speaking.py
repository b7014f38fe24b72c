"""Who speaks more than it is asked: announcements beside an owner that answers, and answers that come twice."""

import pytest

from bot.findings.arp_doubling import DOUBLED
from bot.findings.arp_probing import ONLY_PROBES, PROXY
from bot.findings.arp_unasked import UNASKED
from bot.model.finding import Standing
from tests.bot import tales
from tests.bot.findings.table import said
from tests.bot.story import APP, OTHER, STRANGER, Story, story

PRESENT, ABSENT, UNKNOWN = Standing


def poisoned() -> Story:
    """The owner answers everything; a stranger tells the asker the contrary, whatever it asked."""
    told = story().control().asks(3, answers=[APP]).asks(3, probe=True, answers=[APP]).waits(1)
    return told.asks(1, answers={APP: 0.001, STRANGER: 0.95}).waits(2)


@pytest.mark.parametrize(
    ("id_", "told", "standing"),
    [
        pytest.param(UNASKED, tales.thief(), PRESENT, id="again-and-again"),
        pytest.param(UNASKED, tales.planned_move(), ABSENT, id="one-move"),
        pytest.param(UNASKED, story().control().announces(OTHER).announces(OTHER).asks(), ABSENT, id="nobody-else"),
        pytest.param(UNASKED, story(), UNKNOWN, id="nobody-listened"),
        pytest.param(DOUBLED, tales.doubled(), PRESENT, id="twice"),
        pytest.param(DOUBLED, tales.healthy(), ABSENT, id="once"),
        pytest.param(DOUBLED, tales.crashed_agent(), ABSENT, id="two-macs-are-another-matter"),
        pytest.param(DOUBLED, story().asks(4, answers=[APP], copies=2), UNKNOWN, id="without-a-control"),
        pytest.param(ONLY_PROBES, tales.narrow_netmask(), PRESENT, id="only-probes"),
        pytest.param(ONLY_PROBES, tales.healthy(), ABSENT, id="both"),
        pytest.param(ONLY_PROBES, story(), UNKNOWN, id="not-asked"),
        pytest.param(PROXY, tales.proxy_with_victim(), PRESENT, id="a-router"),
        pytest.param(PROXY, poisoned(), UNKNOWN, id="speaks-by-a-clock-of-its-own"),
    ],
)
def test_who_speaks_more_than_it_is_asked(id_: str, told: Story, standing: Standing) -> None:
    """What poisoners, loops and routers do, told apart from each other and from an honest move."""
    assert said(told, id_).standing is standing
