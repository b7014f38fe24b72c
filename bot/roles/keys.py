"""``ruleout keys``: the keys that jobs and reports are signed with."""

import argparse
import secrets

from bot.queue.seal import queue_key
from bot.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command line of this role."""
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("new", help="a fresh master key for RULEOUT_MASTER_KEYS")
    derive = actions.add_parser("for", help="the value of an agent's RULEOUT_QUEUE_KEYS")
    derive.add_argument("queues", nargs="+", help="such as segment.prod agent.prod-1, or vcenter.dc1")


def run(settings: Settings, given: argparse.Namespace) -> int:
    """Print keys on standard output, where a secret store can take them."""
    if given.action == "new":
        print(secrets.token_hex(32))
    else:
        masters = settings.keys("RULEOUT_MASTER_KEYS")
        print(",".join(f"{queue}={queue_key(master, queue).hex()}" for queue in given.queues for master in masters))
    return 0
