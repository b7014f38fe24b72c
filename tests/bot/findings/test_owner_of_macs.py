import pytest

from bot.findings.owner_of_macs import (
    ALL_ON_VMS,
    ON_HOST_NIC,
    ON_ONE_VM,
    ON_SEVERAL_VMS,
    SOFTWARE_MAC,
    UNKNOWN_EVERYWHERE,
    UNRESOLVED,
)
from bot.model.addresses import Mac
from bot.model.finding import Standing
from tests.bot.findings.table import said
from tests.bot.story import APP, APP_2ND, OTHER, STRANGER, TARGET, Story, story

PRESENT, ABSENT, UNKNOWN = Standing
CONTAINER = Mac("02:42:0a:00:00:05")
ELSEWHERE = Mac("00:50:56:ff:00:99")


def answered_by(*macs: Mac) -> Story:
    return story().asks(answers=macs)


@pytest.mark.parametrize(
    ("told", "one", "several", "all_"),
    [
        pytest.param(
            answered_by(APP, APP_2ND).vm("app05", [APP, APP_2ND]).vcenter(), PRESENT, ABSENT, PRESENT, id="one-vm"
        ),
        pytest.param(
            answered_by(APP, OTHER).vm("app05", [APP]).vm("app06", [OTHER]).vcenter(),
            ABSENT,
            PRESENT,
            PRESENT,
            id="two-vms",
        ),
        pytest.param(answered_by(APP).vm("app05", [APP, APP_2ND]).vcenter(), ABSENT, ABSENT, PRESENT, id="one-mac"),
        pytest.param(
            answered_by(APP, STRANGER).vm("app05", [APP]).vcenter(), ABSENT, ABSENT, ABSENT, id="one-and-a-stranger"
        ),
        pytest.param(
            answered_by(APP, STRANGER).vm("app05", [APP]).vcenter(complete=False),
            UNKNOWN,
            UNKNOWN,
            UNKNOWN,
            id="one-and-an-unread-one",
        ),
        pytest.param(
            answered_by(APP, OTHER, STRANGER).vm("app05", [APP]).vm("app06", [OTHER]).vcenter(complete=False),
            ABSENT,
            PRESENT,
            UNKNOWN,
            id="two-vms-and-an-unread-one",
        ),
        pytest.param(
            answered_by(APP, APP_2ND).vm("app05", [APP, APP_2ND]).vcenter(complete=False),
            PRESENT,
            ABSENT,
            PRESENT,
            id="half-read-but-both-found",
        ),
        pytest.param(
            answered_by(APP, APP_2ND).vm("a", [APP, APP_2ND]).vm("b", [APP, APP_2ND]).vcenter(),
            UNKNOWN,
            UNKNOWN,
            UNKNOWN,
            id="clones-with-the-same-macs",
        ),
        pytest.param(
            answered_by(APP, APP_2ND).vm("app05", [APP, APP_2ND]).vm("replica", [APP, APP_2ND], on=False).vcenter(),
            PRESENT,
            ABSENT,
            PRESENT,
            id="a-replica-that-is-off-does-not-count",
        ),
        pytest.param(answered_by(APP, APP_2ND).vcenter_down(), UNKNOWN, UNKNOWN, UNKNOWN, id="vcenter-down"),
        pytest.param(story().vm("app05", [APP]).vcenter(), UNKNOWN, UNKNOWN, UNKNOWN, id="nobody-claims"),
    ],
)
def test_who_owns_the_macs(told: Story, one: Standing, several: Standing, all_: Standing) -> None:
    """The join of wire and inventory is what every accusation rests on."""
    assert [said(told, id_).standing for id_ in (ON_ONE_VM, ON_SEVERAL_VMS, ALL_ON_VMS)] == [one, several, all_]


