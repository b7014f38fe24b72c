"""Do requests get more answers than one machine gives? Answers are counted, because no answer says what it answers.

An answer may come 0.8 s late, after the next request. So single pairs prove nothing; but if every request were
answered by one MAC, then no asker could ever have heard more MACs than it sent requests.
"""

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from bot.findings.listening import Window, windows
from bot.findings.reading import Asker, claimants, replies, requests
from bot.findings.wording import finding, listing, macs_text
from bot.model.addresses import Mac
from bot.model.finding import Evidence, Finding, Standing
from bot.model.observation import ArpAnswer, ArpAsked, Observation

TWO_ANSWERS = "arp.two_answers_per_request"
REPEATEDLY = "arp.two_answers_repeatedly"
CONSTANT_PER_ASKER = "arp.one_answer_per_request_constant_per_asker"

LATEST_ANSWER = timedelta(seconds=0.8)
BEFORE_THE_CAPTURE = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Tally:
    """What one asker asked and heard in one window. ``heard`` are the MACs between each request and the next.

    ``forgiven`` is how many requests may have been made that the window does not show.
    """

    asker: Asker
    asked: tuple[ArpAsked, ...]
    heard: tuple[tuple[ArpAnswer, ...], ...]
    forgiven: int
    settled: bool

    @property
    def excess(self) -> int:
        """How many answers more than one per request there are, at the request up to which it is most.

        A MAC counts once between two requests: copies of a frame (two uplinks, a mirror port) are no second answer.
        """
        most = count = 0
        for number, between in enumerate(self.heard, start=1):
            count += len({answer.mac for answer in between})
            most = max(most, count - number)
        return most - self.forgiven

    @property
    def macs(self) -> frozenset[Mac]:
        """Every MAC that this asker was told."""
        return frozenset(answer.mac for between in self.heard for answer in between)

    @property
    def answered(self) -> int:
        """How many requests were followed by an answer."""
        return sum(bool(between) for between in self.heard)


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """Whether requests get two answers, once or again, or one answer each that only depends on who asks."""
    tallies = [tally for window in windows(evidence) for tally in _tallies(evidence, window)]
    return (_two_answers(evidence, tallies), _repeatedly(evidence, tallies), _constant(evidence, tallies))


def _tallies(evidence: Evidence, window: Window) -> list[Tally]:
    asked: dict[Asker, list[ArpAsked]] = defaultdict(list)
    for one in requests(evidence):
        if one.artifact == window.artifact:
            asked[one.asker_mac, one.asker].append(one)
    told: dict[Asker, list[ArpAnswer]] = defaultdict(list)
    for answer in replies(evidence):
        if answer.artifact == window.artifact:
            told[answer.told_mac, answer.told_ip].append(answer)
    return [_tally(window, asker, asked[asker], told[asker]) for asker in sorted(asked, key=str)]


def _tally(window: Window, asker: Asker, asked: list[ArpAsked], told: list[ArpAnswer]) -> Tally:
    told = sorted(told, key=lambda answer: answer.seen_at)
    times = [answer.seen_at for answer in told]
    begins = [bisect_left(times, one.seen_at) for one in asked]
    heard = [tuple(told[begin:end]) for begin, end in pairwise([*begins, len(told)])]
    listened = window.listened
    lost = listened.dropped or 0 if listened else 0
    # Somebody else's request may have gone out just before the capture began, with its answer inside.
    overlooked = not asked[0].ours and (listened is None or asked[0].seen_at - listened.started_at < BEFORE_THE_CAPTURE)
    settled = window.complete is True and window.listened_after(asked[-1]) >= LATEST_ANSWER.total_seconds()
    return Tally(asker, tuple(asked), tuple(heard), lost + overlooked, settled)


