"""Who is asked, by which queue, and what nobody will look at."""

from dataclasses import replace
from datetime import timedelta
from ipaddress import IPv4Address

import pytest

from bot.errors import RequestError
from bot.incidents.planning import Known, plan_capture, plan_check
from bot.model.capture import CaptureWish
from bot.model.job import Agent, Probe
from tests.bot.incidents.ground import NOON, OFFICE, PROD, TARGET, agent

BOTH = (agent(PROD), agent(OFFICE))


def known(*agents: Agent, vcenters: tuple[str, ...] = ("dc1",)) -> Known:
    return Known(agents, vcenters, NOON)


def plan(target: IPv4Address = TARGET, *, with_: Known) -> list[tuple[Probe, str]]:
    jobs = plan_check("inc-1", target, deep=False, known=with_, first=0).jobs
    return [(job.probe, job.queue) for job in jobs]


def test_the_segment_is_asked_the_others_ping_through_the_router_and_every_vcenter_is_asked() -> None:
    """One request fans out to every vantage that can add evidence."""
    assert plan(with_=known(*BOTH, vcenters=("dc1", "dc2"))) == [
        (Probe.ARP, "segment.prod"),
        (Probe.ICMP, "segment.office"),
        (Probe.VCENTER, "vcenter.dc1"),
        (Probe.VCENTER, "vcenter.dc2"),
    ]


def test_two_agents_of_one_segment_are_both_asked_on_their_own_queues() -> None:
    """A sticky agent in a guest shows one MAC for ever to one asker; two askers see two."""
    second = agent(replace(PROD, agent="prod-2"), name="prod-2")
    third = agent(replace(PROD, agent="prod-3"), name="prod-3")
    queues = [queue for probe, queue in plan(with_=known(agent(PROD), second, third)) if probe is Probe.ARP]
    assert queues == ["agent.prod-1", "agent.prod-2"]


def test_job_ids_are_distinct_and_continue_from_the_number_given() -> None:
    """A second round of jobs must not be taken for a replay of the first."""
    jobs = plan_check("inc-1", TARGET, deep=False, known=known(*BOTH), first=7).jobs
    assert [job.id for job in jobs] == ["inc-1.7", "inc-1.8", "inc-1.9"]


def test_what_nobody_will_look_at_is_said() -> None:
    """A verdict lists what was not looked at."""
    gaps = plan_check("inc-1", TARGET, deep=False, known=known(agent(PROD), vcenters=()), first=0).gaps
    assert any("No vCenter is configured" in gap for gap in gaps)
    assert any("another segment" in gap for gap in gaps)


def test_deep_listens_longer() -> None:
    """1.5 s instead of 1.0 s after the last request."""
    deep = plan_check("inc-1", TARGET, deep=True, known=known(*BOTH), first=0).jobs[0]
    assert deep.options.listen_s == 1.5


def test_every_job_expires_after_a_successor_could_have_done_it() -> None:
    """An agent that dies is noticed in 3 s; its successor then needs a whole run."""
    for job in plan_check("inc-1", TARGET, deep=False, known=known(*BOTH), first=0).jobs:
        assert 5 < (job.expires_at - NOON).total_seconds() < 30


@pytest.mark.parametrize(
    ("target", "agents", "says"),
    [
        pytest.param("10.0.0.5", (), "No agent is alive", id="no agent"),
        pytest.param("10.9.9.9", BOTH, "Agents stand on 10.0.0.0/24 (prod), 10.0.1.0/24 (office)", id="not covered"),
        pytest.param("10.0.0.0", BOTH, "network or broadcast address of 10.0.0.0/24", id="network address"),
        pytest.param("10.0.0.255", BOTH, "network or broadcast address of 10.0.0.0/24", id="broadcast address"),
        pytest.param("10.0.0.250", BOTH, "is the agent prod-1 itself", id="the agent"),
    ],
)
def test_a_target_that_nobody_can_look_at_is_refused_with_the_reason(
    target: str, agents: tuple[Agent, ...], says: str
) -> None:
    """The asker learns where agents do stand."""
    with pytest.raises(RequestError) as refused:
        plan(IPv4Address(target), with_=known(*agents))
    assert says in str(refused.value)


WISH = CaptureWish(60.0, peer=IPv4Address("10.0.1.7"))


def test_a_capture_listens_where_the_target_is() -> None:
    """Nobody said where, so: the segments that have the target, nowhere else."""
    (job,) = plan_capture("inc-1", TARGET, WISH, known=known(*BOTH), first=3).jobs
    assert (job.id, job.probe, job.queue) == ("inc-1.3", Probe.CAPTURE, "segment.prod")
    assert (job.options.listen_s, job.options.filter) == (60.0, WISH.filter(TARGET))
    assert job.expires_at > NOON + timedelta(seconds=60)


@pytest.mark.parametrize(
    ("at", "queues"),
    [
        pytest.param(("prod-1",), ["agent.prod-1"], id="an agent"),
        pytest.param(("PROD",), ["segment.prod"], id="a segment, loud"),
        pytest.param(("prod", "prod-1"), ["segment.prod"], id="a segment and its agent"),
        pytest.param(("prod", "office"), ["segment.prod", "segment.office"], id="both sides of the router"),
    ],
)
def test_named_vantages_listen_together_wherever_they_stand(at: tuple[str, ...], queues: list[str]) -> None:
    """Both sides of a hop: what left here and did not arrive there. They begin and end at the same moment."""
    jobs = plan_capture("inc-1", TARGET, replace(WISH, at=at), known=known(*BOTH), first=0).jobs
    assert [job.queue for job in jobs] == queues
    assert len({(job.asked_at, job.expires_at) for job in jobs}) == 1


@pytest.mark.parametrize(
    ("target", "wish", "says"),
    [
        pytest.param(TARGET, replace(WISH, at=("dc9",)), r"there are office-1 \(segment office\), prod-1", id="nobody"),
        pytest.param(IPv4Address("10.9.9.9"), WISH, "Agents stand on 10.0.0.0/24", id="not covered"),
        pytest.param(IPv4Address("10.0.0.250"), replace(WISH, at=("prod",)), "the agent prod-1 itself", id="the agent"),
        pytest.param(IPv4Address("10.0.1.7"), WISH, "is the target itself", id="a name that resolved to the peer"),
    ],
)
def test_a_capture_that_cannot_be_planned_says_why(target: IPv4Address, wish: CaptureWish, says: str) -> None:
    """Refused before anybody is asked to approve it."""
    with pytest.raises(RequestError, match=says):
        plan_capture("inc-1", target, wish, known=known(*BOTH), first=0)


def test_a_host_that_the_target_turns_out_to_be_is_named_once() -> None:
    """A name is resolved only then."""
    (job,) = plan_capture("inc-1", TARGET, CaptureWish(10, hosts=(TARGET,)), known=known(*BOTH), first=0).jobs
    assert job.options.filter is not None
    assert job.options.filter.hosts == (TARGET,)
