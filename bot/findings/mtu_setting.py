"""Does the VM's virtual switch take frames as large as those on other hosts? Small packets never notice."""

from bot.findings.readings import things
from bot.findings.surrounding import Hit, Seat, answer, by_seat, hosts_named, lately, seats
from bot.findings.wording import clock_text, few
from bot.model.finding import Evidence, Finding
from bot.model.vsphere import Host

DIFFERS = "vcenter.mtu.differs_between_hosts"
REFUSED = "vcenter.mtu.refused_by_uplink"

_REFUSED = ("esx.problem.net.uplink.mtu.failed", "UplinkPortMtuNotSupportEvent", "MtuMismatchEvent")


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """Whether the MTU differs between the hosts of the cluster, and whether an uplink refused it in the last hour."""
    refused: list[Hit] = [
        (f"An uplink of host {event.host} did not take the switch's MTU at {clock_text(at)}.", seen)
        for at, event, seen in lately(evidence)
        if event.kind in _REFUSED and event.host in hosts_named(evidence)
    ]
    return (
        answer(evidence, DIFFERS, by_seat(evidence, lambda seat: _differs(evidence, seat)),
               f"The virtual switch of {evidence.target} has one MTU on all hosts of the cluster.", "hosts",
               known=all(seat.switch and seat.switch.mtu for seat in seats(evidence))),
        answer(evidence, REFUSED, refused, f"No uplink of the host of {evidence.target} refused its MTU.", "events"),
    )  # fmt: skip


def _differs(evidence: Evidence, seat: Seat) -> Hit | None:
    own = seat.switch
    if own is None or own.mtu is None or seat.host is None:
        return None
    others = [
        f"{switch.mtu} on {host.name}"
        for host, seen in things(evidence, Host)
        if host.cluster == seat.host[0].cluster and host.name != seat.host[0].name and seen.vcenter == seat.vm.vcenter
        for switch in host.switches
        if (switch.name, switch.distributed) == (own.name, own.distributed) and switch.mtu not in (None, own.mtu)
    ]
    if not others:
        return None
    return f"{own.name} takes frames of {own.mtu} bytes on host {seat.vm.host}, and {few(others)}.", seat.host[1]
