"""What an agent lets itself be asked, by its own configuration, whoever signed the job."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from bot.errors import InstrumentError, RequestError
from bot.model.job import Job, Vantage

PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")))
"""RFC 1918 and RFC 6598: nobody else's machines."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The most that one job may take: seconds of listening, echo requests in a series, and what is recorded.

    Frames beyond ``frames`` or ``size_bytes`` are counted as dropped. ``reach`` are the networks that may be pinged
    through the gateway.
    """

    listen_s: float = 5.0
    echoes: int = 20
    frames: int = 10_000
    size_bytes: int = 2_000_000
    reach: tuple[IPv4Network, ...] = PRIVATE


def target_of(job: Job, bounds: Bounds) -> IPv4Address:
    """The job's target, when the job stays inside the bounds.

    Raises:
        RequestError: it does not, or its target is no machine's address.
    """
    options, target = job.options, job.target
    if target is None:
        raise RequestError("This check needs an IPv4 address as its target.")
    if target.is_multicast or target.is_loopback or target.is_unspecified or target.is_reserved:
        raise RequestError(f"{target} is not the address of a machine on a network.")
    if not 0 < options.listen_s <= bounds.listen_s:
        raise RequestError(f"This agent listens for at most {bounds.listen_s:g} s, not {options.listen_s:g} s.")
    if not 0 <= options.echoes <= bounds.echoes:
        raise RequestError(f"This agent sends at most {bounds.echoes} echo requests, not {options.echoes}.")
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
