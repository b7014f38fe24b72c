"""Who may do what, and where."""

import pytest

from bot.errors import RequestError
from bot.incidents.policy import TERMINAL, Asker, Capability, Policy, authorise
from bot.model.request import Person, Place

RULES = Policy(teams=("T1",), channels=("C1",), capturers=(Person("T1", "U9"),))
HERE, ELSEWHERE = Place("C1"), Place("C2")


@pytest.mark.parametrize(
    ("person", "place", "capability"),
    [
        pytest.param(Person("T1", "U1"), HERE, Capability.CHECK, id="colleague checks"),
        pytest.param(Person("T1", "U9"), HERE, Capability.CAPTURE, id="capturer captures"),
        pytest.param(Person(TERMINAL, "root"), ELSEWHERE, Capability.CAPTURE, id="terminal"),
    ],
)
def test_the_entitled_may(person: Person, place: Place, capability: Capability) -> None:
    """Rules that refuse everybody would be safe and useless."""
    authorise(RULES, capability, Asker(person, place, None, None))


@pytest.mark.parametrize(
    ("person", "place", "capability", "says"),
    [
        pytest.param(Person("T2", "U1"), HERE, Capability.CHECK, "members of this workspace", id="outsider"),
        pytest.param(
            Person("T2", "U9"), HERE, Capability.CAPTURE, "members of this workspace", id="same user id, other team"
        ),
        pytest.param(Person("T1", "U1"), ELSEWHERE, Capability.CHECK, "channels its operator listed", id="channel"),
        pytest.param(Person("T1", "U1"), HERE, Capability.CAPTURE, "RULEOUT_CAPTURERS", id="not a capturer"),
    ],
)
def test_everybody_else_is_told_why_not(person: Person, place: Place, capability: Capability, says: str) -> None:
    """A refusal without the way out becomes a ticket."""
    with pytest.raises(RequestError, match=says):
        authorise(RULES, capability, Asker(person, place, None, None))


def test_nobody_captures_until_the_operator_says_who() -> None:
    """The default fails closed."""
    with pytest.raises(RequestError):
        authorise(Policy(teams=("T1",)), Capability.CAPTURE, Asker(Person("T1", "U1"), HERE, None, None))
