"""Says in a node what its kernel knows of one interface: ``card.py NAME``, as JSON."""

import array
import fcntl
import json
import socket
import struct
import sys

from pyroute2 import IPRoute

_SIOCETHTOOL, _ETHTOOL_GSET = 0x8946, 1  # linux/sockios.h, linux/ethtool.h
_COMMAND_BYTES, _SPEED_AT = 44, 12  # struct ethtool_cmd


def speed_mbps(name: str) -> int:
    """What ``ethtool NAME`` calls its speed."""
    command = array.array("B", struct.pack("I", _ETHTOOL_GSET).ljust(_COMMAND_BYTES, b"\0"))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        fcntl.ioctl(asking, _SIOCETHTOOL, struct.pack("16sP", name.encode(), command.buffer_info()[0]))
    return int(struct.unpack_from("H", command, _SPEED_AT)[0])


if __name__ == "__main__":
    with IPRoute() as netlink:
        (link,) = netlink.get_links(netlink.link_lookup(ifname=sys.argv[1])[0])
    sys.stdout.write(
        json.dumps(
            {
                "carrier": bool(link.get_attr("IFLA_CARRIER")),
                "driver": link.get_attr("IFLA_LINKINFO").get_attr("IFLA_INFO_KIND"),
                "far_index": link.get_attr("IFLA_LINK"),
                "index": link["index"],
                "mac": link.get_attr("IFLA_ADDRESS"),
                "mtu": link.get_attr("IFLA_MTU"),
                "speed_mbps": speed_mbps(sys.argv[1]),
            }
        )
    )
