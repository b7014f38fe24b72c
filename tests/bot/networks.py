"""Stories of which routers and switches were read: one for each thing that their tables and ports can show."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from ipaddress import IPv4Address
from typing import Any

from bot.model.addresses import Mac
from bot.model.network import (
    Adjacent,
    ArpEntry,
    Counts,
    Device,
    Extent,
    FdbEntry,
    Identity,
    Kind,
    PortState,
    Role,
    Table,
)
from bot.model.vsphere import Neighbour, Teaming
from tests.bot import surroundings, tales
from tests.bot.story import APP, APP_2ND, OTHER, ROUTER, STRANGER, TARGET, Story, story, vantage
from tests.bot.surroundings import cluster

CORE = Device("core-1", Role.CORE)
SECOND = Device("core-2", Role.CORE)
DIST = Device("dist-1", Role.DISTRIBUTION)
ACCESS = Device("access-1", Role.ACCESS)
PORTS = {"esx1": "Gi1/0/1", "esx2": "Gi1/0/2", "esx3": "Gi1/0/3", "esx4": "Gi1/0/4"}
OLD = Mac("00:50:56:aa:00:77")


def holds(mac: Mac | None, *, kind: Kind = Kind.DYNAMIC, ip: IPv4Address = TARGET) -> ArpEntry:
    """An ARP entry four minutes old."""
    return ArpEntry(ip=ip, mac=mac, interface="Vlan10", kind=kind, age_s=240.0)


def at(port: str, mac: Mac = APP, *, kind: Kind = Kind.DYNAMIC, vlan: int = 10) -> FdbEntry:
    """A MAC table entry."""
    return FdbEntry(mac=mac, vlan=vlan, port=port, kind=kind)


def cabled(told: Story, *, second: bool = False, moved_from: str | None = None) -> Story:
    """The VM runs on esx1; vCenter names every host's switch port, and the switches name each other.

    ``second``: esx1 has another uplink, in port 11. ``moved_from`` is the host that the VM left a minute ago.
    """
    heard = [Neighbour(host=host, device="vmnic0", switch="access-1", port=port) for host, port in PORTS.items()]
    heard += [Neighbour(host="esx1", device="vmnic1", switch="access-1", port="Gi1/0/11")] if second else []
    gone = [surroundings.move(moved_from, "esx1", told.now - timedelta(minutes=1))] if moved_from else []
    told = told.around(*cluster(), *heard, *gone)
    told = told.reads(ACCESS, Table.NEIGHBOURS, Adjacent(port="Te1/1/1", name="dist-1.example.net", far_port="Eth1/7"))
    return told.reads(ACCESS, Table.IDENTITY, Identity(name="access-1.example.net", up_s=86_400.0))


def tables(
    told: Story, arp: Mac | None = APP, port: str = "GigabitEthernet1/0/1", mac: Mac = APP, **more: Any
) -> Story:
    """The core's ARP entry, and the way of the MAC through both switches."""
    told = told.reads(CORE, Table.ARP, holds(arp, **more))
    told = told.reads(DIST, Table.FDB, at("Ethernet1/7", mac))
    return told.reads(ACCESS, Table.FDB, at(port, mac))


def with_one_uplink() -> Story:
    """The port group uses one uplink of its host, and where that is plugged in is known."""
    one = surroundings.host(groups=(surroundings.group(teaming=Teaming(active=("vmnic0",))),))
    heard = Neighbour(host="esx1", device="vmnic0", switch="access-1", port="Gi1/0/1")
    return surroundings.losing().waits(1).around(one, heard)


def agreeing() -> Story:
    """All is lost elsewhere; every table is right."""
    return tables(cabled(surroundings.losing()))


def stale() -> Story:
    """The router holds a MAC that nobody has; from elsewhere nothing arrives."""
    return tables(cabled(tales.routed_loss()), OLD)


def told_after(stood_s: float) -> Story:
    """From elsewhere nothing arrives; the router held an old MAC for so long when the target announced itself."""
    told = tales.routed_loss().reads(CORE, Table.ARP, holds(OLD)).waits(stood_s).reads(CORE, Table.ARP, holds(OLD))
    return told.waits(0.1).at(vantage()).announces(APP).waits(0.5)


