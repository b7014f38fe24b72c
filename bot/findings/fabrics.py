"""Over which blade and which fabric the target's frames go, by UCS Manager: the exact join is a MAC.

Not a finding: what several of them read. vCenter's MAC of a host's uplink (vmnic) is the MAC of a vNIC that UCS Manager
gave to the server; the vNIC belongs to a service profile, the profile to a blade, and the vNIC to a fabric.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bot.findings.surrounding import Hit, seats
from bot.findings.wording import finding, listing
from bot.model.addresses import Mac
from bot.model.finding import Evidence, Finding, Standing
from bot.model.observation import FabricRead, FabricSeen
from bot.model.ucs import HostInterface, InterconnectPort, Profile, Server, UplinkPort, Vnic

T = TypeVar("T")
_SHOWN = 3

JOIN = ("adaptorHostEthIf", "vnicEther", "lsServer")
"""The classes without which no uplink can be placed."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One uplink of the target's host, and the vNIC that it is. ``interface`` None: the adapter was not told.

    ``fabrics``: the first is where it goes; with a second UCS moves it there by itself when the first fails.
    ``settled``: the service profile was told and has one fabric, so it goes nowhere else.
    """

    host: str
    device: str
    mac: Mac
    domain: str
    fabrics: tuple[str, ...]
    interface: HostInterface | None
    profile: str | None
    server: str | None
    settled: bool
    seen: tuple[FabricSeen, ...]

    @property
    def fabric(self) -> str | None:
        """The usual fabric."""
        return self.fabrics[0] if self.fabrics else None


def reads(evidence: Evidence) -> dict[str, FabricRead]:
    """The newest word on how much of each domain was read."""
    return {one.domain: one for one in evidence.of(FabricRead)}


def of(evidence: Evidence, kind: type[T]) -> list[tuple[T, FabricSeen]]:
    """Everything of this kind, as last read."""
    return [(seen.thing, seen) for seen in evidence.once(_read_things).get(kind, ()) if isinstance(seen.thing, kind)]


def _read_things(evidence: Evidence) -> dict[type, list[FabricSeen]]:
    newest = {domain: one.artifact for domain, one in reads(evidence).items()}
    found: dict[type, list[FabricSeen]] = defaultdict(list)
    for seen in evidence.of(FabricSeen):
        if newest.get(seen.domain, seen.artifact) == seen.artifact:
            found[type(seen.thing)].append(seen)
    return found


def legs(evidence: Evidence) -> list[Leg]:
    """Every uplink that the target's port group may use and that is one vNIC of one domain."""
    return evidence.once(_read_legs)[0]


def _read_legs(evidence: Evidence) -> tuple[list[Leg], list[str]]:
    """The legs, and in sentences why an uplink is none."""
    found, doubts = [], []
    for host, device, mac in _uplinks(evidence):
        if mac is None:
            untold = f"vCenter does not tell the MAC of {device} of host {host}"
            doubts.append(f"{untold}, so no vNIC of UCS is known as its own.")
            continue
        mine = vnics_of(evidence, host, device, mac)
        if len(mine) == 1:
            found.append(mine[0])
        elif mine:
            where = listing(sorted({leg.domain for leg in mine}))
            doubts.append(f"Several vNICs of UCS ({where}) have the MAC `{mac}` of {device} of host {host}.")
        else:
            doubts.append(f"No vNIC of the UCS domains that were read has the MAC `{mac}` of {device} of host {host}.")
    return found, doubts


def _uplinks(evidence: Evidence) -> list[tuple[str, str, Mac | None]]:
    """Host, device and MAC of each uplink that a seat of the target may use."""
    found = {(seat.host[0].name, one.device): one.mac for seat in seats(evidence) if seat.host for one in seat.uplinks}
    return [(host, device, mac) for (host, device), mac in sorted(found.items())]


def vnics_of(evidence: Evidence, host: str, device: str, mac: Mac) -> list[Leg]:
    """The vNICs of UCS that have this MAC; more than one where domains share a pool, none where it is no blade's.

    What the adapters say counts first: a profile that is on no server keeps its MACs, and another may have them.
    """
    vnics = {(seen.domain, one.dn): (one, seen) for one, seen in of(evidence, Vnic)}
    profiles = {(seen.domain, one.dn): (one, seen) for one, seen in of(evidence, Profile)}
    found = []
    for interface, seen in [one for one in of(evidence, HostInterface) if one[0].mac == mac]:
        logical = vnics.get((seen.domain, interface.vnic or ""))
        fabrics = logical[0].fabrics if logical else ()
        if not fabrics and interface.fabric:
            fabrics = (interface.fabric,)
        server = interface.dn.partition("/adaptor-")[0]
        dn = interface.vnic.rpartition("/")[0] if interface.vnic else ""
        profile = profiles.get((seen.domain, dn))
        witnesses = (seen, *(one[1] for one in (logical, profile) if one))
        name = profile[0].name if profile else None
        settled = logical is not None and len(logical[0].fabrics) == 1
        found.append(Leg(host, device, mac, seen.domain, fabrics, interface, name, server, settled, witnesses))
    if found:
        return found
    for (domain, dn), (vnic, seen) in vnics.items():
        profile = profiles.get((domain, dn.rpartition("/")[0]))
        if vnic.mac == mac and profile and profile[0].associated is not False and profile[0].server:
            witnesses = (seen, profile[1])
            name, server, settled = profile[0].name, profile[0].server, len(vnic.fabrics) == 1
            found.append(Leg(host, device, mac, domain, vnic.fabrics, None, name, server, settled, witnesses))
    return found


