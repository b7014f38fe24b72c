"""Does somebody claim the target again and again although nobody asked? So do poisoners and programs gone wrong.

One announcement, or a few at once, is how an address properly moves (RFC 5227 section 2.3). A claim that is repeated
while another machine goes on answering is no move.
"""

from collections import defaultdict
from datetime import timedelta
from itertools import pairwise

from bot.findings.reading import Claim, answers, claims, finding, macs_text, requests, windows
from bot.model.addresses import Mac
from bot.model.finding import Evidence, Finding, Standing
from bot.model.observation import ArpAnnounced

UNASKED = "arp.claims_unasked_again_and_again"

TIMES = 4  # RFC 5227 announces twice, a cluster's agent as a rule five times in a burst
AT_ONCE = timedelta(seconds=0.1)


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """Whether a MAC keeps announcing the target while another one answers for it."""
    by_mac: dict[Mac, list[Claim]] = defaultdict(list)
    for claim in claims(evidence):
        if isinstance(claim.seen, ArpAnnounced):
            by_mac[claim.mac].append(claim)
    for mac, told in sorted(by_mac.items()):
        others = [answer for claim, answer in answers(evidence) if claim.mac != mac]
        between = [one for one in others if told[0].seen.seen_at < one.seen_at < told[-1].seen.seen_at]
        if _bursts(told) >= TIMES and between:
            says = (
                f"{macs_text({mac})} announces {evidence.target} again and again, while another machine answers for it."
            )
            return (finding(UNASKED, Standing.PRESENT, says, [*(claim.seen for claim in told), between[0]]),)
    if requests(evidence) and any(window.complete for window in windows(evidence)):
        says = f"Nobody keeps announcing {evidence.target} beside another machine that answers."
        return (finding(UNASKED, Standing.ABSENT, says),)
    return (finding(UNASKED, Standing.UNKNOWN, f"No instrument listened for announcements of {evidence.target}."),)


def _bursts(told: list[Claim]) -> int:
    times = [claim.seen.seen_at for claim in told]
    return 1 + sum(later - earlier > AT_ONCE for earlier, later in pairwise(times))
