"""Every transition of a look-up: asked, met, told; it is never judged."""

from dataclasses import replace
from datetime import timedelta
from ipaddress import IPv4Address

import pytest

from bot.incidents import actions, flow, folds
from bot.incidents.planning import Known
from bot.model.addresses import Mac
from bot.model.incident import AnyEvent, Closed, Expired, Failed, Incident, Outcome, Queued, Started
from bot.model.job import Probe
from bot.model.observation import GuestRowFound, Observation
from bot.model.request import LOOK_UP, Target
from tests.bot.incidents.ground import DC1, NOON, TARGET
from tests.bot.incidents.test_flow import ASKED, MAC_1, MAC_2, begin, last, owner, reported, then

TWO = Known((), ("dc1", "dc2"), NOON)
BY_ADDRESS = Target(address=TARGET)


def queued(incident: Incident, seen: tuple[Observation, ...] = (), known: Known = TWO) -> Incident:
    """The incident after its last event's Put was carried out."""
    (put,) = flow.step(incident, incident.timeline[-1], seen, known)
    assert isinstance(put, actions.Put)
    return then(incident, Queued(at=NOON, jobs=put.jobs, gaps=put.gaps))


def looking(target: Target = BY_ADDRESS) -> Incident:
    return queued(begin(target, LOOK_UP))


def inside(vm: str, mac: Mac, address: str) -> GuestRowFound:
    """An interface inside the guest without a vNIC behind it."""
    return GuestRowFound(
        seen_at=NOON, vantage=DC1, artifact="sha256:bb", locator="vms/0/guest_nics/0", vm=f"dc1/{vm}", vm_name=vm,
        mac=mac, addresses=(IPv4Address(address),), vnic=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("target", "asked"),
    [
        pytest.param(BY_ADDRESS, (TARGET, (), ()), id="address"),
        pytest.param(Target(mac=MAC_1), (None, (MAC_1,), ()), id="MAC"),
        pytest.param(Target(name="app05"), (None, (), ("app05",)), id="name"),
    ],
)
def test_every_vcenter_is_asked_and_no_agent(target: Target, asked: tuple[object, ...]) -> None:
    """Not one agent is alive here, and it does not matter: a look-up sends no packet."""
    jobs = folds.jobs(looking(target))
    assert [(job.probe, job.queue) for job in jobs] == [(Probe.VCENTER, "vcenter.dc1"), (Probe.VCENTER, "vcenter.dc2")]
    assert {(job.target, job.options.macs, job.options.names) for job in jobs} == {asked}


def test_without_a_vcenter_it_is_refused_with_what_the_operator_has_to_do() -> None:
    """There is nobody to ask, and the card says who can change that."""
    incident = begin(BY_ADDRESS, LOOK_UP)
    (append,) = flow.step(incident, incident.timeline[0], (), replace(TWO, vcenters=()))
    assert isinstance(append, actions.Append)
    assert isinstance(append.event, Closed)
    assert append.event.outcome is Outcome.REFUSED
    assert "RULEOUT_VCENTERS" in (append.event.sentence or "")


def test_what_the_found_vm_has_is_looked_up_once_more_in_every_vcenter_and_only_once() -> None:
    """Another machine with its MAC, in another vCenter, is the conflict that the asker cannot see."""
    incident, seen = looking(), (ASKED, *owner("app05", ("10.0.0.5", "10.0.0.6")))
    one, two = folds.jobs(incident)
    incident = queued(then(incident, reported(one)), seen)
    further = folds.jobs(incident)[2:]
    assert [(job.queue, job.target, job.options.macs) for job in further] == [
        ("vcenter.dc1", IPv4Address("10.0.0.6"), (MAC_1,)),
        ("vcenter.dc2", IPv4Address("10.0.0.6"), (MAC_1,)),
    ]
    assert len({job.id for job in folds.jobs(incident)}) == 4
    assert last(then(incident, reported(two)), seen) == ()


def test_a_vcenter_that_failed_is_not_asked_again() -> None:
    """A dead vCenter must not cost its time twice."""
    incident = looking()
    one, two = folds.jobs(incident)
    incident = then(incident, Failed(at=NOON, job=two.id, agent="vcenter.dc2", reason="The password is wrong."))
    assert last(incident) == ()
    incident = queued(then(incident, reported(one)), (ASKED, *owner("app05", ("10.0.0.5",))))
    assert [job.queue for job in folds.jobs(incident)[2:]] == ["vcenter.dc1"]


