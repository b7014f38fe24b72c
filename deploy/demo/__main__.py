"""``deploy/try``: a small data centre with six faults, a channel in the browser, and the real bot between them."""

import argparse
import signal
import sys
import tempfile
import time
from pathlib import Path
from types import FrameType

from deploy.demo import stage
from deploy.demo.stage import Stage
from deploy.lab import snmp
from deploy.lab.faults import DEMO, FAULTS

CHANNEL, ASKER = "inc-network", "ana"
PLAYED = "10.0.0.5"
PLAY_WITHIN_S = 30.0


def main() -> int:
    """Show the main job on real packets; exit status 0 when it worked."""
    parser = argparse.ArgumentParser(prog="deploy/try", description=__doc__)
    parser.add_argument("--play", nargs="?", const=f"/arpcheck {PLAYED}", metavar="TEXT",
                        help="type this (default: /arpcheck 10.0.0.5), print the card and end")  # fmt: skip
    parser.add_argument("--port", type=int, default=0, help="port of the page; default: any free one")
    parser.add_argument("--replay", action="store_true", help="recorded captures instead of network namespaces")
    parser.add_argument("--logs", type=Path, help="keep the parts' logs in this directory")
    asked = parser.parse_args()
    for end in (signal.SIGTERM, signal.SIGINT):  # a shell that starts us in the background has us ignore the second
        signal.signal(end, _interrupt)
    if asked.logs:
        asked.logs.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="ruleout-") as directory:
        try:
            with stage.running(Path(directory), port=asked.port, replay=asked.replay, logs=asked.logs) as running:
                _say_how(running, replay=asked.replay)
                return _play(running, asked.play) if asked.play else _serve(running)
        except KeyboardInterrupt:
            print("\nEverything is ended and removed.", file=sys.stderr)
            return 0 if not asked.play else 130
        except RuntimeError as error:
            print(f"deploy/try: {error}", file=sys.stderr)
            return 1


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _say_how(running: Stage, *, replay: bool) -> None:
    if running.why_no_lab:
        print(f"{running.why_no_lab}\nRecorded captures are replayed instead.\n", file=sys.stderr)
    elif replay:
        print("Recorded captures are replayed.\n", file=sys.stderr)
    if running.snmp == snmp.PLAYED:
        print(
            "snmpd is not installed, so agents of ours answer SNMP in the lab's router and switches.\n", file=sys.stderr
        )


def _serve(running: Stage) -> int:
    print(f"Open {running.slack.page_url} and type one of these into #{CHANNEL}:\n")
    for vm, fault in DEMO.items():
        print(f"  /arpcheck 10.0.0.{int(vm.removeprefix('app'))}    {FAULTS[fault].symptom}")
    print("  /arpcheck app05       the first one again, by its VM name")
    print("  /arptable 10.0.0.7    what router, switches, vCenter and the wire hold for it, and what to clear")
    print("  /vcenter 10.0.0.4     who has it, as vCenter knows it: two VMs do")
    print("  /vcenter app05        owner, host, port group, uplinks, and what to ask the guest itself")
    if running.lab:
        print(f"  /vcenter {stage.MOVED}        and when it was moved from which host")
    print("  /capture 10.0.0.5 for 20s    and /arpcheck 10.0.0.5 meanwhile: story, picture and file in its thread")
    print("  /capture 10.0.0.4     needs a second person: become somebody else in the page, Approve in the thread")
    print("  /capture              by a form, whose preview says what it would do; /capture stop ends one early")
    print("\nCtrl-C ends everything and leaves nothing behind.")
    sys.stdout.flush()
    while True:
        for name, process in running.processes.items():
            if process.poll() is not None:
                raise RuntimeError(f"{name} ended with status {process.returncode}; --logs DIR keeps its log")
        time.sleep(1.0)


def _play(running: Stage, text: str) -> int:
    print(f"{ASKER} types {text}\n")
    print(stage.ask(running.slack, CHANNEL, text, user=ASKER, within_s=PLAY_WITHIN_S)["rendered"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
