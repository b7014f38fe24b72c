"""Do the agents that are heard hold our keys? Each queue gets a sealed order that was cancelled before it was put.

An agent opens its seal, finds the cancellation, which is sealed with the same key, and says so in a sealed report: an
exchange that is there anyway, and nothing is carried out. Who holds other keys refuses the order, as a dead letter.
"""

import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

from bot.errors import InstrumentError
from bot.model.incident import Failed, Reported, Started
from bot.model.job import Job, JobOptions, Probe
from bot.ports import Clock
from bot.queue.bot_side import RedisQueue

_TURN_S = 0.25


def knock(
    url: str, masters: Sequence[bytes], queues: Sequence[str], clock: Clock, within_s: float, ca_file: str | None = None
) -> dict[str, str | None]:
    """By queue, the agent that answered for it with our key; None: none did within the time.

    Raises:
        InstrumentError: the server is away, or this user may not.
    """
    now, incident = clock.now(), clock.new_id("doctor")
    ends_at = now + timedelta(seconds=within_s)
    jobs = {clock.new_id("job"): queue for queue in queues}
    answers: dict[str, str | None] = dict.fromkeys(queues)
    queue_side = RedisQueue(url, masters, clock.new_id("bot"), clock, ca_file=ca_file)
    try:
        # No agent does reports (bot.model.job.Probe), so even a broken one has nothing to carry out.
        put = [Job(id, incident, Probe.REPORT, name, None, JobOptions(), now, ends_at) for id, name in jobs.items()]
        for job in put:
            queue_side.cancel(job)
        queue_side.put(put)
        until_s = time.monotonic() + within_s
        while None in answers.values() and time.monotonic() < until_s:
            for news in queue_side.news(_TURN_S):
                if isinstance(news.event, Failed | Reported | Started):
                    answers[jobs[news.event.job]] = news.event.agent
        return answers
    finally:
        with suppress(InstrumentError):
            queue_side.end(incident)
        queue_side.close()
