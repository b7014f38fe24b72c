"""An address that is shared by design, how that is known, and who takes it all the same."""

import pytest

from bot.findings.shared_macs import Group, group_of, virtual_kind
from bot.findings.virtual_router import CONFIRMED, TAKEN, VIRTUAL_MAC
from bot.model.addresses import Mac
from bot.model.finding import Standing
from bot.model.verdict import Answer
from tests.bot import tales
from tests.bot.findings.table import said
from tests.bot.story import APP, GATEWAY, OTHER, ROUTER, STRANGER, TARGET, Story, story
from tests.bot.test_judge import judged

PRESENT, ABSENT, UNKNOWN = Standing
VRRP, HSRP, GLBP = Mac("00:00:5e:00:01:0a"), Mac("00:00:0c:07:ac:0a"), Mac("00:07:b4:00:0a:01")
CLUSTER, GROUP = Mac("02:bf:0a:00:00:05"), Mac("03:bf:0a:00:00:05")


@pytest.mark.parametrize(
    ("mac", "kind"),
    [
        pytest.param("00:00:5e:00:01:0a", "VRRP or CARP", id="vrrp"),
        pytest.param("00:00:0c:07:ac:0a", "HSRP", id="hsrp"),
        pytest.param("00:00:0c:9f:f0:0a", "HSRP version 2", id="hsrp2"),
        pytest.param("00:07:b4:00:0a:01", "GLBP", id="glbp"),
        pytest.param("02:bf:0a:00:00:05", "Network Load Balancing", id="nlb-unicast"),
        pytest.param("02:01:0a:00:00:05", "Network Load Balancing", id="nlb-host-1"),
        pytest.param("03:bf:0a:00:00:05", "Network Load Balancing", id="nlb-multicast"),
        pytest.param("01:00:5e:7f:00:05", "Network Load Balancing (IGMP)", id="nlb-igmp"),
        pytest.param("02:42:0a:00:00:05", None, id="docker-builds-from-the-address-too"),
        pytest.param("02:bf:0a:00:00:06", None, id="nlb-of-another-address"),
        pytest.param("00:50:56:aa:00:01", None, id="vm"),
    ],
)
def test_shared_macs_are_known_by_their_form(mac: str, kind: str | None) -> None:
    """A virtual router or a load-balancing cluster has several MACs by design."""
    assert virtual_kind(Mac(mac), TARGET) == kind


@pytest.mark.parametrize(
    ("mac", "group"),
    [
        pytest.param("00:00:5e:00:01:33", Group("VRRP", 0x33), id="vrrp"),
        pytest.param("00:00:0c:07:ac:0a", Group("HSRP", 10), id="hsrp"),
        pytest.param("00:00:0c:9f:f4:d2", Group("HSRP", 0x4D2), id="hsrp2"),
        pytest.param("00:07:b4:03:fd:01", Group("GLBP", 1021), id="glbp"),
        pytest.param("02:bf:0a:00:00:05", None, id="a-cluster-says-no-hello"),
    ],
)
def test_the_group_stands_in_the_mac(mac: str, group: Group | None) -> None:
    """A hello of another group confirms nothing: whoever takes a shared MAC must not hide behind the neighbour's."""
    assert group_of(Mac(mac)) == group


def _router(mac: Mac = VRRP) -> Story:
    return story().control().asks(answers=[mac])


@pytest.mark.parametrize(
    ("id_", "told", "standing"),
    [
        pytest.param(VIRTUAL_MAC, _router(), PRESENT, id="vrrp"),
        pytest.param(VIRTUAL_MAC, story().asks(answers=[GROUP]), PRESENT, id="group-mac"),
        pytest.param(VIRTUAL_MAC, story().asks(answers=[APP]), ABSENT, id="plain"),
        pytest.param(VIRTUAL_MAC, story().asks(), UNKNOWN, id="nobody-to-look-at"),
        pytest.param(CONFIRMED, _router().hello("VRRP", 10, APP), PRESENT, id="hello"),
        pytest.param(CONFIRMED, _router(HSRP).hello("HSRP", 10, APP), PRESENT, id="hsrp-hello"),
        pytest.param(CONFIRMED, _router(GLBP).hello("GLBP", 10, APP), PRESENT, id="glbp-hello"),
        pytest.param(CONFIRMED, _router().hello("VRRP", 11, APP), UNKNOWN, id="hello-of-another-group"),
        pytest.param(CONFIRMED, _router().hello("HSRP", 10, APP), UNKNOWN, id="hello-of-another-protocol"),
        pytest.param(CONFIRMED, _router().on_vlan(20).hello("VRRP", 10, APP), UNKNOWN, id="hello-on-another-vlan"),
        pytest.param(CONFIRMED, _router().waits(20).control(), ABSENT, id="no-hello-for-long"),
        pytest.param(CONFIRMED, _router().loses(3).waits(20).control(), UNKNOWN, id="no-hello-but-frames-lost"),
        pytest.param(CONFIRMED, story().asks(answers=[CLUSTER]), PRESENT, id="computed-from-the-address"),
        pytest.param(CONFIRMED, story().asks(answers=[APP]), UNKNOWN, id="nothing-to-confirm"),
        pytest.param(TAKEN, _router().asks(answers=[VRRP, STRANGER]), PRESENT, id="a-plain-mac-answers"),
        pytest.param(TAKEN, _router().announces(STRANGER), PRESENT, id="a-plain-mac-announces"),
        pytest.param(TAKEN, tales.virtual_router(), ABSENT, id="the-routers-own-macs-only-ask"),
        pytest.param(TAKEN, story().asks(answers=[APP, OTHER]), ABSENT, id="nothing-shared"),
        pytest.param(TAKEN, story().asks(1, asker=TARGET, asker_mac=VRRP, wanted=GATEWAY), UNKNOWN, id="only-asks"),
    ],
)
def test_what_is_shared_by_design(id_: str, told: Story, standing: Standing) -> None:
    """Virtual routers and clusters are taken for a duplicate address by every tool, and poisoners for a router."""
    assert said(told, id_).standing is standing


def test_nobody_hides_behind_a_virtual_router() -> None:
    """The form of a shared MAC explains several claimants, but not a plain one that answers beside it."""
    told = _router().echoes(VRRP).hello("VRRP", 10, ROUTER).asks(answers=[VRRP, STRANGER])
    verdict = judged(told.vcenter(macs=[VRRP, STRANGER]).evidence())
    assert verdict.verdict is Answer.INCONCLUSIVE
    assert verdict.next_test is not None
    assert STRANGER in verdict.next_test.do
