"""The lab as other programs use it: start it, stage faults, run programs in its nodes, read its state."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, Self, cast

from deploy.lab import join
from deploy.lab.ns import Unsupported
from deploy.lab.state import SOCKET, LabState

ROOT = Path(__file__).parents[2]
_PATH_BYTES = 107  # unix(7)


class LabError(RuntimeError):
    """The lab refused, or there is none; the text says why."""


class Lab:
    """A running lab, reached by the control socket in its directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    @classmethod
    @contextmanager
    def running(
        cls, directory: Path, *, seed: int = 1, uplinks: int = 1, snmp: bool | Literal["played"] = False
    ) -> Iterator[Self]:
        """A fresh lab for the length of the block. It also ends when this process does.

        ``uplinks``: how many each host has. ``snmp``: routers and switches answer SNMP, by snmpd where that is
        installed, else, or where "played" is wished, by agents of ours.

        Raises:
            Unsupported: this machine does not allow it.
        """
        process, lab = cls._start(directory, seed, uplinks, tied=True, snmp=snmp)
        try:
            yield lab
        finally:
            process.kill()  # the kernel clears up, however the holder ends
            process.communicate()
            (directory / SOCKET).unlink(missing_ok=True)

    @classmethod
    def up(cls, directory: Path, *, seed: int = 1) -> Self:
        """A fresh lab that outlives this process; ``down`` ends it.

        Raises:
            LabError: a lab runs in this directory.
            Unsupported: this machine does not allow it.
        """
        return cls._start(directory, seed, 1, tied=False, snmp=True)[1]

    def down(self) -> None:
        """End the lab and everything in it. Returns when the holder is gone.

        Raises:
            LabError: no lab runs here.
        """
        with self._connect() as connection:
            self._ask(connection, {"do": "stop"})
            while connection.recv(4096):  # its end is the holder's end
                pass
        (self.directory / SOCKET).unlink(missing_ok=True)

    def state(self) -> LabState:
        """How the lab is now."""
        return cast(LabState, self._call({"do": "state"})["state"])

    def apply(self, fault: str, vm: str, **options: float) -> LabState:
        """Stage a fault on a VM; returns when it is in force. ``delay_ms`` is an option of ``crashed_agent``.

        Raises:
            LabError: there is no such fault or VM, or the VM cannot have it.
        """
        return cast(LabState, self._call({"do": "apply", "fault": fault, "vm": vm, "options": options})["state"])

    def move(self, vm: str, host: str) -> LabState:
        """Move a VM to another host while everything runs, as vMotion does; its host announces its MACs.

        Raises:
            LabError: there is no such VM or host, or it is there already.
        """
        return cast(LabState, self._call({"do": "move", "vm": vm, "host": host})["state"])

    def repair(self, vm: str) -> LabState:
        """Restart the crashed agent of a VM and clear the router's entry: what a team does once it knows the cause.

        Raises:
            LabError: it has none.
        """
        return cast(LabState, self._call({"do": "repair", "vm": vm})["state"])

    def corrupt(self, seeds: Mapping[str, int]) -> LabState:
        """Wrong entries in the tables on the way to these VMs, drawn from a seed each; which, the state tells exactly.

        What was wronged before on the way to the same VM is mended.

        Raises:
            LabError: there is no such VM, or the lab has two uplinks.
        """
        return cast(LabState, self._call({"do": "corrupt", "seeds": dict(seeds)})["state"])

    def argv(self, node: str, argv: Sequence[str]) -> list[str]:
        """The command line that runs a program in the node, for whoever starts programs in their own way."""
        return [sys.executable, "-I", "-S", join.__file__, str(self.directory.resolve() / SOCKET), node, *argv]

    def popen(self, node: str, argv: Sequence[str], **options: Any) -> "subprocess.Popen[Any]":
        """A program in the node: uid 0, this file system, the node's network. Ends, at the latest, with the lab."""
        return subprocess.Popen(self.argv(node, argv), process_group=0, **options)

    def run(self, node: str, argv: Sequence[str], **options: Any) -> "subprocess.CompletedProcess[Any]":
        """Run a program in the node to its end."""
        return subprocess.run(self.argv(node, argv), process_group=0, **options)

    @classmethod
    def _start(
        cls, directory: Path, seed: int, uplinks: int, *, tied: bool, snmp: bool | Literal["played"]
    ) -> tuple["subprocess.Popen[bytes]", Self]:
        lab = cls(directory)
        if len(os.fsencode(directory.resolve() / f"{SOCKET}.new")) > _PATH_BYTES:
            raise LabError(f"{directory} is too long a path for a unix socket; choose a shorter one")
        directory.mkdir(parents=True, exist_ok=True)
        if lab._answers():
            raise LabError(f"a lab already runs in {directory}")
        (directory / SOCKET).unlink(missing_ok=True)
        log = directory / "holder.log"
        with log.open("wb") as out:
            how = [str(directory.resolve()), str(seed), str(uplinks), *["tied"] * tied, *[str(snmp)] * bool(snmp)]
            process = subprocess.Popen(
                [sys.executable, "-m", "deploy.lab.holder", *how],
                cwd=ROOT,
                stdin=subprocess.PIPE if tied else subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        while not (directory / SOCKET).exists():
            status = process.poll()
            if status is not None:
                process.communicate()
                raise (Unsupported if status == os.EX_NOPERM else LabError)(log.read_text().strip())
            time.sleep(0.01)
        return process, lab

    def _answers(self) -> bool:
        try:
            self.state()
        except LabError:
            return False
        return True

    def _call(self, request: dict[str, Any]) -> dict[str, Any]:
        with self._connect() as connection:
            return self._ask(connection, request)

    def _connect(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(str(self.directory / SOCKET))
        except OSError as error:
            connection.close()
            raise LabError(f"no lab runs in {self.directory}") from error
        return connection

    def _ask(self, connection: socket.socket, request: dict[str, Any]) -> dict[str, Any]:
        connection.sendall(json.dumps(request).encode() + b"\n")
        line = b""
        while not line.endswith(b"\n"):
            part = connection.recv(65536)
            if not part:
                raise LabError("the lab ended before it answered")
            line += part
        reply: dict[str, Any] = json.loads(line)
        if "error" in reply:
            raise LabError(reply["error"])
        return reply
