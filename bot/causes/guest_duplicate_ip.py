"""Two virtual machines are configured with one address."""

from bot.model.cause import Cause, Settle, Side
from bot.model.exclusion import SEVERAL_MACS_BY_DESIGN

CAUSE = Cause(
    id="guest.duplicate_ip_two_vms",
    side=Side.GUEST,
    claim=(
        "Two guests have the same address. Take it away from the one that should not have it, then clear the "
        "ARP entry of this address from the core router down."
    ),
    requires=(
        (
            "owner.macs_on_several_vms",
            "reported.guest.duplicate_ip",
            "reported.arp.mac_of_another_vm",
            "reported.dhcp.same_client",
        ),
    ),
    expects={
        "vcenter.guest.found_its_address_taken": 2.0,
        "reported.guest.duplicate_ip": 3.0,
        "reported.arp.mac_of_another_vm": 3.0,
        "reported.dhcp.same_client": 3.0,
        "reported.arp.conflict_noticed": 1.0,
        "owner.macs_on_several_vms": 1.0,
        "arp.two_answers_per_request": 3.0,
        "arp.two_answers_repeatedly": 4.0,
        "arp.claims_interleave": 3.0,
        "arp.claims_unasked_again_and_again": 3.0,
        "path.relay_claims_target": 3.0,
        "icmp.loss_depends_on_mac": 1.0,
    },
    excluded_by={
        **SEVERAL_MACS_BY_DESIGN,
        "owner.macs_on_one_vm": "One VM has both MACs.",
        "arp.proxy_answers": "A router that answers for others has no duplicate address.",
        "arp.target_silent": "Nobody answers at all, so nobody answers in its place.",
    },
    settle=Settle(
        do=(
            "In both guests list the addresses (ip addr or ipconfig) and ask their owners which one should have "
            "this address."
        ),
        who="the owners of both VMs",
    ),
    source="RFC 5227 section 2.4; Broadcom KB 343401 (a vSwitch announces no address)",
)
