"""A router, firewall or switch claims the address of a VM."""

from bot.model.cause import Cause, Settle, Side
from bot.model.exclusion import ONLY_LOSES

CAUSE = Cause(
    id="network.device_claims_ip",
    side=Side.NETWORK,
    claim=("A network device answers for the address. Take the address, or proxy ARP, away from it."),
    requires=("reported.arp.mac_of_network_device",),
    expects={
        "reported.arp.mac_of_network_device": 3.0,
        "reported.onset.network_change": 1.5,
    },
    excluded_by=dict(ONLY_LOSES),
    settle=Settle(
        do=("On the device with this MAC list its addresses, its NAT pools and whether proxy ARP is on."),
        who="the network team",
    ),
    source="RFC 1027; RFC 5227 section 2.4",
)
