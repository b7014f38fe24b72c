"""Who carries the target's packets: bridges that rewrite MACs, relays that stand in between, bonds, other routers."""

import pytest

from bot.findings.carrying import RELAY_CLAIMS, RELAYED, REWRITTEN
from bot.findings.next_hop import CHANGED, SENT_BY_NO_CLAIMANT, SENT_BY_SIBLING
from bot.findings.teaming import SHOWS_SLAVES, UPDATES_PEERS
from bot.model.addresses import Mac
from bot.model.finding import Standing
from tests.bot import tales
from tests.bot.findings.table import said
from tests.bot.story import APP, OTHER, PEER, ROUTER, STRANGER, TARGET, Story, story, vantage

PRESENT, ABSENT, UNKNOWN = Standing
VRRP = Mac("00:00:5e:00:01:0a")
FAR = vantage("dc2-a", "dc2-front", prefix="10.2.0.0/24")


def _claimed(*macs: Mac) -> Story:
    return story().asks(answers=macs or (APP,))


def _arriving(*carriers: Mac, ttl: int = 60, times: int = 4) -> Story:
    told = _claimed()
    for carrier in carriers:
        told.packets([carrier], ttl=ttl, times=times, source=PEER, destination=TARGET)
    return told


@pytest.mark.parametrize(
    ("id_", "told", "standing"),
    [
        pytest.param(REWRITTEN, tales.mac_nat(), PRESENT, id="repeated-with-its-ttl"),
        pytest.param(REWRITTEN, tales.relayed(), ABSENT, id="repeated-with-one-less"),
        pytest.param(REWRITTEN, _claimed().packets([APP]), ABSENT, id="once-each"),
        pytest.param(REWRITTEN, _claimed().packets([APP, APP]), ABSENT, id="a-mirror-shows-it-twice"),
        pytest.param(REWRITTEN, _claimed().packets([APP, OTHER], times=2), ABSENT, id="twice-is-an-accident"),
        pytest.param(REWRITTEN, _claimed(), UNKNOWN, id="no-packets"),
        pytest.param(REWRITTEN, _claimed().on_vlan(20).packets([APP, OTHER]), UNKNOWN, id="in-another-vlan"),
        pytest.param(RELAYED, tales.relayed(), PRESENT, id="one-less"),
        pytest.param(RELAYED, tales.mac_nat(), ABSENT, id="not-a-bridge"),
        pytest.param(RELAY_CLAIMS, tales.relayed(), PRESENT, id="and-claims-it"),
        pytest.param(RELAY_CLAIMS, _claimed().packets([APP, ROUTER], lowered=True), ABSENT, id="a-router"),
        pytest.param(RELAY_CLAIMS, _claimed(ROUTER).packets([APP, ROUTER], lowered=True), ABSENT, id="only-claimant"),
        pytest.param(SENT_BY_NO_CLAIMANT, _claimed().packets([STRANGER]), PRESENT, id="a-stranger-sends"),
        pytest.param(SENT_BY_NO_CLAIMANT, _claimed().packets([STRANGER], ttl=57), UNKNOWN, id="it-was-routed"),
        pytest.param(SENT_BY_NO_CLAIMANT, _claimed().packets([APP]), ABSENT, id="the-claimant-sends"),
        pytest.param(SENT_BY_NO_CLAIMANT, _claimed(VRRP).packets([ROUTER]), UNKNOWN, id="routers-send-with-their-own"),
        pytest.param(SENT_BY_NO_CLAIMANT, story().packets([APP]), UNKNOWN, id="nobody-claims"),
        pytest.param(
            SENT_BY_NO_CLAIMANT, _claimed().at(FAR).packets([ROUTER]), UNKNOWN, id="seen-from-another-segment"
        ),
        pytest.param(SENT_BY_SIBLING, tales.balance_tlb(), PRESENT, id="its-other-vnic"),
        pytest.param(SENT_BY_NO_CLAIMANT, tales.balance_tlb(), ABSENT, id="its-other-vnic-is-no-stranger"),
        pytest.param(SENT_BY_SIBLING, _claimed().packets([STRANGER]), ABSENT, id="no-vnic-of-it"),
        pytest.param(CHANGED, _arriving(ROUTER, STRANGER), PRESENT, id="one-router-after-the-other"),
        pytest.param(CHANGED, _arriving(ROUTER, STRANGER, ROUTER, STRANGER), ABSENT, id="both-all-the-time"),
        pytest.param(CHANGED, _arriving(ROUTER), ABSENT, id="one-router"),
        pytest.param(CHANGED, _arriving(ROUTER, STRANGER, ttl=64), UNKNOWN, id="neighbours-are-no-routers"),
        pytest.param(CHANGED, _arriving(ROUTER, STRANGER, times=1), UNKNOWN, id="too-few"),
        pytest.param(UPDATES_PEERS, tales.balance_alb_updating(), PRESENT, id="pairs"),
        pytest.param(UPDATES_PEERS, _claimed().waits(2).tells(APP, times=4), ABSENT, id="one-by-one"),
        pytest.param(UPDATES_PEERS, _claimed().waits(2).tells(APP, times=3, copies=3), ABSENT, id="threes"),
        pytest.param(UPDATES_PEERS, story(), UNKNOWN, id="nobody"),
        pytest.param(SHOWS_SLAVES, _claimed().loops(APP), PRESENT, id="a-slave"),
        pytest.param(SHOWS_SLAVES, _claimed().loops(OTHER), UNKNOWN, id="somebody-elses"),
    ],
)
def test_who_carries_the_targets_packets(id_: str, told: Story, standing: Standing) -> None:
    """ARP tells who should; where the two differ a bond, a bridge or somebody in between is at work."""
    assert said(told, id_).standing is standing


def test_one_more_router_on_the_way_is_said() -> None:
    """Whoever puts himself in between shows nowhere but in the TTL."""
    told = _arriving(ROUTER, ttl=60).packets([STRANGER], ttl=59, source=PEER, destination=TARGET)
    assert "pass 1 more router." in said(told, CHANGED).statement
    assert "more router" not in said(_arriving(ROUTER, STRANGER), CHANGED).statement
