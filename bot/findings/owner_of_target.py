"""Which VM should have the target, and is it the one that answers?"""

from collections import defaultdict

from bot.findings.owning import listed_vms, rows_of, running_owners, target_vms, vcenter_doubt, vm_name
from bot.findings.reading import answers
from bot.findings.wording import finding, listing, macs_text
from bot.model.finding import Evidence, Finding, Standing
from bot.model.observation import NicFound, VcenterAnswered, VmFound

TARGET_VM_KNOWN = "owner.target_vm_known"
OTHER_ANSWERS = "owner.other_machine_answers"
LISTED_ON_TWO_VMS = "owner.address_listed_on_two_vms"


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """Whether the target's VM is known, whether another machine answers, and whether two VMs list the address."""
    return (_known(evidence), _other_answers(evidence), _listed_twice(evidence))


def _not_listed(evidence: Evidence) -> str:
    return f"No VM reports {evidence.target}. That proves little: VMware Tools do not report every address."


def _known(evidence: Evidence) -> Finding:
    vms = sorted(target_vms(evidence))
    if vms:
        names = listing(f"VM {vm_name(evidence, vm)}" for vm in vms)
        says = f"{evidence.target} belongs to {names}."
        return finding(TARGET_VM_KNOWN, Standing.PRESENT, says, rows_of(evidence, vms))
    doubt = vcenter_doubt(evidence)
    asked = [one for one in evidence.of(VcenterAnswered) if evidence.target in one.asked_ips]
    if doubt or len({one.vcenter for one in asked}) < len({one.vcenter for one in evidence.of(VcenterAnswered)}):
        says = doubt or f"Not every vCenter was asked for {evidence.target}."
        return finding(TARGET_VM_KNOWN, Standing.UNKNOWN, says)
    return finding(TARGET_VM_KNOWN, Standing.ABSENT, _not_listed(evidence), asked)


def _other_answers(evidence: Evidence) -> Finding:
    listed, owners = listed_vms(evidence), running_owners(evidence)
    own = {nic.mac for nic in evidence.of(NicFound) if nic.vm in listed}
    heard = [(claim.mac, answer) for claim, answer in answers(evidence)]
    if not listed or not heard:
        says = f"There is no VM listed for {evidence.target} to compare with whoever answers."
        return finding(OTHER_ANSWERS, Standing.UNKNOWN, says)
    others = {mac for mac, _ in heard if mac not in own and not owners.get(mac, frozenset()) & listed}
    if any(mac not in others for mac, _ in heard):
        says = f"A VM that answers for {evidence.target} is the one that vCenter lists."
        return finding(OTHER_ANSWERS, Standing.ABSENT, says, rows_of(evidence, listed))
    if doubt := vcenter_doubt(evidence, others - owners.keys()):
        return finding(OTHER_ANSWERS, Standing.UNKNOWN, f"Nobody knows who owns {macs_text(others)}. {doubt}")
    vms = sorted({vm for mac in others for vm in owners.get(mac, ())})
    who = listing([*(f"VM {vm_name(evidence, vm)}" for vm in vms), *(["a stranger"] if others - owners.keys() else [])])
    meant = listing(f"VM {vm_name(evidence, vm)}" for vm in sorted(listed))
    says = f"vCenter lists {evidence.target} for {meant}, but {who} answers for it with {macs_text(others)}."
    return finding(OTHER_ANSWERS, Standing.PRESENT, says, [answer for mac, answer in heard if mac in others])


def _listed_twice(evidence: Evidence) -> Finding:
    running = {vm.vm for vm in evidence.of(VmFound) if vm.powered_on}
    by_network: dict[str, set[str]] = defaultdict(set)
    for nic in evidence.of(NicFound):
        if evidence.target in nic.addresses and nic.vm in running and nic.connected and nic.network:
            by_network[nic.network].add(nic.vm)
    for network, vms in sorted(by_network.items()):
        if len(vms) > 1:
            names = listing(f"VM {vm_name(evidence, vm)}" for vm in sorted(vms))
            says = f"{names} both report {evidence.target} on the network {network}."
            return finding(LISTED_ON_TWO_VMS, Standing.PRESENT, says, rows_of(evidence, vms))
    if doubt := vcenter_doubt(evidence):
        return finding(LISTED_ON_TWO_VMS, Standing.UNKNOWN, doubt)
    return finding(LISTED_ON_TWO_VMS, Standing.ABSENT, f"No two VMs report {evidence.target} on one network.")