def _excess(tallies: list[Tally]) -> tuple[int, list[Tally]]:
    worst: dict[Asker, Tally] = {}
    # Two windows may have recorded the same exchange: an asker counts once.
    for tally in tallies:
        if tally.excess > 0 and (tally.asker not in worst or tally.excess > worst[tally.asker].excess):
            worst[tally.asker] = tally
    return sum(tally.excess for tally in worst.values()), list(worst.values())


def _who(asker: Asker) -> str:
    mac, address = asker
    return str(address) if address else f"the probe from `{mac}`"


def _frames(tallies: list[Tally]) -> list[Observation]:
    # The first request that drew two MACs, with its answers, is what a reader wants to open.
    shown: list[Observation] = []
    for tally in tallies:
        for one, between in zip(tally.asked, tally.heard, strict=True):
            if len({answer.mac for answer in between}) > 1:
                shown += [one, *between]
    return shown


def _two_answers(evidence: Evidence, tallies: list[Tally]) -> Finding:
    excess, over = _excess(tallies)
    if excess:
        macs = macs_text({mac for tally in over for mac in tally.macs})
        counts = listing(
            f"{_who(tally.asker)} asked {len(tally.asked)} times and got "
            f"{sum(len({answer.mac for answer in between}) for between in tally.heard)} answers"
            for tally in over
        )
        says = f"One request for {evidence.target} gets more than one answer, from {macs}: {counts}."
        return finding(TWO_ANSWERS, Standing.PRESENT, says, _frames(over))
    if any(tally.answered and tally.settled for tally in tallies):
        says = f"No request for {evidence.target} got more than one answer."
        return finding(TWO_ANSWERS, Standing.ABSENT, says, [one for tally in tallies for one in tally.asked])
    return finding(TWO_ANSWERS, Standing.UNKNOWN, _uncounted(evidence, tallies))


def _repeatedly(evidence: Evidence, tallies: list[Tally]) -> Finding:
    excess, over = _excess(tallies)
    if excess > 1:
        says = (
            f"Requests for {evidence.target} are answered twice again and again: {excess} answers more than requests."
        )
        return finding(REPEATEDLY, Standing.PRESENT, says, _frames(over))
    if any(tally.answered and tally.settled for tally in tallies):
        says = f"{'Only one answer' if excess else 'No answer'} for {evidence.target} was one too many."
        return finding(REPEATEDLY, Standing.ABSENT, says)
    return finding(REPEATEDLY, Standing.UNKNOWN, _uncounted(evidence, tallies))


def _uncounted(evidence: Evidence, tallies: list[Tally]) -> str:
    if not any(tally.answered for tally in tallies):
        return f"No request for {evidence.target} was recorded together with its answer."
    return f"Answers for {evidence.target} could not be counted: frames were lost, or listening ended too soon."


def _constant(evidence: Evidence, tallies: list[Tally]) -> Finding:
    if _excess(tallies)[0] or any(len(tally.macs) > 1 for tally in tallies):
        says = f"One and the same asker hears different MACs for {evidence.target}."
        return finding(CONSTANT_PER_ASKER, Standing.ABSENT, says)
    steady = [tally for tally in tallies if tally.answered > 1 and tally.settled]
    if len({tally.macs for tally in steady}) > 1:
        pairs = listing(f"{_who(tally.asker)} always hears {macs_text(tally.macs)}" for tally in steady)
        says = f"Each request gets one answer, and who asks decides which: {pairs}. Healthy NIC teaming does this."
        return finding(CONSTANT_PER_ASKER, Standing.PRESENT, says, _answers_of(steady))
    if len(steady) > 1 and len(claimants(evidence)) == 1:
        return finding(CONSTANT_PER_ASKER, Standing.ABSENT, f"Every asker hears the same MAC for {evidence.target}.")
    says = f"Too few askers heard {evidence.target} more than once to tell whether the MAC depends on who asks."
    return finding(CONSTANT_PER_ASKER, Standing.UNKNOWN, says)


def _answers_of(tallies: list[Tally]) -> list[Observation]:
    return [answer for tally in tallies for between in tally.heard for answer in between]
