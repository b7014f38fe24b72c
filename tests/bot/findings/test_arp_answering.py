from ipaddress import IPv4Address

import pytest

from bot.findings.arp_answering import SILENT_TO_ONE_VANTAGE, TARGET_ANSWERS, TARGET_SILENT
from bot.model.finding import Standing
from tests.bot.findings.table import said
from tests.bot.story import APP, GATEWAY, ROUTER, Story, story, vantage

PRESENT, ABSENT, UNKNOWN = Standing
SECOND = vantage("dc1-b", last=251)


@pytest.mark.parametrize(
    ("told", "answers", "silent"),
    [
        pytest.param(story().control().asks(answers=[APP]), PRESENT, ABSENT, id="answers"),
        pytest.param(story().control().asks(), ABSENT, PRESENT, id="silent-and-control-heard"),
        pytest.param(story().silent_control().asks(), UNKNOWN, UNKNOWN, id="control-silent-too"),
        pytest.param(story().asks(), UNKNOWN, UNKNOWN, id="no-control"),
        pytest.param(story().loses(1).control().asks(), UNKNOWN, UNKNOWN, id="a-frame-was-lost"),
        pytest.param(story().loses(None).control().asks(), UNKNOWN, UNKNOWN, id="losses-not-known"),
        pytest.param(story().control().asks(1), UNKNOWN, UNKNOWN, id="asked-once"),
        pytest.param(story().control().asks(to=APP), UNKNOWN, UNKNOWN, id="asked-one-mac-only"),
        pytest.param(story().control().asks().announces(APP), ABSENT, UNKNOWN, id="speaks-but-does-not-answer"),
        pytest.param(
            story().control().asks(asker=GATEWAY, asker_mac=ROUTER), UNKNOWN, UNKNOWN, id="others-asked-not-we"
        ),
        pytest.param(
            story().at(vantage("dc2-a", "dc2-front", prefix="10.2.0.0/24")).control().asks(),
            UNKNOWN,
            UNKNOWN,
            id="asked-on-another-segment",
        ),
        pytest.param(story(), UNKNOWN, UNKNOWN, id="nobody-asked"),
    ],
)
def test_silence_counts_only_where_hearing_was_proved(told: Story, answers: Standing, silent: Standing) -> None:
    """No answer is the weakest of facts; taken for silence without a control it accuses the innocent."""
    assert (said(told, TARGET_ANSWERS).standing, said(told, TARGET_SILENT).standing) == (answers, silent)


def test_an_answer_for_somebody_else_is_none() -> None:
    """A busy segment answers all the time, just not for the target."""
    told = story().control().asks(wanted=IPv4Address("10.0.0.77"), answers=[APP])
    assert said(told, TARGET_ANSWERS).standing is UNKNOWN


def test_listening_must_outlast_the_slowest_answer() -> None:
    """A proxy answers up to 0.8 s late: a window that ended before cannot speak of silence."""
    told = story().control().asks()
    evidence = told.evidence()
    listened = evidence.observations[-1]
    told.observations.append(listened)
    told.never_listened().waits(0)
    assert said(told, TARGET_SILENT).standing is PRESENT
    told.asks(1)  # 0.3 s later than listening ended
    assert said(told, TARGET_SILENT).standing is UNKNOWN


@pytest.mark.parametrize(
    ("told", "standing"),
    [
        pytest.param(story().control().asks(answers=[APP]).at(SECOND).control().asks(), PRESENT, id="one-hears-none"),
        pytest.param(
            story().control().asks(answers=[APP]).at(SECOND).control().asks(answers=[APP]), ABSENT, id="both-hear"
        ),
        pytest.param(
            story().control().asks(answers=[APP]).at(SECOND).silent_control().asks(), UNKNOWN, id="the-other-is-deaf"
        ),
        pytest.param(story().control().asks(answers=[APP]), UNKNOWN, id="one-vantage"),
    ],
)
def test_two_vantages_that_differ_are_noticed(told: Story, standing: Standing) -> None:
    """A target that only half of the segment can reach is not healthy, however well it answers the other half."""
    assert said(told, SILENT_TO_ONE_VANTAGE).standing is standing
