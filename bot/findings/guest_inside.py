"""What VMware Tools say about the inside of the VM: does it still have the address, and with its vNIC's MAC?"""

from bot.findings.owning import listed_vms, target_vms, vcenter_doubt, vm_name
from bot.findings.wording import finding, listing, macs_text
from bot.model.finding import Evidence, Finding, Standing
from bot.model.observation import GuestRowFound, NicFound, VmFound

ADDRESS_GONE = "guest.address_gone"
MAC_DIFFERS = "guest.mac_differs_from_vnic"
MAC_REJECTED = "vcenter.rejects_guest_mac"


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """Whether the guest has lost the target, uses a MAC that is none of its vNICs', and whether that is let through."""
    return (_address_gone(evidence), _mac_differs(evidence), _mac_rejected(evidence))


def _address_gone(evidence: Evidence) -> Finding:
    vms = target_vms(evidence)
    with_tools = {vm.vm for vm in evidence.of(VmFound) if vm.vm in vms and vm.powered_on and vm.tools_running}
    rows = [row for row in evidence.of(GuestRowFound) if row.vm in with_tools]
    if not rows:
        says = f"VMware Tools say nothing about the VM of {evidence.target}. {vcenter_doubt(evidence) or ''}".strip()
        return finding(ADDRESS_GONE, Standing.UNKNOWN, says)
    names = listing(f"VM {vm_name(evidence, vm)}" for vm in sorted({row.vm for row in rows}))
    if listed_vms(evidence):
        return finding(ADDRESS_GONE, Standing.ABSENT, f"{names} has {evidence.target}, say VMware Tools.", rows)
    says = f"{names} had {evidence.target}, and VMware Tools no longer report it there."
    return finding(ADDRESS_GONE, Standing.PRESENT, says, rows)


def _rows(evidence: Evidence) -> tuple[list[GuestRowFound], list[GuestRowFound]]:
    """What Tools say of the interfaces that carry the target, and those of them whose MAC is none of their VM's."""
    rows = [row for row in evidence.of(GuestRowFound) if evidence.target in row.addresses and row.vnic]
    rows = [row for row in rows if row.mac is not None]
    own = {vm: {nic.mac for nic in evidence.of(NicFound) if nic.vm == vm} for vm in {row.vm for row in rows}}
    return rows, [row for row in rows if own[row.vm] and row.mac not in own[row.vm]]


def _mac_differs(evidence: Evidence) -> Finding:
    rows, odd = _rows(evidence)
    if odd:
        macs = macs_text({row.mac for row in odd if row.mac is not None})
        names = listing(sorted({f"VM {vm_name(evidence, row.vm)}" for row in odd}))
        says = f"Inside {names}, {evidence.target} sits on an interface with {macs}, which is not its vNIC's MAC."
        return finding(MAC_DIFFERS, Standing.PRESENT, says, odd)
    if rows:
        return finding(MAC_DIFFERS, Standing.ABSENT, f"The guest uses its vNIC's MAC for {evidence.target}.", rows)
    return finding(MAC_DIFFERS, Standing.UNKNOWN, f"Nobody knows which MAC the guest uses for {evidence.target}.")


def _mac_rejected(evidence: Evidence) -> Finding:
    rows, odd = _rows(evidence)
    if rows and not odd:
        says = f"The guest uses no MAC for {evidence.target} that a port group could reject."
        return finding(MAC_REJECTED, Standing.ABSENT, says, rows)
    vms = {row.vm for row in odd}
    nics = [nic for nic in evidence.of(NicFound) if nic.vm in vms and evidence.target in nic.addresses]
    names = listing(sorted({nic.network or "of unknown name" for nic in nics}))
    if nics and all(nic.foreign_macs is False for nic in nics):
        macs = macs_text({row.mac for row in odd if row.mac is not None})
        says = f"The port group {names} lets no MAC through that is not the vNIC's own, and the guest uses {macs}."
        return finding(MAC_REJECTED, Standing.PRESENT, says, [*odd, *nics])
    if nics and all(nic.foreign_macs for nic in nics):
        says = f"The port group {names} lets the guest use other MACs than its vNIC's."
        return finding(MAC_REJECTED, Standing.ABSENT, says, nics)
    says = f"Nobody knows whether a port group rejects the MAC that the guest uses for {evidence.target}."
    return finding(MAC_REJECTED, Standing.UNKNOWN, says)
