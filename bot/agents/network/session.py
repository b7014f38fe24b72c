"""Reading a device: GET and walks of columns, that never take an error for an empty table.

gufo drops the error status of an answer, so tooBig and genErr look like a row that does not exist, or like the end of
a table. So every GET also asks for sysUpTime, as the control, and a walk has ended only where the device was seen to
go on to another table, or shows nothing more at all.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from bot.agents.network import reasons
from bot.agents.network.channel import Channel, Cursor, Terms, Value
from bot.agents.network.reasons import DeviceError, GarbledError, RefusedError, SilentError
from bot.agents.network.settings import DeviceSettings
from bot.probes.tables import UP_TIME

T = TypeVar("T")

MOST_OIDS = 30
REPETITIONS = (40, 10, 1)
"""Rows a GETBULK asks for: fewer once an answer did not come, or did not fit (gufo reads 4,080 bytes of it)."""
BEYOND = "1.3.6.1.6.3"
"""snmpModules: what follows every table that is read here, and what every agent has that speaks SNMPv2."""

_ERROR = "it breaks off with an error"
_CONTROL = f"{UP_TIME.oid}.0"


@dataclass(slots=True)
class Answer:
    """What a GET brought. ``unread`` were answered with an error; ``up_ticks`` is sysUpTime in the last answer."""

    values: dict[str, Value] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)
    up_ticks: int | None = None


@dataclass(slots=True)
class Walk:
    """The rows of a column by instance. ``cut``: there are more than were wanted; ``why``: it broke off."""

    oid: str
    rows: dict[str, Value] = field(default_factory=dict)
    cut: bool = False
    why: str | None = None
    last: tuple[int, ...] = ()

    def add(self, oid: str, value: Value) -> bool:
        """One more row; whether it comes after the one before, as RFC 3416 wants it."""
        instance = oid[len(self.oid) + 1 :]
        numbers = tuple(map(int, instance.split("."))) if instance else ()
        if numbers <= self.last:
            return False
        self.last = numbers
        self.rows[instance] = value
        return True


class Session:
    """One conversation with a device, for one thread.

    Every method raises DeviceError with a sentence (SilentError: the next one would wait in vain as well), and
    TimeoutError when the deadline is over.
    """

    def __init__(
        self, settings: DeviceSettings, address: str, terms: Terms, *, retries: int, vlan: int | None = None
    ) -> None:
        self._settings, self._retries = settings, retries
        self._channel = Channel(settings, address, terms, vlan)
        self._size = 0
        self._alive = False

    def close(self) -> None:
        """Close what was opened."""
        self._channel.close()

    def get(self, oids: Sequence[str]) -> Answer:
        """The values of these OIDs; those that do not exist are not among them. No OIDs: the control alone."""
        answer = Answer()
        for start in range(0, max(1, len(oids)), MOST_OIDS):
            self._get(list(oids[start : start + MOST_OIDS]), answer)
        return answer

    def walk(self, oid: str, most: int) -> Walk:
        """The rows of one column, not many more than ``most``; begun anew, with smaller answers, where none come."""
        for size in range(self._size, len(REPETITIONS)):
            last = size + 1 == len(REPETITIONS)
            try:
                walk = self._walk(Walk(oid), most, REPETITIONS[size])
            except (GarbledError, SilentError):
                if last or not self._alive:
                    raise
                continue
            if walk.why != _ERROR or last:
                self._size = size if walk.why is None else self._size
                return walk
        raise AssertionError("unreachable")

    def _get(self, oids: list[str], answer: Answer) -> None:
        try:
            told = self._patiently(lambda: self._channel.get([_CONTROL, *oids]))
        except GarbledError:
            if not oids:
                raise
            told = {}
        ticks = told.get(_CONTROL)
        if isinstance(ticks, int):
            answer.up_ticks = ticks
            answer.values.update((oid, told[oid]) for oid in oids if oid in told)
        elif len(oids) > 1:  # an error of which nothing more is known: whose is it?
            for half in (oids[: len(oids) // 2], oids[len(oids) // 2 :]):
                self._get(half, answer)
        elif oids:
            answer.unread += oids
        else:
            raise DeviceError(f"{reasons.place(self._settings)} answers, but does not tell its sysUpTime.")

    def _walk(self, walk: Walk, most: int, repetitions: int) -> Walk:
        cursor = Cursor(walk.oid, repetitions)
        while True:
            rows = self._patiently(lambda: self._channel.bulk(cursor))
            if rows is None:  # The end of all that it shows, or an error: where it shows more beyond, it was one.
                beyond = self._patiently(lambda: self._channel.bulk(Cursor(BEYOND, 1)))
                walk.why = None if beyond is None else _ERROR
                return walk
            for row in rows:
                if row is None:
                    return walk
                if not walk.add(*row):
                    walk.why = "it goes back instead of on"
                    return walk
            if len(walk.rows) > most:
                walk.cut = True
                return walk

    def _patiently(self, ask: Callable[[], T]) -> T:
        for left in reversed(range(self._retries + 1)):
            try:
                told = ask()
            except (SilentError, GarbledError, RefusedError) as error:
                if not left or (isinstance(error, RefusedError) and not error.passing):
                    raise
                if self._settings.user is not None:
                    self._channel.close()
            else:
                self._alive = True
                return told
        raise AssertionError("unreachable")
