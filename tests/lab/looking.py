"""What tests of the lab ask it: who answers in a node, and which MACs a VM has."""

import json
import sys

from deploy.lab.client import Lab
from deploy.lab.state import LabState, VmState
from tests.lab import asking

SILENT, ALL = 0.3, 99  # seconds that nothing may come in; more answers than there are


def ask(lab: Lab, node: str, how: str, address: str, *, expected: int = 1, within_s: float = 2.0) -> list[str]:
    """Who answered in the node, in the order in which the answers came."""
    argv = [sys.executable, asking.__file__, how, address, str(expected), str(within_s)]
    done = lab.run(node, argv, capture_output=True, text=True, timeout=20)
    assert done.returncode == 0, done.stderr
    return [answer for answer, _ in json.loads(done.stdout)]


def vm(state: LabState, name: str) -> VmState:
    """The VM of that name."""
    return next(row for row in state["vms"] if row["name"] == name)


def macs(state: LabState, name: str) -> list[str]:
    """The MACs of the VM's vNICs."""
    return [nic["mac"] for nic in vm(state, name)["nics"]]
