"""Every transition of an incident."""

from dataclasses import replace
from datetime import timedelta
from ipaddress import IPv4Address

import pytest

from bot.incidents import actions, flow, folds, planning
from bot.incidents.planning import Known
from bot.model.addresses import Mac
from bot.model.capture import CaptureWish
from bot.model.incident import (
    AnyEvent,
    Approved,
    AwaitsApproval,
    Closed,
    Declined,
    Expired,
    Failed,
    Incident,
    Outcome,
    Queued,
    Reported,
    Requested,
    Resolved,
    Started,
    StopAsked,
)
from bot.model.job import Artifact, Job, Media, Probe
from bot.model.observation import ArpAnswer, ArpAsked, NicFound, Observation, VcenterAnswered, VmFound
from bot.model.request import Target
from tests.bot.incidents.ground import ASKER, DC1, NOON, OFFICE, PROD, TARGET, agent, request

KNOWN = Known((agent(PROD), agent(OFFICE)), ("dc1",), NOON)
MAC_1, MAC_2 = Mac("00:50:56:80:00:01"), Mac("00:50:56:80:00:02")


def begin(target: Target | None = None, command: str = "arpcheck") -> Incident:
    asked = request(target, command=command)
    return Incident(asked.id, (Requested(at=NOON, request=asked),))


def then(incident: Incident, *events: AnyEvent) -> Incident:
    return replace(incident, timeline=(*incident.timeline, *events))


def queued(incident: Incident, seen: tuple[Observation, ...] = ()) -> Incident:
    """The incident after its last event's Put was carried out."""
    put = next(a for a in flow.step(incident, incident.timeline[-1], seen, KNOWN) if isinstance(a, actions.Put))
    return then(incident, Queued(at=NOON, jobs=put.jobs, gaps=put.gaps))


def artifact(job: Job, digest: str = "sha256:aa") -> Artifact:
    return Artifact(job.id, job.probe, PROD, Media.PCAP, digest, 10, NOON, NOON, 0)


def reported(job: Job, *, final: bool = True, digest: str = "sha256:aa") -> Reported:
    return Reported(at=NOON, job=job.id, agent="prod-1", artifacts=(artifact(job, digest),), final=final)


def answer(mac: Mac) -> ArpAnswer:
    return ArpAnswer(
        seen_at=NOON, vantage=PROD, artifact="sha256:aa", locator="frame 1", ip=TARGET, mac=mac, transmitter=mac,
        told_mac=Mac("02:00:00:00:00:fa"), told_ip=None, vlans=(),
    )  # fmt: skip


def question(asker: IPv4Address, mac: Mac, *, ours: bool = False) -> ArpAsked:
    return ArpAsked(
        seen_at=NOON, vantage=PROD, artifact="sha256:aa", locator="frame 2", wanted=IPv4Address("10.0.0.1"),
        asker=asker, asker_mac=mac, transmitter=mac, sent_to=None, vlans=(), ours=ours,
    )  # fmt: skip


def owner(vm: str, addresses: tuple[str, ...], mac: Mac = MAC_1) -> tuple[Observation, ...]:
    return (
        VmFound(
            seen_at=NOON, vantage=DC1, artifact="sha256:bb", locator="vms/0", vm=f"dc1/{vm}", name=vm, vcenter="dc1",
            powered_on=True, connection="connected", host=None, cluster=None, tools_running=True,
        ),
        NicFound(
            seen_at=NOON, vantage=DC1, artifact="sha256:bb", locator="vms/0/nics/0", vm=f"dc1/{vm}", vm_name=vm,
            label="Network adapter 1", mac=mac, connected=True, network=None, vlan=None,
            addresses=tuple(IPv4Address(a) for a in addresses),
        ),
    )  # fmt: skip


ASKED = VcenterAnswered(
    seen_at=NOON, vantage=DC1, artifact="sha256:bb", locator="", vcenter="dc1", asked_ips=(), asked_macs=(),
    asked_names=("foo",), complete=True, unread=(),
)  # fmt: skip


def last(incident: Incident, seen: tuple[Observation, ...] = ()) -> tuple[actions.Action, ...]:
    return flow.step(incident, incident.timeline[-1], seen, KNOWN)


