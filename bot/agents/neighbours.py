"""The agent's own ARP table: what this machine believed before anything was asked."""

from ipaddress import IPv4Address
from pathlib import Path

from bot.errors import InstrumentError
from bot.model.addresses import parse_mac
from bot.probes.neighbours import Neighbour

_TABLE = Path("/proc/thread-self/net/arp")  # /proc/net is the main thread's, which may stand elsewhere
_COMPLETE, _PERMANENT, _PUBLISHED = 0x02, 0x04, 0x08  # include/uapi/linux/if_arp.h: ATF_COM, ATF_PERM, ATF_PUBL


def look(interface: str) -> tuple[Neighbour, ...]:
    """The rows of the kernel's table for one interface.

    Raises:
        InstrumentError: the kernel does not show its table.
    """
    try:
        return parse(_TABLE.read_text(encoding="utf-8"), interface)
    except OSError as error:
        raise InstrumentError(f"The agent cannot read its ARP table: {error.strerror}.") from error


def parse(table: str, interface: str) -> tuple[Neighbour, ...]:
    """The rows of one interface in the text of /proc/net/arp.

    Rows that this machine publishes for others (proxy ARP) are no neighbours and left out.
    Source: net/ipv4/arp.c, arp_format_neigh_entry and arp_state_to_flags.
    """
    rows = []
    for line in table.splitlines()[1:]:
        ip, _, flags_text, mac, _, device = line.split()
        flags = int(flags_text, 16)
        if device == interface and not flags & _PUBLISHED:
            known = parse_mac(mac) if flags & _COMPLETE else None
            rows.append(Neighbour(IPv4Address(ip), known, bool(flags & _PERMANENT)))
    return tuple(rows)
