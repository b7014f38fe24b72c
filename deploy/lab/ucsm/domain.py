"""A UCS domain as most are: two fabric interconnects, a port channel of uplinks on each, blades with a vNIC on both."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from deploy.lab.ucsm.objects import Objects, checked

CHASSIS = "sys/chassis-1"
SLOTS = 8
UPLINKS, SERVER_PORTS = (31, 32), (1, 2)
COLLECTED = "2026-03-01T03:00:00.000"


@dataclass(frozen=True)
class Blade:
    """A server with its service profile, whose name is the host's, and its vNICs: name -> (MAC, fabric)."""

    profile: str
    vnics: dict[str, tuple[str, str]] = field(default_factory=dict)


def domain(blades: Iterable[Blade]) -> Objects:
    """All that is read of such a domain, in good health; a test changes what is to be wrong and checks it again."""
    objects: dict[str, list[dict[str, str]]] = {name: [] for name in _CLASSES}
    for fabric in "AB":
        _interconnect(objects, fabric)
    for number, blade in enumerate(blades, 1):
        _blade(objects, number, blade)
    return checked(objects)


_CLASSES = (
    "topSystem", "faultInst", "networkElement", "computeBlade", "computeRackUnit", "lsServer", "vnicEther",
    "adaptorHostEthIf", "fabricEthLanPc", "fabricEthLanPcEp", "fabricEthLanEp", "etherPIo", "etherErrStats",
    "etherRxStats", "etherTxStats",
)  # fmt: skip


def _interconnect(objects: dict[str, list[dict[str, str]]], fabric: str) -> None:
    if not objects["topSystem"]:
        objects["topSystem"].append({"dn": "sys", "name": "ucs-lab", "address": "192.0.2.10"})
    switch, lan = f"sys/switch-{fabric}", f"fabric/lan/{fabric}"
    objects["networkElement"].append(
        {"dn": switch, "id": fabric, "operability": "operable", "model": "UCS-FI-6454", "thermal": "ok"}
    )
    channel = f"{lan}/pc-{1 if fabric == 'A' else 2}"
    objects["fabricEthLanPc"].append(
        {"dn": channel, "portId": channel[-1], "name": f"to-core-{fabric}", "switchId": fabric, "operState": "up",
         "adminState": "enabled"}
    )  # fmt: skip
    for port in (*SERVER_PORTS, *UPLINKS):
        dn, uplink = f"{switch}/slot-1/switch-ether/port-{port}", port in UPLINKS
        objects["etherPIo"].append(
            {"dn": dn, "slotId": "1", "portId": str(port), "switchId": fabric, "operState": "up",
             "adminState": "enabled", "ifRole": "network" if uplink else "server",
             "peerDn": "" if uplink else f"{CHASSIS}/slot-{1 if fabric == 'A' else 2}/fabric/port-{port}"}
        )  # fmt: skip
        if uplink:
            objects["fabricEthLanPcEp"].append(
                {"dn": f"{channel}/ep-slot-1-port-{port}", "slotId": "1", "portId": str(port), "switchId": fabric,
                 "operState": "up", "adminState": "enabled", "membership": "up", "epDn": dn}
            )  # fmt: skip
        _counters(objects, dn)


def _counters(objects: dict[str, list[dict[str, str]]], dn: str) -> None:
    when = {"timeCollected": COLLECTED, "suspect": "no"}
    errors = ("align", "fcs", "intMacRx", "rcv", "underSize", "xmit", "outDiscard")
    zeros = {f"{name}{kind}": "0" for name in errors for kind in ("", "Delta")}
    objects["etherErrStats"].append({"dn": f"{dn}/err-stats", **when, **zeros})
    packets = {"totalPackets": "900000", "totalPacketsDelta": "40000"}
    for name, class_id in (("rx", "etherRxStats"), ("tx", "etherTxStats")):
        objects[class_id].append({"dn": f"{dn}/{name}-stats", **when, **packets})


def _blade(objects: dict[str, list[dict[str, str]]], number: int, blade: Blade) -> None:
    chassis, slot = divmod(number - 1, SLOTS)
    server = f"sys/chassis-{chassis + 1}/blade-{slot + 1}"
    profile = f"org-root/ls-{blade.profile}"
    objects["computeBlade"].append(
        {"dn": server, "chassisId": str(chassis + 1), "slotId": str(slot + 1), "assignedToDn": profile,
         "operState": "ok", "operability": "operable", "operPower": "on", "model": "UCSB-B200-M5"}
    )  # fmt: skip
    objects["lsServer"].append(
        {"dn": profile, "name": blade.profile, "assocState": "associated", "operState": "ok", "pnDn": server,
         "type": "instance"}
    )  # fmt: skip
    for index, (name, (mac, fabric)) in enumerate(blade.vnics.items(), 1):
        interface = f"{server}/adaptor-1/host-eth-{index}"
        objects["vnicEther"].append(
            {"dn": f"{profile}/ether-{name}", "name": name, "addr": mac.upper(), "switchId": fabric,
             "equipmentDn": interface}
        )  # fmt: skip
        objects["adaptorHostEthIf"].append(
            {"dn": interface, "id": str(index), "name": name, "mac": mac.upper(), "switchId": fabric[0],
             "operState": "operable", "linkState": "up", "adminState": "enabled", "vnicDn": f"{profile}/ether-{name}"}
        )  # fmt: skip
