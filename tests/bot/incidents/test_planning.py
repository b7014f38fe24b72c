"""Who is asked, by which queue, and what nobody will look at."""

from dataclasses import replace
from ipaddress import IPv4Address

import pytest

from bot.errors import RequestError
from bot.incidents.planning import Known, plan_capture, plan_check
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


def test_a_capture_listens_where_the_target_is() -> None:
    """The button's capture goes to the segments that have the target, nowhere else."""
    jobs = plan_capture("inc-1", TARGET, known=known(*BOTH)).jobs
    assert [(job.probe, job.queue) for job in jobs] == [(Probe.CAPTURE, "segment.prod")]
