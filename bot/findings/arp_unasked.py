"""Does somebody claim the target again and again although nobody asked? So do poisoners and programs gone wrong.

One announcement, or a few at once, is how an address properly moves (RFC 5227 section 2.3), and NIC teaming updates its
peers in pairs. A claim that is repeated while another machine goes on answering is neither.
"""

from collections import defaultdict
from datetime import timedelta
from itertools import pairwise

from bot.findings.listening import windows
from bot.findings.reading import answers, claims, requests
from bot.findings.telling import unasked
from bot.findings.wording import finding, macs_text
from bot.model.addresses import Mac
from bot.model.finding import Evidence, Finding, Standing
from bot.model.observation import ArpAnnounced, ArpAnswer

UNASKED = "arp.claims_unasked_again_and_again"

TIMES = 4  # RFC 5227 announces twice, a cluster's agent as a rule five times in a burst
AT_ONCE = timedelta(seconds=0.1)

Told = ArpAnnounced | ArpAnswer


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """Whether a MAC keeps telling that it has the target while another one answers for it."""
    for mac, told in sorted(_told(evidence).items()):
        others = [answer for claim, answer in answers(evidence) if claim.mac != mac]
        between = [one for one in others if told[0].seen_at < one.seen_at < told[-1].seen_at]
        if _bursts(told) >= TIMES and between:
            says = (
                f"{macs_text({mac})} claims {evidence.target} again and again unasked ({len(told)} times), while "
                "another machine answers for it."
            )
            return (finding(UNASKED, Standing.PRESENT, says, [*told, between[0]]),)
    if requests(evidence) and any(window.complete for window in windows(evidence)):
        says = f"Nobody keeps claiming {evidence.target} unasked beside another machine that answers."
        return (finding(UNASKED, Standing.ABSENT, says),)
    return (finding(UNASKED, Standing.UNKNOWN, f"No instrument listened for announcements of {evidence.target}."),)


def _told(evidence: Evidence) -> dict[Mac, list[Told]]:
    """What each MAC told without being asked, by time: to everybody, or to one machine."""
    by_mac: dict[Mac, list[Told]] = defaultdict(list)
    for claim in claims(evidence):
        if isinstance(claim.seen, ArpAnnounced):
            by_mac[claim.mac].append(claim.seen)
    for mac, one in unasked(evidence).items():
        by_mac[mac] += one.otherwise
    return {mac: sorted(told, key=lambda one: (one.seen_at, one.locator)) for mac, told in by_mac.items() if told}


def _bursts(told: list[Told]) -> int:
    times = [one.seen_at for one in told]
    return 1 + sum(later - earlier > AT_ONCE for earlier, later in pairwise(times))