def stale_though_announced() -> Story:
    """The same, and the target announced itself before the router's table was read for a while."""
    told = told_after(1.5)
    for _ in range(13):
        told = told.reads(CORE, Table.ARP, holds(OLD)).waits(0.25)
    return tables(cabled(told), OLD)


def read_again_too_early() -> Story:
    """The same, read for a second only: an SNMP agent may show an entry so late."""
    told = told_after(1.5)
    for _ in range(3):
        told = told.reads(CORE, Table.ARP, holds(OLD)).waits(0.25)
    return tables(cabled(told), OLD)


def confirmed_just_before() -> Story:
    """The router took the old MAC in half a second before the target announced itself: Linux locks it for one."""
    told = told_after(0.5)
    for _ in range(13):
        told = told.reads(CORE, Table.ARP, holds(OLD)).waits(0.25)
    return tables(cabled(told), OLD)


def told_one_machine_alone() -> Story:
    """The target made sure of our agent's MAC, as guests do every few seconds: nobody else hears that."""
    told = tales.routed_loss().reads(CORE, Table.ARP, holds(OLD)).waits(1.5).reads(CORE, Table.ARP, holds(OLD))
    told = told.at(vantage()).asks(
        1, asker=TARGET, asker_mac=APP, wanted=IPv4Address("10.0.0.250"), to=OTHER, answers=[]
    )
    for _ in range(15):
        told = told.reads(CORE, Table.ARP, holds(OLD)).waits(0.25)
    return tables(cabled(told), OLD)


def corrected_when_told() -> Story:
    """The router held an old MAC until the target asked a question itself, which told everybody."""
    told = cabled(tales.routed_loss()).reads(CORE, Table.ARP, holds(OLD)).waits(0.1).at(vantage())
    told = told.asks(1, asker=TARGET, asker_mac=APP, wanted=IPv4Address("10.0.0.250"), answers=[]).waits(1.5)
    return told.reads(CORE, Table.ARP, holds(APP))


def stale_since_a_silent_move() -> Story:
    """A capture holds the take-over, in which nobody announced the address."""
    told = story().control().asks(answers=[OLD]).waits(1).asks(4, answers=[APP]).waits(3)
    told = told.asks(1, wanted=IPv4Address("10.0.0.9")).vm("app05", [APP, OLD], addresses=[TARGET]).vcenter()
    told = told.at(vantage("dc2-a", "dc2-front", prefix="10.2.0.0/24")).control()
    return tables(cabled(told.echoes(ROUTER, lost=range(1, 6))), OLD)


def pinned() -> Story:
    """Somebody typed a wrong MAC into the router."""
    return tables(cabled(tales.routed_loss()), OTHER, kind=Kind.STATIC)


def asks_in_vain() -> Story:
    """The router asks and hears nothing."""
    return tables(cabled(surroundings.silent()), None)


def disagreeing() -> Story:
    """Of two routers one is right."""
    return tables(cabled(tales.routed_loss()), APP).reads(SECOND, Table.ARP, holds(OLD))


def old_port() -> Story:
    """After a move the switch still sends to the host that the VM left, as first read."""
    told = cabled(story(), moved_from="esx2").reads(ACCESS, Table.FDB, at("Gi1/0/2"))
    told = told.control().asks(answers=[]).waits(1)
    return told.vm("app05", [APP], addresses=[TARGET]).vcenter()


def kept_port() -> Story:
    """The VM was heard, and the switch still sends to the host that it left."""
    told = cabled(tales.only_broadcasts().waits(1), moved_from="esx2")
    return told.reads(ACCESS, Table.FDB, at("Gi1/0/2"))


def pinned_port() -> Story:
    """A static MAC table entry points to another host."""
    told = cabled(tales.only_broadcasts().waits(1))
    return told.reads(ACCESS, Table.FDB, at("Gi1/0/3", kind=Kind.STATIC))


def no_port() -> Story:
    """The VM was heard, and the switch that its host is plugged into has no entry."""
    return cabled(surroundings.losing().waits(1)).reads(ACCESS, Table.FDB, at("Gi1/0/2", STRANGER))


def flapping(first: str, second: str) -> Story:
    """The MAC is read on two ports by turns."""
    told = cabled(surroundings.losing(), second=True)
    for port in (first, second, first, second):
        told = told.waits(0.3).reads(ACCESS, Table.FDB, at(port))
    return told


def flaps_to_elsewhere() -> Story:
    """By turns on the host's port and on one that is no host's."""
    return flapping("Gi1/0/1", "Gi1/0/40")


