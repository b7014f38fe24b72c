"""The recorded machines of tests/scenarios, moved to addresses of their own so that many can be asked about at once.

The machine ``scene`` of segment ``s`` has the second octet ``s * SCENES + scene``; everything else is as it was
recorded. What is moved is judged as the recording is: no finding looks at an address for its own sake.
"""

import re
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

from bot import archive
from bot.incidents import bundle
from bot.inquiries import packets
from bot.inquiries.pseudonyms import Pseudonyms
from bot.model.addresses import Mac
from bot.model.job import Artifact, Media, Probe, Vantage, digest_of
from deploy.chaos.plan import SCENES

SCENARIOS = Path(__file__).parents[2] / "tests" / "scenarios"
SHOWN = (
    "guest.bonding_agent_answers_with_two_macs/crashed_agent",
    "guest.duplicate_ip_two_vms/duplicate_ip",
    "guest.firewall_drops/guest_drops_arp",
    "guest.stack_silent/guest_loses_packets",
    "guest.nic_misconfigured/guest_stack_down",
    "healthy/healthy",
    "healthy/bond_failover",
    "healthy/clean_vmotion",
    "hypervisor.host_interface_claims_ip/vmk_has_address",
    "hypervisor.host_networking_broken/uplink_down",
    "hypervisor.vm_powered_off/vm_powered_off",
    "network.proxy_arp_answers/proxy_arp_victim",
    "network.path_to_port_broken/switch_drops_arp",
    "network.table_kept_old_entry/router_keeps_stale_entry",
    "network.routed_path_broken/router_filter",
    "guest.cluster_node_wrong/borrowed_mac",
)
assert len(SHOWN) == SCENES
_ADDRESS = re.compile(rb"(?<![\d.])10\.0\.(\d{1,3}\.\d{1,3})(?![\d.])")


@dataclass(frozen=True, slots=True)
class Scene:
    """What was recorded about one machine, at its own address: artifacts with their bytes, as any agent brings them."""

    target: IPv4Address
    brought: tuple[tuple[Artifact, bytes], ...]

    def of(self, probe: Probe) -> tuple[tuple[Artifact, bytes], ...]:
        """What this probe brought."""
        return tuple(one for one in self.brought if one[0].probe is probe)


class Moved(Pseudonyms):
    """Addresses 10.0.x.y become 10.n.x.y; MACs stay."""

    def __init__(self, octet: int) -> None:
        super().__init__((), (), b"")
        self.octet = octet

    def address(self, address: IPv4Address) -> IPv4Address:
        """The address there."""
        octets = address.packed
        return IPv4Address(bytes((10, self.octet, *octets[2:]))) if octets[:2] == b"\x0a\0" else address

    def mac(self, mac: Mac) -> Mac:
        """The same."""
        return mac


def scene(octet: int) -> Scene:
    """The machine whose second octet this is."""
    directory = SCENARIOS / SHOWN[octet % SCENES]
    case, blobs = bundle.unpack(archive.load(directory))
    moved = Moved(octet)
    brought = tuple(_moved(artifact, blobs[artifact.digest], moved) for artifact in case.artifacts)
    return Scene(moved.address(case.target), brought)


def target(text: str) -> str:
    """A planned question with the address as it was recorded: ``10.18.0.x`` becomes ``10.18.0.5``."""

    def recorded(found: re.Match[str]) -> str:
        return f"10.{found[1]}.0.{_LAST[int(found[1]) % SCENES]}"

    return re.sub(r"10\.(\d+)\.0\.x", recorded, text)


def _last(name: str) -> int:
    case, _ = bundle.unpack(archive.load(SCENARIOS / name))
    return case.target.packed[3]


_LAST = tuple(_last(name) for name in SHOWN)


def _moved(artifact: Artifact, data: bytes, to: Moved) -> tuple[Artifact, bytes]:
    if artifact.media is Media.PCAP:
        read = packets.read(data)
        assert read is not None, "the recordings of the lab are whole"
        data = packets.redacted(read, to)
    else:
        data = _ADDRESS.sub(rb"10.%d.\1" % to.octet, data)
    place = _place(artifact.vantage, to)
    return replace(artifact, vantage=place, digest=digest_of(data), size_bytes=len(data)), data


def _place(vantage: Vantage, to: Moved) -> Vantage:
    net = vantage.prefix
    return replace(
        vantage,
        address=vantage.address and to.address(vantage.address),
        gateway=vantage.gateway and to.address(vantage.gateway),
        prefix=net and IPv4Network((to.address(net.network_address), net.prefixlen)),
        pool=tuple(map(to.address, vantage.pool)),
    )
