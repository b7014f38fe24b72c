"""What each role may do on the queue server, as ACL rules: its own keys, and nothing to read or take of the others'.

Seals stop what a stolen password could forge; the ACL stops what it could delete, read or flush. Every pattern comes
from bot.queue.keys, so that a key that is renamed there is renamed here.
"""

from collections.abc import Sequence

from bot.queue import keys

COMMANDS = (
    "xreadgroup",
    "xpending",
    "xclaim",
    "xack",
    "xdel",
    "xadd",
    "xgroup|create",
    "xgroup|delconsumer",
    "xinfo|consumers",
    "set",
    "get",
    "exists",
    "del",
    "hset",
    "expire",
    "time",
    "multi",
    "exec",
    "ping",
    "hello",
    "auth",
)
"""Every command that bot.queue.agent_side and its parts send."""

BOT_COMMANDS = (
    "xadd",
    "xread",
    "xrange",
    "xdel",
    "set",
    "get",
    "pttl",
    "exists",
    "del",
    "unlink",
    "expire",
    "pexpire",
    "hset",
    "hget",
    "hkeys",
    "hgetall",
    "hdel",
    "zadd",
    "zrange",
    "zrem",
    "zrevrangebyscore",
    "zremrangebyscore",
    "scan",
    "time",
    "multi",
    "exec",
    "ping",
    "hello",
    "auth",
)
"""Every command that bot.queue.bot_side, the journals, the kept evidence, the marks and `ruleout doctor` send.

``scan`` shows the names of all keys, whatever the patterns say (Redis: ACL, "key permissions"), but no content.
"""

COUNTED = f"(+xlen +xinfo|groups %R~{keys.jobs('*')} %R~{keys.DEAD})"
"""What ``bot.queue.depths`` sends: a bot may count the orders and the dead letters, and read neither of them.

A selector of its own (Redis 7.0: ACL, "selectors"), for with a plain right to those keys it could read them.
"""
ENROLL_COMMANDS = ("getdel", "get", "ping", "hello", "auth")
"""Fetching what an invitation stands for. Its password is in every invitation, so it can do nothing else."""

OPERATOR_COMMANDS = (
    "xrange",
    "xlen",
    "xinfo|groups",
    "xinfo|stream",
    "type",
    "ttl",
    "scan",
    "dbsize",
    "info",
    "lastsave",
    "bgsave",
    "bgrewriteaof",
    "acl|load",
    "acl|log",
    "acl|whoami",
    "ping",
    "hello",
    "auth",
)
"""Looking after the server: its state, a copy of its data, the dead letters, this file read anew. It changes no key."""


def agent_rules(agent: str, queues: Sequence[str]) -> tuple[str, ...]:
    """The rules for ``ACL SETUSER <name> on ><password> ...`` (Redis 7.0: %R~ may only be read, %W~ only written).

    Readers of a vCenter or of the network are agents too, each on a queue of its own.
    """
    own = [keys.jobs(queue) for queue in queues] + [keys.serving(queue) for queue in queues]
    own += [keys.agent(agent), keys.alive(f"{agent}:*"), keys.seen("*")]
    written = [keys.reports("*"), keys.artifact("*", "*"), keys.DEAD]
    read = [keys.alive("*"), keys.cancel("*"), keys.asking("*")]
    return _rules(own, read, written, COMMANDS)


def bot_rules() -> tuple[str, ...]:
    """The rules for all bots, and for whoever asks from a terminal: they put jobs, but cannot take or unmark one."""
    own = [
        keys.reports("*"),
        keys.asking("*"),
        keys.bot("*"),
        keys.artifact("*", "*"),
        keys.delivery("*"),
    ]
    own += [keys.journal("*"), keys.kept("*"), keys.inquiry("*"), keys.inquiries("*"), keys.asked("*")]
    own += [keys.UNFINISHED, keys.UNENDED, keys.ROLL]
    written = [keys.jobs("*"), keys.cancel("*"), keys.invite("*"), keys.invited("*")]
    read = [keys.AGENTS, keys.serving("*")]
    return (*_rules(own, read, written, BOT_COMMANDS), COUNTED)


def enroll_rules() -> tuple[str, ...]:
    """The rules for whoever holds an invitation: names of invitations cannot be listed, and not be guessed."""
    return _rules((keys.invite("*"),), (keys.invited("*"),), (), ENROLL_COMMANDS)


def operator_rules() -> tuple[str, ...]:
    """The rules for the person who looks after the server."""
    return _rules((), ("*",), (), OPERATOR_COMMANDS)


def _rules(own: Sequence[str], read: Sequence[str], written: Sequence[str], commands: Sequence[str]) -> tuple[str, ...]:
    return (
        "resetchannels",
        "resetkeys",
        *(f"~{key}" for key in own),
        *(f"%W~{key}" for key in written),
        *(f"%R~{key}" for key in read),
        "-@all",
        *(f"+{command}" for command in commands),
    )
