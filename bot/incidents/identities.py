"""What a machine that was looked up is known by on the wire: for whoever shares it, vCenter is asked once more."""

from collections.abc import Iterable
from ipaddress import IPv4Address

from bot.model.addresses import Mac
from bot.model.observation import GuestRowFound, NicFound, Observation, VmFound
from bot.model.request import Target

_VMS, _IPS, _MACS = 4, 4, 16  # what more VMs than this have is an address that means nothing


def identities(target: Target, seen: Iterable[Observation]) -> tuple[tuple[IPv4Address, ...], tuple[Mac, ...]]:
    """The addresses and MACs of the VMs that have the target, the first few; none where many VMs have it.

    An address on an interface inside the guest with a MAC of its own (docker0) is none of them: every container host
    has the same.
    """
    seen = tuple(seen)
    rows = [one for one in seen if isinstance(one, NicFound | GuestRowFound)]
    vms = {row.vm for row in rows if target.address in row.addresses or (target.mac and row.mac == target.mac)}
    vms |= {one.vm for one in seen if isinstance(one, VmFound) and target.names(one.name)}
    if len(vms) > _VMS:
        return (), ()
    macs = {vm: {row.mac for row in rows if isinstance(row, NicFound) and row.vm == vm} for vm in vms}
    wired = [row for row in rows if row.vm in vms and (_on_vnic(row) or row.mac in macs[row.vm])]
    ips = dict.fromkeys(address for row in wired for address in row.addresses)
    own = dict.fromkeys(row.mac for row in rows if isinstance(row, NicFound) and row.vm in vms)
    return tuple(ips)[:_IPS], tuple(own)[:_MACS]


def _on_vnic(row: NicFound | GuestRowFound) -> bool:
    return isinstance(row, NicFound) or row.vnic
