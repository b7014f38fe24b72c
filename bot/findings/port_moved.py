"""Did a host announce the target's MAC on a new port, as after a vMotion? A trigger at most, and a defect without end.

ESXi sends such a notice about eight times within half a minute (Broadcom KB 343401); old releases sent hundreds at once
(ESXi 4.1 and 5.0 before Update 1, "generates excessive RARP broadcasts").
"""

from datetime import timedelta

from bot.findings.listening import windows
from bot.findings.owning import target_vms
from bot.findings.reading import claimants
from bot.findings.timing import densest
from bot.findings.wording import finding, macs_text
from bot.model.finding import Evidence, Finding, Standing
from bot.model.observation import NicFound, RarpNotice

PORT_MOVED = "trigger.port_moved"
NOTICE_STORM = "arp.rarp_notice_storm"

STORM_NOTICES, STORM_WITHIN = 100, timedelta(seconds=0.1)


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """Whether a RARP notice for one of the target's MACs was heard (Broadcom KB 343401), or a storm of them."""
    vms = target_vms(evidence)
    macs = {*claimants(evidence), *(nic.mac for nic in evidence.of(NicFound) if nic.vm in vms)}
    heard = [notice for notice in evidence.of(RarpNotice) if notice.mac in macs]
    if not heard:
        says = f"No host was heard announcing a MAC of {evidence.target}. That proves little: such notices are brief."
        return (finding(PORT_MOVED, Standing.UNKNOWN, says), _storm(evidence, heard))
    moved = macs_text({notice.mac for notice in heard})
    at = f"{min(notice.seen_at for notice in heard):%H:%M:%S}"
    says = f"A host announced {moved} on a new port at `{at}` UTC, as after a vMotion or a power-on."
    return (finding(PORT_MOVED, Standing.PRESENT, says, heard), _storm(evidence, heard))


def _storm(evidence: Evidence, heard: list[RarpNotice]) -> Finding:
    for mac in sorted({notice.mac for notice in heard}):
        dense = densest([notice for notice in heard if notice.mac == mac], STORM_WITHIN)
        if len(dense) >= STORM_NOTICES:
            says = f"A host announced {macs_text({mac})} {len(dense)} times within {STORM_WITHIN.total_seconds():g} s."
            return finding(NOTICE_STORM, Standing.PRESENT, says, dense)
    if any(window.complete for window in windows(evidence)):
        says = f"Hosts announced the MACs of {evidence.target} {len(heard)} times, which is as few as it should be."
        return finding(NOTICE_STORM, Standing.ABSENT, says)
    return finding(NOTICE_STORM, Standing.UNKNOWN, f"Nobody listened for notices about {evidence.target}.")
