"""The summaries of channels: each is one pinned message that is kept up to date."""

from collections.abc import Callable
from datetime import datetime

from bot import log
from bot.model.inquiry import BOARD
from bot.model.request import Place
from bot.slack.boards import board_message
from bot.slack.delivery import RateLimitedError, RefusedError, UnansweredError
from bot.slack.errands import Board, Post
from bot.slack.office import UNINVITED, Office, invite
from bot.slack.outbox import Parcel
from bot.slack.pieces import Message

_log = log.get(__name__)


class Summaries:
    """Sends summaries. ``pinned`` is called with the inquiry and the message where one was posted."""

    def __init__(self, office: Office, pinned: Callable[[str, str], None], since: datetime) -> None:
        self._office, self._line, self._pinned, self._since = office, office.line, pinned, since
        self._boards: dict[str, str] = {}  # inquiry -> the message that holds its summary

    def known(self, inquiry: str) -> str | None:
        """The message that holds it, if this process has shown it."""
        return self._boards.get(inquiry)

    def send(self, parcel: Parcel, board: Board) -> None:
        """Post and pin it, or edit it where it stands."""
        slack = self._office.slack
        inquiry, mark = board.summary.id, {"id": board.summary.id, "part": BOARD}
        ts = self._boards.get(inquiry) or board.message or None
        if ts is None and board.message is None and (parcel.attempts or board.summary.opened.at < self._since):
            ts = slack.find(parcel.channel, None, board.summary.opened.at, mark)
        message = board_message(board.summary, self._office.key)
        if ts is None:
            ts = slack.post(parcel.channel, None, message, mark)
            self._boards[inquiry] = ts
            self._pinned(inquiry, ts)
            self._pin(parcel.channel, ts)
        else:
            self._boards[inquiry] = ts
            slack.update(parcel.channel, ts, message)
        self._line.sent(parcel, last=False)

    def refused(self, parcel: Parcel, board: Board, error: str) -> bool:
        """Whether it is posted anew, because somebody deleted it. The lock is held."""
        if error == "message_not_found" and board.message != "":
            self._boards.pop(board.summary.id, None)
            self._line.forget(parcel.key)
            self._line.put(Parcel(parcel.key, parcel.channel, Board(board.summary, ""), lasting=parcel.lasting))
            return True
        if error in UNINVITED:
            by, key = board.summary.opened.by.user, f"uninvited {board.summary.id}"
            told = Post(Place(by), Message(invite(parcel.channel)), key, self._office.now())
            self._line.put(Parcel(key, by, told, lasting=True))
        return False

    def _pin(self, channel: str, ts: str) -> None:
        """Pinned it is found again; where Slack does not let us the summary stands in the channel all the same."""
        try:
            self._office.slack.pin(channel, ts)
        except (RefusedError, RateLimitedError, UnansweredError) as error:
            _log.warning("not_pinned", channel=channel, reason=str(error))
