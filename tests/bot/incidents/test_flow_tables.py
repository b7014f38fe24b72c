"""Look before you touch: nothing is sent before the tables were read, and nobody is waited for without end."""

from dataclasses import replace
from datetime import timedelta
from ipaddress import IPv4Address
from typing import Any

import pytest

from bot.findings.entries_arp import LOCKED_S, SHOWN_AFTER_S
from bot.incidents import actions, flow, folds, planning
from bot.model.addresses import BROADCAST, Mac
from bot.model.incident import AnyEvent, Closed, Expired, Failed, Incident, Lost, Outcome, Queued, Reported
from bot.model.job import Job, Probe
from bot.model.network import ArpEntry, Device, Extent, FdbEntry, Role, Table
from bot.model.observation import ArpAnnounced, Observation, RowSeen, TableRead
from bot.model.request import TRACE, Target
from tests.bot.incidents.ground import DC1, NOON, PROD, TARGET, agent
from tests.bot.incidents.test_flow import KNOWN, MAC_1, MAC_2, answer, begin, reported, then

SEEN = replace(KNOWN, networks=("dc1",))
READER = replace(agent(DC1), name="network.dc1", queues=("network.dc1",), probes=("network", "ucs"))
FABRIC = replace(SEEN, agents=(*SEEN.agents, READER))
SENDS = {Probe.ARP, Probe.ICMP}


def queued(incident: Incident, seen: tuple[Observation, ...] = (), known: planning.Known = SEEN) -> Incident:
    put = next(a for a in flow.step(incident, incident.timeline[-1], seen, known) if isinstance(a, actions.Put))
    return then(incident, Queued(at=NOON, jobs=put.jobs, gaps=put.gaps))


def looks(incident: Incident) -> list[Job]:
    return [job for job in folds.jobs(incident) if job.probe is Probe.NETWORK]


def sends(incident: Incident) -> bool:
    return any(job.probe in SENDS for job in folds.jobs(incident))


def over(job: Job, how: str) -> AnyEvent:
    events: dict[str, AnyEvent] = {
        "reported": reported(job),
        "failed": Failed(at=NOON, job=job.id, agent="network.dc1", reason="no."),
        "expired": Expired(at=NOON, job=job.id),
        "lost": Lost(at=NOON, job=job.id),
    }
    return events[how]


def row(mac: Mac) -> RowSeen:
    return RowSeen(
        seen_at=NOON, vantage=DC1, artifact="sha256:cc", locator="ipNetToMedia 2.10.0.0.5",
        device=Device("core-1", Role.CORE), row=ArpEntry(ip=TARGET, mac=mac, interface="Vlan10"),
    )  # fmt: skip


def test_the_tables_and_the_vcenter_come_first_and_nothing_is_sent() -> None:
    """One broadcast repairs the entry that explains the night."""
    incident = queued(begin())
    assert [job.probe for job in folds.jobs(incident)] == [Probe.NETWORK, Probe.VCENTER]
    assert looks(incident)[0].options.listen_s == 0
    vcenter = folds.jobs(incident)[1]
    assert flow.step(then(incident, reported(vcenter)), reported(vcenter), (), SEEN) == ()


@pytest.mark.parametrize("how", ["reported", "failed", "expired", "lost"])
def test_when_the_first_look_is_over_however_it_ended_the_probes_go_out_once(how: str) -> None:
    """Who does not tell in time is not waited for."""
    incident = queued(begin())
    incident = queued(then(incident, over(looks(incident)[0], how)), (row(MAC_2),))
    assert sends(incident)
    assert len({job.id for job in folds.jobs(incident)}) == len(folds.jobs(incident))
    again = then(incident, reported(folds.jobs(incident)[1]))
    assert not any(isinstance(a, actions.Put) and sends_in(a) for a in flow.step(again, again.timeline[-1], (), SEEN))


def sends_in(put: actions.Put) -> bool:
    return any(job.probe in SENDS for job in put.jobs)


