"""What goes to a MAC alone beside what goes to everybody: where frames get lost, and who reads them."""

import pytest

from bot.findings.sent_alone import ONLY_BROADCASTS, ONLY_ECHOES_LOST
from bot.model.finding import Standing
from tests.bot import tales
from tests.bot.findings.table import said
from tests.bot.story import APP, APP_2ND, Story, story

PRESENT, ABSENT, UNKNOWN = Standing


def told(
    *, broadcasts: int = 3, missed: bool = False, alone: int = 2, answered: int = 0, lost: int = 5, loses: int = 0
) -> Story:
    """Everybody asked, then the MAC alone with ``answered`` of ``alone`` requests, and ``lost`` of five echoes."""
    asked = story().loses(loses).control().asks(broadcasts - missed, answers=[APP])
    asked = asked.asks(int(missed), answers=[]).control_alone().echoes(lost=range(1, lost + 1))
    return asked.asks(answered, to=APP, answers=[APP]).asks(alone - answered, to=APP, answers=[]).waits(1)


@pytest.mark.parametrize(
    ("id_", "told", "standing"),
    [
        pytest.param(ONLY_BROADCASTS, tales.only_broadcasts(), PRESENT, id="nothing-alone-arrives"),
        pytest.param(ONLY_BROADCASTS, told(), PRESENT, id="without-probes"),
        pytest.param(ONLY_BROADCASTS, told(lost=4), ABSENT, id="one-echo-came-back"),
        pytest.param(ONLY_BROADCASTS, told(answered=1), ABSENT, id="one-request-was-answered"),
        pytest.param(ONLY_BROADCASTS, tales.only_echoes_lost(), ABSENT, id="arp-arrives"),
        pytest.param(ONLY_BROADCASTS, told(missed=True), UNKNOWN, id="a-broadcast-was-lost-too"),
        pytest.param(ONLY_BROADCASTS, told(broadcasts=2), UNKNOWN, id="too-few-broadcasts"),
        pytest.param(ONLY_BROADCASTS, told(alone=1), UNKNOWN, id="asked-alone-once"),
        pytest.param(ONLY_BROADCASTS, told(loses=1), UNKNOWN, id="the-instrument-lost-frames"),
        pytest.param(ONLY_BROADCASTS, tales.healthy(), ABSENT, id="echoes-arrive"),
        pytest.param(ONLY_BROADCASTS, tales.losing(), ABSENT, id="some-echoes-arrive"),
        pytest.param(ONLY_ECHOES_LOST, tales.only_echoes_lost(), PRESENT, id="arp-arrives-echoes-do-not"),
        pytest.param(ONLY_ECHOES_LOST, told(answered=2), PRESENT, id="likewise"),
        pytest.param(ONLY_ECHOES_LOST, told(answered=2, lost=4), ABSENT, id="one-echo-came-back"),
        pytest.param(ONLY_ECHOES_LOST, told(answered=1), ABSENT, id="arp-is-lost-too"),
        pytest.param(ONLY_ECHOES_LOST, told(), ABSENT, id="nothing-arrives"),
        pytest.param(ONLY_ECHOES_LOST, tales.losing(), UNKNOWN, id="nobody-asked-alone"),
    ],
)
def test_frames_to_one_mac_are_compared_with_those_to_everybody(id_: str, told: Story, standing: Standing) -> None:
    """It tells a lost MAC from a packet filter; chance losses must look like neither."""
    assert said(told, id_).standing is standing


def test_a_silent_control_makes_it_unknown() -> None:
    """Where the gateway ignores unicast ARP or ping as well, the target's silence says nothing."""
    deaf = story().control().asks(answers=[APP]).echoes(lost=range(1, 6)).asks(2, to=APP, answers=[]).waits(1)
    assert said(deaf, ONLY_BROADCASTS).standing is UNKNOWN
    assert said(deaf, ONLY_ECHOES_LOST).standing is UNKNOWN


def test_where_one_of_two_macs_is_reached_nothing_is_said_of_all() -> None:
    """A bond whose second MAC carries nothing is another matter, and has a finding of its own."""
    both = story().control().asks(answers=[APP, APP_2ND]).control_alone()
    both = both.echoes(APP).asks(2, to=APP, answers=[APP])
    both = both.echoes(APP_2ND, lost=range(1, 6)).asks(2, to=APP_2ND, answers=[]).waits(1)
    assert said(both, ONLY_BROADCASTS).standing is ABSENT
    assert said(both, ONLY_ECHOES_LOST).standing is ABSENT
