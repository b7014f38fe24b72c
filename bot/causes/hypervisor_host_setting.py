"""Something that the affected hosts have in common and the healthy ones do not breaks the traffic."""

from bot.model.cause import Cause, Separates, Settle, Side
from bot.model.exclusion import ONLY_LOSES

CAUSE = Cause(
    id="hypervisor.host_setting_wrong",
    side=Side.HYPERVISOR,
    claim=(
        "What the affected hosts have in common (version, setting, NIC, port group type) breaks the traffic. "
        "Compare with a healthy host and go back to what it has."
    ),
    requires=(
        (
            "reported.scope.host_attribute",
            "reported.scope.follows_host",
            "reported.scope.hosts_themselves",
            "reported.host.setting_suspect",
            "reported.trial.host_setting",
            "reported.capture.lost_in_host",
            "reported.onset.host_change",
            "vcenter.moves.loss_on_one_host",
        ),
    ),
    expects={
        "vcenter.moves.loss_on_one_host": 1.5,
        "vcenter.mtu.differs_between_hosts": 0.5,
        "reported.scope.host_attribute": 3.0,
        "reported.scope.follows_host": 1.5,
        "reported.scope.hosts_themselves": 2.0,
        "reported.scope.large_frames": 1.5,
        "reported.host.setting_suspect": 1.5,
        "reported.trial.host_setting": 3.0,
        "reported.capture.lost_in_host": 3.0,
        "reported.onset.host_change": 1.5,
    },
    excluded_by=dict(ONLY_LOSES),
    settle=Settle(
        do=(
            "Capture at the VM's switch port and at the uplink of the same host at once while somebody pings: "
            "what arrives at which of the two?"
        ),
        who="the virtualization team",
        separates=Separates.SIDES,
    ),
    source="Broadcom documentation of pktcap-uw; controlled comparison (method of difference)",
)
