"""Laws of rights, for any rules and any asker: what the tables of cases cannot show one by one."""

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network

from hypothesis import given
from hypothesis import strategies as st

from bot.errors import RequestError
from bot.incidents.policy import Asker, Capability, Grant, Policy, authorise, reach
from bot.model.people import Channel, Member, Membership
from bot.model.request import Person, Place

PEOPLE = [Person(team, user) for team in ("T1", "T2") for user in ("U1", "U2")]
NETS = [IPv4Network(net) for net in ("10.0.0.0/8", "10.0.0.0/24", "10.0.0.5/32", "192.168.0.0/16")]
steps, people = st.sampled_from(list(Capability)), st.frozensets(st.sampled_from(PEOPLE))
groups, channels = st.frozensets(st.sampled_from(["S1", "S2"])), st.frozensets(st.sampled_from(["C1", "C2"]))
prefixes = st.lists(st.sampled_from(NETS), min_size=1).map(tuple)
grants = st.builds(
    Grant, st.just("g"), steps, people, groups, st.none() | prefixes, st.none() | channels,
)  # fmt: skip
policies = st.builds(
    Policy,
    teams=st.just(("T1",)),
    capturers=st.lists(st.sampled_from(PEOPLE), max_size=1).map(tuple),
    members=st.none() | steps,
    outside=st.none() | steps,
    outside_channels=channels,
    grants=st.lists(grants, max_size=4).map(tuple),
    barred=st.frozensets(st.sampled_from(PEOPLE), max_size=1),
)
askers = st.builds(
    Asker,
    st.sampled_from(PEOPLE),
    st.builds(Place, st.sampled_from(["C1", "C2"])),
    st.none() | st.builds(Member, st.sampled_from(Membership), groups),
    st.none() | st.builds(Channel, st.booleans(), st.booleans()),
)
targets = st.none() | st.sampled_from([IPv4Address(text) for text in ("10.0.0.5", "10.0.0.6", "192.168.1.1")])


def may(policy: Policy, step: Capability, asker: Asker, target: IPv4Address | None) -> bool:
    try:
        return bool(authorise(policy, step, asker, target))
    except RequestError:
        return False


@given(policies, askers, targets, grants)
def test_a_grant_never_gives_more_than_its_step(
    policy: Policy, asker: Asker, target: IPv4Address | None, grant: Grant
) -> None:
    """What a grant adds lies on its own step or below it, and it takes nothing away."""
    richer = replace(policy, grants=(*policy.grants, grant))
    for step in Capability:
        before, after = may(policy, step, asker, target), may(richer, step, asker, target)
        assert after or not before
        assert before or not after or grant.may.reaches(step)


@given(policies, askers, targets)
def test_nothing_intrusive_is_allowed_without_a_grant(policy: Policy, asker: Asker, target: IPv4Address | None) -> None:
    """Captures and what follows them need somebody's name or group in the rules."""
    for step in (Capability.CAPTURE, Capability.APPROVE, Capability.DOWNLOAD):
        assert not may(replace(policy, grants=(), capturers=()), step, asker, target)


@given(policies, askers, targets, prefixes, channels)
def test_prefixes_and_channels_only_narrow(
    policy: Policy,
    asker: Asker,
    target: IPv4Address | None,
    nets: tuple[IPv4Network, ...],
    only: frozenset[str],
) -> None:
    """A limit that gave somebody more would be read as its opposite."""
    narrowed = tuple(
        replace(
            grant,
            prefixes=nets if grant.prefixes is None else tuple(n for n in grant.prefixes if n in nets),
            channels=only if grant.channels is None else grant.channels & only,
        )
        for grant in policy.grants
    )
    for step in Capability:
        if may(replace(policy, grants=narrowed), step, asker, target):
            assert may(policy, step, asker, target)


@given(policies, askers, targets, st.sampled_from(Capability))
def test_what_slack_does_not_say_never_gives_more(
    policy: Policy, asker: Asker, target: IPv4Address | None, step: Capability
) -> None:
    """With nobody to vouch for the asker or the channel, a capture and what follows it is refused."""
    if step.reaches(Capability.CAPTURE):
        assert not may(policy, step, replace(asker, member=None), target)
        assert not may(policy, step, replace(asker, channel=None), target)


@given(policies, askers, targets)
def test_whoever_may_a_step_may_those_below_it(policy: Policy, asker: Asker, target: IPv4Address | None) -> None:
    """The ladder has no missing rungs where an address is known."""
    if target is not None:
        allowed = [may(policy, step, asker, target) for step in Capability]
        assert allowed == sorted(allowed, reverse=True)


@given(
    policies, askers, st.sampled_from(Capability), st.sampled_from([IPv4Address("10.0.0.5"), IPv4Address("8.8.8.8")])
)
def test_what_help_says_is_what_the_gate_lets_through(
    policy: Policy, asker: Asker, step: Capability, target: IPv4Address
) -> None:
    """No more, or it would promise what is refused; no less, or a right would be unknown to who has it."""
    reached = reach(policy, step, asker)
    told = reached is None or any(target in prefix for prefix in reached)
    assert told == may(policy, step, asker, target)
