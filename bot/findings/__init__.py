"""What observations establish: one finding, or one close family, per file. The ids are a public contract."""

from bot.findings import (
    alarms,
    arp_answering,
    arp_claiming,
    arp_counting,
    arp_doubling,
    arp_probing,
    arp_unasked,
    carrying,
    changes,
    echo_entries,
    group_policy,
    guest_bond,
    guest_inside,
    guest_state,
    health_check,
    host_state,
    icmp_echoing,
    instrument,
    mac_conflicts,
    moves,
    mtu_setting,
    next_hop,
    owner_of_macs,
    owner_of_target,
    port_moved,
    port_state,
    reported,
    segment_load,
    sent_alone,
    storage_state,
    switch_ports,
    teaming,
    teaming_setting,
    uplinks,
    vcenter_reading,
    vcenter_state,
    virtual_router,
    vlan_drift,
)
from bot.findings.narrowing import about_target
from bot.model.finding import Evidence, Finding

ALL = (
    instrument,
    arp_answering,
    arp_claiming,
    virtual_router,
    arp_counting,
    arp_probing,
    arp_unasked,
    arp_doubling,
    teaming,
    icmp_echoing,
    sent_alone,
    echo_entries,
    carrying,
    next_hop,
    owner_of_macs,
    owner_of_target,
    vcenter_state,
    guest_bond,
    guest_inside,
    port_moved,
    vcenter_reading,
    host_state,
    uplinks,
    port_state,
    vlan_drift,
    teaming_setting,
    group_policy,
    mtu_setting,
    health_check,
    switch_ports,
    alarms,
    mac_conflicts,
    guest_state,
    storage_state,
    changes,
    moves,
    reported,
)
OF_SEGMENT = (segment_load,)
"""Findings for which everything counts that was heard, and not only what is about the target."""


def establish(evidence: Evidence) -> tuple[Finding, ...]:
    """Every finding on this evidence, each exactly once, in the order of the catalogue."""
    narrowed = about_target(evidence)
    about = (found for module in ALL for found in module.find(narrowed))
    return (*about, *(found for module in OF_SEGMENT for found in module.find(evidence)))
