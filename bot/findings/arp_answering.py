"""Does anybody answer who-has for the target? Silence is a fact only where the instrument has proved that it hears."""

from bot.findings.listening import Window, own_broadcasts, windows
from bot.findings.reading import claims, replies, requests
from bot.findings.wording import finding, listing, macs_text
from bot.model.finding import Evidence, Finding, Standing

TARGET_ANSWERS = "arp.target_answers"
TARGET_SILENT = "arp.target_silent"
SILENT_TO_ONE_VANTAGE = "arp.silent_to_one_vantage"

BROADCASTS_FOR_SILENCE = 2  # one lost frame must not read as silence
PATIENCE_S = 0.8  # a proxy answers up to 0.8 s late (Linux proxy_delay)


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """Whether the target answers, is silent, or is silent to one vantage while another hears it."""
    return (_answers(evidence), _silent(evidence), _silent_to_one(evidence))


def _testifies(evidence: Evidence, window: Window) -> bool:
    asked = own_broadcasts(evidence, window)
    return (
        len(asked) >= BROADCASTS_FOR_SILENCE
        and window.complete is True
        and bool(window.heard)
        and window.listened_after(asked[-1]) >= PATIENCE_S
    )


def _answers(evidence: Evidence) -> Finding:
    heard = replies(evidence)
    if heard:
        macs = macs_text({answer.mac for answer in heard})
        return finding(TARGET_ANSWERS, Standing.PRESENT, f"{evidence.target} answers ARP: it is at {macs}.", heard)
    if any(_testifies(evidence, window) for window in windows(evidence)):
        return finding(TARGET_ANSWERS, Standing.ABSENT, f"Nobody answered ARP for {evidence.target}.")
    return finding(TARGET_ANSWERS, Standing.UNKNOWN, f"No answer to ARP for {evidence.target} was recorded.")


def _silent(evidence: Evidence) -> Finding:
    asked = [one for one in requests(evidence) if one.ours]
    if replies(evidence):
        return finding(TARGET_SILENT, Standing.ABSENT, f"{evidence.target} is not silent: it answers ARP.")
    if claims(evidence):
        says = f"{evidence.target} spoke, but its answers to our questions are missing."
        return finding(TARGET_SILENT, Standing.UNKNOWN, says, [claim.seen for claim in claims(evidence)])
    if not asked:
        says = f"Nobody asked for {evidence.target} by ARP on its own segment."
        return finding(TARGET_SILENT, Standing.UNKNOWN, says)
    fit = [window for window in windows(evidence) if _testifies(evidence, window)]
    if not fit:
        says = f"No answer from {evidence.target} was heard, but no instrument was fit to testify to silence."
        return finding(TARGET_SILENT, Standing.UNKNOWN, says, asked)
    heard_by = listing(sorted({window.vantage.agent for window in fit}))
    broadcasts = [one for window in fit for one in own_broadcasts(evidence, window)]
    says = (
        f"Nobody answered {len(broadcasts)} ARP requests for {evidence.target}, "
        f"while the control did answer at {heard_by}."
    )
    return finding(TARGET_SILENT, Standing.PRESENT, says, [*broadcasts, *(one.heard[0] for one in fit)])


def _silent_to_one(evidence: Evidence) -> Finding:
    heard_in = {answer.artifact for answer in replies(evidence)}
    asked = [window for window in windows(evidence) if own_broadcasts(evidence, window)]
    deaf = [window for window in asked if window.artifact not in heard_in and _testifies(evidence, window)]
    agents = {window.vantage.agent for window in asked}
    if heard_in and deaf:
        where = listing(sorted({window.vantage.agent for window in deaf}))
        says = f"{evidence.target} does not answer {where}, while it answers another vantage on the same segment."
        seen = [one for window in deaf for one in own_broadcasts(evidence, window)]
        return finding(SILENT_TO_ONE_VANTAGE, Standing.PRESENT, says, seen)
    if heard_in and len(agents) > 1 and all(window.artifact in heard_in for window in asked):
        says = f"{evidence.target} answers every vantage on its segment."
        return finding(SILENT_TO_ONE_VANTAGE, Standing.ABSENT, says)
    says = f"No two fit vantages on one segment asked for {evidence.target}."
    return finding(SILENT_TO_ONE_VANTAGE, Standing.UNKNOWN, says)