def test_while_the_probes_run_the_entries_of_the_known_macs_are_watched() -> None:
    """A MAC that goes to and fro shows only to whoever looks again and again."""
    incident = queued(begin())
    incident = queued(then(incident, reported(looks(incident)[0])), (row(MAC_2),))
    watch = looks(incident)[-1]
    assert watch.options.macs == (MAC_2,)
    assert watch.options.listen_s >= planning.LISTEN_S
    assert watch.expires_at > NOON + timedelta(seconds=watch.options.listen_s)


@pytest.mark.parametrize("how", ["failed", "expired", "lost"])
def test_a_reader_that_let_the_incident_down_is_not_asked_again(how: str) -> None:
    """Waiting for it twice would make every check slow while it is away."""
    incident = queued(begin())
    incident = queued(then(incident, over(looks(incident)[0], how)))
    assert len(looks(incident)) == 1


def test_a_mac_that_the_wire_shows_first_is_looked_for_in_the_tables_too() -> None:
    """Its port tells where the second machine is."""
    incident = queued(begin())
    incident = queued(then(incident, reported(looks(incident)[0])))
    arp = next(job for job in folds.jobs(incident) if job.probe is Probe.ARP)
    incident = queued(then(incident, reported(arp)), (answer(MAC_1),))
    assert [job.probe for job in folds.jobs(incident)[-2:]] == [Probe.VCENTER, Probe.NETWORK]
    assert looks(incident)[-1].options.macs == (MAC_1,)


def test_the_fabric_is_asked_beside_it_and_holds_nobody_up() -> None:
    """A UCS Manager takes seconds to log in to."""
    incident = queued(begin(), known=FABRIC)
    assert [job.probe for job in folds.jobs(incident)] == [Probe.NETWORK, Probe.VCENTER, Probe.UCS]
    assert sends(queued(then(incident, reported(looks(incident)[0])), known=FABRIC))


def test_where_only_a_fabric_can_be_read_nothing_is_held_back() -> None:
    """A reader without routers and switches has no first look to wait for."""
    only = replace(SEEN, agents=(*SEEN.agents, replace(READER, probes=("ucs",))))
    incident = queued(begin(), known=only)
    assert [job.probe for job in folds.jobs(incident)] == [Probe.ARP, Probe.ICMP, Probe.VCENTER, Probe.UCS]


def test_arptable_ends_with_the_path_and_no_verdict() -> None:
    """Who asks what the tables hold is not told whom to blame."""
    incident = queued(begin(command=TRACE))
    incident = queued(then(incident, reported(looks(incident)[0])))
    left = [job for job in folds.jobs(incident) if job.id not in folds.ended(incident)]
    incident = then(incident, *map(reported, left))
    assert flow.step(incident, incident.timeline[-1], (), SEEN) == (actions.Trace(),)


def test_arptable_compares_tables_also_where_no_agent_stands() -> None:
    """The tables are worth reading, and that nobody asked on the wire is said."""
    far = Target(IPv4Address("10.9.9.9"))
    incident = queued(begin(far, command=TRACE))
    incident = then(incident, *map(reported, folds.jobs(incident)))
    put, trace = flow.step(incident, incident.timeline[-1], (), SEEN)
    assert isinstance(put, actions.Put)
    assert put.jobs == ()
    assert "No agent stands on 10.9.9.9's network" in put.gaps[0]
    assert trace == actions.Trace()


def test_a_check_where_no_agent_stands_is_refused_at_once() -> None:
    """A verdict needs somebody who asked on the wire."""
    (append,) = flow.step(begin(Target(IPv4Address("10.9.9.9"))), begin().timeline[0], (), SEEN)
    assert isinstance(append, actions.Append)
    assert isinstance(append.event, Closed)
    assert append.event.outcome is Outcome.REFUSED


def told_and_read(entry: Mac) -> tuple[Observation, ...]:
    """The target announced MAC_1, and the core's table was read after it."""
    core = Device("core-1", Role.CORE)
    read = TableRead(
        seen_at=NOON, vantage=DC1, artifact="sha256:cc", locator="arp", device=core, table=Table.ARP,
        extent=Extent.ASKED, asked_ip=TARGET,
    )  # fmt: skip
    told = ArpAnnounced(
        seen_at=NOON, vantage=PROD, artifact="sha256:aa", locator="frame 3", ip=TARGET, mac=MAC_1, transmitter=MAC_1,
        vlans=(), sent_to=BROADCAST,
    )  # fmt: skip
    return (answer(MAC_1), told, read, row(entry))


