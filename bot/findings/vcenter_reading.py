"""Could vCenter be looked into, and what does its clock show? Without both its silence and its times mean little."""

from datetime import timedelta

from bot.findings.readings import readings
from bot.findings.residence import moves
from bot.findings.wording import finding, listing
from bot.model.finding import Evidence, Finding, Standing
from bot.model.observation import RarpNotice, SurroundingsRead

READ = "instrument.surroundings_read"
CLOCKS = "instrument.clocks_agree"

AGREE = timedelta(seconds=2)
ANNOUNCED_WITHIN = timedelta(minutes=2)


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """What could not be read around the VM, and how far the vCenter's clock is from that of its worker."""
    looked = [one.read for one in readings(evidence)]
    return (_read(looked), _clocks(evidence, looked))


def _read(looked: list[SurroundingsRead]) -> Finding:
    gaps = list(dict.fromkeys(gap.says for one in looked for gap in one.gaps))
    if gaps:
        return finding(READ, Standing.ABSENT, f"vCenter did not tell all: {' '.join(gaps)}", looked)
    if looked:
        return finding(READ, Standing.PRESENT, "What is around the VM was read in vCenter, all of it.", looked)
    return finding(READ, Standing.UNKNOWN, "No vCenter was asked what is around the VM.")


def _clocks(evidence: Evidence, looked: list[SurroundingsRead]) -> Finding:
    told = [(one, one.clock) for one in {one.vcenter: one for one in looked}.values() if one.clock]
    if not told:
        return finding(CLOCKS, Standing.UNKNOWN, "No vCenter's clock was compared with ours.")
    agree = all(abs(clock.ahead) <= AGREE for _, clock in told)
    says = listing(
        f"the clock of vCenter {one.vcenter} runs {abs(clock.ahead).total_seconds():.2f} s "
        f"{'behind' if clock.ahead < timedelta() else 'ahead of'} its worker's (to {clock.within_ms / 1000:.2f} s)"
        for one, clock in told
    )
    says = f"{says[0].upper()}{says[1:]}, which is taken off its times.{_heard(evidence)}"
    return finding(CLOCKS, Standing.PRESENT if agree else Standing.ABSENT, says, [one for one, _ in told])


def _heard(evidence: Evidence) -> str:
    """What the hosts' own notices say of the agents' clocks: ESXi sends them as a move ends (Broadcom KB 343401)."""
    gone = [move.at for move in moves(evidence)]
    apart = {
        notice.vantage.agent: min((notice.seen_at - at for at in gone), key=abs)
        for notice in reversed(evidence.of(RarpNotice))
        if gone
    }
    near = {agent: after for agent, after in sorted(apart.items()) if abs(after) <= ANNOUNCED_WITHIN}
    if not near:
        return ""
    each = listing(f"{after.total_seconds():+.1f} s at {agent}" for agent, after in near.items())
    return f" The host's notice of a move was heard {each} after vCenter logged it."
