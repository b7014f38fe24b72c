"""The VM does not get the CPU that it asks for."""

from bot.model.cause import Cause, Settle, Side
from bot.model.exclusion import ONLY_LOSES

CAUSE = Cause(
    id="hypervisor.vm_waits_for_cpu",
    side=Side.HYPERVISOR,
    claim=("The VM waits for the CPU of its host, and packets wait with it or are dropped. Give it room, or move it."),
    requires=(("vcenter.cpu.vm_waits", "vcenter.cpu.vm_costopped"),),
    expects={"vcenter.cpu.vm_waits": 1.5, "vcenter.cpu.vm_costopped": 1.5},
    excluded_by=dict(ONLY_LOSES),
    settle=Settle(
        do=(
            "Compare the VM's ready and co-stop times with the minutes of the loss, and with a VM of the same host "
            "that loses nothing."
        ),
        who="the virtualization team",
    ),
    source="Broadcom KB 312565; vSphere performance counters cpu.ready.summation and cpu.costop.summation",
)
