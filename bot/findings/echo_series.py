"""The echo requests that each window sent to the target, and which of them came back.

Not a finding: what several of them read.
"""

from dataclasses import dataclass
from datetime import timedelta

from bot.findings.listening import Window
from bot.model.finding import Evidence
from bot.model.observation import EchoAnswer, EchoAsked

PATIENCE = timedelta(seconds=0.5)


@dataclass(frozen=True, slots=True)
class Series:
    """The echo requests that one window sent to the target, without those sent too late to be answered in it."""

    window: Window
    sent: tuple[EchoAsked, ...]
    back: tuple[EchoAnswer, ...]

    @property
    def lost(self) -> tuple[EchoAsked, ...]:
        """The requests without an answer."""
        came = {(answer.ident, answer.seq) for answer in self.back}
        return tuple(one for one in self.sent if (one.ident, one.seq) not in came)

    @property
    def fit(self) -> bool:
        """Whether a missing answer means a lost packet: nothing dropped here, and somebody else was heard."""
        return self.window.complete is True and bool(self.window.heard)


def series_of(evidence: Evidence, window: Window) -> Series | None:
    """The echoes of this window; None: it sent none and heard none.

    The last ones, sent too late to be answered in it, are left out.
    """
    end = window.listened.seen_at if window.listened else None
    sent = [
        one
        for one in evidence.of(EchoAsked)
        if one.artifact == window.artifact and one.ip == evidence.target and one.ours
        if end is None or one.seen_at + PATIENCE <= end
    ]
    back = [one for one in evidence.of(EchoAnswer) if one.artifact == window.artifact and one.ip == evidence.target]
    return Series(window, tuple(sent), tuple(back)) if sent or back else None
