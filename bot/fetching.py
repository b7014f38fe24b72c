"""Fetching what a person shared: the file becomes an agent's report, or a word on why there is none."""

from dataclasses import dataclass
from functools import partial

from bot import log
from bot.errors import InstrumentError
from bot.incidents import dropping
from bot.model.incident import Failed, Incident, Reported
from bot.model.job import Job
from bot.ports import Clock, Drops, News

_log = log.get(__name__)


@dataclass(frozen=True, slots=True)
class Fetcher:
    """``drops`` is None where nobody shares files."""

    drops: Drops | None
    clock: Clock

    def fetched(self, job: Job, incident: Incident) -> News:
        """The shared file as an agent's report, or why there is none; takes seconds."""
        file = incident.request.file
        assert file is not None, "only a shared file is fetched"
        failed = partial(Failed, job=job.id, agent=file.name)
        try:
            assert self.drops is not None, "only a chat has shared files"
            data = self.drops.fetch(file, dropping.MOST_BYTES)
            artifact = dropping.artifact(job, file, data, incident.request.asked_at)
            if why := dropping.unreadable(artifact, data):
                return News(incident.id, failed(at=self.clock.now(), reason=why), {})
            report = Reported(at=self.clock.now(), job=job.id, agent=file.name, artifacts=(artifact,), final=True)
            return News(incident.id, report, {artifact.digest: data})
        except InstrumentError as error:
            return News(incident.id, failed(at=self.clock.now(), reason=str(error)), {})
        except Exception:  # noqa: BLE001  nobody waits for this thread's result
            reference = self.clock.new_id("bug")
            _log.exception("fetch_broke", incident=incident.id, reference=reference)
            reason = f"ruleout itself broke on this file; its operator can look up {reference}."
            return News(incident.id, failed(at=self.clock.now(), reason=reason), {})
