"""Frames to bytes: the only module that imports scapy."""

from functools import lru_cache
from typing import Any

from scapy.layers.inet import ICMP, IP
from scapy.layers.l2 import ARP, Dot1Q, Ether
from scapy.packet import Raw

from bot.frames.frame import ArpFrame, EchoFrame, RarpFrame, Sent

_SHORTEST_BYTES = 60  # IEEE 802.3 section 3.2.8; the check sequence, 4 more, is the interface's part
_RARP = 0x8035
_ECHO_REQUEST, _ECHO_REPLY = 8, 0


@lru_cache(maxsize=1024)  # rounds repeat their questions, and so do checks of one address
def craft(frame: Sent) -> bytes:
    """The frame as it goes on the wire, padded to the shortest length that Ethernet allows.

    Every address is written out: nothing is taken from this machine's routes, interfaces or ARP table.
    """
    assert frame.to is not None, "whoever sends knows to whom"
    # add_payload and not the slash: that copies the whole packet with every layer (scapy 2.8, twice the time).
    packet: Any = Ether(dst=frame.to, src=frame.transmitter)
    for vlan in frame.vlans:
        packet.add_payload(Dot1Q(vlan=vlan))
    match frame:
        case ArpFrame():
            packet.add_payload(_arp(frame, str(frame.sender_ip), str(frame.target_ip)))
        case RarpFrame():
            # scapy binds 0x0806 to ARP; the last header before it names what really follows.
            packet.lastlayer().type = _RARP
            packet.add_payload(_arp(frame, "0.0.0.0", "0.0.0.0"))  # noqa: S104  no address, not "every interface"
        case EchoFrame():
            packet.add_payload(_echo(frame))
    return bytes(packet).ljust(_SHORTEST_BYTES, b"\0")


def _arp(frame: ArpFrame | RarpFrame, sender_ip: str, target_ip: str) -> Any:
    return ARP(op=frame.operation, hwsrc=frame.sender_mac, psrc=sender_ip, hwdst=frame.target_mac, pdst=target_ip)


def _echo(frame: EchoFrame) -> Any:
    # With DF the datagram is atomic and its identification free (RFC 6864 section 4.1); the sequence number in it
    # helps whoever reads the capture.
    packet: Any = IP(
        src=str(frame.source),
        dst=str(frame.destination),
        ttl=frame.ttl,
        id=frame.seq,
        flags="DF" if frame.dont_fragment else 0,
    )
    kind = _ECHO_REPLY if frame.reply else _ECHO_REQUEST
    packet.add_payload(ICMP(type=kind, id=frame.ident, seq=frame.seq))
    packet.add_payload(Raw(b"\0" * frame.size_bytes))
    return packet
