"""The hosts' virtual switches forward as ESXi's do, so that a silent VM is silent for the same reasons."""

import subprocess
import sys

import pytest

from deploy.lab.client import Lab

pytestmark = pytest.mark.lab

SPEAK = """
import socket, sys
link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0); link.bind(("eth0", 0))
own = link.getsockname()[4]
for to, what in zip(sys.argv[1::2], sys.argv[2::2]):
    link.send(bytes.fromhex(to.replace(":", "")) + own + b"\\x88\\xb5" + what.encode().ljust(46, b"\\0"))
"""
HEAR = """
import fcntl, socket, struct
link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0); link.bind(("eth0", 0x88b5))
promiscuous = struct.pack("iHH8s", socket.if_nametoindex("eth0"), 1, 0, b"")
link.setsockopt(263, 1, promiscuous)
print("listening", flush=True)
what = ""
while what != "end":
    what = link.recv(2048)[14:].rstrip(b"\\0").decode()
    print(what, flush=True)
"""  # 263, 1: SOL_PACKET, PACKET_ADD_MEMBERSHIP (linux/if_packet.h)


@pytest.mark.parametrize(
    "speaker", [pytest.param("agent-prod", id="from the wire"), pytest.param("app06", id="from a VM")]
)
def test_a_vm_hears_broadcasts_once_and_only_what_is_meant_for_its_vnic(lab: Lab, speaker: str) -> None:
    """A switch that flooded unknown addresses to VMs would deliver what a real one loses."""
    (nic,) = next(vm for vm in lab.state()["vms"] if vm["name"] == "app10")["nics"]
    argv = [sys.executable, "-c", HEAR]
    with lab.popen("app10", argv, stdout=subprocess.PIPE, text=True) as hearing:
        assert hearing.stdout is not None
        assert hearing.stdout.readline() == "listening\n"
        frames = [
            "02:00:00:00:00:99",
            "for nobody",
            nic["mac"],
            "for it",
            "ff:ff:ff:ff:ff:ff",
            "for all",
            nic["mac"],
            "end",
        ]
        lab.run(speaker, [sys.executable, "-c", SPEAK, *frames], check=True, timeout=20)
        assert hearing.stdout.read().split("\n") == ["for it", "for all", "end", ""]