def flaps_on_one_host() -> Story:
    """By turns on both uplinks of its host."""
    return flapping("Gi1/0/1", "Gi1/0/11")


def flaps_between_hosts() -> Story:
    """By turns on the ports of two hosts."""
    return flapping("Gi1/0/1", "Gi1/0/2")


def ports(told: Story, *states: PortState) -> Story:
    """The access switch's ports were read."""
    return told.reads(ACCESS, Table.PORTS, *states)


def vlan_missing() -> Story:
    """The port of its host lacks the VLAN that another host's port carries."""
    carried = {"esx1": (1, 20), "esx2": (1, 10, 20)}
    return ports(
        cabled(surroundings.silent()),
        *(PortState(port=PORTS[host], up=True, vlans=vlans) for host, vlans in carried.items()),
    )


def port_down() -> Story:
    """The port of its host has no link."""
    return ports(cabled(surroundings.silent()), PortState(port="Gi1/0/1", enabled=True, up=False, vlans=(10,)))


def port_shut() -> Story:
    """Somebody shut the port of its host."""
    return ports(cabled(surroundings.silent()), PortState(port="Gi1/0/1", enabled=False, up=False, vlans=(10,)))


def labelled_port_shut() -> Story:
    """The host's uplink has no link, so nobody named its port; one that is shut has the host's name on it."""
    told = surroundings.silent().around(surroundings.host(down=("vmnic0", "vmnic1")))
    return ports(told, PortState(port="Gi1/0/1", label="ESX1 vmnic0", enabled=False, up=False))


def one_of_two_errs() -> Story:
    """Of two uplinks the one that carries the target receives damaged frames."""
    told = cabled(surroundings.losing(), second=True).reads(ACCESS, Table.FDB, at("Gi1/0/1"))
    for errors in (100, 160):
        told = ports(
            told.waits(1),
            PortState(port="Gi1/0/1", up=True, counts=Counts(errors_in=errors)),
            PortState(port="Gi1/0/11", up=True, counts=Counts(errors_in=7)),
        )
    return told


def fabric_errs() -> Story:
    """Of two fabrics the cable of the one that carries the target receives damaged frames."""
    left, right = replace(ACCESS, fabric="A"), Device("access-2", Role.ACCESS, fabric="B")
    told = (
        surroundings.losing()
        .waits(1)
        .around(
            *cluster(),
            Neighbour(host="esx1", device="vmnic0", switch="access-1", port="Gi1/0/1"),
            Neighbour(host="esx1", device="vmnic1", switch="access-2", port="Gi1/0/1"),
        )
    )
    told = told.reads(left, Table.FDB, at("Gi1/0/1")).reads(DIST, Table.FDB, at("Eth1/7"))
    for device, far in ((left, "Eth1/7"), (right, "Eth1/8")):
        told = told.reads(device, Table.NEIGHBOURS, Adjacent(port="Te1/1/1", name="dist-1", far_port=far))
    for errors in (100, 160):
        told = told.waits(1)
        for device, grown in ((left, errors), (right, 7)):
            told = told.reads(device, Table.PORTS, PortState(port="Te1/1/1", counts=Counts(errors_in=grown)))
    return told


def half_read() -> Story:
    """A walk broke off, and another device did not answer."""
    told = cabled(surroundings.losing())
    told = told.reads(
        CORE, Table.ARP, extent=Extent.PART, why="core-1 stopped answering in the middle of its ARP table."
    )
    return told.reads(DIST, Table.FDB, extent=Extent.NONE, why="dist-1 did not answer over SNMP.")


def two_live() -> Story:
    """Two MACs of one VM answer, and the router holds one of them."""
    told = tales.crashed_agent()
    return tables(cabled(told), APP_2ND)


ALL: tuple[Callable[[], Story], ...] = (
    agreeing, stale, stale_though_announced, read_again_too_early, confirmed_just_before, told_one_machine_alone,
    corrected_when_told, stale_since_a_silent_move, pinned, asks_in_vain, disagreeing, old_port, kept_port,
    pinned_port, no_port, flaps_to_elsewhere, flaps_on_one_host, flaps_between_hosts, vlan_missing, port_down,
    port_shut, labelled_port_shut, one_of_two_errs, fabric_errs, half_read, two_live,
)  # fmt: skip
