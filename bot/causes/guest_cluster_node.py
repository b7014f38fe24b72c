"""A node of a cluster in the guests holds the shared address when it should not, or does not when it should."""

from bot.model.cause import Cause, Settle, Side
from bot.model.exclusion import VM_NOT_THERE

CAUSE = Cause(
    id="guest.cluster_node_wrong",
    side=Side.GUEST,
    claim=(
        "The clustering agent in the guests has the shared address in the wrong place. Let the cluster decide "
        "anew which node carries it, and have that node announce it."
    ),
    requires=(
        ("reported.guest.agent_faulty", "reported.guest.vip_on_several_nodes", "reported.arp.mac_of_cluster_peer"),
    ),
    expects={
        "reported.guest.agent_faulty": 3.5,
        "reported.guest.vip_on_several_nodes": 4.0,
        "guest.agent_ended": 2.0,
        "reported.arp.mac_of_cluster_peer": 3.0,
        "reported.arp.announced_wrongly": 1.0,
        "reported.scope.guest_attribute": 1.5,
        "reported.onset.guest_change": 1.5,
    },
    excluded_by=dict(VM_NOT_THERE),
    settle=Settle(
        do=(
            "On every node of the cluster list the addresses and the agent's state at the same moment: which "
            "node believes that it is active, and which carries the address?"
        ),
        who="whoever runs the cluster",
    ),
    source="RFC 5798 section 6.4 (one master); Pacemaker IPaddr2 resource agent",
)
