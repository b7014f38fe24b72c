"""A switch is broken or overloaded."""

from bot.model.cause import Cause, Settle, Side
from bot.model.exclusion import ONLY_LOSES

CAUSE = Cause(
    id="network.switch_faulty",
    side=Side.NETWORK,
    claim=("A switch on the way is faulty or overloaded. Take it out of the path or restart what its log names."),
    requires=(("reported.switch.fault_logged", "reported.switch.busy", "reported.scope.network_attribute"),),
    expects={
        "reported.switch.fault_logged": 4.0,
        "reported.switch.busy": 3.0,
        "reported.scope.network_attribute": 3.0,
        "reported.scope.physical_machines_too": 3.0,
        "reported.scope.many_hosts": 1.5,
        "reported.onset.network_change": 1.5,
        "reported.uplink.flaps": 1.0,
    },
    excluded_by=dict(ONLY_LOSES),
    settle=Settle(
        do=(
            "Read the logs and the CPU history of the switches that all affected machines share, for the "
            "minutes of the loss."
        ),
        who="the network team",
    ),
    source="RFC 5424 (what a switch logs about itself)",
)
