"""Each command of bot.queue.acl once, as its role sends it, for a doctor to try; on keys that nobody has.

``needed`` has to be permitted, ``dangerous`` refused.
"""

from collections.abc import Sequence

from bot.queue import keys
from bot.queue.checkup import Words

_NOBODY = "doctor-nobody"

EVERYTHING: tuple[Words, ...] = (
    ("KEYS", "*"),
    ("FLUSHALL",),
    ("CONFIG", "GET", "dir"),
    ("ACL", "LIST"),
    ("EVAL", "return 1", "0"),
)
"""What nobody may who does the product's work."""


def needed_by_agent(name: str, queues: Sequence[str]) -> tuple[Words, ...]:
    """What an agent of this name sends for its queues."""
    reply, life = keys.reports(_NOBODY), keys.alive(f"{name}:doctor")
    bytes_of = keys.artifact("sha256:00", "doctor")
    return (
        *(words for queue in queues for words in _needed_for(queue)),
        ("XADD", reply, "*", "body", ""),
        ("EXPIRE", reply, "1"),
        ("XADD", keys.DEAD, "*", "reason", ""),
        ("SET", keys.seen(_NOBODY), "", "EX", "1"),
        ("GET", keys.cancel(_NOBODY)),
        ("EXISTS", keys.asking(_NOBODY)),
        ("EXISTS", keys.alive(f"{_NOBODY}:1")),
        ("SET", life, "", "PX", "1"),
        ("SET", keys.agent(name), "", "PX", "1"),
        ("DEL", life),
        ("HSET", bytes_of, "0", ""),
        ("EXPIRE", bytes_of, "1"),
        ("TIME",),
        ("PING",),
    )


def _needed_for(queue: str) -> tuple[Words, ...]:
    jobs, group = keys.jobs(queue), keys.GROUP
    return (
        ("XGROUP", "CREATE", jobs, group, "$", "MKSTREAM"),
        ("XREADGROUP", "GROUP", group, "doctor", "COUNT", "1", "STREAMS", jobs, ">"),
        ("XPENDING", jobs, group),
        ("XCLAIM", jobs, group, "doctor", "1", "0-1"),
        ("XACK", jobs, group, "0-1"),
        ("XDEL", jobs, "0-1"),
        ("XINFO", "CONSUMERS", jobs, group),
        ("XGROUP", "DELCONSUMER", jobs, group, "doctor"),
        ("SET", keys.serving(queue), "", "PX", "1"),
    )


NEEDED_BY_BOT: tuple[Words, ...] = (
    ("XADD", keys.jobs(f"agent.{_NOBODY}"), "*", "body", ""),
    ("XREAD", "STREAMS", keys.reports(_NOBODY), "0"),
    ("XDEL", keys.reports(_NOBODY), "0-1"),
    ("XRANGE", keys.journal(_NOBODY), "-", "+"),
    ("SET", keys.delivery(_NOBODY), "", "EX", "1"),
    ("SET", keys.cancel(_NOBODY), "", "EX", "1"),
    ("SET", keys.asking(_NOBODY), "", "PX", "1"),
    ("PEXPIRE", keys.asking(_NOBODY), "1"),
    ("DEL", keys.asking(_NOBODY)),
    ("SET", keys.bot(_NOBODY), "", "PX", "1"),
    ("SET", keys.invite(_NOBODY), "", "EX", "1"),
    ("SET", keys.invited(_NOBODY), "", "EX", "1"),
    ("GET", keys.agent(_NOBODY)),
    ("PTTL", keys.agent(_NOBODY)),
    ("EXISTS", keys.serving(f"agent.{_NOBODY}")),
    ("HGETALL", keys.artifact("sha256:00", "doctor")),
    ("UNLINK", keys.artifact("sha256:00", "doctor")),
    ("HSET", keys.kept(_NOBODY), "x", ""),
    ("HGET", keys.kept(_NOBODY), "x"),
    ("HKEYS", keys.kept(_NOBODY)),
    ("HDEL", keys.kept(_NOBODY), "x"),
    ("EXPIRE", keys.kept(_NOBODY), "1"),
    ("ZADD", keys.UNFINISHED, "1", _NOBODY),
    ("ZREM", keys.UNFINISHED, _NOBODY),
    ("ZRANGE", keys.UNENDED, "0", "1"),
    ("XADD", keys.inquiry(_NOBODY), "*", "deed", ""),
    ("ZADD", keys.inquiries(_NOBODY), "1", _NOBODY),
    ("ZREVRANGEBYSCORE", keys.asked(_NOBODY), "2", "1"),
    ("ZREMRANGEBYSCORE", keys.asked(_NOBODY), "1", "2"),
    ("SCAN", "0"),
    ("TIME",),
    ("PING",),
)

DANGEROUS_FOR_AGENT: tuple[Words, ...] = (
    *EVERYTHING,
    ("XADD", keys.jobs(f"agent.{_NOBODY}"), "*", "body", ""),
    ("SET", keys.cancel(_NOBODY), ""),
    ("XRANGE", keys.journal(_NOBODY), "-", "+"),
    ("HGETALL", keys.kept(_NOBODY)),
    ("SCAN", "0"),
)

DANGEROUS_FOR_BOT: tuple[Words, ...] = (
    *EVERYTHING,
    ("XREADGROUP", "GROUP", keys.GROUP, "doctor", "STREAMS", keys.jobs(f"agent.{_NOBODY}"), ">"),
    ("DEL", keys.seen(_NOBODY)),
    ("SET", keys.alive(f"{_NOBODY}:1"), ""),
    ("XRANGE", keys.DEAD, "-", "+"),
)
