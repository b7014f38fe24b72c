"""One cable, optic or fabric of a redundant pair is bad, and what happens to go there suffers."""

from bot.model.cause import Cause, Settle, Side
from bot.model.exclusion import ONLY_LOSES

CAUSE = Cause(
    id="network.uplink_member_bad",
    side=Side.NETWORK,
    claim=(
        "One of the host's redundant uplinks, or one fabric of two, is bad, and the machines that are pinned to it "
        "suffer. Take that member out of service and replace cable, optic or port."
    ),
    requires=(("tables.port.one_uplink_of_two_errs", "tables.trunk.one_fabric_errs", "fabric.pair.one_bad"),),
    expects={
        "tables.port.one_uplink_of_two_errs": 3.0,
        "tables.trunk.one_fabric_errs": 3.0,
        "fabric.pair.one_bad": 2.0,  # which of the two carries this machine is not told
        "icmp.target_loss": 1.0,
        "arp.target_silent": 0.5,
        "vcenter.uplink.receive_errors": 1.0,
        "reported.scope.follows_uplink": 1.0,
    },
    excluded_by=dict(ONLY_LOSES),
    settle=Settle(
        do="Move the VM's traffic to the other uplink (its port group's teaming order) and count the losses again.",
        who="the network team",
    ),
    source="IEEE 802.3-2022 clause 30.3.1.1.6 (frame check sequence errors); Cisco UCS Manager faults reference",
)