def test_a_wrong_entry_is_read_once_more_before_a_table_is_said_to_have_kept_it() -> None:
    """Devices show what they took in late, and one that listened must not be accused."""
    seen = told_and_read(MAC_2)
    incident = queued(begin())
    incident = queued(then(incident, reported(looks(incident)[0])), seen)
    while not (ended := folds.ended(incident)) >= {job.id for job in folds.jobs(incident)}:
        open_ = next(job for job in folds.jobs(incident) if job.id not in ended)
        incident = then(incident, reported(open_))
        for put in flow.step(incident, incident.timeline[-1], seen, SEEN):
            assert isinstance(put, actions.Put | actions.Judge)
            if isinstance(put, actions.Put):
                incident = then(incident, Queued(at=NOON, jobs=put.jobs, gaps=put.gaps))
    steady, _watch, last = [job for job in looks(incident) if job.options.listen_s]
    assert steady.options.listen_s > LOCKED_S
    assert last.options.listen_s > SHOWN_AFTER_S
    sent = [number for number, job in enumerate(folds.jobs(incident)) if job.probe in SENDS]
    assert folds.jobs(incident).index(steady) < min(sent)
    assert last.options.macs == (MAC_2,)
    assert flow.step(incident, incident.timeline[-1], seen, SEEN) == (actions.Judge(),)


def test_a_mac_that_changed_its_port_is_looked_for_once_more() -> None:
    """It moved, or it is on two ports by turns; only its way back tells them apart."""
    switch = Device("access-1", Role.ACCESS)
    seen: list[Observation] = [answer(MAC_1)]
    for second, port in enumerate(("Gi1/0/7", "Gi1/0/8")):
        where: dict[str, Any] = {
            "seen_at": NOON + timedelta(seconds=second),
            "vantage": DC1,
            "artifact": "sha256:cc",
            "device": switch,
        }
        seen += [
            TableRead(locator=f"fdb {second}", table=Table.FDB, extent=Extent.WHOLE, **where),
            RowSeen(locator=f"row {second}", row=FdbEntry(mac=MAC_1, vlan=10, port=port), **where),
        ]
    incident = queued(begin())
    incident = queued(then(incident, reported(looks(incident)[0])), tuple(seen))
    for _ in range(2):
        left = [job for job in folds.jobs(incident) if job.id not in folds.ended(incident)]
        incident = queued(then(incident, *map(reported, left)), tuple(seen))
    assert len([job for job in looks(incident) if job.options.listen_s]) == 2


def test_where_every_entry_is_right_nobody_waits() -> None:
    """A check takes no longer than it must."""
    seen = told_and_read(MAC_1)
    incident = queued(begin())
    incident = queued(then(incident, reported(looks(incident)[0])), seen)
    left = [job for job in folds.jobs(incident) if job.id not in folds.ended(incident)]
    incident = then(incident, *map(reported, left))
    (put,) = flow.step(incident, incident.timeline[-1], seen, SEEN)
    assert isinstance(put, actions.Put)
    assert [(job.probe, job.options.macs) for job in put.jobs] == [(Probe.VCENTER, (MAC_1,))]
    incident = then(incident, Queued(at=NOON, jobs=put.jobs), *map(reported, put.jobs))
    assert flow.step(incident, incident.timeline[-1], seen, SEEN) == (actions.Judge(),)


def test_a_late_report_of_the_first_look_adds_nothing_but_its_early_part_stays() -> None:
    """What one device told in time is evidence, though another was silent."""
    incident = queued(begin())
    look = looks(incident)[0]
    incident = then(incident, reported(look, final=False, digest="sha256:11"), Expired(at=NOON, job=look.id))
    assert [artifact.digest for artifact in folds.artifacts(incident)] == ["sha256:11"]
    assert flow.adds_nothing(incident, Reported(at=NOON, job=look.id, agent="network.dc1", artifacts=(), final=True))
    assert len(looks(queued(incident))) == 2
