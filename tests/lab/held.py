"""Prints, as JSON, the tables of the node that it runs in, read by way of pyroute2: ``held.py arp|fdb``."""

import json
import sys

from pyroute2 import IPRoute

_AF_BRIDGE, _AF_INET = 7, 2
_PERMANENT, _NOARP = 0x80, 0x40
_OF_ITSELF = "33:33:", "01:00:5e:"


def main(what: str) -> None:
    """Rows of an ARP table: address, MAC, static. Of a MAC table: bridge, MAC, port, static."""
    with IPRoute() as kernel:
        names = {link["index"]: link.get_attr("IFLA_IFNAME") for link in kernel.get_links()}
        rows: list[list[object]] = []
        for row in kernel.get_neighbours(family=_AF_BRIDGE if what == "fdb" else _AF_INET):
            mac, bridge = row.get_attr("NDA_LLADDR"), names.get(row.get_attr("NDA_MASTER"))
            if what == "arp" and mac and mac != "00:00:00:00:00:00":
                rows.append([row.get_attr("NDA_DST"), mac, bool(row["state"] & _PERMANENT)])
            if what == "fdb" and bridge and not mac.startswith(_OF_ITSELF) and not row["state"] & _PERMANENT:
                rows.append([bridge, mac, names[row["ifindex"]], bool(row["state"] & _NOARP)])
    json.dump(rows, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
