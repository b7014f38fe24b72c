"""An interface in the guest has the wrong netmask, MAC, name or ARP settings."""

from bot.model.cause import Cause, Settle, Side
from bot.model.exclusion import VM_NOT_THERE

CAUSE = Cause(
    id="guest.nic_misconfigured",
    side=Side.GUEST,
    claim=(
        "An interface inside the guest is configured wrongly: its netmask, MAC, name or ARP settings. Correct it there."
    ),
    requires=(
        (
            "arp.answers_only_probes",
            "guest.mac_differs_from_vnic",
            "reported.guest.nic_misconfigured",
            "vcenter.port.mac_differs",
        ),
    ),
    expects={
        "vcenter.port.mac_differs": 1.5,
        "arp.answers_only_probes": 3.0,
        "icmp.target_loss": 1.0,
        "guest.mac_differs_from_vnic": 1.5,
        "reported.guest.nic_misconfigured": 3.5,
        "reported.onset.guest_change": 1.5,
        "reported.scope.guest_attribute": 1.5,
        "reported.scope.routed_only": 0.5,
    },
    excluded_by={**VM_NOT_THERE, "arp.virtual_mac_claims": "A shared address has a MAC beside the vNICs' by design."},
    settle=Settle(
        do=(
            "Inside the guest compare ip -details addr and the ARP settings of every interface with a healthy sibling."
        ),
        who="whoever runs the guest",
    ),
    source="Linux Documentation/networking/ip-sysctl.rst (arp_ignore, arp_announce, rp_filter)",
)
