"""What a UCS Manager knows of the fabric under the hosts: interconnects, their ports, blades, vNICs and faults.

A field that is None was not told. ``dn`` is the distinguished name, by which the manager's own pages find the object.
The manager's times carry no zone, so none of them is compared with another clock.
"""

from dataclasses import dataclass

from bot.model.addresses import Mac

FABRICS = ("A", "B")


@dataclass(frozen=True, slots=True)
class UcsGap:
    """A class of objects that was not read, or not all of it, and why, as a sentence. ``kind`` is "vnicEther"."""

    kind: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What the manager itself calls broken. ``on`` is the object's name, ``kind`` its sort ("connectivity").

    ``severity`` is "critical", "major", "minor", "warning", "info", "condition" or "cleared"; ``since`` is its last
    change by the manager's clock, as it writes it.
    """

    code: str
    on: str
    severity: str
    kind: str | None = None
    says: str | None = None
    since: str | None = None
    acknowledged: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Interconnect:
    """One of the two switches that a domain hangs on. ``state`` is its operability ("operable")."""

    dn: str
    fabric: str
    state: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A blade or rack server. ``profile`` is the name of its service profile's object."""

    dn: str
    profile: str | None = None
    state: str | None = None
    operability: str | None = None
    power: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A service profile: who a server is. ``server`` is the name of the server that has it now."""

    dn: str
    name: str
    server: str | None = None
    associated: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Vnic:
    """A vNIC of a service profile. ``fabrics`` are A or B; of two the first is the usual one, the second steps in."""

    dn: str
    name: str
    mac: Mac | None = None
    fabrics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HostInterface:
    """The same vNIC as the adapter has it. ``link`` is "up", "down", ...; ``vnic`` names the profile's vNIC."""

    dn: str
    mac: Mac | None = None
    fabric: str | None = None
    link: str | None = None
    state: str | None = None
    vnic: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UplinkChannel:
    """A port channel of uplinks. ``state`` is "up" or what else the manager calls it."""

    dn: str
    fabric: str
    state: str | None = None
    enabled: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UplinkPort:
    """A port that leads to the network, alone or as a member of ``channel``. ``port`` names the physical one's object.

    ``membership`` is what the channel makes of it ("up", "suspended", "individual"); ``why`` the manager's reason.
    """

    dn: str
    fabric: str
    port: str | None = None
    channel: str | None = None
    state: str | None = None
    membership: str | None = None
    enabled: bool | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PortErrors:
    """What a port counted in the manager's last interval of collection (60 s unless somebody changed it), in frames.

    ``collected`` is its end by the manager's clock. Source: etherErrStats, etherRxStats and etherTxStats, ``...Delta``.
    """

    damaged: int | None = None
    errors_in: int | None = None
    errors_out: int | None = None
    frames_in: int | None = None
    frames_out: int | None = None
    collected: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InterconnectPort:
    """A physical port of an interconnect. ``role`` is "network" or "server"; ``peer`` names what it is cabled to."""

    dn: str
    fabric: str
    label: str
    role: str | None = None
    state: str | None = None
    enabled: bool | None = None
    peer: str | None = None
    errors: PortErrors = PortErrors()


UcsThing = (
    Fault | Interconnect | Server | Profile | Vnic | HostInterface | UplinkChannel | UplinkPort | InterconnectPort
)
