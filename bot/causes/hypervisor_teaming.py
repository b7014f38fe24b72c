"""The host's uplink teaming does not fit the switch."""

from bot.model.cause import Cause, Settle, Side
from bot.model.exclusion import VM_NOT_THERE

CAUSE = Cause(
    id="hypervisor.teaming_wrong",
    side=Side.HYPERVISOR,
    claim=(
        "The host's teaming does not fit the switch: its own frames return, or the links differ. Make both ends agree."
    ),
    requires=(
        (
            "arp.answers_doubled",
            "tables.fdb.flaps_on_one_host",
            "reported.host.teaming_wrong",
            "reported.capture.own_frames_return",
            "vcenter.teaming.unlike_the_switch",
            "vcenter.teaming.beacon_with_few_uplinks",
            "vcenter.uplink.lacp_fails",
        ),
    ),
    expects={
        "tables.fdb.flaps_on_one_host": 2.0,
        "vcenter.teaming.unlike_the_switch": 3.0,
        "vcenter.teaming.beacon_with_few_uplinks": 2.0,
        "vcenter.teaming.by_ip_hash": 1.0,
        "vcenter.uplink.lacp_fails": 1.5,
        "arp.answers_doubled": 1.5,
        "reported.host.teaming_wrong": 3.0,
        "reported.capture.own_frames_return": 4.0,
        "reported.scope.follows_uplink": 1.0,
        "reported.switch.mac_flaps": 0.5,
        "reported.scope.follows_host": 1.5,
        "reported.scope.host_attribute": 1.5,
        "reported.onset.host_change": 1.5,
    },
    excluded_by={
        **VM_NOT_THERE,
        "arp.two_answers_per_request": "Two MACs answer; here there would be one MAC, heard twice or on two ports.",
        "vcenter.port.bypassed": "The vNIC goes past the virtual switch and its teaming.",
    },
    settle=Settle(
        do=("Compare the port group's load balancing and the uplinks' speed with the switch's port channel."),
        who="the virtualization team with the network team",
    ),
    source="vSphere API HostNicTeamingPolicy; Broadcom KB 1004048 (IP hash needs a port channel)",
)
