"""The port group's security policy rejects MACs that the guest uses."""

from bot.model.cause import Cause, Settle, Side
from bot.model.exclusion import ONLY_LOSES

CAUSE = Cause(
    id="hypervisor.policy_rejects_mac",
    side=Side.HYPERVISOR,
    claim=(
        "The virtual switch rejects the MAC that the guest uses (forged transmits, MAC changes or a blocked "
        "port). Allow it on this port group, or let the guest use its own MAC."
    ),
    requires=(
        (
            "vcenter.rejects_guest_mac",
            "vcenter.port_blocked",
            "guest.mac_differs_from_vnic",
            "reported.host.policy_rejects",
            "reported.host.port_blocked",
            "reported.host.kept_announcement_back",
        ),
    ),
    expects={
        "vcenter.port.mac_differs": 1.5,
        "guest.mac_differs_from_vnic": 2.0,
        "vcenter.rejects_guest_mac": 3.0,
        "vcenter.port_blocked": 4.0,
        "arp.target_silent": 1.0,
        "reported.host.policy_rejects": 3.5,
        "reported.host.port_blocked": 4.0,
        "reported.host.kept_announcement_back": 3.0,
        "reported.capture.lost_in_host": 2.0,
        "reported.onset.host_change": 1.5,
        "reported.scope.host_attribute": 1.5,
    },
    excluded_by={
        **ONLY_LOSES,
        "arp.target_answers": "What the guest sends gets through.",
        "icmp.target_answers": "What the guest sends gets through.",
    },
    settle=Settle(
        do=(
            "Compare the MAC that the guest sends with the vNIC's, and read the port's security policy and "
            "blocked flag."
        ),
        who="the virtualization team",
    ),
    source="vSphere API HostNetworkSecurityPolicy (forgedTransmits, macChanges); DVPortStatus.blocked",
)
