"""What a bot leaves when it dies, and how another goes on with it: the timeline, the evidence, the jobs under way."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from bot import log
from bot.errors import InstrumentError
from bot.incidents import dropping, folds, noted, pasting
from bot.incidents.running import Running
from bot.model.incident import HandedOver, Incident, Reported, Started, TakenOver
from bot.model.request import CAPTURE, WATCH
from bot.ports import Journal, Kept, News, Queue

_log = log.get(__name__)

_NO_AGENT = (dropping.QUEUE, pasting.QUEUE, noted.QUEUE)
LIVES = 3
"""How many bots may be lost on an incident before it is given up: it may be what kills them."""


@dataclass(frozen=True, slots=True)
class Succession:
    """Between bots: each incident is in one's hand, and what it brought lies where the next one finds it."""

    queue: Queue
    journal: Journal
    kept: Kept | None

    def keep(self, running: Running, news: News) -> None:
        """Keep what was brought, before it is written down that it was; without it the next one has a gap."""
        if news.blobs or _lasts(running):
            self._put(news.incident, news.blobs)

    def evidence(self, running: Running) -> dict[str, bytes]:
        """The bytes that were brought, which an end lets go from memory; without what nobody keeps any more."""
        if running.blobs or self.kept is None:
            return dict(running.blobs)
        try:
            return self.kept.all(running.incident.id)
        except InstrumentError as error:
            _log.warning("evidence_not_found", incident=running.incident.id, reason=str(error))
            return {}

    def keep_again(self, running: Running) -> None:
        """Keep all that was brought once more: where events were forgotten, so was what was kept beside them."""
        if running.blobs and not running.incident.closed:
            self._put(running.incident.id, running.blobs)

    def _put(self, incident: str, blobs: Mapping[str, bytes]) -> None:
        if self.kept is None:
            return
        try:
            self.kept.put(incident, blobs)
        except InstrumentError as error:  # the answer is worth more than its insurance
            _log.warning("evidence_not_kept", incident=incident, reason=str(error))

    def prune(self, running: Running) -> None:
        """Of what lasts only the newest word is kept: an hour of beginnings would fill the server."""
        if self.kept is None or not _lasts(running):
            return
        try:
            self.kept.only(running.incident.id, running.blobs.keys())
        except InstrumentError as error:
            _log.warning("evidence_kept_on", incident=running.incident.id, reason=str(error))

    def over(self, incident: str) -> bool:
        """Its people have seen the end, so nobody has to go on with it: whether what it needed is removed."""
        try:
            if self.kept:
                self.kept.drop(incident)
            self.queue.end(incident)
        except InstrumentError as error:
            _log.warning("leftovers_kept_on", incident=incident, reason=str(error))
            return False
        return True

    def left(self, ours: Callable[[str], bool]) -> Iterator[Running]:
        """What nobody has in hand any more, as it stands; it is ours from now on.

        Raises:
            InstrumentError: the server is away.
        """
        unfinished = [name for name in self.journal.unfinished() if not ours(name)]
        taken = self.queue.hold(unfinished) if unfinished else frozenset()
        for name in (name for name in unfinished if name in taken):
            try:
                running = self._found(name)
            except InstrumentError as error:  # one that cannot be read must not keep the others waiting
                _log.warning("not_taken_over", incident=name, reason=str(error))
                self.queue.leave(name)
                continue
            except Exception:  # noqa: BLE001  held, so that it is said once and breaks nobody else
                _log.exception("taking_over_broke", incident=name)
                continue
            if running:
                yield running
            else:
                self.queue.end(name)

    def _found(self, name: str) -> Running | None:
        incident = self.journal.read(name)
        if incident is None or incident.delivered:
            return None  # seen to its end while we looked
        running, blobs = Running(incident), self.kept.all(name) if self.kept else {}
        for event in incident.timeline:
            if isinstance(event, Reported):  # what is not kept is a gap of the verdict
                running.take_in(event, blobs)
        return running

    def resume(self, incident: Incident, now: datetime) -> None:
        """Await what is under way. What no agent has begun may never have left, and is put again.

        If it did leave it has the same id, and agents begin each once. That a person stopped it is said again, for it
        may have been forgotten too.

        Raises:
            InstrumentError: the server is away.
        """
        over = folds.ended(incident)
        begun = {event.job for event in incident.timeline if isinstance(event, Started)}
        under_way = [job for job in folds.jobs(incident) if job.id not in over and not job.queue.startswith(_NO_AGENT)]
        for job in under_way if folds.stopped(incident) else ():
            self.queue.cancel(job)
        self.queue.resume([job for job in under_way if job.id in begun])
        self.queue.put([job for job in under_way if job.id not in begun and job.expires_at > now])


def spent(running: Running) -> bool:
    """Whether too many bots were lost on it; one that handed it over was not."""
    steps = pairwise(running.incident.timeline)
    return sum(isinstance(now, TakenOver) and not isinstance(before, HandedOver) for before, now in steps) >= LIVES


def _lasts(running: Running) -> bool:
    return running.incident.request.command in (CAPTURE, WATCH)
