"""The ACL file of the queue server (``aclfile``): one user for each role, and nobody else.

Passwords follow from the master keys, so there is nothing further to keep, and the file holds their digests alone.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence

from bot.errors import RequestError
from bot.queue.acl import agent_rules, bot_rules, enroll_rules, operator_rules
from bot.queue.seal import queue_key

BOT = "bot"
OPERATOR = "operator"
ENROLL = "enroll"
_OF_ONE = ("agent.", "vcenter.", "network.")
_QUEUE = re.compile(r"(segment|agent|vcenter|network)\.[A-Za-z0-9._-]+")
"""A key pattern is a glob, and a space ends a rule: other characters could widen what a user may touch."""


def password(master: bytes, user: str) -> str:
    """The password of one user: 64 hex digits, from which nothing about the master key follows."""
    return queue_key(master, f"redis.{user}").hex()


def acl_file(masters: Sequence[bytes], agents: Iterable[str]) -> str:
    """The file's text. ``agents`` are the queues of one agent each, as in ``segment.prod,agent.prod-1``.

    With two master keys both passwords of every user are accepted, for the time of a rotation.

    Raises:
        RequestError: one of them names no queue of its own, or is not a name.
    """
    rules = {BOT: bot_rules(), OPERATOR: operator_rules(), ENROLL: enroll_rules()}
    for told in agents:
        queues = told.split(",")
        user = user_of(queues)
        if user in rules:
            raise RequestError(f"{user} is named twice; give each agent once, with all its queues.")
        rules[user] = agent_rules(name_of(user), queues)
    lines = ["user default off resetpass resetkeys resetchannels -@all"]
    for user, of_user in rules.items():
        digests = (f"#{hashlib.sha256(password(master, user).encode()).hexdigest()}" for master in masters)
        lines.append(" ".join(("user", user, "on", "resetpass", *digests, *of_user)))
    return "\n".join(lines) + "\n"


def user_of(queues: Sequence[str]) -> str:
    """The user of the agent that takes jobs from these queues: it is called as the queue that is its alone.

    Raises:
        RequestError: there is not exactly one such queue, or a queue has another form.
    """
    for queue in queues:
        if not _QUEUE.fullmatch(queue):
            raise RequestError(
                f"{queue!r} is no queue; write segment.NAME, agent.NAME, vcenter.NAME or network.NAME, with letters, "
                "digits, dots, dashes and underscores."
            )
    own = [queue for queue in queues if queue.startswith(_OF_ONE)]
    if len(own) != 1:
        raise RequestError(
            f"{','.join(queues)} must hold one queue that is one agent's alone, as in segment.prod,agent.prod-1."
        )
    return own[0]


def name_of(user: str) -> str:
    """The name under which the agent of this user announces itself: readers use their queue's."""
    return user.removeprefix("agent.")
