"""Two vNICs have the same MAC."""

from bot.model.cause import Cause, Settle, Side
from bot.model.exclusion import VM_NOT_THERE

CAUSE = Cause(
    id="hypervisor.duplicate_mac",
    side=Side.HYPERVISOR,
    claim=("Two vNICs have one MAC, so the switches send to whichever spoke last. Give one of them a new MAC."),
    requires=(
        (
            "reported.host.mac_conflict",
            "arp.answers_only_broadcasts",
            "tables.fdb.flaps_between_hosts",
            "vcenter.mac.on_two_vms",
            "vcenter.mac.conflict_logged",
        ),
    ),
    expects={
        "tables.fdb.flaps_between_hosts": 2.0,
        "vcenter.mac.on_two_vms": 3.0,
        "vcenter.mac.conflict_logged": 2.0,
        "arp.answers_only_broadcasts": 1.5,
        "reported.host.mac_conflict": 3.5,
        "reported.switch.mac_flaps": 1.0,
        "reported.fdb.wrong": 0.5,
    },
    excluded_by={
        **VM_NOT_THERE,
        "arp.two_answers_per_request": "Two MACs answer; here there would be one MAC, heard twice or on two ports.",
    },
    settle=Settle(
        do=("Search every vCenter for vNICs with this MAC."),
        who="the virtualization team",
    ),
    source="IEEE 802.1Q-2022 section 8.8; vSphere event VmMacConflictEvent",
)