@pytest.mark.parametrize(
    ("told", "stranger", "software", "unresolved"),
    [
        pytest.param(answered_by(STRANGER).vcenter(), PRESENT, ABSENT, ABSENT, id="in-no-vcenter"),
        pytest.param(answered_by(APP).vm("app05", [APP]).vcenter(), ABSENT, ABSENT, ABSENT, id="a-vm"),
        pytest.param(answered_by(STRANGER).host_nic(STRANGER).vcenter(), ABSENT, ABSENT, ABSENT, id="a-host"),
        pytest.param(
            story().asks(1, answers=[STRANGER]).vcenter(), UNKNOWN, ABSENT, ABSENT, id="seen-in-one-frame-only"
        ),
        pytest.param(answered_by(CONTAINER).vcenter(macs=[CONTAINER]), UNKNOWN, PRESENT, ABSENT, id="container"),
        pytest.param(answered_by(ELSEWHERE).vcenter(macs=[ELSEWHERE]), UNKNOWN, PRESENT, ABSENT, id="vmware-elsewhere"),
        pytest.param(answered_by(STRANGER).vcenter(complete=False), UNKNOWN, UNKNOWN, PRESENT, id="half-read"),
        pytest.param(
            answered_by(STRANGER).vcenter().vcenter("vc2", complete=False),
            UNKNOWN,
            UNKNOWN,
            PRESENT,
            id="one-half-read",
        ),
        pytest.param(
            answered_by(STRANGER).vcenter().vcenter("vc2", macs=[]),
            UNKNOWN,
            UNKNOWN,
            PRESENT,
            id="one-not-asked-for-it",
        ),
        pytest.param(answered_by(STRANGER).vcenter().vcenter_down(), UNKNOWN, UNKNOWN, PRESENT, id="gap"),
        pytest.param(answered_by(STRANGER), UNKNOWN, UNKNOWN, PRESENT, id="no-vcenter"),
        pytest.param(
            answered_by(APP).vm("app05", [APP], on=False).vcenter(), UNKNOWN, PRESENT, ABSENT, id="its-vm-is-off"
        ),
        pytest.param(story().asks().vcenter(), UNKNOWN, UNKNOWN, UNKNOWN, id="nobody-claims"),
    ],
)
def test_a_stranger_is_one_only_when_every_vcenter_fully_answered(
    told: Story, stranger: Standing, software: Standing, unresolved: Standing
) -> None:
    """Calling somebody's VM a foreign device sends the network team hunting for a cable that does not exist."""
    found = [said(told, id_).standing for id_ in (UNKNOWN_EVERYWHERE, SOFTWARE_MAC, UNRESOLVED)]
    assert found == [stranger, software, unresolved]


@pytest.mark.parametrize(
    ("told", "standing"),
    [
        pytest.param(answered_by(STRANGER).host_nic(STRANGER).vcenter(), PRESENT, id="vmkernel"),
        pytest.param(answered_by(APP).vm("app05", [APP]).host_nic(STRANGER).vcenter(), ABSENT, id="another-mac"),
        pytest.param(answered_by(STRANGER).vcenter_down(), UNKNOWN, id="vcenter-down"),
    ],
)
def test_a_host_that_uses_the_address(told: Story, standing: Standing) -> None:
    """An ESXi interface with a VM's address is the hosts' own fault."""
    assert said(told, ON_HOST_NIC).standing is standing


def test_the_sentence_names_vm_and_macs() -> None:
    """It is read out in a call at night: who, and which MACs."""
    told = answered_by(APP, APP_2ND).vm("app05", [APP, APP_2ND], addresses=[TARGET]).vcenter()
    assert said(told, ON_ONE_VM).statement == (
        "VM app05 answers for 10.0.0.5 with two of its own MACs, `00:50:56:aa:00:01` and `00:50:56:aa:00:11`."
    )


def test_two_vms_of_one_name_are_told_apart() -> None:
    """Two vCenters may each have an app05."""
    told = answered_by(APP, OTHER).vm("app05", [APP]).vm("app05", [OTHER], vcenter="vc2").vcenter().vcenter("vc2")
    assert "app05 (vc1/app05)" in said(told, ON_SEVERAL_VMS).statement
    assert "app05 (vc2/app05)" in said(told, ON_SEVERAL_VMS).statement
