"""What arrives of what is sent to the target's MAC alone, where all that is sent to everybody arrives?

Nothing: whoever forwards these frames has lost the MAC, and no machine that answers the one ignores the other. ARP, but
not one echo request: somebody who reads packets drops those, and the way there is good.
"""

from dataclasses import dataclass
from datetime import timedelta

from bot.findings.listening import Window, own_broadcasts, windows
from bot.findings.reading import answers, requests
from bot.findings.wording import finding, macs_text
from bot.model.addresses import Mac
from bot.model.finding import Evidence, Finding, Standing
from bot.model.observation import ArpAnswer, ArpAsked, EchoAnswer, EchoAsked, Observation

ONLY_BROADCASTS = "arp.answers_only_broadcasts"
ONLY_ECHOES_LOST = "icmp.only_echoes_lost"

BROADCASTS, ALONE, ECHOES = 3, 2, 3
"""How many of each have to be sent: with half of all frames lost, chance does this once in five hundred times."""
ANSWER_WITHIN = timedelta(seconds=0.25)


@dataclass(frozen=True, slots=True)
class Tried:
    """What one window sent to everybody and to one MAC alone, and how much of it that MAC answered.

    ``after_alone`` are the answers behind the first ARP request to the MAC alone. ``fit`` says that the control
    answered both kinds in the same window, and that nothing was lost here.
    """

    mac: Mac
    broadcasts: int
    answered: int
    alone: tuple[ArpAsked, ...]
    after_alone: tuple[ArpAnswer, ...]
    echoes: tuple[EchoAsked, ...]
    echoes_back: int
    fit: bool

    @property
    def enough(self) -> bool:
        """Whether all that was sent to everybody was answered, and enough was sent to the MAC alone."""
        sent = self.broadcasts >= BROADCASTS and len(self.alone) >= ALONE and len(self.echoes) >= ECHOES
        return self.fit and sent and self.answered >= self.broadcasts

    @property
    def sent(self) -> tuple[Observation, ...]:
        """Everything that was sent to the MAC alone."""
        return (*self.alone, *self.echoes)


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """Whether a MAC answers broadcasts only, or everything but echo requests."""
    every = [one for window in windows(evidence) for one in _tried(evidence, window)]
    tried = [one for one in every if one.enough]
    return (_only_broadcasts(evidence, every, tried), _only_echoes_lost(evidence, tried))


def _tried(evidence: Evidence, window: Window) -> list[Tried]:
    asked = own_broadcasts(evidence, window)
    if not asked or window.complete is not True:
        return []
    last = asked[-1].seen_at
    heard: dict[Mac, list[ArpAnswer]] = {}
    for claim, answer in answers(evidence):
        if answer.artifact == window.artifact and claim.told and claim.told[0] == window.vantage.mac:
            heard.setdefault(claim.mac, []).append(answer)
    found = []
    for mac, mine in heard.items():
        alone = tuple(
            one
            for one in requests(evidence)
            if one.artifact == window.artifact and one.ours and one.sent_to == mac and one.seen_at > last
            if window.listened_after(one) >= ANSWER_WITHIN.total_seconds()
        )
        first = alone[0].seen_at if alone else None
        echoes = tuple(
            one
            for one in evidence.of(EchoAsked)
            if one.artifact == window.artifact and one.ours and one.ip == evidence.target and one.sent_to == mac
        )
        numbers = {(one.ident, one.seq) for one in echoes}
        back = {(one.ident, one.seq) for one in evidence.of(EchoAnswer) if one.artifact == window.artifact}
        before = [one for one in mine if asked[0].seen_at <= one.seen_at and (first is None or one.seen_at < first)]
        after = tuple(one for one in mine if first is not None and one.seen_at >= first)
        fit = _control_answers_both(evidence, window)
        found.append(Tried(mac, len(asked), len(before), alone, after, echoes, len(numbers & back), fit))
    return found


def _control_answers_both(evidence: Evidence, window: Window) -> bool:
    asked = [
        one
        for one in evidence.of(ArpAsked)
        if one.artifact == window.artifact and one.ours and one.wanted in window.controls
    ]
    told = [one for one in window.heard if isinstance(one, ArpAnswer)]
    answered = any(
        answer.mac == one.sent_to and timedelta(0) <= answer.seen_at - one.seen_at <= ANSWER_WITHIN
        for one in asked
        for answer in told
    )
    return answered and any(isinstance(one, EchoAnswer) for one in window.heard)


def _only_broadcasts(evidence: Evidence, every: list[Tried], tried: list[Tried]) -> Finding:
    # One answer is enough to know that something arrives, whatever else was lost.
    reached = [one for one in every if one.after_alone or one.echoes_back]
    deaf = [one for one in tried if one not in reached]
    if deaf and not reached:
        macs, sent = macs_text({one.mac for one in deaf}), [each for one in deaf for each in one.sent]
        says = (
            f"{macs} answers each question that goes to everybody, and nothing that is sent to it alone: "
            f"{sum(len(one.alone) for one in deaf)} ARP and {sum(len(one.echoes) for one in deaf)} echo requests."
        )
        return finding(ONLY_BROADCASTS, Standing.PRESENT, says, sent)
    if reached:
        says = f"What is sent to a MAC of {evidence.target} alone arrives there."
        return finding(ONLY_BROADCASTS, Standing.ABSENT, says, [each for one in reached for each in one.after_alone])
    return finding(ONLY_BROADCASTS, Standing.UNKNOWN, _untried(evidence))


def _only_echoes_lost(evidence: Evidence, tried: list[Tried]) -> Finding:
    arrives = [one for one in tried if len(one.after_alone) >= len(one.alone) and not one.echoes_back]
    if arrives and len(arrives) == len(tried):
        macs = macs_text({one.mac for one in arrives})
        says = f"{macs} answers every ARP request, also those sent to it alone, and not one echo request."
        seen = [each for one in arrives for each in (*one.after_alone, *one.echoes)]
        return finding(ONLY_ECHOES_LOST, Standing.PRESENT, says, seen)
    if tried:
        says = f"Echo requests to {evidence.target} fare no worse than ARP."
        return finding(ONLY_ECHOES_LOST, Standing.ABSENT, says)
    return finding(ONLY_ECHOES_LOST, Standing.UNKNOWN, _untried(evidence))


def _untried(evidence: Evidence) -> str:
    return f"Nobody compared what is sent to {evidence.target} alone with what is sent to everybody."
