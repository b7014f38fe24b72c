"""The host's own networking is broken: driver, service, bridge, flow or filter."""

from bot.model.cause import Cause, Settle, Side
from bot.model.exclusion import ONLY_LOSES

CAUSE = Cause(
    id="hypervisor.host_networking_broken",
    side=Side.HYPERVISOR,
    claim=("The networking of the host itself is broken. Evacuate the host and repair it."),
    requires=(
        (
            "vcenter.host_not_responding",
            "reported.host.faulty",
            "vcenter.uplink.driver_failed",
            "vcenter.uplink.driver_reset",
            "vcenter.host.switch_out_of_step",
            "vcenter.host.switch_troubled",
            "fabric.blade.unhealthy",
        ),
    ),
    expects={
        "vcenter.uplink.driver_failed": 3.0,
        "vcenter.uplink.driver_reset": 1.5,
        "vcenter.host.switch_out_of_step": 2.0,
        "vcenter.host.switch_troubled": 2.0,
        "fabric.blade.unhealthy": 2.0,
        "vcenter.moves.loss_on_one_host": 1.5,
        "vcenter.host_not_responding": 2.0,
        "reported.host.faulty": 4.0,
        "reported.scope.host_attribute": 3.0,
        "reported.scope.follows_host": 1.5,
        "reported.onset.host_change": 1.5,
        "reported.scope.hosts_themselves": 2.0,
    },
    excluded_by=dict(ONLY_LOSES),
    settle=Settle(
        do=(
            "Compare the host's driver state, services, bridges and flows with those of a healthy host of the "
            "same cluster."
        ),
        who="the virtualization team",
    ),
    source="vSphere API HostNetworkInfo",
)
