"""All checks at once, each in a thread and with a time of its own: one that breaks or hangs hides no other."""

import secrets
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot import log
from bot.doctor.line import Line, Standing, unknown, wrong
from bot.errors import InstrumentError, RuleoutError

_log = log.get(__name__)


@dataclass(frozen=True, slots=True)
class Check:
    """``about`` is the role that needs it. ``look`` gives a line after the other.

    It may raise RequestError (that is wrong) and InstrumentError (then nobody can tell).
    """

    name: str
    about: str
    look: Callable[[], Iterable[Line]]
    within_s: float = 5.0


@dataclass(frozen=True, slots=True)
class Looked:
    """What one check came to."""

    check: Check
    lines: tuple[Line, ...]


class _Looking:
    def __init__(self, check: Check) -> None:
        self._check, self._lines, self._over = check, list[Line](), threading.Event()
        self.because: str | None = None
        threading.Thread(target=self._run, name=f"doctor-{check.name}", daemon=True).start()

    def lines(self, began_s: float) -> tuple[Line, ...]:
        """Its lines, at the latest when its time is over."""
        over = self._over.wait(max(0.0, began_s + self._check.within_s - time.monotonic()))
        lines = tuple(self._lines)  # once: the thread may still add to it
        if over:
            return lines
        says = f"the look at {self._check.name} did not come to its end within {self._check.within_s:g} s"
        return (*lines, Line(Standing.UNKNOWN, says, "Look again; if it stays, something drops packets.", broke=True))

    def _run(self) -> None:
        try:
            for line in self._check.look():
                self._lines.append(line)  # each counts as soon as it is there
        except InstrumentError as error:
            self.because = str(error)
        except RuleoutError as error:
            self._lines.append(wrong(str(error), "Correct that, and look again."))
        except Exception as error:  # noqa: BLE001  A bug in one check must not cost the others theirs.
            reference = secrets.token_hex(4)
            _log.exception("doctor_bug", check=self._check.name, reference=reference)
            says = f"the look at {self._check.name} failed by a fault of ours ({type(error).__name__})"
            self._lines.append(Line(Standing.UNKNOWN, says, f"See reference {reference} in the log.", broke=True))
        finally:
            self._over.set()


def look(checks: Sequence[Check]) -> tuple[Looked, ...]:
    """What each came to, in their order."""
    began_s = time.monotonic()
    begun = [(check, _Looking(check)) for check in checks]
    looked, said = list[Looked](), set[str]()
    for check, looking in begun:
        lines = looking.lines(began_s)
        if looking.because:
            again = any(looking.because.rstrip(".") in one for one in said)
            why = ", for the reason above" if again else f": {looking.because}"
            lines += (unknown(f"{check.name} could not be looked at{why}", "Cure that first, and look again."),)
        said |= {line.says for line in lines}
        looked.append(Looked(check, lines))
    return tuple(looked)
