"""Faults of tables, staged on real packets and real tables, and judged through queue, agents and real SNMP agents."""

import shutil

import pytest

from deploy.bench.lab import stage
from deploy.demo.vcenter.played import played
from deploy.lab import ns
from deploy.lab.snmp import SNMPD
from tests.fixtures.tools import missing

pytestmark = [pytest.mark.lab, pytest.mark.server]

SEED = 7


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param("router_keeps_stale_entry", id="a-stale-entry-though-it-was-announced"),
        pytest.param("agent_repaired", id="a-stale-entry-that-nobody-announced"),
        pytest.param("router_static_entry", id="a-static-entry-in-the-router"),
        pytest.param("switch_static_entry", id="a-static-entry-in-the-switch"),
        pytest.param("switch_keeps_old_port", id="a-stale-port-after-a-move"),
        pytest.param("dist_keeps_old_port", id="a-stale-port-above-the-hosts-switch"),
        pytest.param("trunk_lacks_vlan", id="a-vlan-missing-on-a-trunk-port"),
        pytest.param("mac_on_two_ports", id="a-mac-that-flaps-between-two-ports"),
        pytest.param("uplink_member_bad", id="a-bad-uplink-of-two"),
        pytest.param("fabric_uplink_bad", id="a-bad-fabric-of-two"),
    ],
)
def test_a_fault_of_the_tables_is_judged_as_honest_evidence_allows(fault: str) -> None:
    """What tables can decide is decided, with the right cause; for the rest the next measurement is named."""
    if (reason := ns.doctor()) is not None:
        missing(reason)
    if SNMPD is None or shutil.which("redis-server") is None:
        missing("snmpd and redis-server are needed")
    result = stage(played, fault, SEED)
    assert result.tables
    assert result.right, (result.answer, result.cause, result.honest)
