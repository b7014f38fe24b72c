"""Incidents as they happen, for everything that shows them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from typing import Any

from bot.incidents.captured import ending
from bot.model.capture import CaptureWish
from bot.model.cause import Side
from bot.model.finding import Standing, Witness
from bot.model.incident import (
    AnyEvent,
    Approved,
    AwaitsApproval,
    Closed,
    Expired,
    Failed,
    Incident,
    Judged,
    LookedUp,
    Lost,
    Outcome,
    Progressed,
    Queued,
    Reported,
    Requested,
    Started,
    Traced,
)
from bot.model.job import Artifact, Job, JobOptions, Media, Probe, Vantage
from bot.model.owners import Conflict, Owner, Owners, Section
from bot.model.path import Path
from bot.model.request import CAPTURE, LOOK_UP, TRACE, Person, Place, Request, Target
from bot.model.verdict import Answer, EvidenceItem, Grade, NextTest, RuledOut, Verdict, Weighs

ASKED_AT = datetime(2026, 3, 1, 12, 0, 5, tzinfo=UTC)
TARGET = IPv4Address("10.0.0.5")
ASKER = Person("T1", "U7")
PLACE = Place("C1")
DIGEST = "sha256:3f2a9c01b7de55aa3f2a9c01b7de55aa3f2a9c01b7de55aa3f2a9c01b7de55aa"
FACT = "One broadcast request for 10.0.0.5 was answered by two MACs, `00:50:56:aa:00:01` and `00:50:56:de:ad:be`."


def after(seconds: float) -> datetime:
    """A moment after the question."""
    return ASKED_AT + timedelta(seconds=seconds)


def asked(name: str = "inc-k3v9", place: Place = PLACE, **changes: Any) -> Incident:
    """An incident that was only asked."""
    request = Request(name, "arpcheck", Target(address=TARGET), False, ASKER, place, ASKED_AT)
    return Incident(name, (Requested(at=ASKED_AT, request=replace(request, **changes)),))


def then(incident: Incident, *events: AnyEvent) -> Incident:
    """The incident with more events."""
    return replace(incident, timeline=(*incident.timeline, *events))


def queued(incident: Incident, *, gaps: tuple[str, ...] = ()) -> Incident:
    """Two segments and a vCenter were asked."""
    wanted = ((Probe.ARP, "segment.dc1-a"), (Probe.ICMP, "segment.dc1-c"), (Probe.VCENTER, "vcenter.dc1"))
    jobs = tuple(
        Job(f"{incident.id}.{n}", incident.id, probe, queue, TARGET, JobOptions(), ASKED_AT, after(10))
        for n, (probe, queue) in enumerate(wanted)
    )
    return then(incident, Queued(at=after(0.01), jobs=jobs, gaps=gaps))


def running(name: str = "inc-k3v9", place: Place = PLACE) -> Incident:
    """One agent looks, one failed, the vCenter waits."""
    incident = queued(asked(name, place), gaps=("No agent stands on segment dc1-b.",))
    return then(
        incident,
        Started(at=after(0.1), job=f"{name}.0", agent="probe-a1", attempt=1),
        Failed(at=after(0.2), job=f"{name}.1", agent="probe-c1", reason="eth1 has no carrier."),
    )


def ended(verdict: Verdict | None = None, name: str = "inc-k3v9", place: Place = PLACE) -> Incident:
    """Everybody reported and the verdict stands."""
    incident = running(name, place)
    return then(
        incident,
        Reported(at=after(1.9), job=f"{name}.0", agent="probe-a1", artifacts=(), final=True),
        Reported(at=after(2.0), job=f"{name}.2", agent="vc-dc1", artifacts=(), final=True),
        Judged(at=after(2.1), verdict=verdict or guest_proven()),
        Closed(at=after(2.1), outcome=Outcome.ANSWERED),
    )


def unanswered(outcome: Outcome, sentence: str | None, name: str = "inc-k3v9") -> Incident:
    """It ended without a verdict."""
    return then(queued(asked(name)), Closed(at=after(0.3), outcome=outcome, sentence=sentence))


def lost_and_expired() -> Incident:
    """Nobody took one job, and another's time ran out."""
    incident = queued(asked())
    return then(incident, Lost(at=after(3), job="inc-k3v9.0"), Expired(at=after(10), job="inc-k3v9.1"))


def evidence(says: str, weighs: Weighs = Weighs.FOR, *, finding: str = "arp.two_answers_per_request",
             standing: Standing = Standing.PRESENT, witnesses: int = 1) -> EvidenceItem:  # fmt: skip
    """One item with places to check it."""
    places = tuple(Witness(DIGEST, f"frames {14 + n},{15 + n}", "probe-a1") for n in range(witnesses))
    return EvidenceItem(finding, standing, says, weighs, places)


