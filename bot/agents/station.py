"""Where the agent stands: its interface's MAC, address, prefix and gateway, asked of the kernel."""

import errno
import socket
import struct
from collections.abc import Sequence
from fcntl import ioctl
from ipaddress import IPv4Address, IPv4Interface
from pathlib import Path

from bot.errors import InstrumentError
from bot.model.addresses import mac_from_bytes
from bot.model.job import Vantage

_SIOCGIFADDR, _SIOCGIFNETMASK, _SIOCGIFHWADDR = 0x8915, 0x891B, 0x8927  # include/uapi/linux/sockios.h
_ARPHRD_ETHER = 1  # include/uapi/linux/if_arp.h
_RTF_UP, _RTF_GATEWAY = 0x1, 0x2  # include/uapi/linux/route.h
_ROUTES = Path("/proc/thread-self/net/route")  # /proc/net is the main thread's, which may stand elsewhere


def discover(
    interface: str,
    segment: str,
    agent: str,
    gateway: IPv4Address | None = None,
    pool: Sequence[IPv4Address] = (),
) -> Vantage:
    """The vantage of this interface; the gateway is that of its default route where none is given.

    Raises:
        InstrumentError: the interface is missing, not Ethernet, or has no IPv4 address; or an address of the pool
            does not lie in its prefix or is its own.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        family, octets = _asked(asking, _SIOCGIFHWADDR, interface)
        if family != _ARPHRD_ETHER:
            raise InstrumentError(f"Interface {interface} is not Ethernet: there is no ARP on it.")
        address, mask = (
            IPv4Address(_asked(asking, what, interface)[1][2:6]) for what in (_SIOCGIFADDR, _SIOCGIFNETMASK)
        )
    prefix = IPv4Interface(f"{address}/{mask}").network
    for one in pool:
        if one not in prefix or one == address:
            raise InstrumentError(f"Pool address {one} must lie in {prefix} and not be {interface}'s own, {address}.")
    return Vantage(
        agent=agent,
        segment=segment,
        interface=interface,
        mac=mac_from_bytes(octets[:6]),
        address=address,
        prefix=prefix,
        gateway=gateway or default_gateway(_ROUTES.read_text(encoding="utf-8"), interface),
        pool=tuple(pool),
    )


def default_gateway(routes: str, interface: str) -> IPv4Address | None:
    """The gateway of the interface's default route with the lowest metric, from the text of /proc/net/route.

    Source: net/ipv4/fib_trie.c, fib_route_seq_show; addresses are hexadecimal in the machine's byte order.
    """
    found = []
    for row in routes.splitlines()[1:]:
        name, destination, gateway, flags, _, _, metric, mask, *_ = row.split()
        usable = int(flags, 16) & _RTF_UP and int(flags, 16) & _RTF_GATEWAY
        if name == interface and usable and int(destination, 16) == int(mask, 16) == 0:
            found.append((int(metric), IPv4Address(struct.pack("=I", int(gateway, 16)))))
    return min(found)[1] if found else None


def default_interface() -> str | None:
    """The interface of this machine's default route; None: there is none, or several interfaces have one."""
    routes = _ROUTES.read_text(encoding="utf-8")
    names = {row.split()[0] for row in routes.splitlines()[1:]}
    found = [name for name in sorted(names) if default_gateway(routes, name) is not None]
    return found[0] if len(found) == 1 else None


def _asked(asking: socket.socket, what: int, interface: str) -> tuple[int, bytes]:
    """The family and the bytes of the ``struct sockaddr`` that the kernel answers with."""
    try:
        socket.if_nametoindex(interface)  # the request below would cut a name that is too long
        answer = ioctl(asking, what, struct.pack("16s24x", interface.encode()))
    except OSError as error:
        if error.errno == errno.EADDRNOTAVAIL:
            raise InstrumentError(f"Interface {interface} has no IPv4 address: the agent has to have one.") from error
        there = ", ".join(name for _, name in socket.if_nameindex()) or "none"
        raise InstrumentError(f"There is no interface {interface} here; there are: {there}.") from error
    return struct.unpack_from("=H", answer, 16)[0], answer[18:]
