"""What one agent may do on the queue server, as an ACL: its own queues, its own lease, and nothing to read of others.

Seals stop what a stolen password could forge; the ACL stops what it could delete, read or flush.
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


def agent_rules(agent: str, queues: Sequence[str]) -> tuple[str, ...]:
    """The rules for ``ACL SETUSER <name> on ><password> ...`` (Redis 7.0: %R~ may only be read, %W~ only written)."""
    own = [keys.jobs(queue) for queue in queues] + [keys.serving(queue) for queue in queues]
    own += [keys.agent(agent), keys.alive(f"{agent}:*"), keys.seen("*")]
    written = [keys.reports("*"), keys.artifact("*", "*"), keys.DEAD]
    read = [keys.alive("*"), keys.cancel("*"), keys.asking("*")]
    return (
        "resetchannels",
        "resetkeys",
        *(f"~{key}" for key in own),
        *(f"%W~{key}" for key in written),
        *(f"%R~{key}" for key in read),
        "-@all",
        *(f"+{command}" for command in COMMANDS),
    )
