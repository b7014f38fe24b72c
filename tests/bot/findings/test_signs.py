import pytest

from bot.findings.guest_bond import BOND_ROW
from bot.findings.port_moved import PORT_MOVED
from bot.model.finding import Standing
from tests.bot.findings.table import said
from tests.bot.story import APP, OTHER, TARGET, Story, story

PRESENT, ABSENT, UNKNOWN = Standing


@pytest.mark.parametrize(
    ("id_", "told", "standing"),
    [
        pytest.param(BOND_ROW, story().vm("a", [APP], addresses=[TARGET], bond=True), PRESENT, id="bond"),
        pytest.param(BOND_ROW, story().vm("a", [APP], addresses=[TARGET]), ABSENT, id="plain-interface"),
        pytest.param(BOND_ROW, story().vm("a", [APP]), UNKNOWN, id="tools-do-not-say"),
        pytest.param(PORT_MOVED, story().asks(answers=[APP]).rarp(APP), PRESENT, id="its-mac-moved"),
        pytest.param(PORT_MOVED, story().vm("a", [APP], addresses=[TARGET]).rarp(APP), PRESENT, id="its-vnic-moved"),
        pytest.param(PORT_MOVED, story().asks(answers=[APP]).rarp(OTHER), UNKNOWN, id="another-mac-moved"),
    ],
)
def test_signs_that_explain_but_do_not_accuse(id_: str, told: Story, standing: Standing) -> None:
    """A bond and a vMotion are the setting of many stories and the fault in few."""
    assert said(told, id_).standing is standing