def test_an_address_that_stays_inside_a_guest_is_not_followed() -> None:
    """Every container host has docker0 with the same address; that would make a conflict of all of them."""
    incident = looking(Target(name="app05"))
    seen = (ASKED, *owner("app05", ("10.0.0.5",)), inside("app05", Mac("02:42:00:00:00:01"), "172.17.0.1"))
    incident = queued(then(incident, reported(folds.jobs(incident)[0])), seen)
    assert {job.target for job in folds.jobs(incident)[2:]} == {TARGET}


def test_an_address_on_a_bond_of_the_vnics_is_followed() -> None:
    """bond0 has no vNIC of its own but a vNIC's MAC, and is what the network sees."""
    incident = looking(Target(name="app05"))
    seen = (ASKED, *owner("app05", ()), inside("app05", MAC_1, "10.0.0.5"))
    incident = queued(then(incident, reported(folds.jobs(incident)[0])), seen)
    assert {job.target for job in folds.jobs(incident)[2:]} == {TARGET}


def test_what_very_many_vms_have_is_not_followed() -> None:
    """Fifty owners share something that means nothing."""
    incident = looking()
    one, two = folds.jobs(incident)
    seen = (ASKED, *(found for n in range(5) for found in owner(f"vm{n}", ("10.0.0.5",))))
    incident = then(incident, reported(one), reported(two))
    assert last(incident, seen) == (actions.Tell(),)


@pytest.mark.parametrize("end", ["reported", "failed", "expired"])
def test_it_is_told_when_the_last_job_has_ended_however_it_ended(end: str) -> None:
    """One vCenter that answered is an answer; the other is among what is missing."""
    incident = looking()
    one, two = folds.jobs(incident)
    incident = then(incident, reported(one))
    assert last(incident, (ASKED,)) == ()
    events: dict[str, AnyEvent] = {
        "reported": reported(two),
        "failed": Failed(at=NOON, job=two.id, agent="vcenter.dc2", reason="It is down."),
        "expired": Expired(at=NOON, job=two.id),
    }
    incident = then(incident, events[end])
    assert last(incident, (ASKED,)) == (actions.Tell(),)
    assert len(folds.gaps(incident)) == (end != "reported")


def test_when_no_vcenter_answered_it_has_failed_and_says_why() -> None:
    """Nothing is known, which is not the same as nobody has it."""
    incident = looking()
    one, two = folds.jobs(incident)
    failed = Failed(at=NOON, job=one.id, agent="vcenter.dc1", reason="The password is wrong.")
    incident = then(incident, failed, Expired(at=NOON, job=two.id))
    (append,) = last(incident)
    assert isinstance(append, actions.Append)
    assert isinstance(append.event, Closed)
    assert append.event.outcome is Outcome.FAILED
    for expected in ("No vCenter could be asked", "The password is wrong.", "Nobody answered on vcenter.dc2"):
        assert expected in (append.event.sentence or "")


def test_bytes_that_cannot_be_read_are_no_answer() -> None:
    """A report without a readable snapshot must not read as an empty vCenter."""
    incident = looking()
    incident = then(incident, *(reported(job) for job in folds.jobs(incident)))
    (append,) = last(incident, ())
    assert isinstance(append, actions.Append)
    assert isinstance(append.event, Closed)
    assert "What came back cannot be read." in (append.event.sentence or "")


def test_late_and_duplicate_reports_add_nothing() -> None:
    """At least once means twice sometimes."""
    incident = looking()
    one, two = folds.jobs(incident)
    incident = then(incident, reported(one), Expired(at=NOON, job=two.id))
    assert flow.adds_nothing(incident, reported(one, digest="sha256:33"))
    assert flow.adds_nothing(incident, reported(two))


def test_every_look_up_expires_so_nobody_waits_for_ever() -> None:
    """The bot's own clock ends what no worker ends; the second round as well."""
    seen = (ASKED, *owner("app05", ("10.0.0.5",)))
    incident = looking()
    incident = queued(then(incident, reported(folds.jobs(incident)[0])), seen)
    end = max(job.expires_at for job in folds.jobs(incident))
    assert end <= NOON + timedelta(seconds=20)
    assert {event.job for event in flow.overdue(incident, end)} == {job.id for job in folds.jobs(incident)[1:]}


def test_nothing_follows_a_start_or_an_end() -> None:
    """A worker that begins changes nothing; a final card stays final."""
    incident = looking()
    job = folds.jobs(incident)[0]
    assert last(then(incident, Started(at=NOON, job=job.id, agent="vcenter.dc1", attempt=1))) == ()
    closed = then(incident, Closed(at=NOON, outcome=Outcome.STOPPED))
    assert last(then(closed, reported(job)), (ASKED, *owner("app05", ("10.0.0.5",), MAC_2))) == ()
