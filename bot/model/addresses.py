"""MAC addresses as one canonical text, and the addresses that can never own anything."""

import re
from ipaddress import AddressValueError, IPv4Address
from typing import NewType

Mac = NewType("Mac", str)
"""Six octets, lower case, colons: ``00:50:56:aa:00:01``."""

BROADCAST = Mac("ff:ff:ff:ff:ff:ff")
ZERO = Mac("00:00:00:00:00:00")

_FORMS = (
    re.compile(r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}"),  # Linux, vSphere
    re.compile(r"(?:[0-9a-f]{2}-){5}[0-9a-f]{2}"),  # Windows
    re.compile(r"(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}"),  # Cisco
    re.compile(r"[0-9a-f]{12}"),
)


def parse_mac(text: str) -> Mac:
    """The MAC written in any of the usual forms (colons, dashes, Cisco dots, bare digits).

    Raises:
        ValueError: the text is not a MAC address.
    """
    lowered = text.strip().lower()
    if not any(form.fullmatch(lowered) for form in _FORMS):
        raise ValueError(f"not a MAC address: {text[:40]!r}")
    return mac_from_bytes(bytes.fromhex(re.sub(r"[-:.]", "", lowered)))


def ipv4_of(text: str) -> IPv4Address | None:
    """The IPv4 address; None: it is another thing, such as a name or an IPv6 address."""
    try:
        return IPv4Address(text)
    except AddressValueError:
        return None


def mac_from_bytes(octets: bytes) -> Mac:
    """The MAC of exactly six octets in wire order."""
    if len(octets) != 6:
        raise ValueError(f"a MAC has 6 octets, not {len(octets)}")
    return Mac(octets.hex(":"))


def can_own(mac: Mac) -> bool:
    """Whether a station can have this MAC: unicast and not all zeros (IEEE 802-2014 section 8.2.2)."""
    return mac != ZERO and not int(mac[:2], 16) & 1
