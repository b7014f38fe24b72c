"""What the lab's routers and switches tell over SNMP is what their kernels hold, whoever answers in them."""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from bot.model.job import Probe
from bot.model.network import Adjacent, ArpEntry, Extent, FdbEntry, Identity, Kind, PortState, Row
from bot.model.observation import Observation, RowSeen, TableRead
from deploy.lab.client import Lab
from tests.fixtures.lab import fresh
from tests.lab import held
from tests.lab.looking import SILENT, ask, macs, vm
from tests.lab.reading import Looker, job, reader

pytestmark = pytest.mark.lab

VLANS = {"prod": 10, "office": 20}
FAR_AWAY = "192.168.99.77"
"""An address of the network of management that nobody has."""


@pytest.fixture(scope="module", params=[pytest.param(True, id="snmpd"), pytest.param("played", id="played")])
def lab(request: pytest.FixtureRequest) -> Iterator[Lab]:
    """A lab whose devices are answered for by Debian's snmpd, and one where we play it."""
    yield from fresh(snmp=request.param)


@pytest.fixture(scope="module")
def tables(lab: Lab) -> Iterator[Looker]:
    """A reader of tables beside the network of management."""
    with reader(lab) as found:
        yield found


def kernel(lab: Lab, node: str, table: str) -> list[list[Any]]:
    """What the node's kernel holds, read by another library than the agents use."""
    argv = [sys.executable, held.__file__, table]
    done = lab.run(node, argv, capture_output=True, text=True, timeout=20, check=True)
    rows: list[list[Any]] = json.loads(done.stdout)
    return rows


def rows(seen: list[Observation], device: str, kind: type[Row]) -> list[Any]:
    """The rows of one kind that the device told."""
    return [
        one.row for one in seen if isinstance(one, RowSeen) and one.device.name == device and isinstance(one.row, kind)
    ]


def test_every_device_says_who_it_is_and_that_all_was_read(lab: Lab, tables: Looker) -> None:
    """The core is asked by SNMPv3 where snmpd answers, which a wrong key would leave unread."""
    assert ask(lab, "agent-office", "ping", "10.0.0.2")
    seen = tables.look(job(Probe.NETWORK, "10.0.0.2"))
    for device in ("router", "dist", "switch"):
        assert [row.name for row in rows(seen, device, Identity)] == [device]
    assert {one.why for one in seen if isinstance(one, TableRead) and one.why} == {
        "router shows no VLANs over SNMP (Q-BRIDGE-MIB).",
        "router tells of no neighbour by LLDP or CDP.",
    }
    assert {one.extent for one in seen if isinstance(one, TableRead)} <= {Extent.WHOLE, Extent.ASKED, Extent.NONE}


def test_the_router_tells_the_entries_of_its_kernel_and_which_are_static(lab: Lab, tables: Looker) -> None:
    """A static entry neither ages nor learns, so the advice differs."""
    state = lab.apply("router_static_entry", "app03")
    lab.apply("healthy", "app02")
    assert ask(lab, "agent-office", "ping", "10.0.0.2")
    held_now = {(ip, mac, static) for ip, mac, static in kernel(lab, "router", "arp") if ip.startswith("10.")}
    seen = tables.look(job(Probe.NETWORK, "10.0.0.3"))
    told = {(str(row.ip), row.mac, row.kind is Kind.STATIC) for row in rows(seen, "router", ArpEntry) if row.mac}
    assert {one for one in told if one[0].startswith("10.0.0.") and one[0] != "10.0.0.1"} == {
        one for one in held_now if one[0].startswith("10.0.0.")
    }
    (pinned,) = [mac for ip, mac, static in told if ip == "10.0.0.3" and static]
    assert pinned not in macs(state, "app03")


@pytest.mark.parametrize("device", ["dist", "switch"])
def test_a_switch_tells_the_entries_of_its_bridges_with_vlan_port_and_kind(
    lab: Lab, tables: Looker, device: str
) -> None:
    """Every one of them: a table that is shown in part would clear the rest."""
    seen = tables.look(job(Probe.NETWORK, "10.0.0.2", macs=macs(lab.state(), "app02")))
    told = {(row.vlan, row.mac, row.port, row.kind is Kind.STATIC) for row in rows(seen, device, FdbEntry)
            if row.kind is not Kind.OWN}  # fmt: skip
    assert told == {(VLANS[bridge], mac, port, static) for bridge, mac, port, static in kernel(lab, device, "fdb")}
    assert {mac for vlan, mac, _, _ in told if vlan == 10} >= {lab.state()["segments"][0]["gateway_mac"]}


def test_neighbours_name_each_other_with_the_ports_of_one_cable(lab: Lab, tables: Looker) -> None:
    """The way of a MAC is walked along them."""
    seen = tables.look(job(Probe.NETWORK, "10.0.0.2"))
    told = {
        (device, row.port, row.name, row.far_port)
        for device in ("dist", "switch")
        for row in rows(seen, device, Adjacent)
    }
    assert {("switch", "p-dist-10", "dist", "p-switch-10"), ("dist", "p-switch-10", "switch", "p-dist-10")} <= told
    assert ("dist", "p-router-10", "router", "prod") in told
    assert all((far, there, near, here) in told for near, here, far, there in told if far != "router")


def test_a_port_that_lost_its_vlan_does_not_carry_it_and_the_others_do(lab: Lab, tables: Looker) -> None:
    """One host of the cluster is dark, and its neighbour's port is the comparison."""
    state = lab.apply("trunk_lacks_vlan", "app05")
    seen = tables.look(job(Probe.NETWORK, "10.0.0.5"))
    carried = {row.port: row.vlans for row in rows(seen, "switch", PortState) if row.port.startswith("p-esx")}
    lost = f"p-{vm(state, 'app05')['host']}"
    assert carried == {port: () if port == lost else (10,) for port in carried}
    assert len(carried) == 4


def test_from_the_network_of_management_nothing_is_forwarded_nor_into_it(lab: Lab) -> None:
    """A way around the segments would let a check reach what users do not."""
    through = (
        "from pyroute2 import IPRoute\n"
        "with IPRoute() as kernel: kernel.route('replace', dst='10.0.0.0/24', gateway='192.168.99.1')"
    )
    lab.run("mgmt", [sys.executable, "-c", through], check=True, timeout=20)
    assert ask(lab, "mgmt", "ping", "192.168.99.1")
    assert ask(lab, "mgmt", "ping", "10.0.0.6", within_s=SILENT) == []
    assert ask(lab, "app06", "ping", "10.0.1.250")
    assert ask(lab, "app06", "ping", FAR_AWAY, within_s=SILENT) == []
    assert ask(lab, "app06", "ping", "10.0.1.77", within_s=SILENT) == []
    done = lab.run("router", ["cat", "/proc/net/arp"], stdout=subprocess.PIPE, text=True, check=True, timeout=20)
    assert "10.0.1.77 " in done.stdout  # whom the router asks for when it is to forward
    assert f"{FAR_AWAY} " not in done.stdout