def guest_proven() -> Verdict:
    """The story that the product exists for."""
    return Verdict(
        target=TARGET,
        verdict=Answer.GUEST,
        grade=Grade.PROVEN,
        cause="guest.bonding_agent_answers_with_two_macs",
        claim="Software inside app01 answers ARP for one address with two of the VM's own MACs: restart its bonding "
        "agent, then clear the ARP entry from the core router down.",
        evidence=(
            evidence(FACT),
            evidence("Both MACs are vNICs of the VM app01.", finding="vcenter.both_macs_one_vm"),
            evidence("Another asker on the segment got the other MAC first.", finding="arp.answers_differ_by_asker"),
            evidence("The gateway answered 5 of 5 pings.", Weighs.NEITHER, finding="control.gateway_audible"),
        ),
        ruled_out=(
            RuledOut(Side.NETWORK, ("Both answers came from the segment itself within 2 ms of each other, so no "
                                    "switch or router made them.",)),
            RuledOut(Side.HYPERVISOR, ("Both vNICs are connected to the same port group and VLAN.",
                                       "Frames of both MACs arrived from the same host.")),
        ),
        rivals=(),
        missing=("No agent stands on segment dc1-b.", "probe-c1 could not look: eth1 has no carrier."),
        trigger=None,
        next_test=None,
        catalogue="1",
        case="inc-k3v9",
    )  # fmt: skip


def inconclusive() -> Verdict:
    """The evidence fits two sides."""
    return replace(
        guest_proven(),
        verdict=Answer.INCONCLUSIVE,
        grade=Grade.UNDECIDED,
        cause=None,
        claim=None,
        evidence=(evidence("The router holds a MAC for 10.0.0.5 that nobody answers with.", Weighs.NEITHER),),
        ruled_out=(RuledOut(Side.HYPERVISOR, ("The vNIC is connected and its frames arrive.",)),),
        rivals=("network.stale_router_arp", "guest.no_announcement"),
        trigger="app01 was moved to another host at 11:58:40.",
        next_test=NextTest(
            "Capture ARP at the VM's port while app01 is restarted.",
            "Whoever may capture in dc1.",
            ("network.stale_router_arp", "guest.no_announcement"),
        ),
    )


def one_owner() -> Owners:
    """A running VM with a bond, in a vCenter that was read in part."""
    return Owners(
        claim="VM app05 has 10.0.0.5 and is powered on, on host esx-a1 in cluster cluster-a.",
        conflicts=(),
        owners=(vm_owner("VM app05"),),
        established=("Inside VM app05, 10.0.0.5 sits on an interface without a vNIC of its own: a bond or a bridge.",),
        sections=(Section("alarms", ("Uplink redundancy lost, on esx-a1, at 2026-03-01 11:58:40 UTC",)),),
        missing=("Nobody answered on vcenter.dc2 within the time.",),
        read_at=after(0.2),
    )


def vm_owner(name: str, *, asked_for: bool = True) -> Owner:
    """A running VM."""
    nics = (f"Network adapter {n} `00:50:56:de:ad:0{n}` · connected · port group prod, VLAN 10" for n in (1, 2))
    facts = (f"{name} is powered on, on host esx-a1 in cluster cluster-a (vCenter dc1, vm-5).", "VMware Tools run.")
    return Owner(name, "dc1", asked_for, facts, tuple(nics), guest_runs=True)


def two_owners() -> Owners:
    """Another VM has its MAC."""
    says = "VM app05 (prod, VLAN 10, vCenter dc1) and VM clone (prod, VLAN 10, vCenter dc1) both have"
    return replace(
        one_owner(),
        conflicts=(Conflict(f"{says} `00:50:56:de:ad:01`.", True), Conflict(f"{says} 10.0.0.5.", True)),
        owners=(vm_owner("VM app05"), vm_owner("VM clone", asked_for=False)),
    )


def no_owner() -> Owners:
    """Nobody is known to have it."""
    claim = "vCenter dc1 knows no VM and no host with 10.0.0.5. Not everything could be read, so it may be there."
    return replace(one_owner(), claim=claim, owners=(), established=(), sections=())


