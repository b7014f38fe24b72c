"""How a capture ended, in one sentence, and what came of each vantage."""

from bot.incidents import folds
from bot.incidents.wording import listing
from bot.model.incident import Incident, Outcome
from bot.model.job import Artifact


def ending(incident: Incident) -> tuple[Outcome, str]:
    """The outcome of a capture whose jobs have all ended, and the sentence that says it."""
    brought = folds.captures(incident)
    stop, gaps = folds.stopped(incident), folds.gaps(incident)
    if not brought and stop:
        return Outcome.STOPPED, " ".join(("Stopped before anything was captured.", *gaps))
    if not brought:
        return Outcome.FAILED, " ".join(("Nothing was captured.", *gaps))
    where = listing(dict.fromkeys(one.vantage.agent for one in brought))
    size_bytes = sum(one.size_bytes for one in brought)
    said = f"Captured at {where}: {size_bytes:,} bytes, {lost(brought)}."
    if stop and not whole(incident):
        ran_s = (stop.at - folds.captured_by(incident)[0].asked_at).total_seconds()
        return Outcome.STOPPED, f"Stopped by a person after {ran_s:.0f} s. {said}"
    if not whole(incident):
        short = " ".join(("This is not all that was wanted.", *gaps))
        return Outcome.ANSWERED, f"{said} {short}"
    return Outcome.ANSWERED, said


def whole(incident: Incident) -> bool:
    """Whether every vantage captured, and each until its time was up."""
    brought = folds.captures(incident)
    wanted = {job.id for job in folds.captured_by(incident)}
    return wanted == {one.job for one in brought} and not any(one.incomplete for one in brought)


def lost(artifacts: tuple[Artifact, ...]) -> str:
    """How many frames the kernel dropped, in words; what is not known is not zero."""
    known = sum(one.dropped for one in artifacts if one.dropped is not None)
    if any(one.dropped is None for one in artifacts):
        return (
            f"{known:,} frames dropped and more that nobody counted" if known else "how many were dropped is not known"
        )
    return f"{known:,} frames dropped"
