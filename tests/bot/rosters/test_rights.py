"""What the rules grant in general, told to the person whose rights they are."""

from ipaddress import IPv4Network

import pytest

from bot.incidents import rights_refused as refused
from bot.incidents.rights import Capability, Grant, Policy, TwoPersons
from bot.model.people import Member, Membership
from bot.model.request import Person
from bot.rosters.rights import NONE, rights, sees_agents

ANA, BEN, EVE = Person("T1", "U1"), Person("T1", "U2"), Person("T2", "U3")
FULL, GUEST = Member(Membership.FULL), Member(Membership.GUEST)
NET = IPv4Network("10.0.0.0/24")
ON_CALL = Grant("network on call", Capability.CAPTURE, frozenset({ANA}), frozenset({"S1"}), (NET,), frozenset({"C0A"}))
HOUSE = Policy(("T1",), grants=(ON_CALL,))


def test_a_member_is_told_what_members_may_and_what_each_grant_adds() -> None:
    """With its limits, because those are what people run into."""
    first, second, third = rights(HOUSE, ANA, FULL)
    assert first == (
        "As a member of this workspace you may look machines up and run checks, any machine, in every channel that I "
        "am in."
    )
    assert second == (
        "As one of `network on call` you may look machines up, run checks and capture packets, only in `10.0.0.0/24`, "
        "in #C0A."
    )
    assert "shared with another company none of this" in third


@pytest.mark.parametrize(
    ("policy", "person", "member", "says"),
    [
        pytest.param(HOUSE, BEN, Member(Membership.FULL, frozenset({"S1"})), "network on call", id="by-group"),
        pytest.param(HOUSE, BEN, None, refused.UNKNOWN_MEMBER, id="slack-does-not-say"),
        pytest.param(HOUSE, EVE, Member(Membership.STRANGER), refused.STRANGER, id="stranger"),
        pytest.param(HOUSE, ANA, Member(Membership.STRANGER), refused.GUEST, id="of-another-company-though-listed"),
        pytest.param(HOUSE, BEN, GUEST, refused.GUEST, id="guest"),
        pytest.param(HOUSE, BEN, Member(Membership.BOT), refused.BOT, id="bot"),
        pytest.param(HOUSE, BEN, Member(Membership.GONE), refused.GONE, id="gone"),
        pytest.param(Policy(("T1",), barred=frozenset({ANA})), ANA, FULL, refused.BARRED, id="barred"),
        pytest.param(Policy(("T1",), members=None), BEN, FULL, NONE, id="nothing"),
        pytest.param(
            Policy(("T1",), outside=Capability.LOOK_UP, outside_channels=frozenset({"C9"})), BEN, GUEST,
            "As a guest here you may look machines up in #C9, and nowhere else.", id="guest-with-a-channel",
        ),
        pytest.param(Policy(("T1",), channels=("C1",)), BEN, FULL, "any machine, in #C1.", id="only-here"),
        pytest.param(
            Policy(("T1",), two_persons=(TwoPersons((NET,), "payroll"),)), BEN, FULL,
            "A capture in `10.0.0.0/24` (payroll) needs a second person's agreement.", id="two-persons",
        ),
    ],
)  # fmt: skip
def test_each_standing_is_told_truly(policy: Policy, person: Person, member: Member | None, says: str) -> None:
    """A right that is told and not there, or there and not told, sends somebody the wrong way in an incident."""
    assert says in " ".join(rights(policy, person, member))


def test_a_grant_in_channels_that_the_bot_does_not_serve_is_said_to_be_of_no_use() -> None:
    """Both limits hold; only their common part is a right."""
    policy = Policy(("T1",), channels=("C0B",), grants=(ON_CALL,))
    assert "in no channel of mine" in rights(policy, ANA, FULL)[1]


@pytest.mark.parametrize(
    ("policy", "person", "member", "sees"),
    [
        pytest.param(HOUSE, BEN, FULL, True, id="member"),
        pytest.param(Policy(("T1",), members=None), BEN, FULL, False, id="nothing"),
        pytest.param(Policy(("T1",), members=None, grants=(ON_CALL,)), ANA, FULL, True, id="granted"),
        pytest.param(HOUSE, ANA, GUEST, False, id="guest"),
        pytest.param(HOUSE, EVE, FULL, False, id="another-workspace"),
        pytest.param(HOUSE, ANA, None, False, id="slack-does-not-say"),
        pytest.param(HOUSE, ANA, Member(Membership.GONE), False, id="gone"),
        pytest.param(Policy(("T1",), barred=frozenset({ANA})), ANA, FULL, False, id="barred"),
    ],
)
def test_our_agents_are_shown_to_our_own_people_only(
    policy: Policy, person: Person, member: Member | None, sees: bool
) -> None:
    """Names and segments of agents are a map of the network."""
    assert sees_agents(policy, person, member) is sees


def test_many_rules_fit_and_say_how_many_are_left_out() -> None:
    """The view holds about 12,000 characters in all."""
    grants = tuple(Grant(f"team {number:03} {'x' * 60}", Capability.DOWNLOAD, frozenset({ANA})) for number in range(99))
    said = rights(Policy(("T1",), grants=grants), ANA, FULL)
    assert sum(map(len, said)) < 3200
    assert "rules more" in said[-1]
