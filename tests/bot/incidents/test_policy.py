"""Who may do what, where, to which machine."""

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network

import pytest

from bot.errors import RequestError
from bot.incidents.policy import (
    TERMINAL,
    Asker,
    Capability,
    Grant,
    Policy,
    TwoPersons,
    Upload,
    authorise,
    may_upload,
    needs_second,
    who_may,
)
from bot.model.people import Channel, Member, Membership
from bot.model.request import Person, Place

LOOK_UP, CHECK, CAPTURE, APPROVE, DOWNLOAD = Capability
ANA, LEAD, STRANGER = Person("T1", "U1"), Person("T1", "U9"), Person("T2", "U9")
HERE, ELSEWHERE, SHARED = Place("C1"), Place("C2"), Place("C9")
FULL, ON_CALL = Member(Membership.FULL), Member(Membership.FULL, frozenset({"S1"}))
OURS, OPEN = Channel(shared=False), Channel(shared=True)
IN, OUT = IPv4Address("10.0.0.5"), IPv4Address("10.9.0.5")
RULES = Policy(
    teams=("T1",),
    outside=CHECK,
    outside_channels=frozenset({"C9"}),
    grants=(
        Grant("network on call", CAPTURE, groups=frozenset({"S1"}), prefixes=(IPv4Network("10.0.0.0/24"),)),
        Grant("the leads", DOWNLOAD, people=frozenset({LEAD}), channels=frozenset({"C1"})),
    ),
    barred=frozenset({Person("T1", "U66")}),
)


def asker(
    person: Person = ANA, place: Place = HERE, member: Member | None = FULL, channel: Channel | None = OURS
) -> Asker:
    return Asker(person, place, member, channel)


@pytest.mark.parametrize(
    ("who", "capability", "target", "rule"),
    [
        pytest.param(asker(), CHECK, IN, "members may check", id="colleague checks"),
        pytest.param(asker(), LOOK_UP, None, "members may check", id="colleague looks up"),
        pytest.param(asker(member=None), CHECK, IN, "members may check", id="Slack does not say who, a check"),
        pytest.param(asker(channel=None), CHECK, IN, "members may check", id="Slack does not say where, a check"),
        pytest.param(asker(member=ON_CALL), CAPTURE, IN, "network on call may capture", id="by group"),
        pytest.param(asker(member=ON_CALL), CAPTURE, None, "network on call may capture", id="address not known yet"),
        pytest.param(asker(LEAD), DOWNLOAD, OUT, "the leads may download", id="by name"),
        pytest.param(asker(LEAD), CAPTURE, IN, "the leads may download", id="a step includes those below"),
        pytest.param(asker(LEAD, member=ON_CALL), CAPTURE, IN, "the leads may download", id="the file comes first"),
        pytest.param(asker(STRANGER, SHARED, None, OPEN), CHECK, IN, "outside may check", id="stranger, named channel"),
        pytest.param(asker(ANA, SHARED, FULL, OPEN), CHECK, IN, "outside may check", id="colleague, named channel"),
        pytest.param(
            asker(ANA, SHARED, Member(Membership.GUEST)), CHECK, IN, "outside may check", id="guest, named channel"
        ),
        pytest.param(asker(Person(TERMINAL, "root"), ELSEWHERE, None, None), CAPTURE, IN, "a terminal", id="terminal"),
    ],
)
def test_the_entitled_may_and_the_rule_is_named(
    who: Asker, capability: Capability, target: IPv4Address | None, rule: str
) -> None:
    """Rules that refuse everybody would be safe and useless; the audit says which of them allowed it."""
    assert authorise(RULES, capability, who, target).startswith(rule)


