"""What the nodes are joined with: veth pairs, bridges, addresses, routes and neighbours, all over netlink."""

import time
from collections.abc import Iterable
from typing import Any

from pyroute2 import IPRoute

from deploy.lab.ns import Namespaces

_IFF_UP = 1
_NUD_REACHABLE, _NUD_NOARP, _NUD_PERMANENT = 0x02, 0x40, 0x80  # include/uapi/linux/neighbour.h
_NTF_MASTER, _NTF_STICKY = 0x04, 0x40


class Links:
    """The interfaces of the nodes; a netlink socket for each node is opened when it is first needed."""

    def __init__(self, namespaces: Namespaces) -> None:
        self._namespaces = namespaces
        self._sockets: dict[str, Any] = {}

    def veth(self, node: str, name: str, peer: str, peer_name: str, *, peer_mac: str | None = None) -> None:
        """A cable from ``name`` in one node to ``peer_name`` in another, both ends still down."""
        end = {"ifname": peer_name, "net_ns_fd": self._namespaces.fd(peer)}
        if peer_mac:
            end["address"] = peer_mac
        self._socket(node).link("add", ifname=name, kind="veth", peer=end)

    def bridge(self, node: str, name: str, *, mac: str | None = None) -> None:
        """A learning switch, up, without multicast snooping and spanning tree."""
        own = {"address": mac} if mac else {}
        self._socket(node).link("add", ifname=name, kind="bridge", br_mcast_snooping=0, **own)
        self.up(node, name)

    def enslave(self, node: str, name: str, bridge: str, **flags: int) -> None:
        """Make the interface a port of the bridge; ``flags`` are bridge port flags such as ``learning=0``."""
        index = self.index(node, name)
        self._socket(node).link("set", index=index, master=self.index(node, bridge))
        if flags:
            self._socket(node).brport("set", index=index, **flags)

    def release(self, node: str, name: str) -> None:
        """Take the interface off its bridge."""
        self._socket(node).link("set", index=self.index(node, name), master=0)

    def move(self, node: str, name: str, to: str) -> None:
        """Put an end of a cable into another node, where it is down and on no bridge."""
        self._socket(node).link("set", index=self.index(node, name), net_ns_fd=self._namespaces.fd(to))

    def macvlan(self, node: str, name: str, parent: str, mac: str) -> None:
        """A second interface with a MAC of its own on top of ``parent``, up."""
        index = self.index(node, parent)
        self._socket(node).link("add", ifname=name, kind="macvlan", link=index, macvlan_mode="bridge", address=mac)
        self.up(node, name)

    def set_mac(self, node: str, name: str, mac: str) -> None:
        """Give the interface another MAC."""
        self._socket(node).link("set", index=self.index(node, name), address=mac)

    def forward_to(self, node: str, name: str, mac: str) -> None:
        """A static entry in the bridge's table: frames to ``mac`` leave by this port."""
        self._socket(node).fdb(
            "replace", ifindex=self.index(node, name), lladdr=mac, state=_NUD_NOARP, flags=_NTF_MASTER
        )

    def pin(self, node: str, name: str, mac: str) -> None:
        """The same, and the bridge does not learn better when ``mac`` is heard elsewhere: sticky, as on a switch."""
        flags = _NTF_MASTER | _NTF_STICKY
        self._socket(node).fdb("replace", ifindex=self.index(node, name), lladdr=mac, state=_NUD_NOARP, flags=flags)

    def keep_learned(self, node: str, name: str, mac: str) -> None:
        """An entry like a learned one, which the bridge keeps though ``mac`` is heard elsewhere."""
        flags = _NTF_MASTER | _NTF_STICKY
        self._socket(node).fdb("replace", ifindex=self.index(node, name), lladdr=mac, state=_NUD_REACHABLE, flags=flags)

    def learned_mac(self, node: str, name: str, mac: str) -> None:
        """An entry in the bridge's table as if it had just been learned."""
        self._socket(node).fdb(
            "replace", ifindex=self.index(node, name), lladdr=mac, state=_NUD_REACHABLE, flags=_NTF_MASTER
        )

    def learns(self, node: str, name: str, *, learns: bool) -> None:
        """Whether the bridge learns from what comes in by this port."""
        self._socket(node).brport("set", index=self.index(node, name), learning=int(learns))

    def forget_mac(self, node: str, name: str, mac: str) -> None:
        """Take an entry out of the bridge's table."""
        self._socket(node).fdb("del", ifindex=self.index(node, name), lladdr=mac, flags=_NTF_MASTER)

    def up(self, node: str, *names: str) -> None:
        """Switch interfaces on."""
        for name in names:
            self._socket(node).link("set", index=self.index(node, name), state="up")

    def down(self, node: str, *names: str) -> None:
        """Switch interfaces off; the other end of a cable loses its carrier."""
        for name in names:
            self._socket(node).link("set", index=self.index(node, name), state="down")

    def delete(self, node: str, name: str) -> None:
        """Remove an interface, and with it the other end of its cable."""
        self._socket(node).link("del", index=self.index(node, name))

    def address(self, node: str, name: str, address: str) -> None:
        """Give the interface an address, written with its prefix length: ``10.0.0.5/24``."""
        ip, _, length = address.partition("/")
        self._socket(node).addr("add", index=self.index(node, name), address=ip, prefixlen=int(length))

    def remove_address(self, node: str, name: str, address: str) -> None:
        """Take an address away from the interface."""
        ip, _, length = address.partition("/")
        self._socket(node).addr("del", index=self.index(node, name), address=ip, prefixlen=int(length))

    def route(self, node: str, destination: str, gateway: str) -> None:
        """Send ``destination`` (a prefix or ``default``) to the gateway."""
        self._socket(node).route("add", dst=destination, gateway=gateway)

    def spare_route(self, node: str, destination: str, gateway: str, name: str) -> None:
        """Send ``destination`` to the gateway by this interface where no other route is left."""
        self._socket(node).route("add", dst=destination, gateway=gateway, oif=self.index(node, name), priority=100)

    def unroute(self, node: str, destination: str) -> None:
        """Forget the route."""
        self._socket(node).route("del", dst="0.0.0.0/0" if destination == "default" else destination)

    def blackhole(self, node: str, destination: str) -> None:
        """Drop whatever goes to ``destination``, without a word."""
        self._socket(node).route("add", dst=destination, type="blackhole")

    def bar(self, node: str, name: str, destination: str) -> None:
        """Forward nothing to ``destination`` (a prefix) of what comes in by this interface."""
        network, _, length = destination.partition("/")
        self._socket(node).rule(
            "add", priority=100, iifname=name, dst=network, dst_len=int(length), action="FR_ACT_BLACKHOLE"
        )

    def neighbour(self, node: str, name: str, ip: str, mac: str) -> None:
        """A permanent entry in the node's ARP table."""
        self._socket(node).neigh("replace", dst=ip, lladdr=mac, ifindex=self.index(node, name), state=_NUD_PERMANENT)

    def learned_neighbour(self, node: str, name: str, ip: str, mac: str) -> None:
        """An entry in the node's ARP table as if it had just been learned."""
        self._socket(node).neigh("replace", dst=ip, lladdr=mac, ifindex=self.index(node, name), state=_NUD_REACHABLE)

    def forget_neighbour(self, node: str, name: str, ip: str) -> None:
        """Take an entry out of the node's ARP table."""
        self._socket(node).neigh("del", dst=ip, ifindex=self.index(node, name))

    def neighbours(self, node: str) -> dict[str, str]:
        """The node's ARP table: MAC by address."""
        rows = self._socket(node).get_neighbours(family=2)
        return {row.get_attr("NDA_DST"): row.get_attr("NDA_LLADDR") for row in rows if row.get_attr("NDA_LLADDR")}

    def is_permanent(self, node: str, ip: str) -> bool:
        """Whether the entry of this address in the node's ARP table is a permanent one."""
        rows = self._socket(node).get_neighbours(family=2)
        return any(row.get_attr("NDA_DST") == ip and row["state"] & _NUD_PERMANENT for row in rows)

    def mac(self, node: str, name: str) -> str:
        """The interface's MAC."""
        (link,) = self._socket(node).link("get", index=self.index(node, name))
        return str(link.get_attr("IFLA_ADDRESS"))

    def index(self, node: str, name: str) -> int:
        """The interface's number.

        Raises:
            KeyError: the node has no such interface.
        """
        found = self._socket(node).link_lookup(ifname=name)
        if not found:
            raise KeyError(f"{node} has no interface {name}")
        return int(found[0])

    def wait_ready(self, nodes: Iterable[str], *, timeout_s: float = 5.0) -> None:
        """Return when every link that is switched on is operational.

        The kernel tells a bridge of its ports' carrier in batches, up to a second apart (net/core/link_watch.c), and
        a bridge without carrier drops frames silently.

        Raises:
            TimeoutError: some links stay without carrier.
        """
        waiting, deadline = list(nodes), time.monotonic() + timeout_s
        while waiting := [node for node in waiting if not self._operational(node)]:
            if time.monotonic() > deadline:
                raise TimeoutError(f"links without carrier after {timeout_s:g} s in {', '.join(waiting)}")
            time.sleep(0.01)

    def forget(self, node: str) -> None:
        """Close the netlink socket of a node that is about to be removed: it would keep the namespace alive."""
        if socket := self._sockets.pop(node, None):
            socket.close()

    def close(self) -> None:
        """Close every netlink socket."""
        for node in tuple(self._sockets):
            self.forget(node)

    def _operational(self, node: str) -> bool:
        return all(
            link.get_attr("IFLA_OPERSTATE") == "UP"
            for link in self._socket(node).get_links()
            if link["flags"] & _IFF_UP and link.get_attr("IFLA_IFNAME") != "lo"
        )

    def _socket(self, node: str) -> Any:
        if node not in self._sockets:
            with self._namespaces.inside(node):
                self._sockets[node] = IPRoute()
        return self._sockets[node]
