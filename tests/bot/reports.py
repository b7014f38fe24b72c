"""Incidents of which only reports are known: for every cause that people can report, how it is told at least."""

from collections.abc import Callable, Iterator
from functools import partial

from bot.findings.reported import vocabulary
from tests.bot.story import Story, story

Report = tuple[str, str | None]

GUEST: dict[str, tuple[Report, ...]] = {
    "guest.bonding_agent_answers_with_two_macs": (("arp_claims", "same_vm_vnics"), ("icmp_loss", "intermittent")),
    "guest.duplicate_ip_two_vms": (("guest_duplicate_ip", None),),
    "guest.cluster_node_wrong": (("guest_agent_state", "claims_active"),),
    "guest.address_never_announced": (("garp_not_sent", None),),
    "guest.address_missing": (("guest_ip_missing", "absent"),),
    "guest.nic_misconfigured": (("guest_nic_misconfig", "netmask"),),
    "guest.no_route_back": (("guest_route", "missing"),),
    "guest.firewall_drops": (("guest_firewall", "quarantine_event"),),
    "guest.software_faulty": (("affected_group", "guest"), ("guest_counters", "receive_errors")),
    "guest.vm_floods_segment": (("switch_port_errdisabled", None), ("capture", "bpdu_from_vm_mac")),
}

NETWORK: dict[str, tuple[Report, ...]] = {
    "network.port_vlan_wrong": (("switch_port_vlan_mismatch", None),),
    "network.switch_faulty": (("switch_log_fault", "crash"),),
    "network.fabric_fault": (("ucs_fault", None), ("uplink_down", None)),
    "network.table_kept_old_entry": (
        ("router_arp_stale", None),
        ("garp_sent", "correct"),
        ("switch_fdb", "wrong_port"),
    ),
    "network.device_claims_ip": (("arp_claims", "switch_mac"),),
    "network.storm": (("storm_broadcast", None), ("switch_cpu_high", None)),
    "network.dhcp_leased_twice": (("dhcp", "double_lease"),),
    "network.path_to_port_broken": (("capture", "leaves_uplink_no_reply"), ("all_hosts_affected", None)),
}

HYPERVISOR: dict[str, tuple[Report, ...]] = {
    "hypervisor.host_networking_broken": (("host_state_fault", "nic_driver_fatal"), ("uplink_down", None)),
    "hypervisor.host_setting_wrong": (("loss_follows_host", None), ("ab_test", "host_setting")),
    "hypervisor.policy_rejects_mac": (("security_policy_reject", "policy_setting"),),
    "hypervisor.portgroup_vlan_wrong": (("portgroup_vlan_mismatch", None),),
    "hypervisor.teaming_wrong": (("capture", "own_frame_returns_on_uplink"),),
    "hypervisor.does_not_notify": (
        ("notify_switches", "off"),
        ("switch_fdb", "wrong_port"),
        ("loss_after_vmotion", None),
    ),
    "hypervisor.duplicate_mac": (("mac_conflict_event", None),),
    "hypervisor.long_stun": (("vm_stun_time", None), ("loss_after_event", "snapshot_stun")),
    "hypervisor.vnic_disconnected": (("vnic_disconnected", "state_false"),),
    "hypervisor.host_interface_claims_ip": (("arp_claims", "host_nic"),),
}

DECIDED = {**GUEST, **NETWORK, **HYPERVISOR}
"""What is enough to name the cause, by cause."""


def told(reports: tuple[Report, ...]) -> Story:
    """A story of these reports alone; a splitting attribute's value is its side."""
    so_far = story()
    for kind, value in reports:
        so_far.reports(kind, value, domain=value if kind == "affected_group" else None)
    return so_far


def by_design() -> Story:
    """Several MACs for one address, none of them by mistake, and no loss."""
    return story().reports("arp_claims", "virtual_mac").reports("guest_bonding_mode", "slaves_share_mac")


def _words() -> Iterator[Callable[[], Story]]:
    for word in vocabulary.ALL:
        for kind, values in word.kinds.items():
            for value in values or (None,):
                yield partial(_one, kind, value or None, word.domain)


def _one(kind: str, value: str | None, domain: str | None) -> Story:
    return story().reports(kind, value, domain=domain)


def _joined(*reports: Report) -> Callable[[], Story]:
    return partial(told, reports)


JOINTS = (
    _joined(("garp_sent", "correct"), ("security_policy_reject", "policy_setting")),
    _joined(("uplink_down", None), ("all_hosts_affected", None)),
    by_design,
)
ALL: tuple[Callable[[], Story], ...] = (*(partial(told, reports) for reports in DECIDED.values()), *JOINTS)
WORDS = tuple(_words())
"""One story for every value of every kind that the vocabulary knows."""
