"""The fabric above several hosts drops their uplinks."""

from bot.model.cause import Cause, Settle, Side
from bot.model.exclusion import ONLY_LOSES

CAUSE = Cause(
    id="network.fabric_fault",
    side=Side.NETWORK,
    claim=(
        "The fabric or switch pair above the hosts is at fault, not one host. Look at the member that all "
        "failing uplinks share."
    ),
    requires=(
        (
            "reported.switch.fabric_fault",
            "reported.uplink.of_many_hosts",
            "reported.switch.uplinks_and_fabric",
            "vcenter.uplink.down_on_many_hosts",
            "fabric.path.fault",
            "fabric.path.interconnect_down",
            "fabric.path.no_uplink",
            "fabric.path.port_errors",
            "fabric.path.uplinks_degraded",
        ),
    ),
    expects={
        "vcenter.uplink.down_on_many_hosts": 3.0,
        "vcenter.uplink.flaps": 1.0,
        "fabric.path.interconnect_down": 3.0,
        "fabric.path.no_uplink": 3.0,
        "fabric.path.fault": 3.0,
        "fabric.path.port_errors": 2.0,
        "fabric.path.uplinks_degraded": 1.0,
        "reported.switch.fabric_fault": 3.0,
        "reported.uplink.of_many_hosts": 3.0,
        "reported.switch.uplinks_and_fabric": 3.0,
        "reported.scope.many_hosts": 1.5,
        "reported.uplink.flaps": 1.0,
        "reported.onset.network_change": 1.5,
    },
    excluded_by=dict(ONLY_LOSES),
    settle=Settle(
        do=(
            "List the failing uplinks with their switch, module and fabric: what do all of them share that no "
            "healthy one has?"
        ),
        who="the network team",
    ),
    source="Cisco UCS Manager faults reference (vNIC and uplink pinning)",
)
