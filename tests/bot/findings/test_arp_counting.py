import pytest

from bot.findings.arp_counting import CONSTANT_PER_ASKER, REPEATEDLY, TWO_ANSWERS
from bot.model.finding import Standing
from tests.bot.findings.table import said
from tests.bot.story import APP, APP_2ND, GATEWAY, OTHER, ROUTER, STRANGER, Story, story, vantage

PRESENT, ABSENT, UNKNOWN = Standing
BOTH = (APP, APP_2ND)
LATE = {APP: 0.0002, APP_2ND: 0.8}


@pytest.mark.parametrize(
    ("told", "once", "again"),
    [
        pytest.param(story().asks(answers=BOTH), PRESENT, PRESENT, id="two-each-time"),
        pytest.param(story().asks(1, answers=BOTH), PRESENT, ABSENT, id="two-one-time"),
        pytest.param(story().asks(1, answers=BOTH).asks(1, probe=True, answers=BOTH), PRESENT, PRESENT, id="probe-too"),
        pytest.param(story().asks(4, answers=LATE), PRESENT, PRESENT, id="second-answer-0.8-s-late"),
        pytest.param(story().asks(answers=[APP]), ABSENT, ABSENT, id="one-each-time"),
        pytest.param(
            story().asks(1, answers={APP_2ND: 0.31}, gap_s=0.3).asks(1, answers=[APP]),
            ABSENT,
            ABSENT,
            id="late-answer-beside-the-next",
        ),
        pytest.param(
            story().asks(1, to=APP, answers=[APP]).asks(1, answers=[APP_2ND]), ABSENT, ABSENT, id="unicast-counts"
        ),
        pytest.param(
            story().asks(1, to=APP, gap_s=0.001).asks(2, answers=BOTH), PRESENT, ABSENT, id="unicast-unanswered"
        ),
        pytest.param(story().asks(answers=[APP], copies=2), ABSENT, ABSENT, id="one-mac-twice"),
        pytest.param(
            story().asks(1, answers=[APP], copies=2).asks(1, answers=[APP_2ND], copies=2),
            ABSENT,
            ABSENT,
            id="mirror-port",
        ),
        pytest.param(
            story().asks(2, answers=[APP]).asks(2, asker=GATEWAY, asker_mac=ROUTER, answers=[APP_2ND]),
            ABSENT,
            ABSENT,
            id="another-asker-another-mac",
        ),
        pytest.param(story().loses(3).asks(answers=BOTH), UNKNOWN, UNKNOWN, id="as-many-frames-lost"),
        pytest.param(story().loses(1).asks(answers=BOTH), PRESENT, PRESENT, id="more-than-the-lost-frames"),
        pytest.param(story().loses(1).asks(answers=[APP]), UNKNOWN, UNKNOWN, id="one-each-but-frames-lost"),
        pytest.param(story().asks(answers=[APP]).never_listened(), UNKNOWN, UNKNOWN, id="end-of-listening-not-known"),
        pytest.param(story().asks(), UNKNOWN, UNKNOWN, id="no-answer"),
        pytest.param(story().announces(APP).announces(OTHER), UNKNOWN, UNKNOWN, id="nobody-asked"),
    ],
)
def test_answers_are_counted_against_requests(told: Story, once: Standing, again: Standing) -> None:
    """Pairing answers with requests by time accused healthy teaming; counting cannot."""
    assert (said(told, TWO_ANSWERS).standing, said(told, REPEATEDLY).standing) == (once, again)


def test_a_request_before_a_foreign_capture_is_allowed_for() -> None:
    """A dropped capture may begin between somebody's request and its answer, which then looks like a second one."""
    dropped = story().asks(1, asker=GATEWAY, asker_mac=ROUTER, answers=BOTH)
    dropped.never_listened()
    assert said(dropped, TWO_ANSWERS).standing is UNKNOWN
    dropped.asks(1, asker=GATEWAY, asker_mac=ROUTER, answers=BOTH)
    assert said(dropped, TWO_ANSWERS).standing is PRESENT


def test_one_exchange_seen_by_two_vantages_counts_once() -> None:
    """A second agent on a mirror port must not turn one odd answer into a habit."""
    asker = vantage()
    told = story().asks(1, answers=BOTH)
    told.at(vantage("dc1-b", last=251)).waits(1.5).asks(1, asker=asker.address, asker_mac=asker.mac, answers=BOTH)
    assert said(told, REPEATEDLY).standing is ABSENT


def test_the_frames_that_show_it_are_named() -> None:
    """A network engineer wants to open the request and both its answers in Wireshark."""
    found = said(story().asks(1, answers=BOTH), TWO_ANSWERS)
    assert [(one.locator, one.vantage) for one in found.witnesses] == [
        ("frame 1", "dc1-a"),
        ("frame 2", "dc1-a"),
        ("frame 3", "dc1-a"),
    ]


@pytest.mark.parametrize(
    ("told", "standing"),
    [
        pytest.param(
            story().asks(answers=[APP]).asks(asker=GATEWAY, asker_mac=ROUTER, answers=[APP_2ND]), PRESENT, id="teaming"
        ),
        pytest.param(
            story().asks(answers=[APP]).asks(asker=GATEWAY, asker_mac=ROUTER, answers=[APP]), ABSENT, id="one-for-all"
        ),
        pytest.param(story().asks(answers=BOTH), ABSENT, id="two-answers"),
        pytest.param(story().asks(1, answers=[APP]).asks(1, answers=[APP_2ND]), ABSENT, id="same-asker-changes"),
        pytest.param(story().asks(answers=[APP]), UNKNOWN, id="one-asker"),
        pytest.param(
            story().asks(1, answers=[APP]).asks(1, asker=GATEWAY, asker_mac=STRANGER, answers=[APP_2ND]),
            UNKNOWN,
            id="each-asked-once",
        ),
    ],
)
def test_healthy_teaming_is_recognised_by_two_askers(told: Story, standing: Standing) -> None:
    """One vantage alone cannot see it: balance-alb tells every peer one MAC for good (bonding.rst)."""
    assert said(told, CONSTANT_PER_ASKER).standing is standing
