import pytest

from bot.findings.guest_inside import ADDRESS_GONE, MAC_DIFFERS
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
