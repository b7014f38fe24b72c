"""Does the guest carry the target on an interface without a vNIC behind it, as a bond or a bridge is?"""

from bot.findings.owning import vcenter_doubt, vm_name
from bot.findings.wording import finding, listing
from bot.model.finding import Evidence, Finding, Standing
from bot.model.observation import GuestRowFound

BOND_ROW = "guest.bond_row"


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """Whether VMware Tools report the target on a bond or bridge."""
    rows = [row for row in evidence.of(GuestRowFound) if evidence.target in row.addresses]
    bonds = [row for row in rows if not row.vnic]
    if bonds:
        names = listing(sorted({f"VM {vm_name(evidence, row.vm)}" for row in bonds}))
        says = f"Inside {names}, {evidence.target} sits on an interface without a vNIC of its own: a bond or a bridge."
        return (finding(BOND_ROW, Standing.PRESENT, says, bonds),)
    if rows:
        says = f"Inside the guest, {evidence.target} sits on an ordinary interface."
        return (finding(BOND_ROW, Standing.ABSENT, says, rows),)
    says = f"VMware Tools do not report {evidence.target}. {vcenter_doubt(evidence) or ''}".strip()
    return (finding(BOND_ROW, Standing.UNKNOWN, says),)
