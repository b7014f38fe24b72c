"""What may be captured: a wish as a person words it, and the filter that an agent runs."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address


class Traffic(StrEnum):
    """A kind of frame that a capture takes."""

    ARP = "arp"  # with RARP: who claims an address, and who moved
    ICMP = "icmp"
    ALL = "all"  # whatever the hosts send and get


DECIDING = (Traffic.ARP, Traffic.ICMP)
"""What decides who is to blame, and what is captured where nobody says otherwise."""


@dataclass(frozen=True, slots=True)
class Filter:
    """The frames that are taken: of these kinds, from or to one of ``hosts`` (ARP: about one of them).

    ``peer``: only between a host and this one. ``port``: only TCP and UDP from or to it, so ``traffic`` is ALL.
    ``vlan``: only frames with this tag. ``str()`` says the same in tcpdump's language.
    """

    hosts: tuple[IPv4Address, ...]
    traffic: tuple[Traffic, ...] = DECIDING
    peer: IPv4Address | None = None
    port: int | None = None
    vlan: int | None = None

    def __str__(self) -> str:
        clauses = [] if self.vlan is None else [f"vlan {self.vlan}"]
        if self.port is not None:
            clauses.append(f"port {self.port}")
        elif Traffic.ALL not in self.traffic:
            clauses.append(_any("arp or rarp" if kind is Traffic.ARP else str(kind) for kind in self.traffic))
        clauses.append(_any(f"host {host}" for host in self.hosts))
        clauses += [] if self.peer is None else [f"host {self.peer}"]
        return " and ".join(clauses)


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
