"""What one bot process has asked for and not yet been answered: the measure of every report that comes in."""

import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot import log
from bot.model.incident import Failed, Lost, Reported, Started
from bot.model.job import Job
from bot.ports import Clock, News
from bot.queue import keys, letters, seal
from bot.queue.letters import Report, read_report
from bot.queue.seal import Fields

_log = log.get(__name__)


@dataclass(slots=True)
class _Pending:
    job: Job
    lost: bool = False
    answered: bool = False


class Asked:
    """The jobs of one bot process, by id, until a minute past their end. Safe from several threads."""

    def __init__(self, masters: Sequence[bytes], clock: Clock) -> None:
        seal.queue_keys(masters, "")
        self._masters = tuple(masters)
        self._clock = clock
        self._lock = threading.Lock()
        self._jobs: dict[str, _Pending] = {}

    def keys_of(self, queue: str) -> seal.Keys:
        """The keys of one queue, the sealing one first."""
        return seal.queue_keys(self._masters, queue)

    def remember(self, jobs: Sequence[Job]) -> None:
        """Expect reports on these jobs from now on, and no longer on those that ended a minute ago."""
        over = self._clock.now() - timedelta(seconds=keys.PAST_END_S)
        with self._lock:
            for job_id in [job_id for job_id, pending in self._jobs.items() if pending.job.expires_at < over]:
                del self._jobs[job_id]
            self._jobs.update((job.id, _Pending(job)) for job in jobs)

    def forget(self, jobs: Sequence[Job]) -> None:
        """Expect no report: the jobs were not put."""
        with self._lock:
            for job in jobs:
                self._jobs.pop(job.id, None)

    def drop(self, incident: str) -> None:
        """Expect no more reports on the incident's jobs: it is over, or another bot's."""
        with self._lock:
            for job_id in [job_id for job_id, pending in self._jobs.items() if pending.job.incident == incident]:
                del self._jobs[job_id]

    def incidents(self) -> tuple[str, ...]:
        """Those whose jobs are expected to bring something."""
        with self._lock:
            return tuple(dict.fromkeys(pending.job.incident for pending in self._jobs.values()))

    def read(self, incident: str, fields: Fields) -> tuple[Job, Report] | None:
        """The job and the report on it; None, with a warning, when it is forged or nobody asked for it here."""
        job_id = fields.get(b"job", b"").decode("ascii", "replace")
        with self._lock:
            pending = self._jobs.get(job_id)
        if pending is None or pending.job.incident != incident:
            _log.warning("report_refused", incident=incident, job=job_id[:80], reason="nobody asked for it")
            return None
        try:
            report = read_report(
                self.keys_of(pending.job.queue), keys.reports(incident), job_id, fields, self._clock.now()
            )
        except (ValueError, KeyError, TypeError) as error:
            _log.warning("report_refused", incident=incident, job=job_id, reason=str(error))
            return None
        return pending.job, report

    def answered(self, job: Job) -> bool:
        """Whether the job has had its final report."""
        with self._lock:
            return job.id in self._jobs and self._jobs[job.id].answered

    def word(self, incident: str, fields: Fields) -> News | None:
        """What another bot was told of the incident; None, with a warning, when no bot wrote it."""
        try:
            word = letters.read_word(self.keys_of(letters.BOTS), keys.reports(incident), fields)
        except (ValueError, KeyError, TypeError) as error:
            _log.warning("word_refused", incident=incident, reason=str(error))
            return None
        return News(incident, word, {})

    def news(self, job: Job, report: Report, blobs: dict[str, bytes]) -> News:
        """The report as news; a final one closes the job, a start means that it may be lost anew."""
        event = report.event
        with self._lock:
            if pending := self._jobs.get(job.id):
                pending.lost = pending.lost and not isinstance(event, Started)
                pending.answered = isinstance(event, Failed) or (isinstance(event, Reported) and event.final)
        return News(job.incident, event, blobs)

    def waiting_queues(self) -> frozenset[str]:
        """The queues that an answer is still awaited from and that were not yet said to be lost."""
        now = self._clock.now()
        with self._lock:
            return frozenset(
                pending.job.queue
                for pending in self._jobs.values()
                if not pending.answered and not pending.lost and pending.job.expires_at > now
            )

    def lose(self, queues: Collection[str]) -> tuple[News, ...]:
        """One Lost for every unanswered job on these queues that has not had one since it was last started."""
        now = self._clock.now()
        with self._lock:
            lost = [p for p in self._jobs.values() if p.job.queue in queues and not p.answered and not p.lost]
            for pending in lost:
                pending.lost = True
        return tuple(News(pending.job.incident, Lost(at=now, job=pending.job.id), {}) for pending in lost)
