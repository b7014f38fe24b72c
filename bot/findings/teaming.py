"""The signs by which healthy NIC teaming is known: it updates its peers in pairs, and shows its slaves to the switch.

Both are balance-alb of Linux (drivers/net/bonding/bond_alb.c): rlb_update_client() and alb_send_lp_vid().
"""

from bot.findings.reading import claimants
from bot.findings.telling import unasked
from bot.findings.wording import finding, macs_text
from bot.model.finding import Evidence, Finding, Standing
from bot.model.observation import LoopSeen

UPDATES_PEERS = "teaming.updates_peers_in_pairs"
SHOWS_SLAVES = "teaming.slaves_show_themselves"

PAIRS = 2


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """Whether a MAC of the target tells its peers unasked in pairs only, and whether it sends frames to itself."""
    return (_updates(evidence), _shows(evidence))


def _updates(evidence: Evidence) -> Finding:
    told = {mac: one for mac, one in unasked(evidence).items() if len(one.in_pairs) >= 2 * PAIRS and not one.otherwise}
    if told:
        says = f"{macs_text(told)} tells its peers unasked where {evidence.target} is, in pairs, as NIC teaming does."
        return finding(UPDATES_PEERS, Standing.PRESENT, says, [one for each in told.values() for one in each.in_pairs])
    if claimants(evidence):
        return finding(
            UPDATES_PEERS, Standing.ABSENT, f"No NIC teaming was heard updating its peers of {evidence.target}."
        )
    return finding(UPDATES_PEERS, Standing.UNKNOWN, f"Nobody was heard claiming {evidence.target}.")


def _shows(evidence: Evidence) -> Finding:
    macs = claimants(evidence)
    shown = [one for one in evidence.of(LoopSeen) if one.mac in macs]
    if shown:
        says = f"{macs_text({one.mac for one in shown})} sends frames to itself, as each slave of a Linux bond does."
        return finding(SHOWS_SLAVES, Standing.PRESENT, says, shown)
    says = f"No MAC of {evidence.target} was heard sending frames to itself. That proves little: switches filter them."
    return finding(SHOWS_SLAVES, Standing.UNKNOWN, says)
