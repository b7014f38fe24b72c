"""``ruleout vcenter``: a reader beside one vCenter; with a target, the question to all of them."""

import argparse
from pathlib import Path

from bot.errors import RequestError
from bot.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command line of this role; as a worker it takes everything from the environment."""
    parser.add_argument("target", nargs="?", help="an IPv4 address, a VM name or a MAC: ask who has it, and end")
    parser.add_argument("--json", action="store_true", help="with a target: print the answer and the snapshots as JSON")
    parser.add_argument("--save", type=Path, metavar="DIR", help="with a target: keep the look-up in this directory")


def run(settings: Settings, given: argparse.Namespace) -> int:
    """Serve until told to stop; with a target, ask and print."""
    # Who asks needs no pyVmomi, and who serves no coordinator: each is imported where it is run.
    if given.target is not None:
        from bot.roles import look_up

        return look_up.run(settings, given)
    if given.json or given.save:
        raise RequestError("Say whom to look up: ruleout vcenter 10.0.0.5 --json; without a target it is the worker.")
    from bot.roles import vcenter_worker

    return vcenter_worker.run(settings)
