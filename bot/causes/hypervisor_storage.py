"""The VM stands still while its storage does."""

from bot.model.cause import Cause, Settle, Side
from bot.model.exclusion import ONLY_LOSES

CAUSE = Cause(
    id="hypervisor.storage_stalls",
    side=Side.HYPERVISOR,
    claim=(
        "The storage under the VM does not answer, so the VM pauses and its packets are lost. Repair the storage path."
    ),
    requires=("vcenter.storage.stalled",),
    expects={"vcenter.storage.stalled": 2.0},
    excluded_by=dict(ONLY_LOSES),
    settle=Settle(
        do=(
            "Compare the times of the loss with the storage events of the host, and with the VM's disk latency in "
            "those minutes."
        ),
        who="the virtualization team",
    ),
    source="Broadcom documentation of All Paths Down (APD) and Permanent Device Loss (PDL)",
)
