"""Ethernet frames that carry evidence, as nouns: what is decoded from bytes, and what is crafted into them."""

from dataclasses import dataclass
from ipaddress import IPv4Address

from bot.model.addresses import BROADCAST, ZERO, Mac, can_own

NOBODY = IPv4Address(0)
REQUEST, REPLY = 1, 2  # RFC 826: ares_op$REQUEST, ares_op$REPLY
REVERSE_REQUEST = 3  # RFC 903


@dataclass(frozen=True, slots=True)
class ArpFrame:
    """An Ethernet/IPv4 ARP packet in its frame; ``to`` and ``transmitter`` are the frame's own addresses.

    ``to`` is None where the capture does not keep it, in this and the other frames. ``tunnel`` names the network
    inside another that the frame was found in ("vxlan 5001").
    """

    to: Mac | None
    transmitter: Mac
    operation: int
    sender_mac: Mac
    sender_ip: IPv4Address
    target_mac: Mac
    target_ip: IPv4Address
    vlans: tuple[int, ...] = ()
    tunnel: str | None = None

    @property
    def claims(self) -> bool:
        """Whether the sender says of itself that an address is its own.

        A group MAC (as multicast clusters use) or a zero MAC cannot own an address, and 0.0.0.0 is nobody's.
        Source: RFC 826, which merges the sender's pair whatever the operation; RFC 5227 section 1.1.
        """
        return self.operation in (REQUEST, REPLY) and self.sender_ip != NOBODY and can_own(self.sender_mac)


@dataclass(frozen=True, slots=True)
class RarpFrame:
    """A reverse ARP packet in its frame: a MAC without an address (RFC 903)."""

    to: Mac | None
    transmitter: Mac
    operation: int
    sender_mac: Mac
    target_mac: Mac
    vlans: tuple[int, ...] = ()
    tunnel: str | None = None


@dataclass(frozen=True, slots=True)
class EchoFrame:
    """An ICMP echo request or reply in its frame; ``size_bytes`` counts the data behind the ICMP header."""

    to: Mac | None
    transmitter: Mac
    source: IPv4Address
    destination: IPv4Address
    reply: bool
    ident: int
    seq: int
    ttl: int = 64
    size_bytes: int = 56
    dont_fragment: bool = True
    vlans: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class PacketFrame:
    """Any other IPv4 packet, as far as it tells by which machines it goes: nothing of what it carries is kept.

    ``fingerprint`` is the same for one packet in every frame that carries it along its way, and for no other.
    """

    to: Mac | None
    transmitter: Mac
    source: IPv4Address
    destination: IPv4Address
    ttl: int
    fingerprint: bytes
    vlans: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class HelloFrame:
    """A router tells its group that it is there. ``protocol`` is "VRRP" (CARP looks the same), "HSRP" or "GLBP"."""

    to: Mac | None
    transmitter: Mac
    protocol: str
    group: int
    vlans: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class LoopFrame:
    """A frame from a MAC to itself, by which switches learn where it is: Linux bonding sends them for every slave.

    Source: drivers/net/bonding/bond_alb.c, alb_send_lp_vid(); EtherType 0x9000, include/uapi/linux/if_ether.h.
    """

    transmitter: Mac
    vlans: tuple[int, ...] = ()


Sent = ArpFrame | RarpFrame | EchoFrame
"""What is crafted and sent."""

Frame = Sent | PacketFrame | HelloFrame | LoopFrame
"""What is heard."""


def who_has(wanted: IPv4Address, *, asker: IPv4Address, asker_mac: Mac, to: Mac = BROADCAST) -> ArpFrame:
    """The question who owns ``wanted``, to everybody or to one MAC."""
    return ArpFrame(to, asker_mac, REQUEST, asker_mac, asker, ZERO, wanted)


def address_probe(wanted: IPv4Address, *, asker_mac: Mac) -> ArpFrame:
    """The question that claims nothing: no cache on the segment changes by it (RFC 5227 section 2.1.1)."""
    return who_has(wanted, asker=NOBODY, asker_mac=asker_mac)