def test_a_known_address_is_planned_at_once() -> None:
    """From the question to the queues is one step."""
    (put,) = last(begin())
    assert isinstance(put, actions.Put)
    assert [job.probe for job in put.jobs] == [Probe.ARP, Probe.ICMP, Probe.VCENTER]


def test_partial_evidence_does_not_end_a_job_and_its_final_report_replaces_it() -> None:
    """The evidence so far is shown, never judged twice."""
    incident = queued(begin())
    job = folds.jobs(incident)[0]
    incident = then(incident, reported(job, final=False, digest="sha256:11"))
    assert folds.ended(incident) == frozenset()
    incident = then(incident, reported(job, digest="sha256:22"))
    assert [a.digest for a in folds.artifacts(incident)] == ["sha256:22"]


def test_each_new_mac_is_looked_up_in_every_vcenter_exactly_once() -> None:
    """The decisive step is the join of the wire's MACs with their owners."""
    incident = queued(begin())
    job = folds.jobs(incident)[0]
    incident = queued(then(incident, reported(job, final=False)), (answer(MAC_1),))
    assert folds.jobs(incident)[-1].options.macs == (MAC_1,)
    incident = queued(then(incident, reported(job)), (answer(MAC_1), answer(MAC_2)))
    assert folds.jobs(incident)[-1].options.macs == (MAC_2,)
    assert len({j.id for j in folds.jobs(incident)}) == len(folds.jobs(incident))


def test_who_asks_with_the_address_as_its_own_claims_it_too() -> None:
    """An ESXi host answers with one VMkernel port's MAC and may ask with another's: both have to be looked up."""
    seen = (answer(MAC_1), question(TARGET, MAC_2), question(IPv4Address("10.0.0.9"), Mac("00:50:56:80:00:03")))
    assert folds.named(TARGET, seen) == (MAC_1, MAC_2)
    assert folds.named(TARGET, (question(TARGET, MAC_2, ours=True),)) == ()


def test_it_is_judged_when_the_last_job_has_ended_however_it_ended() -> None:
    """Reported, failed or expired: nothing is waited for any longer."""
    incident = queued(begin())
    arp, icmp, vcenter = folds.jobs(incident)
    incident = then(incident, reported(arp), Failed(at=NOON, job=vcenter.id, agent="vcenter.dc1", reason="down."))
    assert last(incident) == ()
    incident = then(incident, Expired(at=NOON, job=icmp.id))
    assert last(incident) == (actions.Judge(),)
    assert folds.gaps(incident) == (
        planning.NO_NETWORK,
        "vcenter.dc1 could not look: down.",
        "Nobody answered on segment.office within the time.",
    )


@pytest.mark.parametrize("late", ["report", "failure", "expiry"])
def test_what_comes_after_a_job_has_ended_adds_nothing(late: str) -> None:
    """At least once means twice sometimes; the timeline must not change for it."""
    incident = queued(begin())
    job = folds.jobs(incident)[0]
    incident = then(incident, reported(job))
    event = {
        "report": reported(job, digest="sha256:33"),
        "failure": Failed(at=NOON, job=job.id, agent="prod-1", reason="late"),
        "expiry": Expired(at=NOON, job=job.id),
    }[late]
    assert flow.adds_nothing(incident, event)
    assert not flow.adds_nothing(incident, reported(folds.jobs(incident)[1]))


def test_a_report_for_a_job_that_was_never_queued_adds_nothing() -> None:
    """Nobody asked for it."""
    incident = queued(begin())
    stranger = replace(folds.jobs(incident)[0], id="inc-1.99")
    assert flow.adds_nothing(incident, reported(stranger))


def test_every_job_expires_so_nobody_waits_for_ever() -> None:
    """The bot's own clock ends what no agent ends."""
    incident = queued(begin())
    end = folds.jobs(incident)[0].expires_at
    assert not list(flow.overdue(incident, end - timedelta(seconds=1)))
    assert {event.job for event in flow.overdue(incident, end)} == {job.id for job in folds.jobs(incident)}


