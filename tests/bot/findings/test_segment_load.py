"""What the whole segment suffers from, whoever is asked about."""

from ipaddress import IPv4Address

import pytest

from bot.findings.port_moved import NOTICE_STORM
from bot.findings.segment_load import FLOOD, OWN_FRAMES_RETURN, SCAN
from bot.model.finding import Standing
from tests.bot.findings.table import said
from tests.bot.story import APP, GATEWAY, OTHER, ROUTER, Story, story, vantage

PRESENT, ABSENT, UNKNOWN = Standing


def _asking(addresses: int, gap_s: float, *, step: int = 1) -> Story:
    told = story().control()
    for number in range(addresses):
        wanted = IPv4Address(int(GATEWAY) + 1 + number * step % 250)
        told.asks(1, asker=GATEWAY, asker_mac=ROUTER, wanted=wanted, gap_s=gap_s)
    return told


def _two_agents() -> Story:
    other = vantage("dc1-b", last=251)
    told = story().control()
    for _ in range(400):
        told.asks(1, asker=other.address, asker_mac=other.mac, gap_s=0.001)
    return told.at(other).control()


def _notices(times: int, gap_s: float) -> Story:
    told = story().asks(answers=[APP])
    for _ in range(times):
        told.rarp(APP).waits(gap_s)
    return told


@pytest.mark.parametrize(
    ("id_", "told", "standing"),
    [
        pytest.param(FLOOD, _asking(400, 0.001), PRESENT, id="hundreds-a-second"),
        pytest.param(FLOOD, _asking(400, 1 / 21), ABSENT, id="a-cable-networks-router"),
        pytest.param(FLOOD, _two_agents(), ABSENT, id="our-own-agents-ask-much"),
        pytest.param(FLOOD, story().never_listened(), UNKNOWN, id="nobody-listened"),
        pytest.param(SCAN, _asking(100, 0.02), PRESENT, id="one-after-the-other"),
        pytest.param(SCAN, _asking(100, 0.02, step=97), ABSENT, id="here-and-there"),
        pytest.param(SCAN, _asking(30, 0.02), ABSENT, id="a-few"),
        pytest.param(OWN_FRAMES_RETURN, story().control().asks(3, returns=2), PRESENT, id="they-come-back"),
        pytest.param(OWN_FRAMES_RETURN, story().control().asks(30, gap_s=0.001), ABSENT, id="many-checks-at-once"),
        pytest.param(OWN_FRAMES_RETURN, story().asks(3, returns=None), UNKNOWN, id="the-file-does-not-tell"),
        pytest.param(OWN_FRAMES_RETURN, story().loses(3).control().asks(3, gap_s=0.2), UNKNOWN, id="frames-lost"),
        pytest.param(NOTICE_STORM, _notices(150, 0.0002), PRESENT, id="without-end"),
        pytest.param(NOTICE_STORM, _notices(8, 1.0), ABSENT, id="as-after-a-vmotion"),
        pytest.param(NOTICE_STORM, story().asks(answers=[APP]).rarp(OTHER), ABSENT, id="of-another-vm"),
        pytest.param(NOTICE_STORM, story().asks().never_listened(), UNKNOWN, id="nobody-listened-for-notices"),
    ],
)
def test_what_the_segment_suffers_from(id_: str, told: Story, standing: Standing) -> None:
    """A loop or a storm takes everybody down, and a busy router or a host that moves a VM looks a little like it."""
    assert said(told, id_).standing is standing


def test_the_flood_is_counted_over_all_addresses() -> None:
    """Nearly none of its frames is about the target: a look at those alone would see a quiet segment."""
    assert "400 ARP frames" in said(_asking(400, 0.001), FLOOD).statement
    assert str(ROUTER) in said(_asking(100, 0.02), SCAN).statement
