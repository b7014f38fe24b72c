"""What an agent lets itself be asked, by its own configuration, whoever signed the job."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

from bot.agents.capture_filter import MOST_HOSTS
from bot.errors import InstrumentError, RequestError
from bot.model.capture import Filter, Traffic
from bot.model.job import Job, Vantage

PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")))
"""RFC 1918 and RFC 6598: nobody else's machines."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The most that one job may take: seconds of listening, echo requests in a series, and what is recorded.

    Frames beyond ``frames`` or ``size_bytes`` are counted as dropped. ``reach`` are the networks that may be pinged
    through the gateway. ``watch_s`` is the longest piece of a watch.
    """

    listen_s: float = 5.0
    watch_s: float = 20.0
    echoes: int = 20
    frames: int = 10_000
    size_bytes: int = 2_000_000
    reach: tuple[IPv4Network, ...] = PRIVATE


@dataclass(frozen=True, slots=True)
class CaptureBounds:
    """The most that captures may take: seconds, frames and bytes of one, and how many run ``at_once``.

    ``prefixes`` are the networks whose machines may be captured; empty: the agent's own segment's. ``payload``: whole
    frames may be taken where a job wishes it, not only headers. A capture lies in ``spool`` while it grows, and ends
    when less than ``spare_bytes`` are left on its disk.
    """

    prefixes: tuple[IPv4Network, ...] = ()
    listen_s: float = 60.0
    frames: int = 100_000
    size_bytes: int = 8 << 20
    payload: bool = False
    at_once: int = 2
    spool: Path = Path("/var/tmp")  # noqa: S108  what is made there has no name
    spare_bytes: int = 256 << 20


def filter_of(job: Job, bounds: CaptureBounds, vantage: Vantage) -> Filter:
    """What the job wishes to capture, when it stays inside the bounds.

    Each conversation that is taken has an end inside the prefixes: every host, or the peer. So both sides of a router
    can be looked at, each by the agent whose machine is there.

    Raises:
        RequestError: it does not, or what it wishes makes no sense.
    """
    target, listen_s = _machine(job.target), job.options.listen_s
    wanted = job.options.filter or Filter((target,))
    if not 0 < listen_s <= bounds.listen_s:
        raise RequestError(f"This agent captures for at most {bounds.listen_s:g} s, not {listen_s:g} s.")
    if job.options.payload and not bounds.payload:
        raise RequestError("This agent records headers only: ask without payload, or let its operator allow it.")
    _require_sense(wanted, target)
    prefixes = bounds.prefixes or ((vantage.prefix,) if vantage.prefix else ())
    outside = [host for host in wanted.hosts if not any(host in prefix for prefix in prefixes)]
    if outside and not any(wanted.peer in prefix for prefix in prefixes if wanted.peer):
        named = ", ".join(map(str, prefixes)) or "none"
        raise RequestError(
            f"{outside[0]} is outside of what this agent may capture ({named}): name a peer inside, or let its "
            "operator list the network in RULEOUT_CAPTURE_PREFIXES."
        )
    for host in wanted.hosts:
        if host == vantage.address or host in vantage.pool:
            raise RequestError(f"{host} is an address of the agent itself: ask another agent about it.")
    return wanted


def _require_sense(wanted: Filter, target: IPv4Address) -> None:
    for host in (*wanted.hosts, *([wanted.peer] if wanted.peer else [])):
        _machine(host)
    if target not in wanted.hosts:
        raise RequestError(f"The filter has to name {target}, which the capture is about, among its hosts.")
    if len(wanted.hosts) > MOST_HOSTS:
        raise RequestError(f"One capture can be about {MOST_HOSTS} machines at most, not {len(wanted.hosts)}.")
    if not wanted.traffic:
        raise RequestError("The filter has to name what it takes: arp, icmp or all.")
    if wanted.peer in wanted.hosts:
        raise RequestError(f"The peer {wanted.peer} has to be another machine than those that the capture is about.")
    if wanted.port is not None and Traffic.ALL not in wanted.traffic:
        raise RequestError(f"ARP and ICMP have no port {wanted.port}: ask for all traffic of the port.")
    if wanted.port is not None and not 1 <= wanted.port <= 65_535:
        raise RequestError(f"A port is a number from 1 to 65535, not {wanted.port}.")
    if wanted.vlan is not None and not 1 <= wanted.vlan <= 4094:
        raise RequestError(f"A VLAN is a number from 1 to 4094, not {wanted.vlan}.")


def _machine(target: IPv4Address | None) -> IPv4Address:
    if target is None:
        raise RequestError("This check needs an IPv4 address as its target.")
    if target.is_multicast or target.is_loopback or target.is_unspecified or target.is_reserved:
        raise RequestError(f"{target} is not the address of a machine on a network.")
    return target


def target_of(job: Job, bounds: Bounds) -> IPv4Address:
    """The job's target, when the job stays inside the bounds.

    Raises:
        RequestError: it does not, or its target is no machine's address.
    """
    options, target = job.options, _machine(job.target)
    if not 0 < options.listen_s <= bounds.listen_s:
        raise RequestError(f"This agent listens for at most {bounds.listen_s:g} s, not {options.listen_s:g} s.")
    if not 0 <= options.echoes <= bounds.echoes:
        raise RequestError(f"This agent sends at most {bounds.echoes} echo requests, not {options.echoes}.")
    return target


def watched_of(job: Job, bounds: Bounds) -> IPv4Address:
    """The target of a piece of a watch, when the job stays inside the bounds.

    Raises:
        RequestError: it does not, or its target is no machine's address.
    """
    target, listen_s = _machine(job.target), job.options.listen_s
    if not 0 < listen_s <= bounds.watch_s:
        raise RequestError(f"This agent watches for at most {bounds.watch_s:g} s at a time, not {listen_s:g} s.")
    return target


def require_local(target: IPv4Address, vantage: Vantage) -> None:
    """Refuse a target that is not another machine on the vantage's own segment.

    Raises:
        RequestError: it is elsewhere, the network itself, or the agent's own.
        InstrumentError: the vantage lacks what an ARP check stands on.
    """
    if vantage.mac is None or vantage.address is None or vantage.prefix is None:
        raise InstrumentError(f"The agent has no IPv4 address on {vantage.interface}: give it one on this segment.")
    if target not in vantage.prefix:
        raise RequestError(f"{target} is not on segment {vantage.segment} ({vantage.prefix}), where this agent stands.")
    ends = (vantage.prefix.network_address, vantage.prefix.broadcast_address)
    if vantage.prefix.prefixlen < 31 and target in ends:  # RFC 3021: a /31 has neither
        raise RequestError(f"{target} is the network or broadcast address of {vantage.prefix}: no machine has it.")
    if target == vantage.address or target in vantage.pool:
        raise RequestError(f"{target} is an address of the agent itself: ask another agent about it.")


def require_remote(target: IPv4Address, vantage: Vantage, bounds: Bounds) -> None:
    """Refuse a target that is not behind the vantage's gateway, or beyond the networks that it may reach for.

    Raises:
        RequestError: the target is on the agent's own segment, or outside the bounds.
        InstrumentError: the vantage lacks what a check through the gateway stands on.
    """
    if vantage.mac is None or vantage.address is None or vantage.prefix is None:
        raise InstrumentError(f"The agent has no IPv4 address on {vantage.interface}: give it one on this segment.")
    if vantage.gateway is None:
        raise InstrumentError(f"The agent knows no gateway on {vantage.interface}: give it a default route or name it.")
    if target in vantage.prefix:
        raise RequestError(f"{target} is on this agent's own segment {vantage.segment}: no gateway lies between.")
    if not any(target in network for network in bounds.reach):
        raise RequestError(f"{target} is in none of the networks that this agent may ping: RULEOUT_REACH lists them.")
