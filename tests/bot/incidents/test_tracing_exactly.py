"""Whatever is corrupted in whatever network: exactly that is marked, and exactly that is to be cleared.

Networks are drawn from a seed: routers, a tree of switches, hosts with a VM that answers; then entries are wronged.
"""

from dataclasses import dataclass, field
from random import Random

import pytest

from bot.incidents.tracing import trace
from bot.model.addresses import Mac
from bot.model.network import Adjacent, ArpEntry, Device, FdbEntry, Kind, Role, Row, Table
from bot.model.path import Mark, Place
from bot.model.vsphere import Neighbour
from tests.bot import surroundings
from tests.bot.story import APP, TARGET, Story

AMISS = (Mark.WRONG, Mark.OLD, Mark.MISSING)


@dataclass
class Network:
    """A tree of switches below some routers; ``ports[a][b]`` is the port of ``a`` that leads towards ``b``."""

    rng: Random
    routers: list[Device] = field(default_factory=list)
    switches: list[Device] = field(default_factory=list)
    ports: dict[str, dict[str, str]] = field(default_factory=dict)
    hosts: dict[str, str] = field(default_factory=dict)

    def port(self, of: str, towards: str) -> str:
        """A fresh port of one device, plugged into another machine."""
        mine = self.ports.setdefault(of, {})
        style = self.rng.choice(("Gi1/0/{}", "Ethernet1/{}", "xe-0/0/{}", "swp{}"))
        return mine.setdefault(towards, style.format(len(mine) + 1))


def drawn(rng: Random) -> Network:
    """One to three routers, one to seven switches, four hosts of which esx1 runs the VM."""
    net = Network(rng, [Device(f"core-{n}", Role.CORE) for n in range(rng.randint(1, 3))])
    for number in range(rng.randint(1, 7)):
        role = Role.DISTRIBUTION if number < 2 else Role.ACCESS
        device = Device(f"sw-{number}", role)
        if number:
            above = rng.choice(net.switches).name
            net.port(device.name, above)
            net.port(above, device.name)
        net.switches.append(device)
    for host in surroundings.NAMES:
        net.hosts[host] = rng.choice(net.switches).name
        net.port(net.hosts[host], host)
    return net


def way(net: Network, start: str, end: str) -> list[str]:
    """The switches from one to another, both included; in a tree there is one way."""

    def walk(here: str, came: str | None) -> list[str] | None:
        if here == end:
            return [here]
        for there in net.ports.get(here, {}):
            if there.startswith("sw-") and there != came and (rest := walk(there, here)):
                return [here, *rest]
        return None

    return walk(start, None) or []


def right_port(net: Network, switch: str) -> str:
    """The port of the switch that leads to esx1."""
    home = net.hosts["esx1"]
    if switch == home:
        return net.ports[switch]["esx1"]
    return net.ports[switch][way(net, switch, home)[1]]


def told(net: Network, tables: dict[tuple[str, Table], Row]) -> Story:
    """All of it as it would be read, after the VM was heard."""
    heard = [
        Neighbour(host=host, device="vmnic0", switch=switch, port=net.ports[switch][host])
        for host, switch in net.hosts.items()
    ]
    story = surroundings.losing().waits(1).around(*surroundings.cluster(), *heard)
    for device in (*net.routers, *net.switches):
        for table in (Table.ARP, Table.FDB):
            if (device.name, table) in tables or device in net.switches:
                rows = [tables[device.name, table]] if (device.name, table) in tables else []
                story = story.reads(device, table, *rows)
        far = [
            Adjacent(port=port, name=f"{other}.example.net", far_port=net.ports[other][device.name])
            for other, port in net.ports.get(device.name, {}).items()
            if other.startswith("sw-")
        ]
        story = story.reads(device, Table.NEIGHBOURS, *far)
    return story


@pytest.mark.parametrize("seed", range(60))
def test_corrupted_entries_are_listed_exactly_no_more_and_no_less(seed: int) -> None:
    """An entry too many sends somebody to a healthy switch; one too few leaves the outage."""
    rng = Random(seed)
    net = drawn(rng)
    tables: dict[tuple[str, Table], Row] = {
        (router.name, Table.ARP): ArpEntry(ip=TARGET, mac=APP, interface="Vlan10", kind=Kind.DYNAMIC)
        for router in net.routers
    }
    tables |= {
        (one.name, Table.FDB): FdbEntry(mac=APP, vlan=10, port=right_port(net, one.name), kind=Kind.DYNAMIC)
        for one in net.switches
    }
    wronged = {}
    for key in rng.sample(sorted(tables), rng.randint(0, len(tables))):
        name, table = key
        kind = rng.choice((Kind.DYNAMIC, Kind.STATIC))
        if table is Table.ARP:
            tables[key] = ArpEntry(ip=TARGET, mac=Mac(f"00:50:56:bb:00:{rng.randrange(1, 200):02x}"), kind=kind)
        else:
            others = [port for port in net.ports[name].values() if port != right_port(net, name)]
            if not others:
                continue
            tables[key] = FdbEntry(mac=APP, vlan=10, port=rng.choice(others), kind=kind)
        wronged[key] = kind
    path = trace(told(net, tables).evidence())
    marked = {
        (hop.device, Table.ARP if hop.place is Place.ARP else Table.FDB): hop
        for hop in path.hops
        if hop.place in (Place.ARP, Place.FDB) and hop.mark in AMISS
    }
    assert set(marked) == set(wronged)
    assert {key for key, hop in marked.items() if hop.pinned} == {
        key for key, kind in wronged.items() if kind is Kind.STATIC
    }
    assert len(path.clear) == len(wronged)
    assert {one.device for one in path.clear} == {name for name, _ in wronged}
    seen = [hop for hop in path.hops if hop.place in (Place.ARP, Place.FDB)]
    assert len(seen) == len(tables)
