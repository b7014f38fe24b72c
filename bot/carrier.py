"""What follows in one incident: an event comes in, the flow says what follows, the ports do it."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import partial

from bot import log
from bot.clerk import machines_of
from bot.conclusion import Concluding, conclusion
from bot.desk import Desk, Ground
from bot.errors import InstrumentError, OvertakenError, RequestError
from bot.fetching import Fetcher
from bot.handing import Handing
from bot.incidents import actions, captured, flow, folds, noted, parts, pasting
from bot.incidents.actions import Action
from bot.incidents.policy import Capability
from bot.incidents.running import Running
from bot.inquirer import Inquirer
from bot.model.audit import Deed
from bot.model.incident import (
    AnyEvent,
    AwaitsApproval,
    Closed,
    Failed,
    Flipped,
    Incident,
    Outcome,
    Progressed,
    Published,
    Queued,
    Reported,
    StopAsked,
    TakenOver,
)
from bot.model.job import Job
from bot.model.request import CAPTURE, WATCH
from bot.ports import Drops, News
from bot.roll import Roll
from bot.succession import spent

_log = log.get(__name__)


class Carrier:
    """Whoever calls is alone at the incident's seat; ``hear`` sees to that itself.

    ``once`` says whether a name was met before, by any bot: a decision is taken once, whichever of them heard it.
    ``apart`` runs what takes its time, in a thread of its own. ``inquirer`` keeps what channels work on together.
    """

    def __init__(
        self,
        ground: Ground,
        desk: Desk,
        roll: Roll,
        *,
        once: Callable[[str], bool],
        apart: Callable[[Callable[[], None]], None],
        drops: Drops | None,
        inquirer: Inquirer | None,
    ) -> None:
        self._desk, self._roll = desk, roll
        self._queue, self._chat, self._clerk, self._clock = ground.queue, ground.chat, ground.clerk, ground.clock
        self._once, self._apart, self._inquirer = once, apart, inquirer
        self._handing, self._fetcher = Handing(ground.clerk, ground.chat), Fetcher(drops, ground.clock)

    def hear(self, news: News) -> None:
        """Take in one word of an agent or of another bot; what adds nothing, or is not ours, is dropped."""
        seat = self._desk.seat(news.incident)
        if seat is None:
            return
        with self._desk.at(seat):
            running = seat.running
            if flow.adds_nothing(running.incident, news.event):
                return
            if isinstance(news.event, Progressed):
                running.progressed(replace(news.event, at=self._clock.now()))
                self._desk.show(running)
                return
            try:
                if isinstance(news.event, StopAsked):
                    self.halt(running, news.event)
                    return
                if isinstance(news.event, Published):
                    self.place(running, news.event)
                    return
                if isinstance(news.event, Reported):
                    self._desk.succession.keep(running, news)
                    running.take_in(news.event, news.blobs)
                    self._desk.succession.prune(running)
                self.happen(running, news.event)
            except OvertakenError:
                raise
            except Exception:  # noqa: BLE001  a bug met by one incident must not silence the others
                self.broke(running)

    def place(self, running: Running, found: Published) -> None:
        """Slack says that this part stands there: whoever posted it may have died before it was written down."""
        stands = parts.messages(running.incident, found.part, found.channel)
        self._chat.found(running.incident.id, found.part, found.channel, found.message, stands[-1] if stands else None)
        if not stands:
            self._desk.append(running, found)

    def broke(self, running: Running) -> None:
        """End what met a bug of ours, with a reference that its operator can look up."""
        reference = self._clock.new_id("bug")
        _log.exception("incident_broke", incident=running.incident.id, reference=reference)
        what = "capture" if running.incident.request.command == CAPTURE else "check"
        self.end(running, Outcome.FAILED, f"ruleout itself broke on this {what}; its operator can look up {reference}.")

    def take_in_pasted(self, running: Running) -> None:
        """What people pasted is evidence before anything is asked, so that its MACs are looked up and watched too."""
        brought = pasting.evidence(running.incident.request)
        if brought:
            self._desk.append(running, Queued(at=self._clock.now(), jobs=tuple(job for job, _, _ in brought)))
        for _, report, blobs in brought:
            self._bring(running, report, blobs)

    def _bring(self, running: Running, report: Reported, blobs: Mapping[str, bytes]) -> None:
        """Take evidence in that no agent sent."""
        self._desk.succession.keep(running, News(running.incident.id, report, blobs))
        running.take_in(report, blobs)
        self._desk.append(running, report)

    def _take_in_noted(self, running: Running) -> None:
        """What people of the channel noted about the machine is evidence like any other, as of the verdict."""
        incident, seen = running.incident, running.seen()
        try:
            inquiry = self._inquirer.current(incident.request.place.channel) if self._inquirer else None
        except InstrumentError as error:
            gap = f"What was noted in the channel could not be read: {error}"
            self._desk.append(running, Queued(at=self._clock.now(), jobs=(), gaps=(gap,)))
            return
        notes = noted.about(inquiry.notes, noted.names(incident, seen)) if inquiry else ()
        for job, report, blobs in noted.evidence(incident, notes):
            self._desk.append(running, Queued(at=self._clock.now(), jobs=(job,)))
            self._bring(running, report, blobs)

    def happen(self, running: Running, event: AnyEvent) -> None:
        """The event happened: it is written down, what follows from it is done, and the card shows it."""
        self._desk.append(running, event)
        self.follow(running, event)
        self._desk.show(running)

    def follow(self, running: Running, event: AnyEvent) -> None:
        """Do what follows from the event, which is written down already."""
        if running.incident.closed:
            return

        def actions() -> Sequence[Action]:
            return flow.step(running.incident, event, running.seen(), self._roll.known())

        self.go_on(running, actions)
        if isinstance(event, Reported):
            running.tell(event)

    def go_on(self, running: Running, follows: Callable[[], Sequence[Action]]) -> None:
        """Do what follows; where that cannot be, it is the end."""
        try:
            self.carry_out(running, follows())
        except InstrumentError as error:
            if running.incident.request.command == WATCH and _begun(running.incident):  # the next turn tries again
                _log.warning("watch_waits", incident=running.incident.id, reason=str(error))
                return
            self._close(running, Outcome.FAILED, str(error))
        except RequestError as refusal:
            self._close(running, Outcome.REFUSED, str(refusal))

    def carry_out(self, running: Running, wanted: Sequence[actions.Action]) -> None:
        """Do all this in order; what changed in a watch is told in its thread, what was found at once together."""
        flips = [one.event for one in wanted if isinstance(one, actions.Append) and isinstance(one.event, Flipped)]
        for flip in flips:
            self._desk.append(running, flip)
        if flips:
            self._handing.tell_flips(running.incident, flips)
        for action in wanted:
            if not (isinstance(action, actions.Append) and isinstance(action.event, Flipped)):
                self._do(running, action)

    def _do(self, running: Running, action: actions.Action) -> None:
        if isinstance(action, actions.Put):
            self._put(running, action)
        elif isinstance(action, actions.Fetch):
            self._begin_fetching(running, action)
        elif isinstance(action, actions.Append) and isinstance(action.event, Closed):
            self._close(running, action.event.outcome, action.event.sentence)
        elif isinstance(action, actions.Append):
            self._desk.append(running, action.event)
            self.follow(running, action.event)
        elif isinstance(action, actions.Judge | actions.Trace | actions.Measure | actions.Tell):
            self._conclude(running, action)
        elif isinstance(action, actions.Admit):
            self._admit(running, action)
        else:
            self._deliver(running)

    def _conclude(self, running: Running, action: Concluding) -> None:
        """Write down what the evidence comes to, and end with that."""
        if isinstance(action, actions.Judge | actions.Trace):
            self._take_in_noted(running)
        for event in conclusion(running, action, self._clock, self._desk.recall):
            self._desk.append(running, event)
        self._close(running, Outcome.ANSWERED)

    def _put(self, running: Running, put: actions.Put) -> None:
        incident = running.incident
        for job in put.jobs if incident.request.command == CAPTURE else ():
            if job.options.filter is not None:  # a look-up captures nothing
                self._clerk.record(
                    Deed.STARTED, incident=incident.id, person=incident.request.person, place=incident.request.place,
                    read_as=f"{job.options.filter} for {job.options.listen_s:g} s", agent=job.queue,
                )  # fmt: skip
        self._send(running, put.jobs, put.jobs, put.gaps)

    def _send(self, running: Running, jobs: tuple[Job, ...], queued: tuple[Job, ...], gaps: tuple[str, ...]) -> None:
        """Write the jobs down, then put ``queued`` of them: whoever takes over then knows what may be under way.

        Raises:
            InstrumentError: they cannot be put; that is written down too.
        """
        self._desk.append(running, Queued(at=self._clock.now(), jobs=jobs, gaps=gaps))
        try:
            self._queue.put(queued)
        except InstrumentError as error:
            for job in queued:
                self._desk.append(running, Failed(at=self._clock.now(), job=job.id, agent=job.queue, reason=str(error)))
            raise

    def _begin_fetching(self, running: Running, fetch: actions.Fetch) -> None:
        fetching, *asked = fetch.jobs
        self._send(running, fetch.jobs, tuple(asked), fetch.gaps)
        self.fetch_apart(fetching, running.incident)

    def fetch_apart(self, fetching: Job, incident: Incident) -> None:
        """Have the shared file brought in a thread of its own."""
        self._apart(lambda: self.hear(self._fetcher.fetched(fetching, incident)))

    def _admit(self, running: Running, admit: actions.Admit) -> None:
        """Let a capture begin, or ask for a second person; the right is looked up again now that the machine is known.

        Raises:
            RequestError: the asker may not capture this machine.
            InstrumentError: what must not happen unseen cannot be written down.
        """
        incident = running.incident
        assert incident.address is not None, "only a machine with an address is captured"
        person, place = incident.request.person, incident.request.place
        taken = machines_of(incident)
        self._clerk.may(Capability.CAPTURE, person, place, taken, incident=incident.id)
        why = self._clerk.needs_second(taken)
        if why is None:
            self._put(running, admit.put)
            return
        self._clerk.record(Deed.APPROVAL_ASKED, incident=incident.id, person=person, place=place, rule=why)
        now = self._clock.now()
        self._desk.append(running, AwaitsApproval(at=now, until=now + flow.APPROVAL, why=why))

    def _deliver(self, running: Running) -> None:
        """Hand over what was captured, apart: reading and drawing it must not delay anybody's check."""
        if running.handed:
            return
        running.handed = True
        incident, blobs = running.incident, dict(running.blobs)
        seat = self._desk.seat(incident.id)
        outcome, sentence = captured.ending(incident)

        def apart() -> None:
            try:
                if folds.captures(incident):
                    self._handing.hand_over(incident, blobs)
            except Exception:  # noqa: BLE001  a bug there must not leave the capture without an end
                with self._desk.at(seat) if seat else nullcontext():
                    if running.incident.closed is None:
                        self.broke(running)
                return
            with self._desk.at(seat) if seat else nullcontext():
                if running.incident.closed is None:
                    self.end(running, outcome, sentence)

        self._apart(apart)

    def end(self, running: Running, outcome: Outcome, sentence: str) -> None:
        """End it for this reason, and show that it has ended."""
        self._close(running, outcome, sentence)
        self._desk.show(running)

    def _close(self, running: Running, outcome: Outcome, sentence: str | None = None) -> None:
        """End it; what belongs into its thread follows the card. What another bot has, that one ends."""
        if not self._queue.holds(running.incident.id):
            self._desk.leave(running.incident.id)
            return
        self.withdraw_all(running)
        self._desk.append(running, Closed(at=self._clock.now(), outcome=outcome, sentence=sentence))
        if self._inquirer:
            self._inquirer.heard(running.incident, running.evidence())
        self.finish(running)

    def finish(self, running: Running, *, anew: bool = False) -> None:
        """What its end owes beside the card is handed over apart; the chat learns when that is all.

        ``anew``: another bot ended it, and may have died of this.
        """
        incident = running.incident
        owes = not running.handed and self._handing.owes(incident, self._clock.now())
        if owes and anew:
            if owes := not spent(running):
                self._desk.append(running, TakenOver(at=self._clock.now()))
            else:
                _log.error("not_handed_over", incident=incident.id)
        if owes:
            running.handed = True
            seen, blobs = running.seen(), self._desk.succession.evidence(running)
            self._apart(partial(self._handing.finish, running.incident, seen, blobs))
        else:
            self._chat.complete(incident)

    def hand_again(self, running: Running) -> None:
        """What the chat has left to whoever had the incident meanwhile; what stands already is not posted again."""
        running.handed = False
        if running.incident.closed is None:
            self.tell_untold(running)
        elif not running.incident.delivered:
            self.finish(running)

    def tell_untold(self, running: Running) -> None:
        """What changed in a watch, and whose bot died before it was told in its thread."""
        for flips in parts.untold(running.incident):
            self._handing.tell_flips(running.incident, flips)

    def decided(self, incident: str, *, else_decide: bool = False) -> bool:
        """Whether another click, or another bot, has decided on this capture; if not, this caller has now.

        ``else_decide``: also when nobody can say.

        Raises:
            InstrumentError: the server that remembers decisions is away.
        """
        try:
            return self._once(f"decision:{incident}")
        except InstrumentError:
            if else_decide:
                return False
            raise

    def withdraw_all(self, running: Running) -> None:
        """Call back whoever still looks for it."""
        for job in folds.jobs(running.incident):
            if job.id not in folds.ended(running.incident):
                self.withdraw(running, job.id)

    def withdraw(self, running: Running, job_id: str) -> None:
        """Call back whoever does this job."""
        job = next(job for job in folds.jobs(running.incident) if job.id == job_id)
        try:
            self._queue.cancel(job)
        except InstrumentError as error:  # the job expires by itself
            _log.warning("cancel_failed", incident=job.incident, job=job_id, reason=str(error))

    def halt(self, running: Running, stop: StopAsked) -> None:
        """End it early. The agents of a capture and of a watch are called back, and what they have is waited for."""
        incident = running.incident
        if incident.closed or running.handed or folds.stopped(incident):
            return
        lasts = incident.request.command == CAPTURE or (incident.request.command == WATCH and incident.address)
        if not lasts:
            self.end(running, Outcome.STOPPED, "Stopped before the evidence was in.")
            return
        self.withdraw_all(running)
        self.happen(running, stop)


def _begun(incident: Incident) -> bool:
    failed = {event.job for event in incident.timeline if isinstance(event, Failed)}
    return any(job.id not in failed for job in folds.jobs(incident))
