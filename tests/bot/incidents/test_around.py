"""What lies around a VM, in words: each line names what somebody would go and look at."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.incidents import around
from bot.model.vsphere import (
    Alarm,
    Clocks,
    Gap,
    Group,
    Happened,
    Host,
    HostSwitch,
    Neighbour,
    Policy,
    Port,
    Surroundings,
    Switch,
    Task,
    Teaming,
    Uplink,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOST = Host(
    id="host-1", name="esx-1", connection="connected", status="green",
    uplinks=(Uplink(device="vmnic0", driver="nenic", speed_mbps=10000), Uplink(device="vmnic1")),
    switches=(HostSwitch(name="DVS0", distributed=True, uplinks=("vmnic0",), names=("Uplink 1",)),),
)  # fmt: skip


def moved(minutes: int, source: str, host: str, vm_id: str = "vm-1") -> Happened:
    return Happened(
        at=NOON + timedelta(minutes=minutes), kind="VmMigratedEvent", says="", vm="app05", vm_id=vm_id, host=host,
        source=source,
    )  # fmt: skip


def lines(told: Surroundings, title: str) -> tuple[str, ...]:
    return next((one.lines for one in around.sections(told, {"esx-1"}, {"vm-1"}) if one.title == title), ())


@pytest.mark.parametrize(
    ("told", "title", "says"),
    [
        pytest.param(
            Surroundings(
                hosts=(HOST,),
                neighbours=(Neighbour(host="esx-1", device="vmnic0", switch="sw-a", port="Eth1/7", vlan=10),),
            ),
            "Uplinks",
            (
                "esx-1 vmnic0 · 10000 Mbit/s · driver nenic · carries DVS0 (Uplink 1) · at Eth1/7 of sw-a, VLAN 10",
                "esx-1 vmnic1 · no link · carries no virtual switch · switch port not known",
            ),
            id="uplinks-and-their-switch-ports",
        ),
        pytest.param(
            Surroundings(alarms=(Alarm(name="Uplink redundancy lost", on="esx-1", status="red", at=NOON),)),
            "Alarms",
            ("Uplink redundancy lost on esx-1: red since `2026-03-01 12:00:00 UTC`",),
            id="alarms",
        ),
        pytest.param(
            Surroundings(events=(moved(1, "esx-1", "esx-2"), moved(2, "esx-2", "esx-1"), moved(3, "a", "b", "vm-9"))),
            "Last moves",
            (
                "app05 moved from esx-2 to esx-1 at `2026-03-01 12:02:00 UTC`",
                "app05 moved from esx-1 to esx-2 at `2026-03-01 12:01:00 UTC`",
            ),
            id="moves-of-this-vm-the-latest-first",
        ),
        pytest.param(
            Surroundings(
                ports=(Port(vm="vm-1", label="Network adapter 1", key="7", link_up=False, blocked=True, vlans=(10,)),)
            ),
            "Ports",
            ("Network adapter 1 · LINK DOWN · BLOCKED · VLAN 10",),
            id="a-port-that-is-blocked-shouts",
        ),
        pytest.param(
            Surroundings(
                groups=(
                    Group(
                        name="prod-10",
                        vlan=10,
                        teaming=Teaming(policy="loadbalance_ip", notifies=False),
                        policy=Policy(forged=False),
                    ),
                )
            ),
            "Port groups",
            (
                "prod-10 · VLAN 10 · teaming loadbalance_ip · switches are not notified of moves "
                "· forged transmits rejected",
            ),
            id="port-groups",
        ),
        pytest.param(
            Surroundings(switches=(Switch(name="DVS0", mtu=1500, health_checked=False),)),
            "Switches",
            ("DVS0 · MTU 1500 · health check off",),
            id="switches",
        ),
        pytest.param(
            Surroundings(
                tasks=(
                    Task(at=NOON, kind="VirtualMachine.reconfigure", on="app05", vm="vm-1", state="success", by="ana"),
                    Task(
                        at=NOON + timedelta(minutes=1),
                        kind="VirtualMachine.migrate",
                        on="app05",
                        vm="vm-1",
                        state="error",
                        error="busy",
                    ),
                )
            ),
            "Tasks of the last day",
            (
                "`2026-03-01 12:01:00 UTC`: VirtualMachine.migrate on app05: error (busy)",
                "`2026-03-01 12:00:00 UTC`: VirtualMachine.reconfigure on app05 for ana: success",
            ),
            id="who-changed-what-the-latest-first",
        ),
        pytest.param(Surroundings(hosts=(), alarms=()), "Alarms", (), id="nothing-to-say"),
    ],
)
def test_each_thing_around_is_one_line(told: Surroundings, title: str, says: tuple[str, ...]) -> None:
    """The card answers "on which switch port?" without anybody opening vCenter."""
    assert lines(told, title) == says


def test_of_a_cluster_only_the_hosts_of_the_machine_are_told() -> None:
    """The others were read to be compared with; sixty of them would bury the one that matters."""
    other = Host(id="host-2", name="esx-2", uplinks=(Uplink(device="vmnic0"),))
    told = Surroundings(hosts=(HOST, other))
    assert all("esx-2" not in line for one in around.sections(told, {"esx-1"}, {"vm-1"}) for line in one.lines)


def test_uplinks_alarms_and_moves_stand_beside_the_owner() -> None:
    """They are what is asked first; the rest waits in the thread."""
    told = Surroundings(
        hosts=(HOST,), alarms=(Alarm(name="a", on="b", status="red", at=NOON),), events=(moved(1, "x", "y"),),
        switches=(Switch(name="DVS0"),),
    )  # fmt: skip
    shown = {one.title: one.shown for one in around.sections(told, {"esx-1"}, {"vm-1"})}
    assert shown == {"Uplinks": True, "Alarms": True, "Last moves": True, "Hosts": False, "Switches": False}


@pytest.mark.parametrize(
    ("clock", "count"),
    [(None, 1), (Clocks(ahead_ms=200, within_ms=5), 1), (Clocks(ahead_ms=-64000, within_ms=5), 2)],
)
def test_what_was_not_read_is_a_sentence_and_so_is_a_wrong_clock(clock: Clocks | None, count: int) -> None:
    """Times of two clocks beside each other make a cause out of an accident."""
    told = around.gaps(Surroundings(clock=clock, gaps=(Gap("events", "Events were not read: no permission."),)))
    assert len(told) == count
    assert told[0] == "Events were not read: no permission."
    assert count == 1 or "64.0 s behind" in told[1]
