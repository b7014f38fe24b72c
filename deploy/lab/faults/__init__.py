"""What can be staged in the lab, one file for each; all of it at once, on different VMs, if you like."""

from deploy.lab.faults import (
    crashed_agent,
    duplicate_ip,
    foreign_device,
    healthy,
    vm_powered_off,
    vnic_disconnected,
)
from deploy.lab.faults.fault import Fault

FAULTS: dict[str, Fault] = {
    module.FAULT.id: module.FAULT
    for module in (crashed_agent, duplicate_ip, foreign_device, healthy, vm_powered_off, vnic_disconnected)
}

DEMO = {
    "app05": "crashed_agent",
    "app04": "duplicate_ip",
    "app02": "foreign_device",
    "app08": "vnic_disconnected",
    "app09": "vm_powered_off",
    "app06": "healthy",
}
"""Which fault the demonstration shows on which VM."""
