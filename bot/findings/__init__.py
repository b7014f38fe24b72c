"""What observations establish: one finding, or one close family, per file. The ids are a public contract."""

from bot.findings import (
    arp_answering,
    arp_claiming,
    arp_counting,
    arp_doubling,
    arp_probing,
    arp_unasked,
    carrying,
    echo_entries,
    guest_agents,
    guest_bond,
    guest_inside,
    icmp_echoing,
    instrument,
    next_hop,
    owner_of_macs,
    owner_of_target,
    port_moved,
    reported,
    segment_load,
    sent_alone,
    teaming,
    vcenter_state,
    virtual_router,
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
    guest_agents,
    port_moved,
    reported,
)
OF_SEGMENT = (segment_load,)
"""Findings for which everything counts that was heard, and not only what is about the target."""


def establish(evidence: Evidence) -> tuple[Finding, ...]:
    """Every finding on this evidence, each exactly once, in the order of the catalogue."""
    narrowed = about_target(evidence)
    about = (found for module in ALL for found in module.find(narrowed))
    return (*about, *(found for module in OF_SEGMENT for found in module.find(evidence)))
