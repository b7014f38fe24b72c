"""The switch port of the host lacks the VLAN or has the wrong mode."""

from bot.model.cause import Cause, Settle, Side
from bot.model.exclusion import ONLY_LOSES

CAUSE = Cause(
    id="network.port_vlan_wrong",
    side=Side.NETWORK,
    claim=(
        "The switch port towards the host is set differently from the healthy ones. Give it the same VLANs and mode."
    ),
    requires=(
        (
            "tables.port.vlan_missing",
            "reported.switch.port_vlan_wrong",
            "vcenter.health.vlan_untrunked",
            "vcenter.neighbour.vlan_unseen",
        ),
    ),
    expects={
        "tables.port.vlan_missing": 3.0,
        "vcenter.health.vlan_untrunked": 3.0,
        "vcenter.neighbour.vlan_unseen": 1.5,
        "vcenter.moves.loss_on_one_host": 0.5,
        "arp.target_silent": 1.0,
        "icmp.target_loss": 1.0,
        "reported.switch.port_vlan_wrong": 3.5,
        "reported.scope.one_vlan": 0.5,
        "reported.scope.follows_host": 0.5,
        "reported.onset.network_change": 1.5,
        "reported.capture.tag_missing": 1.5,
    },
    excluded_by=dict(ONLY_LOSES),
    settle=Settle(
        do=("Compare the allowed and native VLANs of the host's switch ports with those of a host that works."),
        who="the network team",
    ),
    source="IEEE 802.1Q-2022 section 8.6.2 (ingress)",
)