def servers(evidence: Evidence) -> list[tuple[Server, FabricSeen, Leg]]:
    """The blades or rack servers that the target's host is, each once."""
    own = {(leg.domain, leg.server): leg for leg in legs(evidence)}
    return [(one, seen, own[seen.domain, one.dn]) for one, seen in of(evidence, Server) if (seen.domain, one.dn) in own]


def fabrics(evidence: Evidence) -> dict[tuple[str, str], list[Leg]]:
    """Domain and fabric -> the uplinks of the target's host that go there."""
    found: dict[tuple[str, str], list[Leg]] = defaultdict(list)
    for leg in legs(evidence):
        if leg.fabric:
            found[leg.domain, leg.fabric].append(leg)
    return dict(found)


def uplink_ports(evidence: Evidence, domain: str, fabric: str) -> list[tuple[UplinkPort, FabricSeen]]:
    """The enabled ports by which this fabric leads to the network."""
    every = of(evidence, UplinkPort)
    return [
        (one, seen) for one, seen in every if (seen.domain, one.fabric) == (domain, fabric) and one.enabled is not False
    ]


def ports_on_the_way(evidence: Evidence, domain: str, fabric: str) -> list[tuple[InterconnectPort, FabricSeen, str]]:
    """The fabric's ports towards the network, and those towards the servers of the target, each with what it leads to.

    Of a port channel of server ports the manager names the peer of each member, so the chassis tells which are ours.
    """
    out = {one.port for one, _ in uplink_ports(evidence, domain, fabric) if one.port}
    ends = {_enclosure(leg.server): leg.server for leg in legs(evidence) if leg.domain == domain and leg.server}
    found = []
    for one, seen in of(evidence, InterconnectPort):
        if (seen.domain, one.fabric) != (domain, fabric):
            continue
        end = next((server for enclosure, server in ends.items() if f"{one.peer or ''}/".startswith(enclosure)), None)
        if one.dn in out or one.role == "network":
            found.append((one, seen, "to the network"))
        elif end is not None:
            found.append((one, seen, f"to {end.rpartition('/blade-')[0] or end}"))
    return found


def _enclosure(server: str) -> str:
    return f"{server.partition('/blade-')[0]}/"


def answer(evidence: Evidence, id_: str, hits: Sequence[Hit], clear: str, *kinds: str, known: bool = True) -> Finding:
    """PRESENT with the first sentences; else ABSENT as ``clear`` says, or UNKNOWN where the join or a class is missing.

    ``known`` False: what was told does not say.
    """
    if hits:
        said = list(dict.fromkeys(says for says, _ in hits))
        more = f" And {len(said) - _SHOWN} more of that kind." if len(said) > _SHOWN else ""
        return finding(id_, Standing.PRESENT, " ".join(said[:_SHOWN]) + more, [seen for _, seen in hits])
    why = why_not(evidence, kinds)
    if why is None and not known:
        why = f"UCS Manager does not tell enough of the way of {evidence.target} to say so."
    if why is not None:
        return finding(id_, Standing.UNKNOWN, why)
    return finding(id_, Standing.ABSENT, clear, reads(evidence).values())


def why_not(evidence: Evidence, kinds: Iterable[str]) -> str | None:
    """Why these classes say nothing about the target; None where every uplink is placed and they were read."""
    if not reads(evidence):
        return "No UCS Manager was read."
    if not seats(evidence):
        return f"The VM of {evidence.target} is not known, so its host is not either."
    if not all(seat.host and seat.uplinks for seat in seats(evidence)):
        return f"The uplinks that the VM of {evidence.target} may use are not known, so no vNIC of UCS is theirs."
    found, doubts = evidence.once(_read_legs)
    looked = {leg.domain for leg in found} or set(reads(evidence))
    for domain in sorted(looked):
        told = reads(evidence).get(domain)
        wanted = (*(JOIN if doubts else ()), *kinds)
        for gap in told.gaps if told else ():
            if gap.kind in wanted:
                return gap.says
        if told and (missing := next((kind for kind in wanted if kind not in told.read), None)):
            return f"UCS domain {domain} told nothing of {missing}."
    return doubts[0] if doubts else None
