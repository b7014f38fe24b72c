"""Does whoever answers who-has also answer a probe? A router that answers on behalf of others does not.

Linux answers a request with sender 0.0.0.0 only for an address of its own, never for one that it proxies.
Source: net/ipv4/arp.c arp_process(); RFC 5227 section 2.1.1; RFC 1027.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from bot.findings.listening import own_broadcasts, windows
from bot.findings.reading import answers
from bot.findings.wording import finding, macs_text
from bot.model.addresses import Mac
from bot.model.finding import Evidence, Finding, Standing
from bot.model.observation import ArpAnswer, Observation

PROBE_DIFFERS = "arp.answers_probe_differs"
ONLY_PROBES = "arp.answers_only_probes"
EVERYONE_ANSWERS_PROBE = "arp.every_claimant_answers_probe"
PROXY = "arp.proxy_answers"

PROBES_FOR_SILENCE = 2
PATIENCE_S = 0.8
LATEST_ANSWER = timedelta(seconds=PATIENCE_S + 0.1)  # Linux proxy_delay, and what a busy machine adds


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """Who answers only who-has or only the probe, and who answers for the control or the gateway as well."""
    normal, probed, asked_both, fit = _by_form(evidence)
    return (
        _differs(evidence, normal, probed, fit=fit),
        _only_probes(evidence, normal, probed, fit=fit),
        _everyone(evidence, normal, probed, asked_both=asked_both, fit=fit),
        _proxy(evidence, normal, probed, fit=fit),
    )


Answered = dict[Mac, list[Observation]]


def _by_form(evidence: Evidence) -> tuple[Answered, Answered, bool, bool]:
    """The answers to who-has and to probes by MAC, whether both were sent, and whether silence to them is a fact."""
    normal: Answered = defaultdict(list)
    probed: Answered = defaultdict(list)
    for _, answer in answers(evidence):
        (probed if answer.told_ip is None else normal)[answer.mac].append(answer)
    both = fit = False
    for window in windows(evidence):
        asked = own_broadcasts(evidence, window)
        probes = [one for one in asked if one.asker is None]
        plain = [one for one in asked if one.asker is not None]
        both |= bool(probes) and bool(plain)
        fit |= (
            min(len(probes), len(plain)) >= PROBES_FOR_SILENCE
            and window.complete is True
            and window.listened_after(asked[-1]) >= PATIENCE_S
        )
    return normal, probed, both, fit


def _differs(evidence: Evidence, normal: Answered, probed: Answered, *, fit: bool) -> Finding:
    if not fit or not (normal or probed):
        says = f"Not enough plain requests and probes were sent for {evidence.target} to compare the answers."
        return finding(PROBE_DIFFERS, Standing.UNKNOWN, says)
    only_normal, only_probed = normal.keys() - probed.keys(), probed.keys() - normal.keys()
    if only_normal:
        says = f"{macs_text(only_normal)} answers for {evidence.target} but not a probe, as a router does for others."
        return finding(PROBE_DIFFERS, Standing.PRESENT, says, [one for mac in only_normal for one in normal[mac]])
    if only_probed:
        says = f"{macs_text(only_probed)} answers only probes for {evidence.target}, as with a wrong netmask."
        return finding(PROBE_DIFFERS, Standing.PRESENT, says, [one for mac in only_probed for one in probed[mac]])
    says = f"Whoever answers for {evidence.target} answers plain requests and probes alike."
    return finding(PROBE_DIFFERS, Standing.ABSENT, says)


def _only_probes(evidence: Evidence, normal: Answered, probed: Answered, *, fit: bool) -> Finding:
    if fit and probed and not normal:
        says = f"{macs_text(probed)} answers probes for {evidence.target} and not one plain request."
        return finding(ONLY_PROBES, Standing.PRESENT, says, [one for seen in probed.values() for one in seen])
    if fit or normal:
        says = f"Plain requests for {evidence.target} are {'answered' if normal else 'answered no less than probes'}."
        return finding(ONLY_PROBES, Standing.ABSENT, says)
    says = f"Not enough plain requests and probes were sent for {evidence.target} to compare the answers."
    return finding(ONLY_PROBES, Standing.UNKNOWN, says)


def _everyone(evidence: Evidence, normal: Answered, probed: Answered, *, asked_both: bool, fit: bool) -> Finding:
    if probed and asked_both and probed.keys() >= normal.keys():
        says = f"Every MAC that answers for {evidence.target} also answers a probe: each has it as its own address."
        return finding(
            EVERYONE_ANSWERS_PROBE, Standing.PRESENT, says, [one for seen in probed.values() for one in seen]
        )
    if normal and fit:
        says = f"Not every MAC that answers for {evidence.target} answers a probe."
        return finding(EVERYONE_ANSWERS_PROBE, Standing.ABSENT, says)
    says = f"Nobody knows whether every MAC that answers for {evidence.target} answers a probe."
    return finding(EVERYONE_ANSWERS_PROBE, Standing.UNKNOWN, says)


def _proxy(evidence: Evidence, normal: Answered, probed: Answered, *, fit: bool) -> Finding:
    neighbours = [
        answer
        for answer in evidence.of(ArpAnswer)
        if answer.ip != evidence.target and answer.mac in (normal.keys() | probed.keys())
    ]
    # A second address on the same MAC is a router only if it is the gateway: hosts may have two addresses.
    routers = [answer for answer in neighbours if answer.ip == answer.vantage.gateway]
    if routers:
        macs = macs_text({answer.mac for answer in routers})
        says = f"{macs} answers for {evidence.target} and is the gateway {routers[0].ip}: a router answers for others."
        return finding(PROXY, Standing.PRESENT, says, routers)
    if fit and (silent := normal.keys() - probed.keys()):
        if not all(_answers_each(evidence, normal[mac]) for mac in silent):
            says = f"{macs_text(silent)} speaks for {evidence.target}, but not once for each question, as routers do."
            return finding(PROXY, Standing.UNKNOWN, says, [one for mac in silent for one in normal[mac]])
        says = f"{macs_text(silent)} answers for {evidence.target} but not a probe, as a router does for others."
        return finding(PROXY, Standing.PRESENT, says, [one for mac in silent for one in normal[mac]])
    if fit and normal:
        return finding(PROXY, Standing.ABSENT, f"Nobody answers for {evidence.target} on behalf of another machine.")
    says = f"Nobody knows whether a router answers for {evidence.target} on behalf of another machine."
    return finding(PROXY, Standing.UNKNOWN, says)


def _answers_each(evidence: Evidence, heard: Sequence[Observation]) -> bool:
    """Whether these answers fit our plain broadcasts one to one. Who speaks by a clock of its own says more or less."""
    asked = [
        one.seen_at
        for window in windows(evidence)
        for one in own_broadcasts(evidence, window)
        if one.asker is not None and any(answer.artifact == window.artifact for answer in heard)
    ]
    if len(heard) != len(asked):
        return False
    return all(at <= answer.seen_at <= at + LATEST_ANSWER for at, answer in zip(asked, heard, strict=True))
