"""Every key on the queue server: its type, its content and its lifetime. Needs Redis >= 7.0 or Valkey.

| key                        | type   | content                                     | lifetime                    |
|----------------------------|--------|---------------------------------------------|-----------------------------|
| jobs:<queue>               | stream | sealed orders; one consumer group, `agents` | an entry: until it is final |
| rep:<bot>                  | stream | sealed reports for one bot process, unread  | 15 min after the last       |
| alive:<agent>:<random>     | string | lease of one agent process, a consumer      | 3 s, renewed every 0.5 s    |
| agent:<name>               | string | Agent as JSON, as it announces itself       | as the lease                |
| serving:<queue>            | string | name of an agent that takes its jobs        | as the lease                |
| asking:<bot>               | string | lease of one bot that awaits answers        | 15 s, renewed every 2 s     |
| seen:<job>                 | string | id of the only entry that may run the job   | 1 min past the job's end    |
| cancel:<job>               | string | seal: whoever runs the job must stop        | 1 min past the job's end    |
| artifact:<digest>:<upload> | hash   | chunk number -> bytes                       | 15 min, or until read       |
| dead                       | stream | what was refused: queue, reason, body, mac  | the newest 1,000            |
| journal:<incident>         | stream | the incident's events as JSON, in order     | 30 days (settable)          |
| delivery:<name>            | string | a delivery, decision or download was met    | 1 hour                      |
| inquiry:<inquiry>          | stream | the inquiry's events as JSON, in order      | as a journal                |
| inquiries:<channel>        | zset   | inquiry -> moment of its opening            | as a journal                |
| unended                    | zset   | open inquiry -> moment of its opening       | until Ended                 |
| asked:<channel>            | zset   | incident -> moment of its request           | as a journal                |
| unfinished                 | zset   | incident -> moment of its request           | until Delivered             |
"""

GROUP = "agents"

LEASE_S = 3.0
RENEW_S = 0.5
ASKING_S = 15.0
"""The lease of a bot: long enough for a hiccup of the server or a slow judgement, for evidence hangs on it."""

ASK_AGAIN_S = 2.0
SWEEP_S = 1.0
"""How often an agent looks for jobs that dead agents left, and a bot for queues that nobody serves."""

BLOCK_S = 1.0
"""The longest blocking read: far below the socket's timeout (redis-py 8 gives up after 5 s by itself)."""

REPLY_S = 900
ARTIFACT_S = 900
PAST_END_S = 60
LONGEST_S = 24 * 3600
"""No mark lives longer, whatever expiry an order claims; jobs last minutes."""

JOURNAL_S = 30 * 24 * 3600
DELIVERY_S = 3600

DELIVERIES = 3
"""How many agents may die on a job before it is given up."""

BACKLOG = 10_000
"""The most entries a stream of jobs or reports holds; far above what a living reader leaves."""

DEAD_LETTERS = 1_000
DEAD_BODY_BYTES = 65_536

CHUNK_BYTES = 1 << 20
LIMIT_BYTES = 64 << 20
"""The default for the largest artifact that travels."""

DEAD = "dead"
UNFINISHED = "unfinished"
UNENDED = "unended"
AGENTS = "agent:*"


def jobs(queue: str) -> str:
    """The stream of one queue's orders."""
    return f"jobs:{queue}"


def reports(bot_id: str) -> str:
    """The stream on which one bot process is answered."""
    return f"rep:{bot_id}"


def alive(consumer: str) -> str:
    """The lease of one agent process."""
    return f"alive:{consumer}"


def agent(name: str) -> str:
    """The announcement of one agent."""
    return f"agent:{name}"


def serving(queue: str) -> str:
    """The sign that somebody takes jobs from the queue."""
    return f"serving:{queue}"


def asking(reply: str) -> str:
    """The sign that whoever reads this stream of reports is there."""
    return f"asking:{reply.removeprefix(reports(''))}"


def seen(job: str) -> str:
    """The mark against replay."""
    return f"seen:{job}"


def cancel(job: str) -> str:
    """The sealed order to stop."""
    return f"cancel:{job}"


def artifact(digest: str, upload: str) -> str:
    """The chunks of one artifact. Equal bytes of two reports lie apart, so that removing one leaves the other."""
    return f"artifact:{digest}:{upload}"


def journal(incident: str) -> str:
    """The timeline of one incident."""
    return f"journal:{incident}"


def inquiry(name: str) -> str:
    """The timeline of one inquiry."""
    return f"inquiry:{name}"


def inquiries(channel: str) -> str:
    """The inquiries of a channel."""
    return f"inquiries:{channel}"


def asked(channel: str) -> str:
    """The questions that were asked in a channel."""
    return f"asked:{channel}"


def delivery(name: str) -> str:
    """The mark of what happens once: one of Slack's deliveries, a decision on a capture, a download link's use."""
    return f"delivery:{name}"
