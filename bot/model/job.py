"""What is asked of agents, and what they bring back."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from ipaddress import IPv4Address, IPv4Network

from bot.model.addresses import Mac
from bot.model.capture import Filter


@dataclass(frozen=True, slots=True)
class Vantage:
    """Where an agent stands: one interface on one segment, with the addresses that it asks from.

    ``mac``, ``address``, ``prefix`` and ``gateway`` are None where nobody knows them, as for a capture that a
    person dropped. ``pool`` holds further sender addresses that the operator reserved for this agent alone.
    """

    agent: str
    segment: str
    interface: str
    mac: Mac | None = None
    address: IPv4Address | None = None
    prefix: IPv4Network | None = None
    gateway: IPv4Address | None = None
    pool: tuple[IPv4Address, ...] = ()


@dataclass(frozen=True, slots=True)
class Agent:
    """One process that looks, as it announces itself with every heartbeat.

    ``queues`` are the queues it takes jobs from, ``probes`` the kinds of job it can do. ``running`` are job ids.
    ``ahead_ms`` is how far its clock runs ahead of the queue server's; None: nobody measured it.
    """

    name: str
    queues: tuple[str, ...]
    probes: tuple[str, ...]
    vantages: tuple[Vantage, ...]
    version: str
    heard_at: datetime
    running: tuple[str, ...] = ()
    ahead_ms: int | None = None


class Probe(StrEnum):
    """The kinds of job. The value is what travels in a job and stands in an artifact."""

    ARP = "arp"  # on the target's own segment: look, ping, unicast ARP, broadcast ARP, in this order
    ICMP = "icmp"  # from another segment: echo requests through the gateway
    WATCH = "watch"  # ask and ping one target again and again, for the length of a piece
    VCENTER = "vcenter"  # who owns these addresses
    CAPTURE = "capture"  # listen only
    NETWORK = "network"  # the tables and ports of the routers and switches on the way
    UCS = "ucs"  # the fabric interconnects and blades under the hosts
    REPORT = "report"  # what people know: no agent does it, it comes with its reporter


@dataclass(frozen=True, slots=True)
class JobOptions:
    """What a job may vary. An agent refuses what its own configuration does not allow.

    ``listen_s`` is the time from the last broadcast request (or from the start of a capture) to the end of
    listening; of a network job, how long it reads the rows of the target and of ``macs`` again and again (0: once).
    ``names`` and ``macs`` are further things to look up in vCenter and in tables, ``places`` clusters and hosts, of
    which every running VM is looked up. ``filter`` says what to capture
    (None: the target's ARP and ICMP), ``payload`` whether whole frames are wished for instead of headers.
    """

    listen_s: float = 1.0
    echoes: int = 5
    macs: tuple[Mac, ...] = ()
    names: tuple[str, ...] = ()
    filter: Filter | None = None
    payload: bool = False
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """One thing for one agent to do, put on ``queue``; signed when it leaves the bot.

    ``target`` is None only for a vCenter look-up by name or MAC.
    """

    id: str
    incident: str
    probe: Probe
    queue: str
    target: IPv4Address | None
    options: JobOptions
    asked_at: datetime
    expires_at: datetime


class Media(StrEnum):
    """What an artifact's bytes are; the reader is chosen by it."""

    PCAP = "application/vnd.tcpdump.pcap"
    NEIGHBOURS = "application/vnd.ruleout.neighbours+json"  # the agent's own ARP table before it asked anything
    VCENTER = "application/vnd.ruleout.vcenter+json"
    NETWORK = "application/vnd.ruleout.network+json"  # what one device answered over SNMP
    PASTED = "application/vnd.ruleout.pasted+json"  # the output of a device's command line, and who pasted it
    UCS = "application/vnd.ruleout.ucs+json"
    REPORT = "application/vnd.ruleout.report+json"
    EXPORT = "application/zip"  # a whole incident, as it was exported; nothing is read from it


def digest_of(data: bytes) -> str:
    """The name of these bytes: ``sha256:<hex>``."""
    return f"sha256:{sha256(data).hexdigest()}"


@dataclass(frozen=True, slots=True)
class Artifact:
    """Bytes that an agent brought back, named by their digest; the bytes lie elsewhere.

    ``dropped`` counts what the instrument lost while it looked (frames the kernel dropped); None where the
    instrument cannot tell. ``incomplete`` says, as a sentence, why a capture did not run to its end, or that it has
    not yet. ``ahead_ms`` is how far the agent's clock ran ahead of the queue server's, by which two vantages can be
    told on one clock; None where nobody measured it.
    """

    job: str
    probe: Probe
    vantage: Vantage
    media: Media
    digest: str
    size_bytes: int
    started_at: datetime
    stopped_at: datetime
    dropped: int | None
    incomplete: str | None = None
    ahead_ms: int | None = None
