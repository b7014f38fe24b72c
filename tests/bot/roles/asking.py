"""A bot that asks without a pause, a process of its own: ``python -m tests.bot.roles.asking FILE LOG``.

Told to stop, it asks nothing more, waits for what it asked, and writes into LOG what came of it.
"""

import json
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from bot.errors import InstrumentError
from bot.model.incident import Failed
from bot.queue.bot_side import RedisQueue
from bot.roles.logs import keep_logs
from bot.roles.process import until_told
from bot.settings import Settings
from bot.system import SystemClock
from tests.bot.roles.standing import ROOT, end
from tests.contracts.bench import finals, job, job_of

QUEUES = ("segment.prod", "agent.prod-1", "agent.prod-2")
_EVERY_S = 0.1
_LAST_S = 20.0


@dataclass(frozen=True)
class Came:
    """Jobs put, jobs reported, questions that were refused at once with a sentence, and what went wrong otherwise."""

    asked: int
    answered: int
    refused: int
    wrong: list[str]


class Asking:
    """One such process, from its first question on."""

    def __init__(self, file: Path, log: Path, ends: ExitStack) -> None:
        self._log = log
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bot.roles.asking", str(file), str(log)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        ends.callback(end, self._process)
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == b"answered\n"

    def stop(self) -> "Came":
        """What came of all that it asked."""
        self._process.terminate()
        assert self._process.wait(_LAST_S + 10) == 0
        return Came(*json.loads(self._log.read_text()))


def main(file: Path, log: Path) -> None:
    """Ask, and hear, in one thread."""
    settings, stop, clock = Settings.beside(file), until_told(), SystemClock()
    keep_logs(settings)  # to standard error: on standard output one line is waited for
    queue = RedisQueue(
        settings.text("RULEOUT_REDIS_URL"),
        settings.keys("RULEOUT_MASTER_KEYS"),
        clock.new_id("bot"),
        clock,
        ca_file=settings.text("RULEOUT_REDIS_CA_FILE"),
    )
    open_, asked, answered, refused, wrong = set[str](), 0, 0, 0, list[str]()
    last_s = float("inf")
    while (open_ or not stop.is_set()) and time.monotonic() < last_s:
        if stop.is_set():
            last_s = min(last_s, time.monotonic() + _LAST_S)
        else:
            # The bench numbers jobs from 1 in every process, and what another process put before is a replay.
            put = [replace(job(name), id=clock.new_id("job"), incident=clock.new_id("inc")) for name in QUEUES]
            try:
                queue.put(put)
            except InstrumentError:  # it raised, so nothing was put, and whoever asked was told so
                refused += 1
                continue
            asked += len(put)
            open_ |= {one.id for one in put}
        try:
            heard = queue.news(_EVERY_S)
        except InstrumentError:  # as above; the coordinator asks again too
            continue
        for news in finals(heard):
            open_.discard(job_of(news))
            with suppress(InstrumentError):  # what is not removed goes by itself
                queue.end(news.incident)
            if isinstance(news.event, Failed):
                wrong.append(news.event.reason)
                continue
            answered += 1
            if answered == 1:
                sys.stdout.write("answered\n")
                sys.stdout.flush()
    log.write_text(json.dumps([asked, answered, refused, [*wrong, *(f"no answer: {name}" for name in open_)]]))
    queue.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