@pytest.mark.parametrize(
    ("who", "capability", "target", "says"),
    [
        pytest.param(asker(), CAPTURE, IN, 'the right "capture" of 10.0.0.5 here. Ask network on call or the leads',
                     id="no grant, and whom to ask"),
        pytest.param(asker(), APPROVE, IN, "approve captures here.*Ask the leads, who have it", id="only the leads"),
        pytest.param(asker(place=ELSEWHERE), DOWNLOAD, IN, "Nobody has it; the operator", id="nobody has it there"),
        pytest.param(asker(LEAD, ELSEWHERE), CAPTURE, IN, "Ask network on call", id="a right of another channel"),
        pytest.param(asker(member=ON_CALL), CAPTURE, OUT, "only in 10.0.0.0/24.*10.9.0.5 here. Ask the leads",
                     id="another prefix"),
        pytest.param(asker(LEAD, member=None), CAPTURE, IN, "does not say at the moment who you are", id="unknown"),
        pytest.param(asker(LEAD, channel=None), CAPTURE, IN, "whether this channel is shared", id="unknown channel"),
        pytest.param(asker(Person("T1", "U66"), member=ON_CALL), LOOK_UP, IN, "bar you", id="barred"),
        pytest.param(asker(STRANGER), LOOK_UP, IN, "Only members of this workspace", id="stranger"),
        pytest.param(asker(member=Member(Membership.STRANGER)), LOOK_UP, IN, "Guests", id="stranger, says Slack"),
        pytest.param(asker(member=Member(Membership.GUEST)), LOOK_UP, IN, "Guests of this workspace", id="guest"),
        pytest.param(asker(LEAD, member=Member(Membership.GUEST)), CAPTURE, IN, "Guests", id="guest with a grant"),
        pytest.param(asker(member=Member(Membership.BOT)), LOOK_UP, IN, "other apps", id="bot"),
        pytest.param(asker(LEAD, member=Member(Membership.GONE)), CAPTURE, IN, "deactivated", id="gone"),
        pytest.param(asker(channel=OPEN), LOOK_UP, IN, "shared with another company.*\\[outside\\]", id="shared"),
        pytest.param(asker(LEAD, channel=OPEN), CAPTURE, IN, "shared with another company", id="shared, with a grant"),
        pytest.param(asker(LEAD, SHARED, FULL, OPEN), CAPTURE, IN, "is not done here", id="shared, named, capture"),
        pytest.param(asker(channel=Channel(shared=False, archived=True)), CHECK, IN, "archived", id="archived"),
    ],
)  # fmt: skip
def test_everybody_else_is_told_what_is_missing_and_whom_to_ask(
    who: Asker, capability: Capability, target: IPv4Address | None, says: str
) -> None:
    """A refusal without the way out becomes a ticket."""
    with pytest.raises(RequestError, match=says) as refusal:
        authorise(RULES, capability, who, target)
    assert "<" not in str(refusal.value), "a mention would ring somebody's telephone"


def test_channels_that_the_operator_did_not_list_get_no_answer() -> None:
    """RULEOUT_CHANNELS stands above every grant."""
    with pytest.raises(RequestError, match="channels its operator listed"):
        authorise(replace(RULES, channels=("C1",)), CHECK, asker(LEAD, ELSEWHERE), IN)


def test_without_rules_members_check_and_only_the_listed_capture() -> None:
    """What RULEOUT_CAPTURERS always meant, and its default fails closed."""
    listed = Policy(teams=("T1",), capturers=(LEAD,))
    assert authorise(listed, CHECK, asker(), IN) == "members may check"
    assert authorise(listed, CAPTURE, asker(LEAD), IN) == "RULEOUT_CAPTURERS may download"
    with pytest.raises(RequestError, match="Ask RULEOUT_CAPTURERS"):
        authorise(listed, CAPTURE, asker(), IN)
    with pytest.raises(RequestError, match="Nobody has it"):
        authorise(Policy(teams=("T1",)), CAPTURE, asker(LEAD), IN)


def test_members_who_may_nothing_need_a_grant_even_to_look() -> None:
    """An operator may close the house; a limited right then opens only what it names."""
    closed = replace(RULES, members=None)
    assert authorise(closed, CHECK, asker(member=ON_CALL), IN) == "network on call may capture"
    for target in (OUT, None):
        with pytest.raises(RequestError, match=r"only in 10\.0\.0\.0/24"):
            authorise(closed, CHECK, asker(member=ON_CALL), target)


def test_a_right_of_all_members_never_reaches_captures() -> None:
    """Whoever captures is named, also where a policy was put together in code."""
    with pytest.raises(RequestError):
        authorise(replace(RULES, members=DOWNLOAD), CAPTURE, asker(), IN)
    with pytest.raises(RequestError):
        authorise(replace(RULES, outside=DOWNLOAD), CAPTURE, asker(LEAD, SHARED, FULL, OPEN), IN)


def test_the_second_person_is_asked_for_where_a_rule_says_so() -> None:
    """The sentence goes onto the card."""
    rules = replace(RULES, two_persons=(TwoPersons((IPv4Network("10.0.0.0/24"),), "payments"),))
    assert needs_second(rules, IN) == "Captures in 10.0.0.0/24 (payments) need the agreement of a second person."
    assert needs_second(rules, OUT) is None


def test_who_may_are_named_for_this_place_and_machine() -> None:
    """The request for an approval is of use to nobody who may not give it."""
    assert who_may(RULES, APPROVE, HERE, IN) == ("the leads",)
    assert who_may(RULES, CAPTURE, ELSEWHERE, OUT) == ()


@pytest.mark.parametrize(
    ("target", "size_bytes", "payload", "may"),
    [
        pytest.param(IN, 100, False, True, id="small, headers, inside"),
        pytest.param(OUT, 100, False, False, id="another prefix"),
        pytest.param(IN, 101, False, False, id="too large"),
        pytest.param(IN, 100, True, False, id="payload"),
    ],
)
def test_files_come_into_the_channel_only_as_the_rules_say(
    target: IPv4Address, size_bytes: int, payload: bool, may: bool
) -> None:
    """What is in a channel is with everybody in it, for good."""
    rules = replace(RULES, upload=Upload((IPv4Network("10.0.0.0/24"),), 100))
    assert may_upload(rules, target, size_bytes, payload) is may
    assert not may_upload(RULES, target, size_bytes, payload), "never, where no rule speaks of it"
