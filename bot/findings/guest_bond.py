"""Does the guest carry the target on an interface without a vNIC behind it, as a bond is, or on two with two MACs?"""

from bot.findings.owning import vcenter_doubt, vm_name
from bot.findings.wording import finding, listing, macs_text
from bot.model.finding import Evidence, Finding, Standing
from bot.model.observation import GuestRowFound

BOND_ROW = "guest.bond_row"
ON_TWO_MACS = "guest.address_on_two_macs"


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """Whether VMware Tools report the target on a bond or bridge, and whether under two MACs of one VM."""
    return (_bond(evidence), _twice(evidence))


def _bond(evidence: Evidence) -> Finding:
    rows = [row for row in evidence.of(GuestRowFound) if evidence.target in row.addresses]
    bonds = [row for row in rows if not row.vnic]
    if bonds:
        names = listing(sorted({f"VM {vm_name(evidence, row.vm)}" for row in bonds}))
        says = f"Inside {names}, {evidence.target} sits on an interface without a vNIC of its own: a bond or a bridge."
        return finding(BOND_ROW, Standing.PRESENT, says, bonds)
    if rows:
        says = f"Inside the guest, {evidence.target} sits on an ordinary interface."
        return finding(BOND_ROW, Standing.ABSENT, says, rows)
    says = f"VMware Tools do not report {evidence.target}. {vcenter_doubt(evidence) or ''}".strip()
    return finding(BOND_ROW, Standing.UNKNOWN, says)


def _twice(evidence: Evidence) -> Finding:
    rows = [row for row in evidence.of(GuestRowFound) if evidence.target in row.addresses and row.mac is not None]
    macs = {vm: {row.mac for row in rows if row.vm == vm and row.mac} for vm in sorted({row.vm for row in rows})}
    twice = {vm: each for vm, each in macs.items() if len(each) > 1}
    if twice:
        says = listing(
            f"VM {vm_name(evidence, vm)} has {evidence.target} under {macs_text(each)}" for vm, each in twice.items()
        )
        return finding(
            ON_TWO_MACS, Standing.PRESENT, f"{says}, say VMware Tools.", [row for row in rows if row.vm in twice]
        )
    if rows:
        return finding(ON_TWO_MACS, Standing.ABSENT, f"Inside the guest, {evidence.target} has one MAC.", rows)
    says = f"VMware Tools do not report {evidence.target}. {vcenter_doubt(evidence) or ''}".strip()
    return finding(ON_TWO_MACS, Standing.UNKNOWN, says)
