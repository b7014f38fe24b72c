"""What routers and switches hold in their tables, and how their ports are: each row is one device's word.

A field that is None was not told. Ages are the device's own count, so no clock has to agree with another.
"""

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address

from bot.model.addresses import Mac


class Role(StrEnum):
    """What a device is on the way from the core to the guest; the order is that of the way."""

    CORE = "core"
    FIREWALL = "firewall"
    DISTRIBUTION = "distribution"
    ACCESS = "access"
    OTHER = "other"  # a peer, a server, a virtual router: whoever keeps a table and is none of these


class Table(StrEnum):
    """What can be read of a device by itself."""

    ARP = "arp"
    FDB = "fdb"  # which MAC is behind which port (IEEE 802.1Q filtering database)
    PORTS = "ports"
    VLANS = "vlans"  # which ports carry which VLAN
    NEIGHBOURS = "neighbours"  # LLDP or CDP
    IDENTITY = "identity"


class Extent(StrEnum):
    """How much of a table was read."""

    WHOLE = "whole"
    ASKED = "asked"  # only the rows of the address and the MACs that were asked for
    PART = "part"  # it broke off, or was cut at a bound: what is not there may exist
    NONE = "none"


class Kind(StrEnum):
    """Where an entry comes from."""

    DYNAMIC = "dynamic"
    STATIC = "static"  # somebody typed it in, or a protocol pinned it: it does not age
    OWN = "own"  # the device's own address or MAC


@dataclass(frozen=True, slots=True)
class Device:
    """Who keeps a table. ``name`` is the operator's, or a reporter's, word for it.

    ``reporter`` is the person who pasted the table; None: an instrument read it. ``fabric`` names the half of a
    redundant pair that it belongs to ("A"), where the operator said so.
    """

    name: str
    role: Role
    reporter: str | None = None
    fabric: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArpEntry:
    """``ip`` is-at ``mac`` behind ``interface``; ``mac`` None: the device asks and hears nothing (incomplete)."""

    ip: IPv4Address
    mac: Mac | None
    interface: str | None = None
    kind: Kind | None = None
    age_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FdbEntry:
    """Frames to ``mac`` in this VLAN leave by ``port``."""

    mac: Mac
    vlan: int | None
    port: str | None
    kind: Kind | None = None
    age_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What a port has counted since its device began to, in frames."""

    errors_in: int | None = None
    errors_out: int | None = None
    discards_in: int | None = None
    discards_out: int | None = None
    broadcasts_in: int | None = None
    broadcasts_out: int | None = None
    unicasts_in: int | None = None
    unicasts_out: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PortState:
    """A port. ``enabled`` is what the operator set, ``up`` what the link does; ``vlans`` those it carries.

    ``label`` is what somebody wrote on it (ifAlias).
    """

    port: str
    label: str | None = None
    enabled: bool | None = None
    up: bool | None = None
    speed_mbps: int | None = None
    vlans: tuple[int, ...] | None = None
    counts: Counts = Counts()


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjacent:
    """The machine at the other end of a port's cable, by LLDP or CDP: its name, and its own port."""

    port: str
    name: str
    far_port: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who the device says it is, and for how long it has been up."""

    name: str | None = None
    up_s: float | None = None


Row = ArpEntry | FdbEntry | PortState | Adjacent | Identity
