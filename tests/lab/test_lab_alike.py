"""What only looks like a fault: how it shows on the wire, and that nobody suffers from it."""

import pytest

from deploy.lab.client import Lab
from deploy.lab.vcenter import snapshot
from tests.lab.looking import ALL, SILENT, ask, macs, vm

pytestmark = pytest.mark.lab


def reachable(lab: Lab, address: str) -> bool:
    """Whether its own segment and another one get an echo back; the first packet to a new MAC may be lost."""
    return all(
        any(ask(lab, node, "ping", address, within_s=SILENT) for _ in range(3))
        for node in ("agent-prod", "agent-office")
    )


def test_a_vm_that_was_moved_answers_from_its_new_host(lab: Lab) -> None:
    """The switch has to send to another port from now on, and the guest has noticed nothing."""
    before = vm(lab.state(), "app02")["host"]
    state = lab.apply("clean_vmotion", "app02")
    (move,) = state["moves"]
    assert (move["vm"], move["from_host"], move["to_host"]) == ("app02", before, vm(state, "app02")["host"])
    assert vm(state, "app02")["host"] != before
    assert ask(lab, "agent-prod", "arp", "10.0.0.2", expected=ALL, within_s=SILENT) == macs(state, "app02")
    assert reachable(lab, "10.0.0.2")


def test_a_bond_fails_over_once_and_its_old_mac_stays_silent(lab: Lab) -> None:
    """One change, an announcement, and no way back: the shape that a crashed agent never has."""
    first, second = macs(lab.apply("bond_failover", "app03"), "app03")
    heard = [ask(lab, "agent-prod", "arp", "10.0.0.3", expected=ALL, within_s=0.1) for _ in range(8)]
    assert all(len(answers) <= 1 for answers in heard)
    told = [answer for answers in heard for answer in answers]
    assert {first, second} == set(told)
    assert told == sorted(told, key=[first, second].index)
    assert reachable(lab, "10.0.0.3")


@pytest.mark.parametrize(
    ("fault", "name", "mac"),
    [
        pytest.param("nlb_unicast", "app06", "02:bf:0a:00:00:06", id="unicast"),
        pytest.param("nlb_multicast", "app08", "03:bf:0a:00:00:08", id="multicast"),
    ],
)
def test_a_load_balancing_node_answers_with_a_mac_that_no_frame_comes_from(
    lab: Lab, fault: str, name: str, mac: str
) -> None:
    """So no switch learns it; the router gets through all the same."""
    lab.apply(fault, name)
    address = f"10.0.0.{int(name[-2:])}"
    assert ask(lab, "agent-prod", "arp", address, expected=ALL, within_s=SILENT) == [f"{mac}!"]
    assert any(ask(lab, "agent-office", "ping", address, within_s=SILENT) for _ in range(3))


def test_a_vmkernel_port_answers_with_its_own_mac_beside_the_vm(lab: Lab) -> None:
    """A host has several, and each owns its address alone."""
    state = lab.apply("vmk_has_address", "app10")
    (vmk,) = [nic for host in state["hosts"] for nic in host["nics"] if nic["address"] == "10.0.0.10"]
    assert vmk["device"] == "vmk1"
    answers = ask(lab, "agent-prod", "arp", "10.0.0.10", expected=ALL, within_s=SILENT)
    assert sorted(answers) == sorted([*macs(state, "app10"), vmk["mac"]])
    assert snapshot(state, macs=[vmk["mac"]])["host_nics"][0]["addresses"] == ["10.0.0.10"]


def test_an_address_that_was_leased_anew_is_at_its_new_tenant_alone(lab: Lab) -> None:
    """The first tenant still runs: only its address has gone."""
    old = macs(lab.state(), "app04")
    state = lab.apply("dhcp_reuse", "app04")
    (tenant,) = snapshot(state, ips=["10.0.0.4"])["vms"]
    assert tenant["name"] != "app04"
    answers = ask(lab, "agent-prod", "arp", "10.0.0.4", expected=ALL, within_s=SILENT)
    assert answers == [tenant["nics"][0]["mac"]]
    assert answers[0] not in old
    assert vm(state, "app04")["power"] == "poweredOn"
    assert reachable(lab, "10.0.0.4")


def test_a_shut_switch_port_takes_the_link_of_the_uplink_and_every_vm_behind_it(lab: Lab) -> None:
    """In the hosts' eyes it is what an uplink of their own that fails is."""
    state = lab.apply("switch_port_shut", "app11")
    host = vm(state, "app11")["host"]
    (row,) = [one for one in state["hosts"] if one["name"] == host]
    assert [nic["link_up"] for nic in row["nics"] if nic["device"] == "vmnic0"] == [False]
    behind = [one for one in state["vms"] if one["host"] == host]
    assert len(behind) > 1
    for one in behind:
        assert ask(lab, "agent-prod", "arp", f"10.0.0.{int(one['name'][-2:])}", within_s=SILENT) == []
    assert ask(lab, "agent-prod", "arp", "10.0.0.1") == [state["segments"][0]["gateway_mac"]]
