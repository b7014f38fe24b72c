"""Stories of which a UCS Manager was read: one for each thing that it can show of the fabric under the hosts.

What it tells is written as its own objects and read by the real reader, so that no story knows more than a manager.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.model.addresses import Mac
from bot.model.job import Artifact, Media, Probe, Vantage, digest_of
from bot.model.ucs import UcsGap
from bot.model.vsphere import Host
from bot.probes.ucs import PROPERTIES, Answers, Told, dump, read
from deploy.lab.ucsm import Blade, Objects, checked, domain
from tests.bot import surroundings
from tests.bot.story import Story
from tests.bot.surroundings import host

A, B = Mac("00:25:b5:0a:00:01"), Mac("00:25:b5:0b:00:01")
"""The MACs of vmnic0 and vmnic1 of esx1."""
BLADE = "sys/chassis-1/blade-1"
NIC_A = f"{BLADE}/adaptor-1/host-eth-1"
SWITCH_A, SWITCH_B = "sys/switch-A", "sys/switch-B"
CHANNEL_A, CHANNEL_B = "fabric/lan/A/pc-1", "fabric/lan/B/pc-2"
UPLINK_A = f"{SWITCH_A}/slot-1/switch-ether/port-31"
MEMBERS_A = (f"{CHANNEL_A}/ep-slot-1-port-31", f"{CHANNEL_A}/ep-slot-1-port-32")
ESX = (
    Blade("esx1", {"eth0": (A, "A"), "eth1": (B, "B")}),
    Blade("esx2", {"eth0": ("00:25:b5:0a:00:02", "A"), "eth1": ("00:25:b5:0b:00:02", "B")}),
)


def fault(on: str, code: str = "F0282", **more: str) -> dict[str, Any]:
    """A major fault that is about frames; its sort and text may be others."""
    told = {"severity": "major", "type": "network", "descr": "Lab fault", "lc": "", "ack": "no", **more}
    return {"dn": f"{on}/fault-{code}", "code": code, "lastTransition": "2026-03-01T02:58:00.000", **told}


def changed(
    changes: Mapping[str, Mapping[str, str]] = {}, faults: Sequence[dict[str, str]] = (), blades: Sequence[Blade] = ESX
) -> Objects:
    """A domain in good health with these changes, by name, and faults; still one that Cisco's metadata admits."""
    objects = {
        kind: [{**one, **changes.get(one["dn"], {})} for one in members] for kind, members in domain(blades).items()
    }
    left = set(changes) - {one["dn"] for members in objects.values() for one in members}
    assert not left, f"nothing there is named {left}"
    return checked({**objects, "faultInst": list(faults)})


def hosted(*, macs: Sequence[Mac | None] = (A, B), **more: Any) -> Host:
    """The VM's host with the MACs of its uplinks."""
    own = host(**more)
    return replace(own, uplinks=tuple(replace(one, mac=mac) for one, mac in zip(own.uplinks, macs, strict=True)))


def answers(told: Story, objects: Objects, *, gaps: Sequence[UcsGap] = (), name: str = "ucs1") -> Answers:
    """What a worker would have kept of it."""
    kept = tuple(
        Told(
            kind=kind,
            at=told.now,
            objects=tuple({key: one[key] for key in names if key in one} for one in objects.get(kind, ())),
        )
        for kind, names in PROPERTIES.items()
        if kind not in {gap.kind for gap in gaps}
    )
    return Answers(domain=name, told=kept, gaps=tuple(gaps))


def managed(told: Story, objects: Objects, *, gaps: Sequence[UcsGap] = (), name: str = "ucs1") -> Story:
    """A UCS Manager was read, and it told this."""
    data = dump(answers(told, objects, gaps=gaps, name=name))
    artifact = Artifact(
        job="j", probe=Probe.UCS, vantage=Vantage("network.dc1", name, ""), media=Media.UCS, digest=digest_of(data),
        size_bytes=len(data), started_at=told.now, stopped_at=told.now, dropped=None,
    )  # fmt: skip
    told.observations += read(artifact, data)
    return told


def losing(*, macs: Sequence[Mac | None] = (A, B)) -> Story:
    """Echoes are lost, and vCenter tells the MACs of the host's uplinks."""
    return surroundings.losing().around(hosted(macs=macs))


def silent() -> Story:
    """Nobody answers."""
    return surroundings.silent().around(hosted())


def clear() -> Story:
    """The manager shows nothing wrong."""
    return managed(losing(), changed())


def interconnect_down() -> Story:
    """Interconnect A is inoperable."""
    return managed(losing(), changed({SWITCH_A: {"operability": "inoperable"}}))


def both_down() -> Story:
    """Both are."""
    return managed(silent(), changed({one: {"operability": "inoperable"} for one in (SWITCH_A, SWITCH_B)}))


def channel_fault() -> Story:
    """The manager has a fault on the whole port channel."""
    says = "lan port-channel 1 on fabric interconnect A oper state: failed, reason: No operational members"
    return managed(losing(), changed(faults=[fault(CHANNEL_A, "F0282", descr=says)]))


def member_down() -> Story:
    """One of two uplinks of fabric A is down, and the manager has a fault on it."""
    down = {MEMBERS_A[0]: {"membership": "down", "operState": "down", "operStateReason": "Link failure"}}
    return managed(losing(), changed(down, [fault(MEMBERS_A[0], "F0727")]))


def no_uplink() -> Story:
    """Both uplinks of fabric A are down."""
    down = {one: {"membership": "down", "operState": "down"} for one in MEMBERS_A}
    return managed(losing(), changed({**down, CHANNEL_A: {"operState": "failed"}}))


def damaged() -> Story:
    """An uplink of fabric A receives damaged frames."""
    counted = {f"{UPLINK_A}/err-stats": {"fcsDelta": "250", "rcvDelta": "250", "fcs": "9000", "rcv": "9000"}}
    return managed(losing(), changed(counted))


def blade_degraded() -> Story:
    """The blade has a fault of its own."""
    wrong = {BLADE: {"operState": "degraded", "operability": "degraded"}}
    dimm = fault(f"{BLADE}/board/memarray-1/mem-3", "F0185", type="equipment", descr="DIMM 3 operability: inoperable")
    return managed(losing(), changed(wrong, [dimm]))


def vnic_without_link() -> Story:
    """The vNIC on fabric A has no link."""
    return managed(silent(), changed({NIC_A: {"linkState": "down"}}))


def half_read() -> Story:
    """The role of our user does not let it read the vNICs."""
    gap = UcsGap("adaptorHostEthIf", "UCS Manager ucs1 answers adaptorHostEthIf with error 103: Access denied.")
    return managed(losing(), changed(), gaps=[gap])


ALL: tuple[Callable[[], Story], ...] = (
    clear, interconnect_down, both_down, channel_fault, member_down, no_uplink, damaged, blade_degraded,
    vnic_without_link, half_read,
)  # fmt: skip