def test_a_vm_name_is_resolved_through_vcenter_and_then_checked() -> None:
    """On-call knows names, not addresses."""
    incident = queued(begin(Target(name="app05")))
    (job,) = folds.jobs(incident)
    assert (job.probe, job.options.names, job.target) == (Probe.VCENTER, ("app05",), None)
    incident = then(incident, reported(job))
    (append,) = last(incident, owner("app05", ("10.0.0.5",)))
    assert isinstance(append, actions.Append)
    assert append.event == Resolved(at=NOON, address=TARGET)
    incident = queued(then(incident, append.event))
    assert [j.id for j in folds.jobs(incident)] == ["inc-1.0", "inc-1.1", "inc-1.2", "inc-1.3"]


@pytest.mark.parametrize(
    ("target", "seen", "says"),
    [
        pytest.param(Target(name="foo"), (ASKED,), "No vCenter knows a VM named foo", id="unknown name"),
        pytest.param(Target(name="foo"), (), "No vCenter could be asked for a VM named foo", id="vCenter down"),
        pytest.param(Target(mac=MAC_2), owner("a", ("10.0.0.5",)), "no address of it", id="another vNIC's address"),
        pytest.param(Target(name="a"), owner("a", ()), "VMware Tools report none", id="no address"),
        pytest.param(Target(name="a"), owner("a", ("10.0.0.5", "10.0.0.6")), "a has 2 addresses", id="two addresses"),
        pytest.param(
            Target(name="a"), (*owner("a", ("10.0.0.5",)), *owner("A", ("10.0.0.6",))), "2 VMs match", id="two VMs"
        ),
    ],
)
def test_a_name_that_leads_to_no_single_address_is_refused_with_the_reason(
    target: Target, seen: tuple[Observation, ...], says: str
) -> None:
    """Guessing one of several would check the wrong machine."""
    incident = queued(begin(target))
    incident = then(incident, reported(folds.jobs(incident)[0]))
    (append,) = last(incident, seen)
    assert isinstance(append, actions.Append)
    assert isinstance(append.event, Closed)
    assert append.event.outcome is Outcome.REFUSED
    assert says in (append.event.sentence or "")


def test_a_name_without_any_vcenter_is_refused() -> None:
    """There is nobody to ask."""
    (append,) = flow.step(begin(Target(name="app05")), begin().timeline[0], (), replace(KNOWN, vcenters=()))
    assert isinstance(append, actions.Append)
    assert isinstance(append.event, Closed)


def capturing(wish: CaptureWish | None = None) -> Incident:
    """A capture that was admitted; its jobs are on their queues."""
    asked = replace(request(command="capture"), capture=wish or CaptureWish(60))
    incident = Incident(asked.id, (Requested(at=NOON, request=asked),))
    (admit,) = last(incident)
    assert isinstance(admit, actions.Admit)
    return then(incident, Queued(at=NOON, jobs=admit.put.jobs, gaps=admit.put.gaps))


def test_a_capture_is_admitted_and_when_it_is_over_asks_what_moved_and_is_delivered() -> None:
    """Its bytes go to the people who asked, and are not judged."""
    incident = capturing()
    (job,) = folds.jobs(incident)
    assert job.probe is Probe.CAPTURE
    incident = queued(then(incident, reported(job)))
    moves = folds.jobs(incident)[-1]
    assert (moves.probe, moves.queue, moves.target) == (Probe.VCENTER, "vcenter.dc1", TARGET)
    incident = then(incident, Failed(at=NOON, job=moves.id, agent="vcenter.dc1", reason="down."))
    assert last(incident) == (actions.Deliver(),)
    assert [one.digest for one in folds.captures(incident)] == ["sha256:aa"]


def test_a_capture_that_brought_nothing_asks_nobody_what_moved() -> None:
    """There is nothing to put beside it."""
    incident = capturing()
    (job,) = folds.jobs(incident)
    assert last(then(incident, Expired(at=NOON, job=job.id))) == (actions.Deliver(),)


