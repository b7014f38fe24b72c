"""What can be wrong: one cause per file, pure data. Changing an id of a cause or finding raises the version."""

from bot.causes import (
    guest_address_moved,
    guest_address_of_another,
    guest_bonding_agent,
    guest_duplicate_ip,
    guest_no_route_back,
    guest_stack_silent,
    hypervisor_host_interface,
    hypervisor_port,
    hypervisor_powered_off,
    hypervisor_vnic,
    network_foreign_device,
    network_path,
    network_proxy_arp,
    network_routed_path,
)
from bot.model.cause import Cause

CATALOGUE = "1"

ALL: tuple[Cause, ...] = (
    guest_bonding_agent.CAUSE,
    guest_duplicate_ip.CAUSE,
    guest_stack_silent.CAUSE,
    guest_address_of_another.CAUSE,
    guest_address_moved.CAUSE,
    guest_no_route_back.CAUSE,
    network_foreign_device.CAUSE,
    network_proxy_arp.CAUSE,
    network_path.CAUSE,
    network_routed_path.CAUSE,
    hypervisor_vnic.CAUSE,
    hypervisor_powered_off.CAUSE,
    hypervisor_port.CAUSE,
    hypervisor_host_interface.CAUSE,
)
