"""Do echo requests come back, all of them, whichever of the claimed MACs they are sent to?"""

from collections import defaultdict
from dataclasses import replace

from bot.findings.echo_series import Series, series_of
from bot.findings.listening import windows
from bot.findings.moving import superseded
from bot.findings.reading import claimants, stands_on_segment
from bot.findings.wording import few, finding, listing, macs_text
from bot.model.addresses import Mac
from bot.model.finding import Evidence, Finding, Standing
from bot.model.observation import NeighbourHeld, Observation

TARGET_ANSWERS = "icmp.target_answers"
TARGET_LOSS = "icmp.target_loss"
DEPENDS_ON_MAC = "icmp.loss_depends_on_mac"
ROUTED_LOSS = "icmp.routed_loss"

FEW_LOOKS = 3
ECHOES_PER_MAC = 2  # one lost echo says nothing about a MAC


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """Whether echoes come back on the segment, per MAC, and through the gateway."""
    near: list[Series] = []
    far: list[Series] = []
    for window in windows(evidence):
        if series := series_of(evidence, window):
            (near if stands_on_segment(window.vantage, evidence.target) else far).append(series)
    current = tuple(mac for mac in claimants(evidence) if mac not in superseded(evidence))
    return (
        _answers(evidence, near + far),
        _loss(evidence, [_to_claimants(series, current) for series in near]),
        _by_mac(evidence, near),
        _routed(evidence, far),
    )


def _to_claimants(series: Series, macs: tuple[Mac, ...]) -> Series:
    """Without the echoes that went to a MAC which nobody claims any more: an outdated entry of ours accuses nobody."""
    sent = tuple(one for one in series.sent if one.sent_to in macs) if macs else series.sent
    return replace(series, sent=sent)


def _answers(evidence: Evidence, every: list[Series]) -> Finding:
    back = [answer for series in every for answer in series.back]
    if back:
        return finding(TARGET_ANSWERS, Standing.PRESENT, f"{evidence.target} answers echo requests.", back)
    if any(series.sent and series.fit for series in every):
        return finding(TARGET_ANSWERS, Standing.ABSENT, f"{evidence.target} answered no echo request.")
    return finding(TARGET_ANSWERS, Standing.UNKNOWN, f"No echo request to {evidence.target} was followed up.")


def _patterns(evidence: Evidence, lossy: list[Series]) -> str:
    """The pattern of each look; of many looks of one agent, as a watch takes, their sum."""
    looks: dict[str, list[Series]] = defaultdict(list)
    for series in lossy:
        looks[series.window.vantage.agent].append(series)
    return listing(
        said
        for agent, mine in looks.items()
        for said in (
            [_pattern(evidence, one) for one in mine]
            if len(mine) <= FEW_LOOKS
            else [
                f"{sum(len(one.lost) for one in mine)} of {sum(len(one.sent) for one in mine)} from {agent}, "
                f"in {len(mine)} looks"
            ]
        )
    )


def _pattern(evidence: Evidence, series: Series) -> str:
    """Who lost how many, and by number which: beside the MAC that they were sent to, and those that answered others."""
    agent = series.window.vantage.agent
    count = f"{len(series.lost)} of {len(series.sent)} from {agent}"
    if len({*(one.sent_to for one in series.sent), *(one.mac for one in series.back)}) == 1:
        return f"{count} (number {few([one.seq for one in series.lost])})"
    lost: dict[Mac | None, list[int]] = defaultdict(list)
    for one in series.lost:
        lost[one.sent_to].append(one.seq)
    held = {one.mac for one in evidence.of(NeighbourHeld) if one.ip == evidence.target and one.vantage.agent == agent}
    told = listing(
        f"number {few(numbers)}{f' to `{mac}`' if mac else ''}{', the MAC in its ARP table' if mac in held else ''}"
        for mac, numbers in lost.items()
    )
    others = f"; {macs_text({one.mac for one in series.back})} answered the others" if series.back else ""
    return f"{count} ({told}{others})"


def _loss(evidence: Evidence, near: list[Series]) -> Finding:
    lossy = [series for series in near if series.lost]
    proved = [series for series in lossy if series.fit]
    if proved:
        which = _patterns(evidence, proved)
        says = f"Echoes to {evidence.target} were lost, while the control answered: {which}."
        return finding(TARGET_LOSS, Standing.PRESENT, says, [one for series in proved for one in series.lost])
    if lossy:
        says = f"Echoes to {evidence.target} are missing, but no instrument was fit to say that they were lost."
        return finding(TARGET_LOSS, Standing.UNKNOWN, says)
    sent = [one for series in near for one in series.sent]
    if sent:
        says = f"All {len(sent)} echoes to {evidence.target} came back."
        return finding(TARGET_LOSS, Standing.ABSENT, says, sent)
    return finding(TARGET_LOSS, Standing.UNKNOWN, f"No echo was sent to {evidence.target} on its own segment.")


def _by_mac(evidence: Evidence, near: list[Series]) -> Finding:
    sent: dict[Mac | None, list[Observation]] = defaultdict(list)
    lost: dict[Mac | None, list[Observation]] = defaultdict(list)
    claimed = claimants(evidence)
    for series in near:
        if series.fit:
            for one in series.sent:
                sent[one.sent_to].append(one)
            for one in series.lost:
                lost[one.sent_to].append(one)
    tried = [mac for mac in claimed if len(sent[mac]) >= ECHOES_PER_MAC]
    deaf = [mac for mac in tried if len(lost[mac]) == len(sent[mac])]
    good = [mac for mac in tried if not lost[mac]]
    if deaf and good:
        says = (
            f"Echoes to {listing(f'`{mac}`' for mac in good)} all come back, "
            f"echoes to {listing(f'`{mac}`' for mac in deaf)} are all lost."
        )
        return finding(DEPENDS_ON_MAC, Standing.PRESENT, says, [one for mac in deaf for one in lost[mac]])
    if len(tried) > 1:
        says = f"Echoes to {evidence.target} fare alike, whichever MAC they are sent to."
        return finding(DEPENDS_ON_MAC, Standing.ABSENT, says)
    says = f"Echoes were not tried through two MACs of {evidence.target}."
    return finding(DEPENDS_ON_MAC, Standing.UNKNOWN, says)


def _routed(evidence: Evidence, far: list[Series]) -> Finding:
    lossy = [series for series in far if series.lost and series.fit]
    if lossy:
        says = (
            f"From another segment echoes to {evidence.target} were lost, "
            f"while the gateway there answered: {_patterns(evidence, lossy)}."
        )
        return finding(ROUTED_LOSS, Standing.PRESENT, says, [one for series in lossy for one in series.lost])
    sent = [one for series in far for one in series.sent]
    if sent and not any(series.lost for series in far):
        says = f"From another segment all {len(sent)} echoes to {evidence.target} came back."
        return finding(ROUTED_LOSS, Standing.ABSENT, says, sent)
    says = f"Nobody on another segment could say whether echoes to {evidence.target} come back."
    return finding(ROUTED_LOSS, Standing.UNKNOWN, says)
