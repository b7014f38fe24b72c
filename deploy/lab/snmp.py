"""Real SNMP agents in the lab: Debian's snmpd in the router and in each switch, on the network of management."""

import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from random import Random
from typing import Any

from gufo.snmp import SnmpError
from gufo.snmp.sync import SnmpSession

from deploy.lab import mib
from deploy.lab.fabric import Fabric, errors, switch_port
from deploy.lab.played import PlayedAgent
from deploy.lab.state import LabState
from deploy.lab.topology import MANAGEMENT, ROUTER, NetworkDevice, Vm

SNMPD = shutil.which("snmpd", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin")  # noqa: TID251


REQUESTS_PER_S = 200
"""What a device of the lab bears; in earnest it is asked less often."""
_ARP, _DYNAMIC, _STATIC = "1.3.6.1.2.1.4.22.1", 3, 4  # ipNetToMediaEntry, ipNetToMediaType (RFC 4293)


REAL, PLAYED = "snmpd", "played"
"""Who answers SNMP in a lab: Debian's snmpd, or, where it is not installed, an agent of ours that knows v2c alone."""


def start(fabric: Fabric, *, played: bool = False) -> str:
    """An agent in every network device, which ends, at the latest, with this process; who it is.

    ``played``: ours also where snmpd is installed.
    """
    played = played or SNMPD is None
    publish(fabric)
    for device in fabric.topology.devices:
        if played:
            community, _ = secrets(fabric.topology.seed)
            place = fabric.directory / "snmp" / device.name / "mib.json"
            fabric.run(device.name, PlayedAgent(device.name, device.management, community, place, device.bridges))
        else:
            _start(fabric, device)
    return PLAYED if played else REAL


def publish(fabric: Fabric) -> None:
    """Tell the agents what they cannot read from the kernel: who is at the far ends, and where wires were put in."""
    vlans = {segment.name: segment.vlan for segment in fabric.topology.segments}
    for device in fabric.topology.devices:
        told = {
            "vlans": vlans,
            "cables": [
                {"port": ours, "device": far, "far_port": theirs} for ours, far, theirs in fabric.cables(device.name)
            ],
            "labels": {switch_port(host.name): host.name for host in fabric.topology.hosts},
            "wires": fabric.wires.get(device.name, {}),
            "errors": str(errors(fabric.directory, device.name)),
        }
        place = fabric.directory / "snmp" / device.name
        (place / "mib.new").write_text(json.dumps(told))
        (place / "mib.new").rename(place / "mib.json")


def wait_ready(fabric: Fabric, *, within_s: float = 10.0) -> None:
    """Return when every agent answers over the network of management.

    Raises:
        TimeoutError: one does not; the text is the end of its log.
    """
    community, _ = secrets(fabric.topology.seed)
    until = time.monotonic() + within_s
    for device in fabric.topology.devices:
        with fabric.namespaces.inside(MANAGEMENT):
            asked = SnmpSession(addr=str(device.management), community=community, timeout=0.1)
        while True:
            with suppress(TimeoutError, SnmpError, OSError):
                asked.get("1.3.6.1.2.1.1.5.0")
                break
            if time.monotonic() > until:
                log = (fabric.directory / "snmp" / device.name / "log").read_text(errors="replace")
                raise TimeoutError(f"the SNMP agent of {device.name} did not answer: {log[-500:]}")


def wait_told(fabric: Fabric, vm: Vm, *, within_s: float = 5.0) -> None:
    """Return when the router's agent tells of the VM what the router's kernel holds: snmpd looks once a second.

    Raises:
        TimeoutError: it tells something else.
    """
    router, mac = fabric.topology.device(ROUTER), fabric.links.neighbours(ROUTER).get(str(vm.address))
    if mac is None:
        return
    community, _ = secrets(fabric.topology.seed)
    row = f"{fabric.links.index(ROUTER, vm.segment)}.{vm.address}"
    kind = _STATIC if fabric.links.is_permanent(ROUTER, str(vm.address)) else _DYNAMIC
    with fabric.namespaces.inside(MANAGEMENT):
        asking = SnmpSession(addr=str(router.management), community=community, timeout=0.5)
    columns = [f"{_ARP}.2.{row}", f"{_ARP}.4.{row}"]
    until = time.monotonic() + within_s
    while True:
        with suppress(TimeoutError, SnmpError, OSError):
            told = asking.get_many(columns)
            if [told.get(one) for one in columns] == [bytes.fromhex(mac.replace(":", "")), kind]:
                return
        if time.monotonic() > until:
            raise TimeoutError(f"the SNMP agent of {ROUTER} does not tell that {vm.address} is at {mac}")
        time.sleep(0.02)


def secrets(seed: int) -> tuple[str, str]:
    """The community of v2c, and the password of the v3 user, of the lab with this seed."""
    rng = Random(f"{seed}/snmp")
    return f"{rng.randrange(1 << 64):016x}", f"{rng.randrange(1 << 64):016x}"


def _start(fabric: Fabric, device: NetworkDevice) -> "subprocess.Popen[Any]":
    place = fabric.directory / "snmp" / device.name
    community, password = secrets(fabric.topology.seed)
    lines = [
        f"agentaddress udp:{device.management}:161",
        f"rocommunity {community} {fabric.topology.management}",
        f"createUser reader SHA-256 {password} AES {password}",
        "rouser reader authPriv",
        f"sysName {device.name}",
    ]
    if device.bridges:
        for root in mib.ROOTS:
            oid = ".".join(map(str, root))
            lines.append(f"pass_persist -p 10 .{oid} {sys.executable} -SEs {mib.__file__} {place / 'mib.json'}")
    (place / "snmpd.conf").write_text("\n".join((*lines, "")))
    return fabric.namespaces.popen(
        device.name,
        [str(SNMPD), "-f", "-Lf", str(place / "log"), "-C", "-c", str(place / "snmpd.conf"), "-p", str(place / "pid"),
         "-r", "-I", "-smux"],
        env={"SNMP_PERSISTENT_DIR": str(place), "PATH": os.defpath, "MIBS": ""},
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def settings(state: LabState) -> str:
    """The file of ``ruleout network`` for this lab: snmpd in the core is asked by v3, all else by v2c."""
    community, password = secrets(state["seed"])
    networks = json.dumps([segment["network"] for segment in state["segments"]])
    blocks = []
    for device in state["network"]:
        how = (
            f'version = "3"\nuser = "reader"\nauth = "sha256"\nauth_password = "{password}"\n'
            f'priv = "aes128"\npriv_password = "{password}"\n'
            if device["role"] == "core" and state["snmp"] == REAL
            else f'version = "2c"\ncommunity = "{community}"\n'
        )
        fabric = f'fabric = "{device["fabric"]}"\n' if device["fabric"] else ""
        blocks.append(
            f'[[device]]\nname = "{device["name"]}"\nhost = "{device["address"]}"\nrole = "{device["role"]}"\n'
            f"networks = {networks}\nrequests_per_s = {REQUESTS_PER_S}\n{fabric}{how}"
        )
    return "\n".join(blocks)
