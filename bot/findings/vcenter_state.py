"""Is the target's VM on, connected and plugged in, as far as vCenter can see?"""

from bot.findings.owning import carriers, rows_of, target_vms, vcenter_doubt, vm_name
from bot.findings.wording import finding, listing
from bot.model.finding import Evidence, Finding, Standing
from bot.model.observation import NicFound, VmFound

VNIC_DISCONNECTED = "vcenter.vnic_disconnected"
VM_POWERED_OFF = "vcenter.vm_powered_off"
VM_NORMAL = "vcenter.vm_normal"
HOST_SILENT = "vcenter.host_not_responding"
PORT_BLOCKED = "vcenter.port_blocked"


_ALL = (VNIC_DISCONNECTED, VM_POWERED_OFF, VM_NORMAL, HOST_SILENT, PORT_BLOCKED)


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """What vCenter says about the VM of the target; UNKNOWN for all where that VM is not known."""
    wanted = target_vms(evidence)
    vms = {vm.vm: vm for vm in evidence.of(VmFound) if vm.vm in wanted}
    if not vms:
        says = f"The VM of {evidence.target} is not known. {vcenter_doubt(evidence) or ''}".strip()
        return tuple(finding(id_, Standing.UNKNOWN, says) for id_ in _ALL)
    nics = carriers(evidence, frozenset(vms))
    return (
        _disconnected(evidence, nics),
        _powered_off(evidence, vms),
        _normal(evidence, vms, nics),
        _host_silent(evidence, vms),
        _blocked(evidence, nics),
    )


def _says(nic: NicFound, state: str) -> str:
    return f"{nic.label} (`{nic.mac}`) of VM {nic.vm_name} is {state}"


def _disconnected(evidence: Evidence, nics: list[NicFound]) -> Finding:
    off = [nic for nic in nics if nic.connected is False]
    if off and len(off) == len(nics):
        says = f"{listing(_says(nic, 'disconnected') for nic in off)}, says vCenter."
        return finding(VNIC_DISCONNECTED, Standing.PRESENT, says, off)
    if nics and all(nic.connected for nic in nics):
        says = f"{listing(_says(nic, 'connected') for nic in nics)}, says vCenter."
        return finding(VNIC_DISCONNECTED, Standing.ABSENT, says, nics)
    says = f"vCenter does not say whether the vNIC that carries {evidence.target} is connected."
    if off:
        says = f"{listing(_says(nic, 'disconnected') for nic in off)}, but other vNICs may carry {evidence.target}."
    return finding(VNIC_DISCONNECTED, Standing.UNKNOWN, says, off)


def _powered_off(evidence: Evidence, vms: dict[str, VmFound]) -> Finding:
    seen = list(vms.values())
    names = listing(f"VM {vm_name(evidence, vm)}" for vm in sorted(vms))
    if not any(vm.powered_on for vm in seen):
        return finding(VM_POWERED_OFF, Standing.PRESENT, f"{names} is powered off, says vCenter.", seen)
    if all(vm.powered_on for vm in seen):
        return finding(VM_POWERED_OFF, Standing.ABSENT, f"{names} is powered on, says vCenter.", seen)
    says = f"Some of the VMs listed for {evidence.target} are powered off, some are on: {names}."
    return finding(VM_POWERED_OFF, Standing.ABSENT, says, seen)


def _normal(evidence: Evidence, vms: dict[str, VmFound], nics: list[NicFound]) -> Finding:
    names = listing(f"VM {vm_name(evidence, vm)}" for vm in sorted(vms))
    wrong = [f"VM {vm.name} is powered off" for vm in vms.values() if not vm.powered_on]
    wrong += [f"VM {vm.name} is {vm.connection}" for vm in vms.values() if vm.connection != "connected"]
    wrong += [_says(nic, "disconnected") for nic in nics if nic.connected is False]
    wrong += [_says(nic, "on a blocked port") for nic in nics if nic.blocked]
    if wrong:
        says = f"vCenter shows something unusual: {listing(sorted(wrong))}."
        return finding(VM_NORMAL, Standing.ABSENT, says, rows_of(evidence, vms))
    if nics and all(nic.connected for nic in nics):
        says = f"vCenter sees nothing wrong with {names}: powered on, connected, vNIC plugged in."
        return finding(VM_NORMAL, Standing.PRESENT, says, rows_of(evidence, vms))
    says = f"vCenter does not say whether the vNICs of {names} are connected."
    return finding(VM_NORMAL, Standing.UNKNOWN, says)


def _host_silent(evidence: Evidence, vms: dict[str, VmFound]) -> Finding:
    lost = [vm for vm in vms.values() if vm.connection == "disconnected"]
    names = listing(f"VM {vm_name(evidence, vm)}" for vm in sorted(vms))
    if lost and len(lost) == len(vms):
        hosts = listing(sorted({vm.host or "of unknown name" for vm in lost}))
        says = f"The host {hosts} of {names} does not answer vCenter; what vCenter says of it is old."
        return finding(HOST_SILENT, Standing.PRESENT, says, lost)
    if lost:
        says = f"Of the hosts of {names} one does not answer vCenter."
        return finding(HOST_SILENT, Standing.UNKNOWN, says, lost)
    return finding(HOST_SILENT, Standing.ABSENT, f"The host of {names} answers vCenter.", list(vms.values()))


def _blocked(evidence: Evidence, nics: list[NicFound]) -> Finding:
    blocked = [nic for nic in nics if nic.blocked]
    if blocked and len(blocked) == len(nics):
        says = f"{listing(_says(nic, 'on a blocked port') for nic in blocked)}, says vCenter."
        return finding(PORT_BLOCKED, Standing.PRESENT, says, blocked)
    if nics and all(nic.blocked is False for nic in nics):
        says = f"No port of a vNIC that carries {evidence.target} is blocked, says vCenter."
        return finding(PORT_BLOCKED, Standing.ABSENT, says, nics)
    says = f"vCenter does not say whether the port of the vNIC that carries {evidence.target} is blocked."
    if blocked:
        says = f"{listing(_says(nic, 'on a blocked port') for nic in blocked)}, but other vNICs may carry the address."
    return finding(PORT_BLOCKED, Standing.UNKNOWN, says, blocked)