def test_what_a_dead_agent_captured_stays_beside_what_its_successor_did() -> None:
    """The standby starts anew; the first half is evidence of a moment that nobody else saw."""
    incident = capturing()
    (job,) = folds.jobs(incident)
    first = replace(reported(job, final=False, digest="sha256:11"), agent="prod-1")
    second = replace(reported(job, final=False, digest="sha256:22"), agent="prod-2")
    last_word = replace(reported(job, digest="sha256:33"), agent="prod-2")
    incident = then(incident, first, second, last_word)
    assert [one.digest for one in folds.captures(incident)] == ["sha256:11", "sha256:33"]


def test_a_stopped_capture_waits_a_bounded_time_for_what_it_has() -> None:
    """A dead agent must not make a stopped capture run on; a living one needs a moment to bring its bytes."""
    incident = then(capturing(), StopAsked(at=NOON, by=ASKER))
    assert last(incident) == ()
    assert list(flow.overdue(incident, NOON + timedelta(seconds=flow.STOP_S - 1))) == []
    (expired,) = flow.overdue(incident, NOON + timedelta(seconds=flow.STOP_S))
    assert last(then(incident, expired)) == (actions.Deliver(),)


def waiting() -> Incident:
    begun = replace(capturing(), timeline=capturing().timeline[:1])
    return then(begun, AwaitsApproval(at=NOON, until=NOON + flow.APPROVAL, why="Two persons."))


def test_an_approved_capture_is_planned_with_the_time_of_its_approval() -> None:
    """Its jobs must not have expired while people talked."""
    incident = then(waiting(), Approved(at=NOON, by=ASKER))
    (put,) = flow.step(incident, incident.timeline[-1], (), replace(KNOWN, now=NOON + timedelta(minutes=14)))
    assert isinstance(put, actions.Put)
    assert put.jobs[0].asked_at == NOON + timedelta(minutes=14)
    assert folds.awaits(incident) is None


@pytest.mark.parametrize(
    ("event", "outcome"),
    [
        pytest.param(Declined(at=NOON, by=ASKER), Outcome.REFUSED, id="declined"),
        pytest.param(StopAsked(at=NOON, by=ASKER), Outcome.STOPPED, id="stopped"),
    ],
)
def test_a_capture_that_nobody_approves_ends_without_a_job(event: AnyEvent, outcome: Outcome) -> None:
    """Whoever said no is obeyed at once."""
    (append,) = last(then(waiting(), event))
    assert isinstance(append, actions.Append)
    assert isinstance(append.event, Closed)
    assert append.event.outcome is outcome
    assert "nothing was captured" in (append.event.sentence or "") or "before anything" in (append.event.sentence or "")


def test_the_wait_for_a_second_person_ends() -> None:
    """An approval that may come for ever is no rule."""
    incident = waiting()
    assert flow.lapsed(incident, NOON + flow.APPROVAL - timedelta(seconds=1)) is None
    lapsed = flow.lapsed(incident, NOON + flow.APPROVAL)
    assert lapsed is not None
    assert lapsed.outcome is Outcome.REFUSED
    assert flow.lapsed(then(incident, Approved(at=NOON, by=ASKER)), NOON + flow.APPROVAL) is None
    assert folds.lives_until(incident) == NOON + flow.APPROVAL
    assert folds.lives_until(then(incident, Closed(at=NOON, outcome=Outcome.STOPPED))) == NOON


def test_a_capture_that_cannot_be_planned_is_refused_before_anybody_has_to_approve_it() -> None:
    """A second person's time is not spent on what cannot be."""
    asked = replace(request(command="capture"), capture=CaptureWish(60, at=("dc9",)))
    (append,) = last(Incident(asked.id, (Requested(at=NOON, request=asked),)))
    assert isinstance(append, actions.Append)
    assert isinstance(append.event, Closed)
    assert "there are office-1" in (append.event.sentence or "")


def test_nothing_follows_once_it_is_closed() -> None:
    """A final card stays final."""
    incident = then(queued(begin()), Closed(at=NOON, outcome=Outcome.ANSWERED))
    job = folds.jobs(incident)[0]
    assert last(then(incident, Started(at=NOON, job=job.id, agent="prod-1", attempt=2))) == ()
