"""What stands around the machine: the lab's segments and devices, a vCenter, and a workspace of Slack's."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.demo.slack import StandIn
from deploy.lab import snmp, vcsim
from deploy.lab.client import ROOT, Lab
from deploy.lab.ns import standing
from deploy.lab.scenario import scenario
from deploy.lab.topology import MANAGEMENT
from deploy.walk.changes import SLACK_PORT

NODE = "agent-prod"
"""The lab's node whose network the machine gets: ``eth0`` is on the segment ``prod``."""

_GREET = "import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b'', ('10.0.0.5', 9))"
MANIFEST = ROOT / "deploy" / "slack-manifest.yaml"
VCENTER, VCENTER_ADDRESS, MACHINE_ADDRESS = "vcenter.example.net", "192.168.99.250", "192.168.99.100"


@dataclass(frozen=True, slots=True)
class Around:
    """A running surrounding: where the machine belongs, what answers SNMP, and the devices as the page's file."""

    network: Path
    slack: StandIn
    hosts: tuple[str, ...]
    devices: str
    snmp: str
    app05: str


@contextmanager
def running(directory: Path) -> Iterator[Around]:
    """All of it, until the block ends.

    Raises:
        Unsupported: this machine does not allow namespaces.
        VcsimMissing: the simulator of a vCenter cannot be built here.
    """
    with ExitStack() as ends:
        lab = ends.enter_context(Lab.running(directory / "lab", snmp=True))
        state = lab.state()
        pids = {node: ends.enter_context(_held(lab, node)) for node in (NODE, MANAGEMENT)}
        _plug_in(pids)
        (directory / "vcenter.json").write_text(json.dumps(scenario(state)))
        ends.enter_context(_vcenter(lab, directory / "vcenter.json"))
        network = Path(f"/proc/{pids[NODE]}/ns/net")
        here = os.open(network, os.O_RDONLY)
        ends.callback(os.close, here)
        with standing(here):  # the server's thread stands where it was started
            slack = StandIn.start(SLACK_PORT, manifest=MANIFEST)
        ends.callback(slack.close)
        app05 = next(vm for vm in state["vms"] if vm["name"] == "app05")
        # The router learns of a machine when somebody behind it talks to it.
        lab.run("agent-office", [sys.executable, "-c", _GREET], check=True)
        hosts = (f"{VCENTER_ADDRESS} {VCENTER}",)
        yield Around(network, slack, hosts, snmp.settings(state), str(state["snmp"]), app05["nics"][0]["mac"])


@contextmanager
def _held(lab: Lab, node: str) -> Iterator[int]:
    """The pid of a process that stands in the node."""
    with lab.popen(node, ["sh", "-c", "echo here; exec sleep infinity"], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            process.stdout.readline()
            yield process.pid
        finally:
            process.kill()


@contextmanager
def _vcenter(lab: Lab, held: Path) -> Iterator[None]:
    argv = [str(vcsim.build()), "-l", f"{VCENTER_ADDRESS}:443", "-scenario", str(held)]
    with lab.popen(MANAGEMENT, argv, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            if not process.stdout.readline().startswith(b"READY"):
                raise RuntimeError("the vCenter simulator did not start; its reason stands above")
            yield
        finally:
            process.kill()


def _plug_in(pids: dict[str, int]) -> None:
    """A second cable of the machine's, to the network of management: readers of devices stand beside it."""
    machine, management = (["nsenter", f"--net=/proc/{pids[node]}/ns/net", "ip"] for node in (NODE, MANAGEMENT))
    for argv in (
        [*machine, "link", "set", "lo", "up"],
        [*machine, "link", "add", "mgmt0", "type", "veth", "peer", "m-machine", "netns", str(pids[MANAGEMENT])],
        [*machine, "address", "add", f"{MACHINE_ADDRESS}/24", "dev", "mgmt0"],
        [*machine, "link", "set", "mgmt0", "up"],
        [*management, "link", "set", "m-machine", "master", "management", "up"],
    ):
        subprocess.run(argv, check=True)
