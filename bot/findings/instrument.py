"""Is the instrument fit to testify? It must lose nothing while it listens, and hear somebody else when it asks."""

from datetime import timedelta

from bot.findings.listening import Window, windows
from bot.findings.wording import finding, listing
from bot.model.finding import Evidence, Finding, Standing
from bot.model.observation import Observation

LISTENED_FULLY = "instrument.listened_fully"
ANSWERS_WITHIN = timedelta(seconds=1)
CONTROL_HEARD = "instrument.control_heard"


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """Whether every window of listening lost nothing, and whether a control was heard in each that asked for one."""
    seen = windows(evidence)
    return (_listened_fully(seen), _control_heard(seen))


def _listened_fully(seen: list[Window]) -> Finding:
    unread = [one.listened for one in seen if one.listened is not None and one.listened.unread]
    if unread:
        says = listing(f"the capture at {one.vantage.agent} could not all be read: {one.unread}" for one in unread)
        return finding(LISTENED_FULLY, Standing.ABSENT, f"{says[0].upper()}{says[1:]}.", unread)
    lossy = [one.listened for one in seen if one.listened is not None and one.listened.dropped]
    if lossy:
        where = listing(f"{one.dropped} at {one.vantage.agent}" for one in lossy)
        says = f"The instrument lost frames while it listened: {where}."
        return finding(LISTENED_FULLY, Standing.ABSENT, says, lossy)
    if not seen or any(one.complete is None for one in seen):
        says = "Nobody knows whether every frame was captured." if seen else "Nobody listened."
        return finding(LISTENED_FULLY, Standing.UNKNOWN, says)
    agents = listing(sorted({one.vantage.agent for one in seen}))
    says = f"The instrument lost no frame while it listened at {agents}."
    return finding(LISTENED_FULLY, Standing.PRESENT, says, [one.listened for one in seen if one.listened])


def _control_heard(seen: list[Window]) -> Finding:
    asked = [one for one in seen if one.controls and not _broken_off(one)]
    if not asked:
        return finding(CONTROL_HEARD, Standing.UNKNOWN, "No other address was asked in the same window.")
    deaf = [one for one in asked if not one.heard]
    if deaf:
        where = _where(deaf)
        says = f"The control stayed silent too ({where}), so this instrument cannot testify to silence."
        return finding(CONTROL_HEARD, Standing.ABSENT, says, [one.listened for one in deaf if one.listened])
    heard: list[Observation] = [one.heard[0] for one in asked]
    where = _where(asked)
    return finding(CONTROL_HEARD, Standing.PRESENT, f"The control answered in the same window ({where}).", heard)


def _broken_off(window: Window) -> bool:
    """Whether it was stopped before a control could answer: that is neither deaf nor heard."""
    listened = window.listened
    return not window.heard and listened is not None and listened.seen_at - listened.started_at < ANSWERS_WITHIN


def _where(windows: list[Window]) -> str:
    """Each control at each agent once, however often it was asked."""
    return listing(dict.fromkeys(f"{listing(map(str, one.controls))} at {one.vantage.agent}" for one in windows))
