"""Does one MAC answer every request twice, while the control answers once? Then its frames travel by two ways.

A mirror port doubles everybody's frames, so the control tells it apart.
"""

from bot.findings.listening import own_broadcasts, windows
from bot.findings.reading import answers
from bot.findings.wording import finding, macs_text
from bot.model.finding import Evidence, Finding, Standing
from bot.model.observation import ArpAnswer, ArpAsked

DOUBLED = "arp.answers_doubled"

REQUESTS = 3


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """Whether the target gives more answers than it was asked, all with one MAC, and the control does not."""
    heard = answers(evidence)
    macs = {claim.mac for claim, _ in heard}
    told_twice: list[ArpAnswer] = []
    compared = False
    for window in windows(evidence):
        asked = [one for one in evidence.of(ArpAsked) if one.ours and one.artifact == window.artifact]
        controls = [one for one in asked if one.wanted in window.controls]
        replies = [one for one in window.heard if isinstance(one, ArpAnswer)]
        mine = [one for one in asked if one.wanted == evidence.target]
        got = [answer for _, answer in heard if answer.artifact == window.artifact]
        if len(own_broadcasts(evidence, window)) < REQUESTS or not controls or not window.complete:
            continue
        compared = True
        if len(macs) == 1 and len(got) >= 2 * len(mine) - 1 and len(replies) <= len(controls):
            told_twice += got
    if told_twice:
        says = f"{macs_text(macs)} answers every request for {evidence.target} twice, and the control once."
        return (finding(DOUBLED, Standing.PRESENT, says, told_twice),)
    if compared:
        says = f"Nobody answers for {evidence.target} twice with one MAC."
        return (finding(DOUBLED, Standing.ABSENT, says),)
    says = f"Nobody counted the answers for {evidence.target} beside those of a control."
    return (finding(DOUBLED, Standing.UNKNOWN, says),)
