import pytest

from bot.findings.vcenter_state import PORT_BLOCKED, VM_NORMAL, VM_POWERED_OFF, VNIC_DISCONNECTED
from bot.model.finding import Standing
from tests.bot.findings.table import said
from tests.bot.story import APP, APP_2ND, OTHER, TARGET, Story, story

PRESENT, ABSENT, UNKNOWN = Standing


@pytest.mark.parametrize(
    ("told", "unplugged", "off", "normal"),
    [
        pytest.param(story().vm("a", [APP], addresses=[TARGET]).vcenter(), ABSENT, ABSENT, PRESENT, id="well"),
        pytest.param(
            story().vm("a", [APP], addresses=[TARGET], connected=False).vcenter(),
            PRESENT,
            ABSENT,
            ABSENT,
            id="unplugged",
        ),
        pytest.param(
            story().vm("a", [APP], addresses=[TARGET], on=False).vcenter(), UNKNOWN, PRESENT, ABSENT, id="switched-off"
        ),
        pytest.param(
            story().vm("a", [APP], addresses=[TARGET], connected=None).vcenter(),
            UNKNOWN,
            ABSENT,
            UNKNOWN,
            id="not-said",
        ),
        pytest.param(
            story().vm("a", [APP], addresses=[TARGET]).vm("b", [OTHER], addresses=[TARGET], on=False).vcenter(),
            UNKNOWN,
            ABSENT,
            ABSENT,
            id="one-of-two-is-off",
        ),
        pytest.param(story().vm("a", [APP], connected=False).vcenter(), UNKNOWN, UNKNOWN, UNKNOWN, id="another-vm"),
        pytest.param(story(), UNKNOWN, UNKNOWN, UNKNOWN, id="no-vcenter"),
    ],
)
def test_what_vcenter_sees(told: Story, unplugged: Standing, off: Standing, normal: Standing) -> None:
    """A broken state in vCenter decides by itself, so it must be this VM's and this vNIC's."""
    found = [said(told, id_).standing for id_ in (VNIC_DISCONNECTED, VM_POWERED_OFF, VM_NORMAL)]
    assert found == [unplugged, off, normal]


def test_another_vnic_of_the_vm_may_be_unplugged() -> None:
    """A spare vNIC that is disconnected has nothing to do with the address on the first one."""
    told = story().vm("a", [APP], addresses=[TARGET]).vm("a", [APP_2ND], connected=False).vcenter()
    assert said(told, VNIC_DISCONNECTED).standing is ABSENT


def test_a_bond_with_one_leg_unplugged_is_not_unplugged() -> None:
    """Nobody knows which leg carries the address, and a bond lives on one."""
    told = story().vm("a", [APP], addresses=[TARGET], bond=True).vm("a", [APP_2ND], connected=False).vcenter()
    assert said(told, VNIC_DISCONNECTED).standing is UNKNOWN


@pytest.mark.parametrize(
    ("told", "blocked", "normal"),
    [
        pytest.param(story().vm("a", [APP], addresses=[TARGET], blocked=True).vcenter(), PRESENT, ABSENT, id="blocked"),
        pytest.param(story().vm("a", [APP], addresses=[TARGET], blocked=False).vcenter(), ABSENT, PRESENT, id="open"),
        pytest.param(story().vm("a", [APP], addresses=[TARGET]).vcenter(), UNKNOWN, PRESENT, id="a standard switch"),
        pytest.param(
            story().vm("a", [APP], addresses=[TARGET], blocked=False).vm("a", [APP_2ND], blocked=True).vcenter(),
            ABSENT,
            PRESENT,
            id="another vNIC's port",
        ),
        pytest.param(
            story().vm("a", [APP], addresses=[TARGET], bond=True, blocked=False).vm("a", [APP_2ND], blocked=True),
            UNKNOWN,
            ABSENT,
            id="one leg of a bond",
        ),
    ],
)
def test_a_blocked_port_counts_only_where_it_carries_the_address(
    told: Story, blocked: Standing, normal: Standing
) -> None:
    """It is a fault by itself, so it must be this vNIC's port."""
    assert [said(told, id_).standing for id_ in (PORT_BLOCKED, VM_NORMAL)] == [blocked, normal]
