"""``ruleout keys``: what jobs and reports are signed with, who may do what on the queue server, and invitations."""

import argparse
import secrets
import sys

from bot.queue import acl_file
from bot.queue.seal import queue_key
from bot.roles import inviting
from bot.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command line of this role."""
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("new", help="a fresh master key for RULEOUT_MASTER_KEYS")
    derive = actions.add_parser("for", help="the value of an agent's RULEOUT_QUEUE_KEYS")
    derive.add_argument("queues", nargs="+", help="such as segment.prod agent.prod-1, or vcenter.dc1")
    users = actions.add_parser("acl", help="the queue server's ACL file: a user for the bot and one for each agent")
    users.add_argument(
        "agents", nargs="*", metavar="QUEUES", help="the queues of one agent, such as segment.prod,agent.prod-1"
    )
    password = actions.add_parser("password", help="the password of one user of that file, for RULEOUT_REDIS_URL")
    password.add_argument("user", help="bot, operator, or an agent's own queue, such as agent.prod-1")
    inviting.arguments(actions.add_parser("invite", help="one line with which a new agent fetches all this, once"))


def run(settings: Settings, given: argparse.Namespace) -> int:
    """Print keys on standard output, where a secret store can take them."""
    if given.action == "new":
        print(secrets.token_hex(32))
        return 0
    if given.action == "invite":
        return inviting.run(settings, given)
    masters = settings.keys("RULEOUT_MASTER_KEYS")
    if given.action == "for":
        print(",".join(f"{queue}={queue_key(master, queue).hex()}" for queue in given.queues for master in masters))
    elif given.action == "acl":
        sys.stdout.write(acl_file.acl_file(masters, given.agents))
    else:
        if given.user not in (acl_file.BOT, acl_file.OPERATOR):
            acl_file.user_of([given.user])
        print(acl_file.password(masters[0], given.user))
    return 0
