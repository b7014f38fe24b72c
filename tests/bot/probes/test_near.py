"""What stands around the VMs that were asked for, and what of a whole vCenter stays at home."""

from datetime import UTC, datetime

import pytest

from bot.model.vsphere import (
    Alarm,
    Clocks,
    Counter,
    Gap,
    Group,
    Happened,
    Host,
    HostGroup,
    Member,
    Neighbour,
    Port,
    Surroundings,
    Switch,
    VmState,
)
from bot.probes.vcenter import Nic, Query, Snapshot, Vm, near, select
from tests.bot.story import APP, STRANGER

AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def vm(name: str, host: str, cluster: str, network: str) -> Vm:
    """A VM with one vNIC."""
    nic = Nic(4000, "Network adapter 1", APP if name == "app05" else STRANGER, network=network)
    return Vm(name, name, "poweredOn", "connected", host=host, cluster=cluster, nics=(nic,))


def host(name: str, cluster: str) -> Host:
    """A host on which both standard port groups are."""
    groups = tuple(HostGroup(name=one, switch="vSwitch0") for one in ("front", "back"))
    return Host(id=name, name=name, cluster=cluster, groups=groups)


def event(**more: str) -> Happened:
    """Something that happened to what is named."""
    return Happened(at=AT, kind="SomeEvent", says="", **more)


MINE, OTHER = vm("app05", "esx1", "odd", "front"), vm("app06", "esx3", "even", "back")
HOSTS = (host("esx1", "odd"), host("esx2", "odd"), host("esx3", "even"))
WHOLE = Surroundings(
    clock=Clocks(5, 1),
    vms=tuple(VmState(vm=name, name=name) for name in ("app05", "app06")),
    hosts=HOSTS,
    groups=(Group(name="front", switch="dvs1"), Group(name="back", switch="dvs2")),
    ports=tuple(Port(vm=name, label="Network adapter 1", key=name) for name in ("app05", "app06")),
    switches=tuple(
        Switch(name=name, members=tuple(Member(host=one.name) for one in HOSTS)) for name in ("dvs1", "dvs2")
    ),
    alarms=tuple(
        Alarm(name="Trouble", on=on, status="red", at=AT) for on in ("app05", "esx2", "dvs1", "app06", "dvs2")
    ),
    events=(
        event(vm="app05", vm_id="app05", host="esx9"),
        event(vm="app06", vm_id="app06", host="esx1"),
        event(host="esx2"),
        event(host="esx3"),
        event(switch="dvs1"),
        event(switch="dvs2"),
    ),
    counters=tuple(
        Counter(on=on, name="n", instance="", samples=1, total=1, peak=1) for on in ("app05", "esx1", "esx2")
    ),
    neighbours=tuple(Neighbour(host=one.name, device="vmnic0") for one in HOSTS),
    gaps=(Gap("tools", "Nobody looked inside."),),
)


def around_mine() -> Surroundings:
    """What is around app05."""
    found = near(WHOLE, [MINE])
    assert found is not None
    return found


def test_hosts_are_those_of_the_cluster_with_the_port_groups_of_the_vm() -> None:
    """The other hosts of the cluster are what the VM's own is compared with."""
    told = around_mine().hosts or ()
    assert [one.name for one in told] == ["esx1", "esx2"]
    assert [[group.name for group in one.groups or ()] for one in told] == [["front"], ["front"]]


def test_nothing_of_another_vm_is_handed_out() -> None:
    """Whoever asks for one VM is shown one VM."""
    told = around_mine()
    assert [one.vm for one in told.vms or ()] == [one.vm for one in told.ports or ()] == ["app05"]
    assert [(one.name, [m.host for m in one.members]) for one in told.switches or ()] == [("dvs1", ["esx1", "esx2"])]
    assert [one.name for one in told.groups or ()] == ["front"]
    assert [one.on for one in told.alarms or ()] == ["app05", "esx2", "dvs1"]
    assert [one.on for one in told.counters or ()] == ["app05", "esx1"]
    assert [one.host for one in told.neighbours or ()] == ["esx1", "esx2"]


def test_events_are_those_of_the_vm_its_cluster_and_its_switch() -> None:
    """A VM's own event counts wherever it happened, and that of another VM not even on the same host."""
    assert [(one.vm, one.host, one.switch) for one in around_mine().events or ()] == [
        ("app05", "esx9", None),
        (None, "esx2", None),
        (None, None, "dvs1"),
    ]


def test_what_was_not_read_stays_unread_and_the_gaps_and_the_clock_are_kept() -> None:
    """A family that nobody read must not come out as one that is empty."""
    found = near(Surroundings(clock=WHOLE.clock, gaps=WHOLE.gaps), [MINE])
    assert found == Surroundings(clock=WHOLE.clock, gaps=WHOLE.gaps)


@pytest.mark.parametrize(
    ("name", "around"), [pytest.param("app05", True, id="a VM"), pytest.param("app99", False, id="nobody")]
)
def test_an_answer_has_surroundings_where_it_names_a_vm(name: str, *, around: bool) -> None:
    """As the worker: around nobody nobody looks."""
    whole = Snapshot(
        format="ruleout.vcenter/1", vcenter="dc1", api_version="8.0.1.0", read_at=AT, asked=Query(), complete=True,
        unread=(), vms=(MINE, OTHER), host_nics=(), surroundings=WHOLE,
    )  # fmt: skip
    answer = select(whole, Query(names=(name,)))
    assert answer.surroundings == (around_mine() if around else None)
