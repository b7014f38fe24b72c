"""What channels work on together: opened, kept current, told and closed. Each door returns in milliseconds.

What takes a moment, reading the questions of a channel and folding them, is done apart, and shown when it is done.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from itertools import chain

from bot import log
from bot.clerk import Clerk
from bot.errors import InstrumentError, RequestError
from bot.incidents.policy import Capability
from bot.inquiries import words
from bot.inquiries.asked import MOST, windows
from bot.inquiries.happening import happenings
from bot.inquiries.summary import summary
from bot.inquiries.timeline import newest, timeline
from bot.model.audit import Deed
from bot.model.finding import Evidence
from bot.model.incident import Incident
from bot.model.inquiry import BOARD, Ended, Inquiry, Opened, Pinned, Reopened, Summarised
from bot.model.request import Person, Place
from bot.model.summary import Summary
from bot.ports import Boards, Clock, Inquiries, Journal

_log = log.get(__name__)

_LINES = 40
_REMEMBERED = 1000  # ended questions kept in memory; one is read from the journal once
_NONE_OPEN = 'No incident is open in this channel; open one: `/incident open "odd VMs lose packets" affected app01`.'


class Inquirer:
    """``running`` gives a question that this bot has in memory. ``once`` and ``apart`` as in the carrier."""

    def __init__(
        self,
        *,
        inquiries: Inquiries,
        journal: Journal,
        boards: Boards,
        clerk: Clerk,
        clock: Clock,
        running: Callable[[str], Incident | None],
        once: Callable[[str], bool],
        apart: Callable[[Callable[[], None]], None],
    ) -> None:
        self._inquiries, self._journal, self._boards = inquiries, journal, boards
        self._clerk, self._clock, self._running = clerk, clock, running
        self._once, self._apart = once, apart
        self._ended: OrderedDict[str, Incident] = OrderedDict()
        self._busy: dict[str, bool] = {}  # channel -> whether it has to be done once more
        self._lock = threading.Lock()  # guards both

    # ---- doors -------------------------------------------------------------------------------------------------

    def open(self, text: str, person: Person, place: Place) -> None:
        """Begin an inquiry; its summary stands in the channel from now on.

        Raises:
            RequestError: one is open there already, or the words do not say what is wrong.
        """
        self._may(person, place, f"open {text}")
        said = words.opening(text)
        before = self._inquiries.of_channel(place.channel)
        there = self._inquiries.read(before[-1]) if before else None
        if there and there.ended is None:
            raise RequestError(
                f"An incident is open in this channel already since {there.opened.at:%H:%M} UTC: {there.opened.text} "
                "Note what is new there, or close it first with `/incident close`."
            )
        if self._once(f"opening:{place.channel}:{len(before)}"):
            raise RequestError("Somebody else opened it in this moment; its summary is about to stand here.")
        at, name = self._clock.now(), self._clock.new_id("inq")
        self._inquiries.append(
            name,
            Opened(
                at=at, by=person, channel=place.channel, text=said.text, affected=said.affected,
                unaffected=said.unaffected,
            ),
        )  # fmt: skip
        _log.info("inquiry_opened", inquiry=name, channel=place.channel)
        self.refresh(place.channel)

    def close(self, text: str, person: Person, place: Place) -> None:
        """End it; the last summary is posted for all to see.

        Raises:
            RequestError: none is open, or somebody else closed it in this moment.
        """
        self._may(person, place, f"close {text}")
        inquiry = self._open_one(place.channel)
        turns = sum(isinstance(one, Ended) for one in inquiry.timeline)
        if self._once(f"closing:{inquiry.id}:{turns}"):
            raise RequestError("Somebody else closed it in this moment.")
        self._inquiries.append(inquiry.id, Ended(at=self._clock.now(), by=person, text=text.strip()[:1000]))
        self.refresh(place.channel)
        self._apart(lambda: self._told(inquiry.id, person, place, share=True))

    def reopen(self, text: str, person: Person, place: Place) -> None:
        """Go on with the channel's newest one.

        Raises:
            RequestError: it is open, or there never was one.
        """
        self._may(person, place, f"reopen {text}")
        inquiry = self._newest(place.channel)
        if inquiry.ended is None:
            raise RequestError(f"It is open, since {inquiry.opened.at:%H:%M} UTC; there is nothing to open again.")
        turns = sum(isinstance(one, Reopened) for one in inquiry.timeline)
        if self._once(f"reopening:{inquiry.id}:{turns}"):
            raise RequestError("Somebody else opened it again in this moment.")
        self._inquiries.append(inquiry.id, Reopened(at=self._clock.now(), by=person, text=text.strip()[:1000]))
        self.refresh(place.channel)

    def summary(self, person: Person, place: Place, *, share: bool) -> None:
        """Show the whole summary to this person, or post it for all (``share``)."""
        self._may(person, place, "summary")
        inquiry = self._newest(place.channel)
        self._apart(lambda: self._told(inquiry.id, person, place, share=share))

    def timeline(self, person: Person, place: Place) -> None:
        """Show the newest lines of the timeline to this person."""
        self._may(person, place, "timeline")
        inquiry = self._newest(place.channel)

        def apart() -> None:
            with _Telling(self._boards, person, place):
                shown, before = newest(timeline(inquiry, self.questions(inquiry)), _LINES)
                self._boards.list_lines(person, place, shown, before)

        self._apart(apart)

    # ---- what others ask and say -------------------------------------------------------------------------------

    def current(self, channel: str) -> Inquiry | None:
        """The channel's open inquiry.

        Raises:
            InstrumentError: the server that keeps it is away.
        """
        names = self._inquiries.of_channel(channel)
        found = self._inquiries.read(names[-1]) if names else None
        return found if found and found.ended is None else None

    def newest(self, channel: str) -> Inquiry:
        """The channel's newest inquiry, open or not.

        Raises:
            RequestError: there never was one.
        """
        return self._newest(channel)

    def find(self, inquiry: str) -> Inquiry | None:
        """An inquiry by its id."""
        return self._inquiries.read(inquiry)

    def questions(self, inquiry: Inquiry) -> tuple[Incident, ...]:
        """The questions that belong to it, in the order of asking."""
        names = dict.fromkeys(
            chain.from_iterable(
                self._inquiries.asked(inquiry.channel, since, until, MOST) for since, until in windows(inquiry)
            )
        )
        return tuple(found for name in names if (found := self._question(name)))

    def heard(self, incident: Incident, evidence: Evidence | None) -> None:
        """A question of a channel ended, or began (``evidence`` None): its summary is brought up to date."""

        def apart() -> None:
            try:
                inquiry = self.current(incident.request.place.channel)
                if inquiry is None:
                    return
                known = {one.key for one in inquiry.happenings}
                for one in happenings(incident, evidence, self._clock.now()) if evidence else ():
                    if one.key not in known:
                        self._inquiries.append(inquiry.id, one)
                self.refresh(inquiry.channel)
            except InstrumentError as error:
                _log.warning("inquiry_unreachable", incident=incident.id, reason=str(error))

        self._apart(apart)

    def pinned(self, inquiry: str, message: str) -> None:
        """The summary stands in this message from now on."""
        try:
            self._inquiries.append(inquiry, Pinned(at=self._clock.now(), message=message))
        except InstrumentError as error:  # the next bot posts another one
            _log.warning("inquiry_unreachable", inquiry=inquiry, reason=str(error))

    def posted(self, inquiry: str, channel: str, message: str) -> None:
        """Slack says that the summary stands in this message; whoever posted it may be dead."""
        known = self._inquiries.read(inquiry)
        if known is None:
            return
        self._boards.found(inquiry, BOARD, channel, message, known.pinned)
        if known.pinned is None:
            self.pinned(inquiry, message)

    def refresh_all(self) -> None:
        """Bring every open one's summary up to date: a bot that died may have left it behind."""
        try:
            found = [self._inquiries.read(name) for name in self._inquiries.unended()]
        except InstrumentError as error:
            _log.warning("inquiries_unreachable", reason=str(error))
            return
        for channel in {one.channel for one in found if one}:
            self.refresh(channel)

    def refresh(self, channel: str) -> None:
        """Bring the channel's summary up to date, soon; what comes meanwhile is told together."""
        with self._lock:
            running = channel in self._busy
            self._busy[channel] = running
        if not running:
            self._apart(lambda: self._refresh(channel))

    # ---- apart -------------------------------------------------------------------------------------------------

    def _refresh(self, channel: str) -> None:
        again = True
        while again:
            try:
                names = self._inquiries.of_channel(channel)
                inquiry = self._inquiries.read(names[-1]) if names else None
                if inquiry:
                    self._boards.board(self._summary(inquiry), inquiry.channel, inquiry.pinned)
            except InstrumentError as error:
                _log.warning("inquiry_unreachable", channel=channel, reason=str(error))
            except Exception:  # noqa: BLE001  nobody waits for this thread's result
                _log.exception("summary_broke", channel=channel)
            with self._lock:
                again = self._busy.get(channel, False)
                if again:
                    self._busy[channel] = False
                else:
                    self._busy.pop(channel, None)

    def _told(self, name: str, person: Person, place: Place, *, share: bool) -> None:
        with _Telling(self._boards, person, place):
            inquiry = self._inquiries.read(name)
            if inquiry is None:
                raise RequestError("That incident is too old to be known here.")
            shown = self._summary(inquiry)
            self._boards.brief(None if share else person, place, shown)
            if share:
                self._inquiries.append(name, Summarised(at=self._clock.now(), told=shown.told))

    def _summary(self, inquiry: Inquiry) -> Summary:
        return summary(inquiry, self.questions(inquiry), self._clock.now())

    # ---- what is known -----------------------------------------------------------------------------------------

    def _question(self, name: str) -> Incident | None:
        if found := self._running(name):
            return found
        with self._lock:
            kept = self._ended.get(name)
        if kept is None and (kept := self._journal.read(name)) and kept.closed:
            with self._lock:
                self._ended[name] = kept
                while len(self._ended) > _REMEMBERED:
                    self._ended.popitem(last=False)
        return kept

    def _may(self, person: Person, place: Place, said: str) -> None:
        rule = self._clerk.may(Capability.CHECK, person, place, said=f"incident {said}")
        self._clerk.note(Deed.REQUESTED, person=person, place=place, said=f"incident {said}"[:500], rule=rule)

    def _newest(self, channel: str) -> Inquiry:
        names = self._inquiries.of_channel(channel)
        found = self._inquiries.read(names[-1]) if names else None
        if found is None:
            raise RequestError(_NONE_OPEN)
        return found

    def _open_one(self, channel: str) -> Inquiry:
        found = self._newest(channel)
        if found.ended:
            raise RequestError(
                f"It was closed at {found.ended.at:%H:%M} UTC already; `/incident reopen` goes on with it."
            )
        return found


class _Telling:
    """Whatever goes wrong apart, the person who waits hears of it."""

    def __init__(self, boards: Boards, person: Person, place: Place) -> None:
        self._boards, self._person, self._place = boards, person, place

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, _trace: object) -> bool:
        if error is None:
            return False
        if isinstance(error, RequestError | InstrumentError):
            self._boards.whisper(self._person, self._place, str(error))
        else:
            _log.error("inquiry_broke", exc_info=error)
            self._boards.whisper(
                self._person, self._place, "That is a bug in ruleout, not your mistake; please try again."
            )
        return isinstance(error, Exception)
