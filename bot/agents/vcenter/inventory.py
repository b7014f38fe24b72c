"""What a VM and an ESXi host can be found by: which properties are read of them, and the rows that come of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from xml.etree.ElementTree import Element

from bot.agents.vcenter.properties import Properties, flag, part, parts
from bot.model.addresses import Mac, parse_mac
from bot.probes.vcenter import Address, HostNic

DEVICES = "config.hardware.device"
# The keys of vNICs; a VM has at most ten. By key they are a third of the bytes of all devices (10,000 VMs: 21
# against 67 MB). Sub-fields of a keyed device cannot be asked for (govmomi #1001).
KEYED = tuple(f"{DEVICES}[{key}]" for key in range(4000, 4010))
CARDS = "summary.config.numEthernetCards"
VM = ("name", "runtime.powerState", "guest.ipAddress", "guest.net", CARDS)
HOST = ("name", "parent", "config.network.vnic", "config.network.pnic", "config.network.portgroup")


@dataclass(frozen=True, slots=True)
class VmRow:
    """What one VM can be found by. ``last_ip`` is guest.ipAddress, which may outlive the rows of guest.net.

    ``doubtful``: it was asked for vNICs by key only, and may have others. Its tuples hold nothing twice; as sets they
    would take four times the memory.
    """

    id: str
    name: str
    on: bool
    addresses: tuple[Address, ...]
    last_ip: Address | None
    macs: tuple[Mac, ...]
    doubtful: bool
    denied: bool

    @property
    def silent(self) -> bool:
        """Whether it runs and no address of it is known."""
        return self.on and not self.addresses and self.last_ip is None


@dataclass(frozen=True, slots=True)
class HostRow:
    """One ESXi host: its own NICs, and of its standard port groups by name the VLANs (None: a trunk), and whether
    they let a guest use another MAC than its vNIC's.
    """

    id: str
    name: str
    parent: str
    cluster: str | None
    nics: tuple[HostNic, ...]
    vlans: Mapping[str, int | None]
    foreign_macs: Mapping[str, bool | None]
    seen: bool


def vm_row(vm: Properties) -> VmRow:
    """The VM as a row. In doubt: no vNIC, fewer than it says to have, or one in its guest that was not answered."""
    net = vm.all("guest.net")
    nics = list(vnics(vm))
    keys = {part(nic, "key") for nic in nics} | {"-1"}
    macs = [mac_of(element) for element in (*nics, *net)]
    return VmRow(
        id=vm.id,
        name=vm.text("name") or "",
        on=vm.text("runtime.powerState") == "poweredOn",
        addresses=tuple(dict.fromkeys(address for row in net for address in addresses_of(row))),
        last_ip=address_in(vm.text("guest.ipAddress")),
        macs=tuple(dict.fromkeys(mac for mac in macs if mac)),
        doubtful=DEVICES not in vm.values
        and (len(nics) < max(1, _number(vm, CARDS)) or any(part(row, "deviceConfigId") not in keys for row in net)),
        denied=vm.denied,
    )


def host_row(host: Properties) -> HostRow:
    """The host as a row; its cluster is still missing."""
    name = host.text("name") or host.id
    nics = []
    for path in ("config.network.vnic", "config.network.pnic"):
        for element in host.all(path):
            mac = mac_of(element, "spec/mac") or mac_of(element, "mac")
            address = address_in(part(element, "spec/ip/ipAddress"))
            if mac:
                nics.append(HostNic(name, part(element, "device") or "", mac, (address,) if address else ()))
    groups = host.all("config.network.portgroup")
    vlans = {part(group, "spec/name") or "": vlan_of(part(group, "spec/vlanId")) for group in groups}
    policies = {part(group, "spec/name") or "": foreign_macs(group, "computedPolicy/security/{}") for group in groups}
    return HostRow(
        id=host.id,
        name=name,
        parent=host.text("parent") or "",
        cluster=None,
        nics=tuple(nics),
        vlans=vlans,
        foreign_macs=policies,
        seen="config.network.pnic" in host.values,
    )


def _number(item: Properties, path: str) -> int:
    text = item.text(path) or ""
    return int(text) if text.isdecimal() else 0


def vnics(vm: Properties) -> Iterator[Element]:
    """The VM's vNICs, asked for by key or among all devices: only Ethernet cards have a MAC address."""
    for path, value in vm.values.items():
        if path.startswith(DEVICES):
            yield from (item for item in (value if path == DEVICES else (value,)) if part(item, "macAddress"))


def mac_of(element: Element, path: str = "macAddress") -> Mac | None:
    """The MAC in a part, or None where it is absent or (a guest may say anything) no MAC."""
    return mac_in(part(element, path))


# A vNIC's MAC and address come twice, one right after the other: as configured and as its guest tells.
@lru_cache(maxsize=256)
def mac_in(text: str | None) -> Mac | None:
    """The MAC in a text, or None where there is none."""
    try:
        return parse_mac(text or "")
    except ValueError:
        return None


@lru_cache(maxsize=256)
def address_in(text: str | None) -> Address | None:
    """The address in a text, or None where there is none."""
    try:
        return ip_address(text) if text else None
    except ValueError:
        return None


def addresses_of(row: Element) -> tuple[Address, ...]:
    """The addresses in a row of guest.net."""
    found = (address_in(element.text) for element in parts(row, "ipAddress"))
    return tuple(address for address in found if address)


def foreign_macs(element: Element, path: str) -> bool | None:
    """Whether a policy accepts MAC changes and forged transmits, both; ``path`` has a hole for either's name.

    None where it does not say, and where the one accepts and the other does not say.
    """
    either = {flag(element, path.format(name)) for name in ("macChanges", "forgedTransmits")}
    return False if False in either else True if either == {True} else None


def vlan_of(text: str | None) -> int | None:
    """A VLAN id, 0 for untagged; None for 4095, which hands every tag on to the guest."""
    vlan = int(text) if text and text.isdigit() else None
    return None if vlan == 4095 else vlan
