"""The lab from a terminal: ``python -m deploy.lab up``, then ``demo``, ``fault``, ``exec``, ``state``, ``down``."""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

from deploy.lab import ns
from deploy.lab.client import Lab, LabError
from deploy.lab.faults import DEMO, FAULTS


def main() -> None:
    """Do one thing with the lab."""
    asked = _arguments()
    lab = Lab(asked.directory)
    match asked.command:
        case "up":
            state = Lab.up(asked.directory, seed=asked.seed).state()
            print(f"up in {state['built_s']} s: {', '.join(state['nodes'])}")
        case "down":
            lab.down()
        case "fault":
            print(json.dumps(lab.apply(asked.fault, asked.vm)["faults"][-1], indent=2))
        case "demo":
            for vm, fault in DEMO.items():
                staged = lab.apply(fault, vm)["faults"][-1]
                print(f"{staged['address']:10}  {fault:18}  {staged['symptom']}")
        case "state":
            print(json.dumps(lab.state(), indent=2))
        case "exec":
            argv = lab.argv(asked.node, [asked.program, *asked.arguments])
            os.execv(argv[0], argv)
        case "doctor":
            reason = ns.doctor()
            print(reason or "this machine can run the lab")
            sys.exit(1 if reason else 0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m deploy.lab", description=__doc__)
    parser.add_argument(
        "--directory",
        type=Path,
        default=Path(tempfile.gettempdir(), f"ruleout-lab-{os.getuid()}"),
        help="where the lab's control socket is",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("up", help="build a lab").add_argument("--seed", type=int, default=1)
    commands.add_parser("down", help="end it and everything in it")
    commands.add_parser("demo", help="stage every fault, each on its VM")
    commands.add_parser("state", help="print what stands where, as JSON")
    commands.add_parser("doctor", help="say whether this machine can run a lab, and if not what to do")
    fault = commands.add_parser("fault", help="stage one fault on one VM")
    fault.add_argument("fault", choices=sorted(FAULTS))
    fault.add_argument("vm")
    execute = commands.add_parser("exec", help="run a program in a node")
    execute.add_argument("node")
    execute.add_argument("program")
    execute.add_argument("arguments", nargs=argparse.REMAINDER)
    return parser.parse_args()


if __name__ == "__main__":
    try:
        main()
    except (LabError, ns.Unsupported) as error:
        sys.exit(str(error))
