import pytest

from bot.findings.owner_of_target import LISTED_ON_TWO_VMS, OTHER_ANSWERS, TARGET_VM_KNOWN
from bot.model.finding import Standing
from tests.bot.findings.table import said
from tests.bot.story import APP, OTHER, STRANGER, TARGET, Story, story

PRESENT, ABSENT, UNKNOWN = Standing


@pytest.mark.parametrize(
    ("id_", "told", "standing"),
    [
        pytest.param(TARGET_VM_KNOWN, story().vm("a", [APP], addresses=[TARGET]).vcenter(), PRESENT, id="by-tools"),
        pytest.param(TARGET_VM_KNOWN, story().asks(answers=[APP]).vm("a", [APP]).vcenter(), PRESENT, id="by-mac"),
        pytest.param(TARGET_VM_KNOWN, story().vm("App05", [APP]).vcenter(names=["app05"]), PRESENT, id="by-name"),
        pytest.param(TARGET_VM_KNOWN, story().held(APP).vm("a", [APP]).vcenter(), PRESENT, id="by-our-arp-table"),
        pytest.param(TARGET_VM_KNOWN, story().vm("a", [APP]).vcenter(), ABSENT, id="a-vm-but-another"),
        pytest.param(TARGET_VM_KNOWN, story().vcenter(complete=False), UNKNOWN, id="half-read"),
        pytest.param(TARGET_VM_KNOWN, story(), UNKNOWN, id="no-vcenter"),
        pytest.param(
            OTHER_ANSWERS,
            story().asks(answers=[OTHER]).vm("a", [APP], addresses=[TARGET]).vm("b", [OTHER]).vcenter(),
            PRESENT,
            id="another-vm-answers",
        ),
        pytest.param(
            OTHER_ANSWERS,
            story().asks(answers=[STRANGER]).vm("a", [APP], addresses=[TARGET]).vcenter(),
            PRESENT,
            id="a-stranger-answers",
        ),
        pytest.param(
            OTHER_ANSWERS,
            story().asks(answers=[APP, STRANGER]).vm("a", [APP], addresses=[TARGET]).vcenter(),
            ABSENT,
            id="the-owner-answers-too",
        ),
        pytest.param(
            OTHER_ANSWERS,
            story().asks(answers=[STRANGER]).vm("a", [APP], addresses=[TARGET]).vcenter(complete=False),
            UNKNOWN,
            id="the-stranger-may-be-a-vm",
        ),
        pytest.param(OTHER_ANSWERS, story().asks(answers=[APP]).vcenter(), UNKNOWN, id="no-vm-listed"),
        pytest.param(
            LISTED_ON_TWO_VMS,
            story().vm("a", [APP], addresses=[TARGET]).vm("b", [OTHER], addresses=[TARGET]).vcenter(),
            PRESENT,
            id="two-on-one-network",
        ),
        pytest.param(
            LISTED_ON_TWO_VMS,
            story().vm("a", [APP], addresses=[TARGET]).vm("b", [OTHER], addresses=[TARGET], network="back").vcenter(),
            ABSENT,
            id="two-networks",
        ),
        pytest.param(
            LISTED_ON_TWO_VMS,
            story().vm("a", [APP], addresses=[TARGET]).vm("b", [OTHER], addresses=[TARGET], on=False).vcenter(),
            ABSENT,
            id="one-is-off",
        ),
        pytest.param(LISTED_ON_TWO_VMS, story(), UNKNOWN, id="nobody-looked"),
    ],
)
def test_whose_the_target_is(id_: str, told: Story, standing: Standing) -> None:
    """Before anybody is told to act, it must be clear whose address it is."""
    assert said(told, id_).standing is standing