def looked_up(owners: Owners, name: str = "inc-k3v9") -> Incident:
    """A look-up that has ended: one vCenter answered twice, the other never."""
    incident = asked(name, command=LOOK_UP)
    jobs = tuple(
        Job(f"{name}.{n}", name, Probe.VCENTER, queue, TARGET, JobOptions(), ASKED_AT, after(10))
        for n, queue in enumerate(("vcenter.dc1", "vcenter.dc2", "vcenter.dc1"))
    )
    return then(
        incident,
        Queued(at=after(0.01), jobs=jobs[:2]),
        Reported(at=after(0.5), job=jobs[0].id, agent="vcenter.dc1", artifacts=(), final=True),
        Queued(at=after(0.5), jobs=jobs[2:]),
        Reported(at=after(0.9), job=jobs[2].id, agent="vcenter.dc1", artifacts=(), final=True),
        Expired(at=after(10), job=jobs[1].id),
        LookedUp(at=after(10), owners=owners),
        Closed(at=after(10), outcome=Outcome.ANSWERED),
    )


def traced(path: Path, name: str = "inc-k3v9") -> Incident:
    """A comparison of tables that has ended: the switches were read, one agent failed, and vCenter answered."""
    incident = asked(name, command=TRACE)
    wanted = ((Probe.NETWORK, "network.dc1"), (Probe.VCENTER, "vcenter.dc1"), (Probe.ARP, "segment.dc1-a"))
    jobs = tuple(
        Job(f"{name}.{n}", name, probe, queue, TARGET, JobOptions(), ASKED_AT, after(10))
        for n, (probe, queue) in enumerate(wanted)
    )
    return then(
        incident,
        Queued(at=after(0.01), jobs=jobs),
        Reported(at=after(1.2), job=jobs[0].id, agent="network.dc1", artifacts=(), final=True),
        Reported(at=after(0.4), job=jobs[1].id, agent="vcenter.dc1", artifacts=(), final=True),
        Failed(at=after(1.9), job=jobs[2].id, agent="probe-a1", reason="eth1 has no carrier."),
        Traced(at=after(2.0), path=path),
        Closed(at=after(2.0), outcome=Outcome.ANSWERED),
    )


def judged_beside(path: Path, verdict: Verdict | None = None) -> Incident:
    """A check that ended with a verdict, and the tables on the way beside it."""
    incident = ended(verdict)
    *before, judged, closed = incident.timeline
    return replace(incident, timeline=(*before, Traced(at=after(2.1), path=path), judged, closed))


WHY = "Captures in 10.0.0.0/24 need the agreement of a second person."
SECOND = Person("T1", "U8")


def wished(name: str = "inc-k3v9", **wish: Any) -> Incident:
    """A capture that was only asked for."""
    return asked(name, command=CAPTURE, capture=CaptureWish(**{"duration_s": 60.0, **wish}))


def waits(name: str = "inc-k3v9") -> Incident:
    """A capture that a second person has to agree to."""
    return then(wished(name), AwaitsApproval(at=after(0.1), until=after(900), why=WHY))


def captures(incident: Incident | None = None) -> Incident:
    """Two agents capture."""
    incident = incident or wished()
    jobs = tuple(
        Job(f"{incident.id}.{n}", incident.id, Probe.CAPTURE, queue, TARGET, JobOptions(60), ASKED_AT, after(75))
        for n, queue in enumerate(("segment.dc1-a", "agent.probe-c1"))
    )
    return then(
        incident,
        Queued(at=after(1), jobs=jobs),
        *(Started(at=after(1.1), job=job.id, agent=name, attempt=1) for job, name in zip(jobs, AGENTS, strict=True)),
    )


AGENTS = ("probe-a1", "probe-c1")


def words(left_s: float = 41.0) -> tuple[Progressed, ...]:
    """How far they are; one of them cannot count what it loses."""
    return tuple(
        Progressed(
            at=after(19), job=f"inc-k3v9.{n}", agent=name, packets=1234 * (n + 1), size_bytes=98_765, dropped=dropped,
            left_s=left_s,
        )
        for n, (name, dropped) in enumerate(zip(AGENTS, (0, None), strict=True))
    )  # fmt: skip


def captured(*, agents: int = 2, incomplete: str | None = None, outcome: Outcome = Outcome.ANSWERED) -> Incident:
    """What they captured lies in the thread."""
    incident = captures(then(waits(), Approved(at=after(40), by=SECOND)))
    reports = tuple(
        Reported(at=after(61), job=job.id, agent=name, artifacts=(_pcap(job, name, incomplete),), final=True)
        for job, name in zip(incident.timeline[-3].jobs[:agents], AGENTS, strict=False)  # type: ignore[union-attr]
    )
    incident = then(incident, *reports)
    return then(incident, Closed(at=after(62), outcome=outcome, sentence=ending(incident)[1]))


def _pcap(job: Job, agent: str, incomplete: str | None) -> Artifact:
    place = Vantage(agent, "dc1-a", "eth1")
    return Artifact(job.id, job.probe, place, Media.PCAP, DIGEST, 98_765, after(1), after(61), 3, incomplete=incomplete)
