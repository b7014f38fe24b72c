"""What may be captured: a wish as a person words it, and the filter that an agent runs."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address


class Traffic(StrEnum):
    """A kind of frame that a capture takes."""

    ARP = "arp"  # and what names no address: who moved, who bonds, which routers are there
    ICMP = "icmp"
    ALL = "all"  # whatever the hosts send and get: ARP and IPv4, for by nothing else is a host named


DECIDING = (Traffic.ARP, Traffic.ICMP)
"""What decides who is to blame, and what is captured where nobody says otherwise."""


NOTICES = "rarp or ether proto 0x9000 or (dst net 224.0.0.0/24 and (ip proto 112 or udp dst port 1985 or 3222))"
"""What tells a move, a bond or a virtual router from a conflict, and names no guest's address: it goes with ARP."""


@dataclass(frozen=True, slots=True)
class Filter:
    """The frames that are taken: of these kinds, from or to one of ``hosts`` (ARP: about one of them).

    ``peer``: of these only what is from or to this one as well. ``port``: only TCP and UDP from or to it, so
    ``traffic`` is ALL; a later fragment has no port and is not taken. ``vlan``: only frames with this tag. With ARP
    go the ``NOTICES``, whomever they are about.

    ``str()`` says the same in tcpdump's language for frames without tags (``vlan``: with that one alone). What is
    taken is also taken behind up to two tags, which tcpdump's language has no short word for.
    """

    hosts: tuple[IPv4Address, ...]
    traffic: tuple[Traffic, ...] = DECIDING
    peer: IPv4Address | None = None
    port: int | None = None
    vlan: int | None = None

    @property
    def takes_notices(self) -> bool:
        """Whether frames that name no guest's address are taken too."""
        return self.port is None and not {Traffic.ARP, Traffic.ALL}.isdisjoint(self.traffic)

    def __str__(self) -> str:
        clauses = []
        if self.port is not None:
            clauses.append(f"(tcp or udp) and port {self.port}")
        elif Traffic.ALL not in self.traffic:
            clauses.append(_any(map(str, self.traffic)))
        clauses.append(_any(f"host {host}" for host in self.hosts))
        clauses += [] if self.peer is None else [f"host {self.peer}"]
        wanted = " and ".join(clauses)
        wanted = f"({wanted}) or {NOTICES}" if self.takes_notices else wanted
        return wanted if self.vlan is None else f"vlan {self.vlan} and ({wanted})"


def _any(terms: Iterable[str]) -> str:
    told = " or ".join(terms)
    return f"({told})" if " or " in told else told


@dataclass(frozen=True, slots=True)
class CaptureWish:
    """How a capture was asked for, beside its target.

    ``at`` are the names of agents or segments; empty: every segment that has the target. ``hosts`` are further
    machines. ``payload``: whole frames, where agents allow more than headers.
    """

    duration_s: float
    traffic: tuple[Traffic, ...] = DECIDING
    at: tuple[str, ...] = ()
    hosts: tuple[IPv4Address, ...] = ()
    peer: IPv4Address | None = None
    port: int | None = None
    vlan: int | None = None
    payload: bool = False

    def filter(self, target: IPv4Address) -> Filter:
        """The filter that this wish means once its target has an address."""
        return Filter((target, *self.hosts), self.traffic, self.peer, self.port, self.vlan)
