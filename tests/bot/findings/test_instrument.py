import pytest

from bot.findings.instrument import CONTROL_HEARD, LISTENED_FULLY
from bot.model.finding import Standing
from tests.bot.findings.table import said
from tests.bot.story import APP, Story, story, vantage

PRESENT, ABSENT, UNKNOWN = Standing


@pytest.mark.parametrize(
    ("id_", "told", "standing"),
    [
        pytest.param(LISTENED_FULLY, story().control(), PRESENT, id="nothing-lost"),
        pytest.param(LISTENED_FULLY, story().loses(3).control(), ABSENT, id="three-lost"),
        pytest.param(LISTENED_FULLY, story().loses(None).control(), UNKNOWN, id="cannot-tell"),
        pytest.param(LISTENED_FULLY, story().control().never_listened(), UNKNOWN, id="no-word-on-listening"),
        pytest.param(LISTENED_FULLY, story(), UNKNOWN, id="nobody-listened"),
        pytest.param(CONTROL_HEARD, story().control().asks(), PRESENT, id="gateway-answers"),
        pytest.param(CONTROL_HEARD, story().silent_control().asks(), ABSENT, id="gateway-silent"),
        pytest.param(CONTROL_HEARD, story().asks(answers=[APP]), UNKNOWN, id="no-control-asked"),
        pytest.param(
            CONTROL_HEARD,
            story().control().at(vantage("dc1-b", last=251)).silent_control(),
            ABSENT,
            id="one-of-two-vantages-deaf",
        ),
    ],
)
def test_an_instrument_is_fit_only_when_it_proved_it(id_: str, told: Story, standing: Standing) -> None:
    """Silence needs a control: an instrument that hears nobody must not be believed when it hears no target."""
    assert said(told, id_).standing is standing


def test_a_deaf_instrument_is_named() -> None:
    """Somebody has to repair the agent, so the sentence says which one and what it asked."""
    assert "10.0.0.1 at dc1-a" in said(story().silent_control(), CONTROL_HEARD).statement
