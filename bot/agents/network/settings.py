"""What the worker is told about one device, and how much it may ask of it."""

from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network

from bot.model.network import Device

AUTH = ("sha1", "sha224", "sha256", "sha384", "sha512")
PRIV = ("aes128", "aes192", "aes256")


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A user of SNMPv3; ``priv`` None: what it asks is signed, but not encrypted (authNoPriv)."""

    name: str
    auth: str
    auth_password: str = field(repr=False)
    priv: str | None = None
    priv_password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceSettings:
    """One device. ``user`` None: version 2c with ``community``.

    ``networks`` are those it serves: it is asked about addresses in them; empty: about every address.
    ``walk_rows`` is how long a table may be to be read as a whole; of a longer one only the rows that were asked for.
    ``community_per_vlan`` are the VLANs whose MAC table it shows to ``community@vlan`` alone (Cisco IOS).
    """

    device: Device
    host: str
    port: int = 161
    community: str = field(default="", repr=False)
    user: User | None = None
    networks: tuple[IPv4Network, ...] = ()
    requests_per_s: float = 50
    timeout_s: float = 1.0
    retries: int = 1
    walk_rows: int = 500
    community_per_vlan: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """The operator's name for it."""
        return self.device.name

    def serves(self, target: IPv4Address | None) -> bool:
        """Whether it is asked about this address; None is a job about MACs alone, which may be anywhere."""
        return target is None or not self.networks or any(target in network for network in self.networks)
