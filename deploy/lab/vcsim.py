"""The vCenter simulator of tests/vcsim as a process: built once for each state of its source, gone with its parent."""

import fcntl
import hashlib
import json
import os
import shutil
import ssl
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.lab.client import ROOT

SCENARIOS = ROOT / "tests" / "vcsim"
_SOURCES = sorted(SCENARIOS.glob("*.go"))
_GOPATH = Path("/usr/share/gocode")
_GOVMOMI = _GOPATH / "src/github.com/vmware/govmomi"
_PACKAGES = {"go": "golang-go", "setpriv": "util-linux"}
_BUILD_WITHIN_S = 300


class VcsimMissing(RuntimeError):  # noqa: N818  as Unsupported of the lab
    """The simulator cannot be built or run on this machine; the text says which Debian package is missing."""


@dataclass(frozen=True, slots=True)
class Vcsim:
    """A running simulator: where it listens, the CA that signed its certificate, and its control interface."""

    port: int
    ca_file: Path

    def apply(self, **fragment: Any) -> None:
        """Change what the vCenter holds, or how it misbehaves: a fragment of a scenario."""
        self._control("apply", fragment)

    def calls(self) -> dict[str, int]:
        """How often each method arrived since the last ``reset``."""
        return dict(self._control("stats")["calls"])

    def sent_bytes(self) -> int:
        """How many bytes the vCenter sent since the last ``reset``."""
        return int(self._control("stats")["bytes_out"])

    def sessions(self) -> int:
        """How many sessions are open."""
        return int(self._control("stats")["sessions"])

    def reset(self) -> None:
        """Count from zero."""
        self._control("stats", {})

    def clear_faults(self) -> None:
        """Behave again."""
        self._control("clear-faults", {})

    def expire_sessions(self) -> None:
        """Forget every session, as after half an hour without a call."""
        self._control("expire-sessions", {})

    def _control(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        url = f"https://127.0.0.1:{self.port}/control/{path}"
        data = None if body is None else json.dumps(body).encode()
        context = ssl.create_default_context(cafile=self.ca_file)
        with urllib.request.urlopen(url, data, timeout=30, context=context) as response:
            text = response.read()
        return json.loads(text) if path == "stats" else None


def build() -> Path:
    """The simulator's binary; built once for each state of its source, outside the tree.

    Of several processes that want it at the same time one builds, and the others wait.

    Raises:
        VcsimMissing: the compiler or govmomi's source is not installed.
    """
    go = _program("go")
    if not _GOVMOMI.is_dir():
        raise VcsimMissing("govmomi's source is not installed (Debian package golang-github-vmware-govmomi-dev)")
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in _SOURCES)).hexdigest()[:16]
    cache = Path(tempfile.gettempdir()) / f"ruleout-vcsim-{os.getuid()}"
    cache.mkdir(mode=0o700, exist_ok=True)
    if cache.stat().st_uid != os.getuid():
        raise VcsimMissing(f"{cache} belongs to somebody else; remove it")
    binary = cache / digest
    if not binary.exists():
        with (cache / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not binary.exists():
                _compile(go, cache, binary)
    return binary


@contextmanager
def running(scenario: Path | Mapping[str, Any], directory: Path) -> Iterator[Vcsim]:
    """A simulator on a free port of loopback, which holds the scenario until the block ends.

    Raises:
        VcsimMissing: see ``build``.
        RuntimeError: it refused the scenario; the text is what it said.
    """
    directory.mkdir(parents=True, exist_ok=True)
    ca_file = directory / "ca.pem"
    if not isinstance(scenario, Path):
        (directory / "scenario.json").write_text(json.dumps(scenario))
        scenario = directory / "scenario.json"
    command = [_program("setpriv"), "--pdeathsig", "KILL", str(build())]
    command += ["-ca", str(ca_file), "-scenario", str(scenario)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stderr is not None
            ready = process.stdout.readline().split()
            if ready[:1] != ["READY"]:
                raise RuntimeError(f"the vCenter simulator did not start: {process.stderr.read().strip()}")
            yield Vcsim(int(ready[1].removesuffix("/sdk").rpartition(":")[2]), ca_file)
        finally:
            process.kill()


def _compile(go: str, cache: Path, binary: Path) -> None:
    # HOME may not be writable for whoever builds, so Go's own cache lies here too.
    environment = {
        "PATH": os.defpath,
        "GO111MODULE": "off",
        "GOPATH": str(_GOPATH),
        "GOCACHE": str(cache / "go"),
        "GOFLAGS": "",
    }
    fresh = cache / f"{binary.name}.{os.getpid()}"
    subprocess.run([go, "build", "-o", fresh, *_SOURCES], env=environment, check=True, timeout=_BUILD_WITHIN_S)
    fresh.rename(binary)


def _program(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        raise VcsimMissing(f"{name} is not installed (Debian package {_PACKAGES[name]})")
    return path
