"""After a move the host tells the switches nothing."""

from bot.model.cause import Cause, Settle, Side
from bot.model.exclusion import ONLY_LOSES

CAUSE = Cause(
    id="hypervisor.does_not_notify",
    side=Side.HYPERVISOR,
    claim=(
        "After a move the virtual switch tells the physical ones nothing, so they send to the old port. "
        "Switch notification on, unless network load balancing forbids it."
    ),
    requires=(
        (
            "reported.host.does_not_notify",
            "vcenter.teaming.does_not_notify",
        ),
    ),
    expects={
        "tables.fdb.old_port": 1.0,
        "vcenter.teaming.does_not_notify": 2.0,
        "vcenter.moves.loss_heals_after_each": 2.0,
        "reported.host.does_not_notify": 2.5,
        "reported.fdb.wrong": 1.5,
        "reported.arp.router_stale": 0.5,
        "reported.scope.follows_host": 1.0,
    },
    excluded_by={
        **ONLY_LOSES,
        "tables.fdb.kept_wrong_port": "The VM was heard and the switch did not learn; a notice would not have helped.",
        "vcenter.port.bypassed": "A vNIC that goes past the virtual switch is not announced by it.",
    },
    settle=Settle(
        do=(
            "Move the VM once more while the switch's MAC table entry is watched: does it follow before the "
            "guest sends?"
        ),
        who="the virtualization team with the network team",
    ),
    source="vSphere API HostNicTeamingPolicy.notifySwitches; Broadcom KB 343401",
)
