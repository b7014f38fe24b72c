"""What is wrong with one fabric on the target's way, in the eyes of its UCS Manager, by what it does to frames.

Not a finding: what several of them read. A port channel that has lost a member still carries everything, so that, and
the faults that the manager raises for such a port, weigh little; a channel without members carries nothing.
Source: Cisco UCS Faults and Error Messages Reference.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from bot.findings.fabrics import fabrics, of, ports_on_the_way, uplink_ports
from bot.findings.wording import listing
from bot.model.finding import Evidence
from bot.model.observation import FabricSeen
from bot.model.ucs import Fault, Interconnect, UplinkChannel, UplinkPort

SEVERE = ("critical", "major")
OF_THE_WAY = ("connectivity", "network", "operational")
"""Sorts of faults (``faultInst.type``) that are about frames; a fan or a licence of an interconnect drops none."""
ENOUGH = 10
"""From so many damaged frames in one interval on; a good port counts none."""
OPERABLE = (None, "operable", "unknown")
UP = (None, "up")
_PORTS = "/switch-ether/"


class Harm(StrEnum):
    """What kind of trouble it is."""

    FAULT = "fault"  # on an interconnect itself, or on a whole port channel
    INTERCONNECT = "interconnect"
    NO_UPLINK = "no uplink"
    FEWER = "fewer uplinks"
    DAMAGE = "damaged frames"


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing; ``short`` goes into a list, ``says`` is a sentence."""

    harm: Harm
    short: str
    says: str
    seen: FabricSeen


def troubles(evidence: Evidence, domain: str, fabric: str) -> list[Trouble]:
    """Everything that is wrong with this fabric where the target's frames go over it."""
    looks = (_interconnect, _no_uplink, _fewer, _damage, _faults)
    return [one for look in looks for one in look(evidence, domain, fabric)]


def devices(evidence: Evidence, domain: str, fabric: str) -> str:
    """The uplinks of the target's host that go over this fabric."""
    return listing(sorted({f"{leg.device} of {leg.host}" for leg in fabrics(evidence).get((domain, fabric), [])}))


def severe(fault: Fault) -> bool:
    """Whether the manager calls it critical or major."""
    return fault.severity in SEVERE


def fault_text(fault: Fault) -> str:
    """The fault with its code and place, as the end of a sentence."""
    says = f": {fault.says.rstrip('.')}" if fault.says else ""
    return f"the {fault.severity} fault {fault.code} on {fault.on}{says}"


def _interconnect(evidence: Evidence, domain: str, fabric: str) -> Iterator[Trouble]:
    for one, seen in of(evidence, Interconnect):
        if (seen.domain, one.fabric) == (domain, fabric) and one.state not in OPERABLE:
            mine = devices(evidence, domain, fabric)
            says = f"Fabric interconnect {fabric} of {domain} is {one.state}, and {mine} goes over it."
            yield Trouble(Harm.INTERCONNECT, f"its interconnect is {one.state}", says, seen)


def _is_up(one: UplinkPort) -> bool:
    return one.state in UP and one.membership in UP


def _no_uplink(evidence: Evidence, domain: str, fabric: str) -> Iterator[Trouble]:
    every = uplink_ports(evidence, domain, fabric)
    if every and not any(_is_up(one) for one, _ in every):
        says = f"Fabric {fabric} of {domain} has no uplink that is up, of {len(every)}."
        for _, seen in every:
            yield Trouble(Harm.NO_UPLINK, "it has no uplink that is up", says, seen)


def _fewer(evidence: Evidence, domain: str, fabric: str) -> Iterator[Trouble]:
    for one, seen in uplink_ports(evidence, domain, fabric):
        if not _is_up(one):
            what = one.state if one.state not in UP else f"{one.membership} in its port channel"
            why = f" ({one.why.rstrip('.')})" if one.why else ""
            says = f"The uplink {one.dn} of {domain} is {what}{why}."
            yield Trouble(Harm.FEWER, f"its uplink {one.dn} is {what}", says, seen)
    for channel, seen in of(evidence, UplinkChannel):
        mine = (seen.domain, channel.fabric) == (domain, fabric) and channel.enabled is not False
        if mine and channel.state not in UP:
            says = f"The port channel {channel.dn} of {domain} is {channel.state}."
            yield Trouble(Harm.FEWER, f"its port channel {channel.dn} is {channel.state}", says, seen)


def _damage(evidence: Evidence, domain: str, fabric: str) -> Iterator[Trouble]:
    for port, seen, leads in ports_on_the_way(evidence, domain, fabric):
        counts = port.errors
        bad = max(counts.damaged or 0, counts.errors_in or 0)
        if bad >= ENOUGH:
            of_all = f" of {counts.frames_in}" if counts.frames_in else ""
            says = (
                f"Port {port.label} of interconnect {fabric} of {domain}, which leads {leads}, received {bad}{of_all} "
                "frames damaged in the manager's last interval."
            )
            yield Trouble(Harm.DAMAGE, f"its port {port.label} {leads} receives damaged frames", says, seen)


def _faults(evidence: Evidence, domain: str, fabric: str) -> Iterator[Trouble]:
    """Those on the way: a port that nobody uses has a fault in most domains, and is no news."""
    uplinks = uplink_ports(evidence, domain, fabric)
    channels = {one.channel for one, _ in uplinks if one.channel}
    ports = {port.dn for port, _, _ in ports_on_the_way(evidence, domain, fabric)} | {one.dn for one, _ in uplinks}
    mine = devices(evidence, domain, fabric)
    for fault, seen in of(evidence, Fault):
        if seen.domain != domain or not severe(fault) or fault.kind not in OF_THE_WAY:
            continue
        itself = f"{fault.on}/".startswith(f"sys/switch-{fabric}/") and _PORTS not in fault.on
        if itself or fault.on in channels or fault.on in ports:
            harm = Harm.FEWER if fault.on in ports else Harm.FAULT
            says = f"UCS Manager {domain} has {fault_text(fault)}; {mine} goes over fabric {fabric}."
            yield Trouble(harm, f"{fault.severity} fault {fault.code}", says, seen)
