"""The VM is switched off."""

from bot.model.cause import Cause, Settle, Side

CAUSE = Cause(
    id="hypervisor.vm_powered_off",
    side=Side.HYPERVISOR,
    claim="The VM is switched off, so nothing can answer. Find out in its events why before switching it on.",
    requires=("vcenter.vm_powered_off",),
    expects={
        "vcenter.vm_powered_off": 4.0,
        "arp.target_silent": 1.0,
    },
    excluded_by={
        "arp.target_answers": "A VM that is off gives no answer.",
        "icmp.target_answers": "A VM that is off gives no answer.",
    },
    settle=Settle(
        do="In vCenter look at the VM's power state and its recent events.",
        who="whoever runs the VM",
    ),
    source="vSphere API VirtualMachineRuntimeInfo.powerState",
)
