"""Reasons that rule out many causes alike: ``excluded_by`` of a cause takes the one that fits it."""

from collections.abc import Mapping

VM_NOT_THERE: Mapping[str, str] = {
    "vcenter.vnic_disconnected": "Nothing passes an unplugged vNIC, whatever else is wrong.",
    "vcenter.vm_powered_off": "A VM that is off answers nobody, whatever else is wrong.",
}
"""For a cause that needs a VM which is on and plugged in."""

ONLY_LOSES: Mapping[str, str] = {
    "arp.two_answers_per_request": "What only loses frames cannot add a second answer.",
    **VM_NOT_THERE,
}
"""For a cause that loses packets on the way to or from such a VM."""
