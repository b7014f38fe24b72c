"""Did a host announce the target's MAC on a new port, as after a vMotion? A trigger at most, never a defect."""

from bot.findings.owning import target_vms
from bot.findings.reading import claimants, finding, macs_text
from bot.model.finding import Evidence, Finding, Standing
from bot.model.observation import NicFound, RarpNotice

PORT_MOVED = "trigger.port_moved"


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """Whether a RARP notice for one of the target's MACs was heard (Broadcom KB 343401)."""
    vms = target_vms(evidence)
    macs = {*claimants(evidence), *(nic.mac for nic in evidence.of(NicFound) if nic.vm in vms)}
    heard = [notice for notice in evidence.of(RarpNotice) if notice.mac in macs]
    if heard:
        moved = macs_text({notice.mac for notice in heard})
        at = f"{min(notice.seen_at for notice in heard):%H:%M:%S}"
        says = f"A host announced {moved} on a new port at `{at}` UTC, as after a vMotion or a power-on."
        return (finding(PORT_MOVED, Standing.PRESENT, says, heard),)
    says = f"No host was heard announcing a MAC of {evidence.target}. That proves little: such notices are brief."
    return (finding(PORT_MOVED, Standing.UNKNOWN, says),)
