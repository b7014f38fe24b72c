"""Every key on the queue server: its type, its content and its lifetime. Needs Redis >= 7.0 or Valkey.

| key                        | type   | content                                     | lifetime                    |
|----------------------------|--------|---------------------------------------------|-----------------------------|
| jobs:<queue>               | stream | sealed orders; one consumer group, `agents` | an entry: until it is final |
| rep:<incident>             | stream | sealed reports on it, until taken in        | 15 min after the last       |
| alive:<agent>:<random>     | string | lease of one agent process, a consumer      | 3 s, renewed every 0.5 s    |
| agent:<name>               | string | Agent as JSON, as it announces itself       | as the lease                |
| roll                       | hash   | name -> Agent as JSON, as it was heard last | a week after anybody's last |
| serving:<queue>            | string | name of an agent that takes its jobs        | as the lease                |
| asking:<incident>          | string | the bot that has it in hand: a lease        | 5 s, renewed every second   |
| bot:<bot>                  | string | lease of one bot process                    | as the lease before         |
| seen:<job>                 | string | id of the only entry that may run the job   | 1 min past the job's end    |
| cancel:<job>               | string | seal: whoever runs the job must stop        | 1 min past the job's end    |
| artifact:<digest>:<upload> | hash   | chunk number -> bytes                       | 15 min, or until read       |
| dead                       | stream | what was refused: queue, reason, body, mac  | the newest 1,000            |
| journal:<incident>         | stream | the incident's events as JSON, by place     | 30 days (settable)          |
| delivery:<name>            | string | met before: done, or the bot that is at it  | 1 hour                      |
| inquiry:<inquiry>          | stream | the inquiry's events as JSON, in order      | as a journal                |
| inquiries:<channel>        | zset   | inquiry -> moment of its opening            | as a journal                |
| unended                    | zset   | open inquiry -> moment of its opening       | until Ended                 |
| asked:<channel>            | zset   | incident -> moment of its request           | as a journal                |
| kept:<incident>            | hash   | digest -> bytes that were brought back      | 1 day, or until Delivered   |
| unfinished                 | zset   | incident -> moment of its request           | until Delivered             |
| invite:<invitation>        | string | settings that only their invitation opens   | 15 min, or until fetched    |
| invited:<invitation>       | string | there is, or was, such an invitation        | 15 min (settable)           |
"""

GROUP = "agents"

LEASE_S = 3.0
RENEW_S = 0.5
HOLD_S = 5.0
"""The lease of a bot on an incident: another one may take it so long after its death."""

HOLD_AGAIN_S = 1.0
DEAF_S = 30.0
"""A bot that has not read what comes in for so long is stuck, and counts as gone; no judgement takes that long."""

ORPHANED_S = 15.0
"""An agent stops so long after the bot was last there: evidence hangs on it, and another bot may go on with it."""

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
KEPT_S = 24 * 3600
ROLL_S = 7 * 24 * 3600
ROLL_AGAIN_S = 30.0
"""How often a bot writes down whom it hears."""

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
ROLL = "roll"
UNFINISHED = "unfinished"
UNENDED = "unended"
AGENTS = "agent:*"
BOTS = "bot:*"


def jobs(queue: str) -> str:
    """The stream of one queue's orders."""
    return f"jobs:{queue}"


def reports(incident: str) -> str:
    """The stream on which whichever bot has the incident in hand is answered."""
    return f"rep:{incident}"


def alive(consumer: str) -> str:
    """The lease of one agent process."""
    return f"alive:{consumer}"


def agent(name: str) -> str:
    """The announcement of one agent."""
    return f"agent:{name}"


def serving(queue: str) -> str:
    """The sign that somebody takes jobs from the queue."""
    return f"serving:{queue}"


def bot(bot_id: str) -> str:
    """The sign that this bot is there."""
    return f"bot:{bot_id}"


def asking(incident: str) -> str:
    """The sign that a bot has the incident in hand, and which."""
    return f"asking:{incident}"


def asking_on(reply: str) -> str:
    """The same sign, for an agent: it knows of an incident only the stream on which it answers."""
    return asking(reply.removeprefix(reports("")))


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


def kept(incident: str) -> str:
    """The evidence of an incident that lasts."""
    return f"kept:{incident}"


def inquiry(name: str) -> str:
    """The timeline of one inquiry."""
    return f"inquiry:{name}"


def inquiries(channel: str) -> str:
    """The inquiries of a channel."""
    return f"inquiries:{channel}"


def asked(channel: str) -> str:
    """The questions that were asked in a channel."""
    return f"asked:{channel}"


def invite(invitation: str) -> str:
    """What an invited machine fetches, once."""
    return f"invite:{invitation}"


def invited(invitation: str) -> str:
    """The sign by which a used invitation is told from one whose time is over."""
    return f"invited:{invitation}"


def delivery(name: str) -> str:
    """The mark of what happens once: one of Slack's deliveries, a decision on a capture, a download link's use."""
    return f"delivery:{name}"
