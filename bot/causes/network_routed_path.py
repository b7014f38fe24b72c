"""Between segments the path is broken: a stale ARP entry in the router, a filter, a missing route."""

from bot.model.cause import Cause, Settle, Side
from bot.model.exclusion import LOST_ON_ITS_SEGMENT

CAUSE = Cause(
    id="network.routed_path_broken",
    side=Side.NETWORK,
    claim=(
        "The path between the segments loses packets: a stale ARP entry in the router, a filter, or a missing route."
    ),
    requires=(("icmp.routed_loss", "reported.scope.routed_only"),),
    expects={
        "reported.scope.routed_only": 0.5,
        "reported.onset.network_change": 1.5,
        "reported.scope.physical_machines_too": 2.0,
        "icmp.routed_loss": 1.5,
    },
    excluded_by={
        **LOST_ON_ITS_SEGMENT,
        "arp.two_answers_per_request": "Already on the target's own segment one request gets two answers.",
        "vcenter.vnic_disconnected": "The network cannot reach past an unplugged vNIC.",
        "vcenter.vm_powered_off": "The network cannot reach a VM that is off.",
        "arp.target_silent": "The target does not even answer on its own segment.",
    },
    settle=Settle(
        do=(
            "On the router compare the ARP entry of this address with the MAC that answers on the segment, and "
            "look for a filter on the way."
        ),
        who="the network team",
    ),
    source="RFC 826; RFC 1812 section 3.3.2",
)
