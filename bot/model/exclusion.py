"""Reasons that rule out many causes alike: ``excluded_by`` of a cause takes the one that fits it."""

from collections.abc import Mapping

SEVERAL_MACS_BY_DESIGN: Mapping[str, str] = {
    "arp.virtual_mac_claims": "A shared address may have several MACs by design.",
    "path.macs_rewritten_in_passing": "A bridge repeats every frame with a MAC of its own, so one machine seems two.",
}
"""For a cause by which an address has a MAC too many."""

VM_NOT_THERE: Mapping[str, str] = {
    "vcenter.vnic_disconnected": "Nothing passes an unplugged vNIC, whatever else is wrong.",
    "vcenter.vm_powered_off": "A VM that is off answers nobody, whatever else is wrong.",
}
"""For a cause that needs a VM which is on and plugged in."""

LOST_ON_ITS_SEGMENT: Mapping[str, str] = {
    "arp.answers_only_broadcasts": "What is sent to it is lost on its own segment already, where nothing is routed.",
    "icmp.only_echoes_lost": "Echoes are lost on its own segment as well, where nothing is routed.",
    "icmp.target_loss": "Echoes are lost on its own segment as well, where nothing is routed.",
}
"""For a cause that lies in what is routed, or in how."""

ONLY_LOSES: Mapping[str, str] = {
    "arp.two_answers_per_request": "What only loses frames cannot add a second answer.",
    **VM_NOT_THERE,
}
"""For a cause that loses packets on the way to or from such a VM."""
