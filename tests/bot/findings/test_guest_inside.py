import pytest

from bot.findings.guest_inside import ADDRESS_GONE, MAC_DIFFERS, MAC_REJECTED
from bot.model.finding import Standing
from tests.bot import tales
from tests.bot.findings.table import said
from tests.bot.story import APP, APP_2ND, TARGET, Story, story

PRESENT, ABSENT, UNKNOWN = Standing


@pytest.mark.parametrize(
    ("told", "gone", "differs"),
    [
        pytest.param(tales.healthy(), ABSENT, ABSENT, id="well"),
        pytest.param(tales.address_gone(), PRESENT, UNKNOWN, id="gone"),
        pytest.param(tales.other_mac_inside(), ABSENT, PRESENT, id="another-mac"),
        pytest.param(story().vm("a", [APP], addresses=[TARGET], bond=True), ABSENT, UNKNOWN, id="on-a-bond"),
        pytest.param(
            story().vm("a", [APP, APP_2ND], addresses=[TARGET], inside=APP_2ND), ABSENT, ABSENT, id="second-vnic"
        ),
        pytest.param(story().held(APP).vm("a", [APP]).vcenter(), UNKNOWN, UNKNOWN, id="no-tools"),
        pytest.param(story().held(APP).vm("a", [APP], on=False, inside=APP), UNKNOWN, UNKNOWN, id="off"),
    ],
)
def test_what_tools_say_about_the_inside(told: Story, gone: Standing, differs: Standing) -> None:
    """Both are faults by themselves, and silence of VMware Tools is neither."""
    assert (said(told, ADDRESS_GONE).standing, said(told, MAC_DIFFERS).standing) == (gone, differs)


@pytest.mark.parametrize(
    ("told", "rejected"),
    [
        pytest.param(tales.healthy(), ABSENT, id="its own MAC"),
        pytest.param(tales.other_mac_rejected(), PRESENT, id="rejected"),
        pytest.param(tales.other_mac_inside(), UNKNOWN, id="policy not known"),
        pytest.param(
            story().vm("a", [APP], addresses=[TARGET], inside=APP_2ND, foreign_macs=True), ABSENT, id="let through"
        ),
        pytest.param(
            story().vm("a", [APP], addresses=[TARGET], foreign_macs=False), ABSENT, id="strict, and nobody minds"
        ),
        pytest.param(story().held(APP).vm("a", [APP], foreign_macs=False).vcenter(), UNKNOWN, id="no Tools"),
    ],
)
def test_a_strict_port_group_is_a_fault_only_where_the_guest_uses_another_mac(told: Story, rejected: Standing) -> None:
    """Most port groups reject foreign MACs, and most guests never send one."""
    assert said(told, MAC_REJECTED).standing is rejected
