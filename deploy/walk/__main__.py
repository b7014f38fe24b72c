"""``python -m deploy.walk``: deploy/README.md followed word by word on a fresh Debian 12, and what was seen of it."""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from deploy.lab.client import ROOT
from deploy.walk import around, base, machine
from deploy.walk.changes import CHANGES, CLONE, DEVICES, NOT_WALKED, PASTED
from deploy.walk.page import blocks
from deploy.walk.walking import Step, Walker, walked

PAGE = ROOT / "deploy" / "README.md"
NAME = "queue.example.net"
PROMISED_S = 15 * 60.0
"""The page's quarter of an hour, from nothing to a verdict: steps 1 to 6."""


def main() -> int:
    """Walk; exit status 0 when everything that the page promises was seen."""
    parser = argparse.ArgumentParser(prog="python -m deploy.walk", description=__doc__)
    parser.add_argument("--cache", type=Path, default=Path("/var/cache/ruleout-walk"), help="keeps the fresh Debian")
    parser.add_argument("--ca", type=Path, help="the CA of a proxy that this network has in front of PyPI")
    parser.add_argument(
        "--log", type=Path, help="gets everything that was typed and said; it holds secrets of the walk"
    )
    asked = parser.parse_args()
    if os.geteuid():
        print("deploy.walk: it boots a machine of its own, so it has to be started by root.", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="ruleout-walk-", ignore_cleanup_errors=True) as directory:
        try:
            return _walk(Path(directory), asked.cache, asked.ca, asked.log or Path(directory) / "log")
        except RuntimeError as reason:  # also what is missing here, and a shell that does not come back
            print(f"deploy.walk: {reason}", file=sys.stderr)
            return 1


def _walk(directory: Path, cache: Path, ca: Path | None, log: Path) -> int:
    root, began = directory / "root", time.monotonic()
    made = base.unpack(cache, root)
    how = "made by debootstrap" if made else f"from {cache}"
    print(f"A fresh Debian 12, {how}: {time.monotonic() - began:.0f} s; systemd-nspawn boots it with its own systemd.")
    with around.running(directory) as there:
        base.settle(root, NAME, there.hosts, ca)
        subprocess.run(["git", "clone", "--quiet", "--bare", ROOT, f"{root}{CLONE}"], check=True)
        Path(f"{root}{DEVICES}").write_text(there.devices, encoding="utf-8")
        _say_how(there.snmp, ca)
        with machine.booted(root, there.network, NAME.partition(".")[0], directory / "console") as booted:
            log.touch(mode=0o600)
            shell = booted.shell()
            try:
                with log.open("w", encoding="utf-8", buffering=1) as out:
                    walker = Walker(shell, there.slack, there.app05, out.write)
                    return _told(walker)
            finally:
                shell.close()


def _say_how(snmp: str, ca: Path | None) -> None:
    print("The machine stands in the lab: eth0 on the segment prod, a second interface on the network of management.")
    print(f"vCenter is the simulator of tests/vcsim, the lab's devices answer by {snmp}, Slack is the stand-in.")
    print(
        "Its units run as installed; MemoryMax= and TasksMax= bind only where this host gives cgroup2 its controllers."
    )
    if ca:
        print(f"Its pip trusts {ca} besides: a proxy of this network signs with it.")
    print("\nTyped otherwise than the page says:")
    for change in CHANGES:
        print(f"  {change.block}: {change.page}  ->  {change.typed}    ({change.why})")
    for line, what in PASTED.items():
        print(f"  {line}: {what} is pasted")
    for block, why in NOT_WALKED.items():
        print(f"  {block} is left out: {why}")
    print("`outside` runs a program in the network that the walk was started from; all else runs in the lab.\n")


def _told(walker: Walker) -> int:
    print(f"{'step':<26} {'seconds':>7}  seen", flush=True)
    steps: list[Step] = []
    for step in walker.steps(walked(list(blocks(PAGE.read_text(encoding="utf-8"))))):
        steps.append(step)
        lines = [*step.seen, *(f"NOT AS PROMISED: {one}" for one in step.trouble)] or ["(nothing is promised)"]
        print(f"{step.block:<26} {step.took_s:>7.1f}  {lines[0]}", flush=True)
        for line in lines[1:]:
            print(f"{'':<34}  {line}", flush=True)
    first = sum(step.took_s for step in steps if step.block[0] in "123456")
    print(f"\nSteps 1 to 6 took {first:.0f} s of commands; the page promises {PROMISED_S:.0f} s with the reading.")
    print(f"All of it: {sum(step.took_s for step in steps):.0f} s.")
    bad = sum(len(step.trouble) for step in steps)
    print(f"{bad} of what the page promises was not seen." if bad else "Everything that the page promises was seen.")
    return 1 if bad or first > PROMISED_S else 0


if __name__ == "__main__":
    sys.exit(main())
