"""Which physical switch ports the VM's host is plugged into, by CDP or LLDP, and whether its VLAN arrives there."""

from bot.findings.readings import things
from bot.findings.surrounding import Hit, Seat, answer, by_seat, seats
from bot.findings.wording import few, listing
from bot.model.finding import Evidence, Finding
from bot.model.observation import SurroundingSeen
from bot.model.vsphere import Neighbour

KNOWN = "vcenter.neighbour.switch_ports"
UNSEEN = "vcenter.neighbour.vlan_unseen"


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """The ports that the network team will be asked about, and an uplink that sees all VLANs but the VM's."""
    return (
        answer(evidence, KNOWN, by_seat(evidence, lambda seat: _ports(evidence, seat)),
               f"No physical switch names itself to the host of {evidence.target}.", "neighbours"),
        answer(evidence, UNSEEN, by_seat(evidence, lambda seat: _unseen(evidence, seat)),
               f"The VLAN of {evidence.target} arrives at its host as well as others.", "neighbours", "hosts",
               known=all(any(one.seen_vlans for one, _ in _heard(evidence, seat)) for seat in seats(evidence))),
    )  # fmt: skip


def _heard(evidence: Evidence, seat: Seat) -> list[tuple[Neighbour, SurroundingSeen]]:
    used = {one.device for one in seat.uplinks}
    return [
        one
        for one in things(evidence, Neighbour)
        if one[0].host == seat.vm.host and one[0].device in used and one[1].vcenter == seat.vm.vcenter
    ]


def _ports(evidence: Evidence, seat: Seat) -> Hit | None:
    named = [one for one in _heard(evidence, seat) if one[0].switch]
    if not named:
        return None
    told = [f"{one.device} into {one.switch} port {one.port or 'of unknown name'}" for one, _ in named]
    return f"Host {seat.vm.host} of VM {seat.vm.name} is plugged with {listing(told)}.", named[0][1]


def _unseen(evidence: Evidence, seat: Seat) -> Hit | None:
    """Only where another uplink of the same switch sees the VLAN: what is seen is what happened to be sent."""
    group = seat.group or seat.local
    vlan = group[0].vlan if group else None
    heard = [one for one in _heard(evidence, seat) if one[0].seen_vlans]
    without = [one for one in heard if vlan not in one[0].seen_vlans]
    if not vlan or not without or len(without) == len(heard):
        return None
    device, seen = without[0]
    plural = "s" if len(device.seen_vlans) > 1 else ""
    says = (
        f"{device.device} of host {seat.vm.host} sees VLAN{plural} {few(device.seen_vlans)}, but not VLAN {vlan} of VM "
    )
    return f"{says}{seat.vm.name}, which another uplink of the same switch sees.", seen
