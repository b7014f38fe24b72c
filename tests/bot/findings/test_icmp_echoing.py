import pytest

from bot.findings.icmp_echoing import DEPENDS_ON_MAC, ROUTED_LOSS, TARGET_ANSWERS, TARGET_LOSS
from bot.model.finding import Standing
from tests.bot.findings.table import said
from tests.bot.story import APP, APP_2ND, OTHER, ROUTER, Story, story, vantage

PRESENT, ABSENT, UNKNOWN = Standing
ALL_LOST = range(1, 6)
FAR = vantage("dc2-a", "dc2-front", prefix="10.2.0.0/24")


@pytest.mark.parametrize(
    ("told", "answers", "loss"),
    [
        pytest.param(story().control().echoes(), PRESENT, ABSENT, id="all-back"),
        pytest.param(story().control().echoes(lost=[3]), PRESENT, PRESENT, id="one-lost"),
        pytest.param(story().control().echoes(lost=ALL_LOST), ABSENT, PRESENT, id="all-lost"),
        pytest.param(story().silent_control().echoes(lost=ALL_LOST), UNKNOWN, UNKNOWN, id="control-silent-too"),
        pytest.param(story().loses(2).control().echoes(lost=[1]), PRESENT, UNKNOWN, id="our-own-drops"),
        pytest.param(
            story().control().asks(answers=[APP]).echoes(OTHER, lost=ALL_LOST),
            ABSENT,
            UNKNOWN,
            id="our-stale-arp-entry",
        ),
        pytest.param(story().at(FAR).control().echoes(ROUTER, lost=[1]), PRESENT, UNKNOWN, id="from-far-only"),
        pytest.param(story().control(), UNKNOWN, UNKNOWN, id="none-sent"),
    ],
)
def test_a_missing_echo_is_lost_only_for_a_fit_instrument(told: Story, answers: Standing, loss: Standing) -> None:
    """Our own drops and our own stale ARP entry lose echoes too, and that is nobody else's fault."""
    assert (said(told, TARGET_ANSWERS).standing, said(told, TARGET_LOSS).standing) == (answers, loss)


def test_the_loss_names_the_numbers() -> None:
    """Every other one, or the first ten, is what an engineer recognises."""
    assert "2 of 5 from dc1-a (number 2, 4)" in said(story().control().echoes(lost=[2, 4]), TARGET_LOSS).statement


def test_an_echo_sent_as_listening_ends_is_not_lost() -> None:
    """Its answer may still be on the way."""
    told = story().control().echoes()
    listened = told.evidence().observations[-1]
    told.observations.append(listened)
    told.never_listened().waits(0.6).echoes(sent=1, lost=[1], ident=9)
    assert said(told, TARGET_LOSS).standing is ABSENT


@pytest.mark.parametrize(
    ("told", "standing"),
    [
        pytest.param(
            story().control().asks(answers=[APP, APP_2ND]).echoes().echoes(APP_2ND, lost=ALL_LOST),
            PRESENT,
            id="one-dead",
        ),
        pytest.param(story().control().asks(answers=[APP, APP_2ND]).echoes().echoes(APP_2ND), ABSENT, id="both-live"),
        pytest.param(
            story().control().asks(answers=[APP, APP_2ND]).echoes(lost=[1]).echoes(APP_2ND, lost=[2, 3]),
            ABSENT,
            id="both-lossy",
        ),
        pytest.param(
            story().control().asks(answers=[APP, APP_2ND]).echoes().echoes(APP_2ND, sent=1, lost=[1]),
            UNKNOWN,
            id="tried-once",
        ),
        pytest.param(story().control().asks(answers=[APP, APP_2ND]).echoes(), UNKNOWN, id="one-tried"),
        pytest.param(
            story().silent_control().asks(answers=[APP, APP_2ND]).echoes().echoes(APP_2ND, lost=ALL_LOST),
            UNKNOWN,
            id="control-silent",
        ),
    ],
)
def test_loss_through_one_mac_only(told: Story, standing: Standing) -> None:
    """The origin of half the odd and even stories: who learned which MAC decides who loses packets."""
    assert said(told, DEPENDS_ON_MAC).standing is standing


@pytest.mark.parametrize(
    ("told", "standing"),
    [
        pytest.param(story().at(FAR).control().echoes(ROUTER, lost=ALL_LOST), PRESENT, id="lost-behind-the-gateway"),
        pytest.param(story().at(FAR).control().echoes(ROUTER), ABSENT, id="all-back"),
        pytest.param(story().at(FAR).silent_control().echoes(ROUTER, lost=ALL_LOST), UNKNOWN, id="gateway-silent"),
        pytest.param(story().control().echoes(lost=ALL_LOST), UNKNOWN, id="nobody-far"),
    ],
)
def test_loss_from_another_segment(told: Story, standing: Standing) -> None:
    """A vantage far away speaks of the target only when its own gateway answered."""
    assert said(told, ROUTED_LOSS).standing is standing


def test_each_loss_is_told_by_number_mac_and_table_entry() -> None:
    """What was lost, by which ARP entry it was sent, and who answered the rest: three questions of every engineer."""
    told = story().held(APP).control().asks(answers=[APP, APP_2ND]).echoes(lost=[2, 4]).echoes(APP_2ND, lost=ALL_LOST)
    assert said(told, TARGET_LOSS).statement == (
        "Echoes to 10.0.0.5 were lost, while the control answered: 7 of 10 from dc1-a "
        f"(number 2, 4 to `{APP}`, the MAC in its ARP table and number 1, 2, 3, 4, 5 to `{APP_2ND}`; "
        f"`{APP}` answered the others)."
    )
