"""The one process that a lab consists of: it holds the descriptors, answers on a unix socket, and takes all with it.

One JSON line in, one out, for each connection. A connection that asked to ``join`` stays open: its end tells the
program at the other side that the lab is gone (see ``deploy.lab.join``).
"""

import json
import os
import selectors
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

from pyroute2.netlink.exceptions import NetlinkError

from deploy.lab import ns
from deploy.lab import snmp as agents
from deploy.lab.corruption import corrupt_tables
from deploy.lab.describe import describe
from deploy.lab.fabric import Fabric
from deploy.lab.faults import FAULTS
from deploy.lab.state import SOCKET, FaultState
from deploy.lab.topology import topology

_LINE_BYTES = 65536


def main(directory: Path, seed: int, uplinks: int, *, tied: bool, snmp: str | None) -> None:
    """Build the lab and hold it until told to stop; ``tied`` also until standard input ends, with whoever opened it.

    ``snmp``: its network devices answer SNMP; "played": by agents of ours also where snmpd is installed.
    """
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to everybody; whoever started us decides
    ns.enter()
    holder = _Holder(Fabric(topology(seed, uplinks), directory), snmp=snmp)
    waiting = directory / f"{SOCKET}.new"
    waiting.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(waiting))
        waiting.chmod(0o600)
        server.listen(16)
        waiting.rename(directory / SOCKET)  # only now: who sees the socket finds the lab ready
        try:
            holder.serve(server, tied=tied)
        finally:
            (directory / SOCKET).unlink(missing_ok=True)


class _Holder:
    def __init__(self, fabric: Fabric, *, snmp: str | None) -> None:
        self._fabric = fabric
        self._snmp = agents.start(fabric, played=snmp == agents.PLAYED) if snmp else None
        if self._snmp:
            agents.wait_ready(fabric)
        self._faults: list[FaultState] = []
        self._user = os.open("/proc/self/ns/user", os.O_RDONLY | os.O_CLOEXEC)
        self._running = True
        self._selector = selectors.DefaultSelector()

    def serve(self, server: socket.socket, *, tied: bool) -> None:
        self._selector.register(server, selectors.EVENT_READ, lambda: self._accept(server))
        if tied:
            self._selector.register(sys.stdin.fileno(), selectors.EVENT_READ, self._stop)
        while self._running:
            for key, _ in self._selector.select():
                on_ready: Callable[[], None] = key.data
                on_ready()

    def _accept(self, server: socket.socket) -> None:
        connection, _ = server.accept()
        connection.settimeout(5.0)
        self._selector.register(connection, selectors.EVENT_READ, lambda: self._answer(connection))

    def _answer(self, connection: socket.socket) -> None:
        try:
            line = connection.recv(_LINE_BYTES)
        except OSError:
            line = b""
        if not line:  # a reply was read, or a joined program ended
            self._selector.unregister(connection)
            connection.close()
            return
        reply, descriptors = self._do(line)
        with suppress(OSError):  # the other side went away: nobody is left to tell
            socket.send_fds(connection, [json.dumps(reply).encode() + b"\n"], descriptors)

    def _do(self, line: bytes) -> tuple[dict[str, Any], list[int]]:
        """The reply to one request, and the descriptors that go with it."""
        fabric = self._fabric
        try:
            asked = json.loads(line)
            if self._change(asked):
                return {"state": describe(fabric, self._faults, self._snmp)}, []
            match asked:
                case {"do": "join", "node": str(node)}:
                    return {"joined": node}, [self._user, fabric.namespaces.fd(node)]
                case {"do": "stop"}:
                    self._stop()
                    return {"stopped": True}, []
        except KeyError as error:
            return {"error": f"the lab has no {error.args[0]}"}, []
        except (ValueError, TypeError, TimeoutError) as error:
            return {"error": str(error)}, []
        except NetlinkError as error:  # as for a port that another fault took off its bridge
            return {"error": f"the kernel refused: {error}"}, []
        return {"error": f"the lab does not know how to do {line!r}"}, []

    def _change(self, asked: object) -> bool:
        """Change the lab as asked, or leave it; False: this asks for something else."""
        match asked:
            case {"do": "state"}:
                pass
            case {"do": "apply", "fault": str(name), "vm": str(vm), "options": dict(options)}:
                self._apply(name, vm, options)
            case {"do": "corrupt", "seeds": dict(seeds)}:
                self._corrupt({str(name): int(seed) for name, seed in seeds.items()})
            case {"do": "move", "vm": str(vm), "host": str(host)}:
                self._move(vm, host)
            case {"do": "repair", "vm": str(vm)}:
                self._repair(vm)
            case _:
                return False
        return True

    def _apply(self, name: str, vm_name: str, options: dict[str, float]) -> None:
        fabric = self._fabric
        fault, vm = FAULTS[name], fabric.vms[vm_name]
        if any(staged["vm"] == vm_name for staged in self._faults):
            raise ValueError(f"{vm_name} already has a fault: one for each VM")
        fault.apply(fabric, vm, Random(f"{fabric.topology.seed}/{name}/{vm_name}"), **options)
        fabric.settle()
        if self._snmp:
            agents.publish(fabric)
            agents.wait_told(fabric, vm)
        self._faults.append(fault.staged_on(vm))

    def _move(self, vm_name: str, host: str) -> None:
        fabric = self._fabric
        vm, there = fabric.vms[vm_name], fabric.topology.host(host)
        if vm.host == there.name:
            raise ValueError(f"{vm_name} is on {host} already")
        if vm.host in fabric.wires:
            raise ValueError(f"{vm_name} cannot leave {vm.host}: a wire stands in the place of one of its ports")
        fabric.announce(fabric.move(vm, there.name))

    def _repair(self, vm_name: str) -> None:
        vm = self._fabric.vms[vm_name]
        staged = [one for one in self._faults if one["vm"] == vm_name]
        if [one["fault"] for one in staged] != ["crashed_agent"]:
            raise ValueError(f"{vm_name} has no crashed agent that could be restarted")
        self._fabric.repair_agent(vm)
        self._faults.remove(staged[0])

    def _corrupt(self, seeds: Mapping[str, int]) -> None:
        corrupt_tables(self._fabric, seeds)
        for name in seeds if self._snmp else ():
            agents.wait_told(self._fabric, self._fabric.vms[name])

    def _stop(self) -> None:
        self._running = False


if __name__ == "__main__":
    try:
        _, place, seed, uplinks, *how = sys.argv
        main(
            Path(place),
            int(seed),
            int(uplinks),
            tied="tied" in how,
            snmp=next((one for one in how if one != "tied"), None),
        )
    except ns.Unsupported as reason:
        print(reason, file=sys.stderr)
        sys.exit(os.EX_NOPERM)
