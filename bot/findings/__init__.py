"""What observations establish: one finding, or one close family, per file. The ids are a public contract."""

from bot.findings import (
    arp_answering,
    arp_claiming,
    arp_counting,
    arp_doubling,
    arp_probing,
    arp_unasked,
    guest_bond,
    guest_inside,
    icmp_echoing,
    instrument,
    owner_of_macs,
    owner_of_target,
    port_moved,
    reported,
    sent_alone,
    vcenter_state,
)
from bot.findings.reading import about_target
from bot.model.finding import Evidence, Finding

ALL = (
    instrument,
    arp_answering,
    arp_claiming,
    arp_counting,
    arp_probing,
    arp_unasked,
    arp_doubling,
    icmp_echoing,
    sent_alone,
    owner_of_macs,
    owner_of_target,
    vcenter_state,
    guest_bond,
    guest_inside,
    port_moved,
    reported,
)


def establish(evidence: Evidence) -> tuple[Finding, ...]:
    """Every finding on this evidence, each exactly once, in the order of the catalogue."""
    narrowed = about_target(evidence)
    return tuple(found for module in ALL for found in module.find(narrowed))
