"""Dated facts read from artifacts. An observation says what happened, never what it means."""

from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Address

from bot.model.addresses import Mac
from bot.model.job import Vantage
from bot.model.network import Device, Extent, Row, Table
from bot.model.ucs import UcsGap, UcsThing
from bot.model.vsphere import (
    Alarm,
    Clocks,
    Counter,
    Family,
    Gap,
    Group,
    Happened,
    Host,
    Neighbour,
    Port,
    Switch,
    Task,
    VmState,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One fact: when, seen from where, and where it stands in which artifact.

    ``artifact`` is the digest of the bytes; ``locator`` leads to the place in them ("frame 14", "vms/0/nics/1").
    """

    seen_at: datetime
    vantage: Vantage
    artifact: str
    locator: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listened(Observation):
    """The instrument listened from ``started_at`` to ``seen_at`` and lost ``dropped`` frames (None: unknown).

    ``unread`` says why not all that it recorded could be read, as in "it is cut off inside a frame"; None: all was.
    ``ahead_ms`` is how far its clock ran ahead of the queue server's; None: not known.
    """

    started_at: datetime
    dropped: int | None
    unread: str | None = None
    ahead_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArpAsked(Observation):
    """A who-has for ``wanted``. ``asker`` is None for an RFC 5227 probe (sender address 0.0.0.0).

    ``asker_mac`` is the ARP sender, ``transmitter`` the frame's source, ``sent_to`` the frame's destination
    (broadcast, or the one MAC that was asked; None where the capture does not keep it). ``ours`` marks a request that
    this vantage sent itself, ``returned`` one of these that came in again (None: the capture does not tell what went
    out and what came in). ``vlans`` are the tags from the outside in, ``tunnel`` names the network inside another
    that it was heard in ("vxlan 5001"), here and in the other ARP observations: the same address in two networks is
    two addresses.
    """

    wanted: IPv4Address
    asker: IPv4Address | None
    asker_mac: Mac
    transmitter: Mac
    sent_to: Mac | None
    vlans: tuple[int, ...]
    tunnel: str | None = None
    ours: bool
    returned: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArpAnswer(Observation):
    """``ip`` is-at ``mac``, told to ``told_mac``/``told_ip`` (told_ip None: 0.0.0.0) by ``transmitter``."""

    ip: IPv4Address
    mac: Mac
    transmitter: Mac
    told_mac: Mac
    told_ip: IPv4Address | None
    vlans: tuple[int, ...]
    tunnel: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArpAnnounced(Observation):
    """A gratuitous claim of ``ip`` by ``mac``: sender address equals target address (RFC 5227 section 2.3).

    ``sent_to`` as in ArpAsked: one that goes to a single MAC tells nobody else.
    """

    ip: IPv4Address
    mac: Mac
    transmitter: Mac
    vlans: tuple[int, ...]
    tunnel: str | None = None
    sent_to: Mac | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RarpNotice(Observation):
    """A MAC announced without an address, as ESXi does after a vMotion (RFC 903 frame, Broadcom KB 343401)."""

    mac: Mac
    transmitter: Mac
    vlans: tuple[int, ...]
    tunnel: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EchoAsked(Observation):
    """An echo request number ``seq`` from ``asker`` to ``ip``, by ``transmitter`` in a frame to ``sent_to``.

    ``sent_to`` is the MAC that was tried, as the ARP table of whoever sent the frame has it (None: not kept).
    """

    ip: IPv4Address
    ident: int
    seq: int
    sent_to: Mac | None
    ours: bool
    asker: IPv4Address
    transmitter: Mac
    ttl: int
    vlans: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EchoAnswer(Observation):
    """The echo reply to ``ident``/``seq`` from ``ip`` to ``told``; ``mac`` is the frame's source."""

    ip: IPv4Address
    ident: int
    seq: int
    mac: Mac
    ttl: int
    told: IPv4Address
    vlans: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketSeen(Observation):
    """Any other IPv4 packet of the target, by ``transmitter`` in a frame to ``sent_to`` (None: not kept).

    Two with one ``fingerprint`` are the same packet in two frames.
    """

    source: IPv4Address
    destination: IPv4Address
    transmitter: Mac
    sent_to: Mac | None
    ttl: int
    fingerprint: bytes
    vlans: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HelloHeard(Observation):
    """A router told its group that it is there: ``protocol`` ("VRRP", which CARP looks like, "HSRP", "GLBP")."""

    protocol: str
    group: int
    transmitter: Mac
    vlans: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopSeen(Observation):
    """A MAC sent a frame to itself, so that switches learn where it is: Linux bonding does so for each slave."""

    mac: Mac
    vlans: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NeighbourHeld(Observation):
    """The vantage's own ARP table held ``mac`` for ``ip`` before anything was asked; None: an incomplete entry."""

    ip: IPv4Address
    mac: Mac | None
    permanent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class VcenterAnswered(Observation):
    """A vCenter was asked for these addresses; ``complete`` is False where part of it could not be read.

    ``unread`` says in sentences what could not be read and why.
    """

    vcenter: str
    asked_ips: tuple[IPv4Address, ...]
    asked_macs: tuple[Mac, ...]
    asked_names: tuple[str, ...]
    complete: bool
    unread: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VmFound(Observation):
    """A VM that owns one of the asked addresses or names. ``vm`` is unique over all vCenters ("dc1/vm-42")."""

    vm: str
    name: str
    vcenter: str
    powered_on: bool
    connection: str
    host: str | None
    cluster: str | None
    tools_running: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NicFound(Observation):
    """One vNIC of a found VM as vCenter configures it; ``addresses`` are what VMware Tools report for it.

    ``connected`` is None where vCenter does not say (a powered-off VM). ``vlan`` None: not known or a trunk.
    ``foreign_macs`` says whether the port group lets the guest use another MAC than this one, ``blocked`` whether
    its port on the distributed switch is; None: not known.
    """

    vm: str
    vm_name: str
    label: str
    mac: Mac
    connected: bool | None
    network: str | None
    vlan: int | None
    foreign_macs: bool | None = None
    blocked: bool | None = None
    addresses: tuple[IPv4Address, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestRowFound(Observation):
    """A row of ``guest.net``: what VMware Tools say inside the guest. ``vnic`` False: no vNIC behind it (bond0)."""

    vm: str
    vm_name: str
    mac: Mac | None
    addresses: tuple[IPv4Address, ...]
    vnic: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestProcessesRead(Observation):
    """The processes inside a VM were to be searched for these names; ``unread`` says why not all were seen."""

    vm: str
    vm_name: str
    looked_for: tuple[str, ...]
    unread: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestProcessFound(Observation):
    """A process inside a VM that has one of the names looked for; its times are those of the guest's clock.

    ``ended_at`` and ``exit_code`` None: it has not ended, or nobody knows. ``bare`` says whether its command line is
    nothing but its name, as a zombie's on Linux; None: that says nothing on its system.
    """

    vm: str
    vm_name: str
    name: str
    pid: int
    owner: str
    started_at: datetime
    ended_at: datetime | None
    exit_code: int | None
    bare: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HostNicFound(Observation):
    """An asked MAC or address belongs to a vmkernel port or physical NIC of an ESXi host."""

    host: str
    device: str
    mac: Mac
    addresses: tuple[IPv4Address, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SurroundingsRead(Observation):
    """A vCenter was asked for what is around the VMs. ``read`` are the families that it told, ``gaps`` what it did not.

    ``clock`` compares its clock with the worker's; None: not known.
    """

    vcenter: str
    read: tuple[Family, ...]
    gaps: tuple[Gap, ...]
    clock: Clocks | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SurroundingSeen(Observation):
    """One thing around the VMs that this vCenter told of. ``vm`` in it is the vCenter's own id, not unique over all."""

    vcenter: str
    thing: VmState | Host | Group | Port | Switch | Alarm | Happened | Counter | Neighbour | Task


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRead(Observation):
    """A device was asked for one of its tables, or somebody pasted it; how much of it was read, and why not all.

    ``asked_ip`` and ``asked_macs`` are whose rows were looked for by name: with Extent.ASKED the absence of one of
    theirs says something, that of another row nothing. ``why`` is a sentence; None where nothing is missing.
    """

    device: Device
    table: Table
    extent: Extent
    asked_ip: IPv4Address | None = None
    asked_macs: tuple[Mac, ...] = ()
    why: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RowSeen(Observation):
    """One row of a device's table, as it stood at that moment; the same row may be read several times."""

    device: Device
    row: Row


@dataclass(frozen=True, slots=True, kw_only=True)
class FabricRead(Observation):
    """A UCS Manager was asked. ``read`` are the classes of objects that it told of, ``gaps`` what it did not."""

    domain: str
    read: tuple[str, ...]
    gaps: tuple[UcsGap, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FabricSeen(Observation):
    """One thing of the fabric under the hosts that this UCS Manager told of."""

    domain: str
    thing: UcsThing


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedFact(Observation):
    """What a person knows and no agent sees: a kind of the vocabulary, its value, and whose word it is.

    ``domain`` is the side that a splitting attribute belongs to ("guest", "network", "hypervisor"), where the kind has
    one. ``measured`` is False for what was plain when the ticket was opened or came of simple trial, and True for
    what somebody had to collect.
    """

    kind: str
    value: str | None
    domain: str | None
    measured: bool
    reporter: str
