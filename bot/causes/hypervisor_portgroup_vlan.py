"""The VM's port group carries the wrong VLAN."""

from bot.model.cause import Cause, Settle, Side
from bot.model.exclusion import ONLY_LOSES

CAUSE = Cause(
    id="hypervisor.portgroup_vlan_wrong",
    side=Side.HYPERVISOR,
    claim=("The VM's port group has the wrong VLAN. Set it to that of the segment."),
    requires=(
        (
            "reported.host.vlan_wrong",
            "vcenter.group.vlan_drifts",
            "vcenter.group.vlan_overridden",
        ),
    ),
    expects={
        "vcenter.group.vlan_drifts": 3.0,
        "vcenter.group.vlan_overridden": 1.5,
        "arp.target_silent": 1.0,
        "icmp.target_loss": 1.0,
        "reported.host.vlan_wrong": 3.5,
        "reported.capture.tag_missing": 1.5,
        "reported.scope.one_vlan": 0.5,
        "reported.scope.host_attribute": 1.5,
        "reported.onset.host_change": 1.5,
    },
    excluded_by={
        **ONLY_LOSES,
        "arp.target_answers": "What answers on its own segment is in the right VLAN.",
        "icmp.target_answers": "What answers on its own segment is in the right VLAN.",
    },
    settle=Settle(
        do=("Compare the VLAN of the VM's port group on its host with the same port group on a host that works."),
        who="the virtualization team",
    ),
    source="vSphere API HostPortGroupSpec.vlanId; VMwareDVSPortSetting.vlan",
)
