"""Whose MACs are they that claim the target? The join of the wire with vCenter, on which every accusation rests."""

from bot.findings.owning import rows_of, running_owners, vcenter_doubt, vm_name
from bot.findings.reading import claimants, claims
from bot.findings.wording import finding, listing, macs_text, number
from bot.model.addresses import Mac
from bot.model.finding import Evidence, Finding, Standing
from bot.model.observation import HostNicFound

ON_ONE_VM = "owner.macs_on_one_vm"
ON_SEVERAL_VMS = "owner.macs_on_several_vms"
ALL_ON_VMS = "owner.every_mac_on_a_vm"
UNKNOWN_EVERYWHERE = "owner.mac_unknown_everywhere"
SOFTWARE_MAC = "owner.software_mac_unknown"
ON_HOST_NIC = "owner.mac_on_host_nic"
UNRESOLVED = "owner.unresolved"

FRAMES_FOR_A_STRANGER = 2  # one mutated frame must not accuse a machine

# VMware's own prefixes: such a MAC is a VM of a vCenter or host that was not asked, never a foreign device.
_VMWARE = ("00:50:56", "00:0c:29", "00:05:69", "00:1c:14")


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """Who owns the MACs that claim the target, and whether that is known at all."""
    macs = claimants(evidence)
    if not macs:
        says = f"Nobody was heard claiming {evidence.target}, so there is no MAC to look up."
        every = (ON_ONE_VM, ON_SEVERAL_VMS, ALL_ON_VMS, UNKNOWN_EVERYWHERE, SOFTWARE_MAC, ON_HOST_NIC, UNRESOLVED)
        return tuple(finding(id_, Standing.UNKNOWN, says) for id_ in every)
    owners = running_owners(evidence)
    hosts = {nic.mac for nic in evidence.of(HostNicFound)}
    strange = [mac for mac in macs if mac not in owners and mac not in hosts]
    doubt = vcenter_doubt(evidence, strange)
    return (
        *_vms(evidence, macs, owners, strange, doubt),
        *_strangers(evidence, strange, doubt),
        _host_nic(evidence, macs, doubt),
        _unresolved(evidence, macs, owners, strange, doubt),
    )


def _software_made(mac: Mac) -> bool:
    """Whether some software chose the MAC: VMware's own prefixes, or the locally administered bit (IEEE 802)."""
    return mac.startswith(_VMWARE) or bool(int(mac[:2], 16) & 2)


def _owner_unknown(strange: list[Mac], doubt: str | None) -> str:
    return f"Nobody knows who owns {macs_text(strange)}. {doubt or ''}".strip()


def _vms(
    evidence: Evidence, macs: tuple[Mac, ...], owners: dict[Mac, frozenset[str]], strange: list[Mac], doubt: str | None
) -> tuple[Finding, ...]:
    target = evidence.target
    vms = sorted({vm for mac in macs for vm in owners.get(mac, ())}, key=lambda vm: (vm_name(evidence, vm), vm))
    shared = [mac for mac in macs if len(owners.get(mac, ())) > 1]
    whose = listing(
        f"VM {vm_name(evidence, vm)} ({macs_text(mac for mac in macs if vm in owners.get(mac, ()))})" for vm in vms
    )
    seen = rows_of(evidence, vms)
    if shared:
        says = f"{macs_text(shared)} belongs to more than one VM that is on, so its owner is ambiguous: {whose}."
        return tuple(finding(id_, Standing.UNKNOWN, says, seen) for id_ in (ON_ONE_VM, ON_SEVERAL_VMS, ALL_ON_VMS))
    all_owned = all(mac in owners for mac in macs)
    unclear = bool(strange) and doubt is not None

    def standing(present: bool, *, open_: bool) -> Standing:
        return Standing.PRESENT if present else Standing.UNKNOWN if open_ else Standing.ABSENT

    one = standing(all_owned and len(vms) == 1 and len(macs) > 1, open_=unclear and len(vms) < 2)
    several = standing(len(vms) > 1, open_=unclear)
    all_ = standing(all_owned, open_=unclear)
    whole = (
        f"VM {vm_name(evidence, vms[0])} answers for {target} with {number(len(macs))} of its own MACs" if vms else ""
    )
    told = {
        ON_ONE_VM: (one, f"{whole}, {macs_text(macs)}.", f"No single VM claims {target} with several of its own MACs."),
        ON_SEVERAL_VMS: (
            several,
            f"{number(len(vms)).capitalize()} VMs claim {target}: {whose}.",
            f"No two VMs claim {target}.",
        ),
        ALL_ON_VMS: (
            all_,
            f"Every MAC that claims {target} is a vNIC of a VM: {whose}.",
            f"Not every MAC that claims {target} is a vNIC of a VM that is on.",
        ),
    }
    unknown = _owner_unknown(strange, doubt)
    return tuple(
        finding(id_, stands, yes if stands is Standing.PRESENT else unknown if stands is Standing.UNKNOWN else no, seen)
        for id_, (stands, yes, no) in told.items()
    )


def _strangers(evidence: Evidence, strange: list[Mac], doubt: str | None) -> tuple[Finding, ...]:
    if not strange:
        says = f"vCenter knows every MAC that claims {evidence.target}."
        return tuple(finding(id_, Standing.ABSENT, says) for id_ in (UNKNOWN_EVERYWHERE, SOFTWARE_MAC))
    if doubt:
        says = _owner_unknown(strange, doubt)
        return tuple(finding(id_, Standing.UNKNOWN, says) for id_ in (UNKNOWN_EVERYWHERE, SOFTWARE_MAC))
    software = [mac for mac in strange if _software_made(mac)]
    frames = {mac: [claim.seen for claim in claims(evidence) if claim.mac == mac] for mac in strange}
    proved = [mac for mac in strange if mac not in software and len(frames[mac]) >= FRAMES_FOR_A_STRANGER]
    if software:
        says = (
            f"{macs_text(software)} claims {evidence.target} and belongs to no VM of any vCenter that was asked, "
            "but such a MAC is made by software: it may be a container, a bond or a VM elsewhere."
        )
        made = finding(SOFTWARE_MAC, Standing.PRESENT, says, [one for mac in software for one in frames[mac]])
        return (finding(UNKNOWN_EVERYWHERE, Standing.UNKNOWN, says), made)
    made = finding(SOFTWARE_MAC, Standing.ABSENT, f"No MAC that claims {evidence.target} is made by software.")
    if proved:
        says = f"{macs_text(proved)} claims {evidence.target} and belongs to no VM and no host of any vCenter asked."
        seen = [one for mac in proved for one in frames[mac]]
        return (finding(UNKNOWN_EVERYWHERE, Standing.PRESENT, says, seen), made)
    says = f"{macs_text(strange)} claimed {evidence.target} in one frame only, which is too little to go by."
    return (finding(UNKNOWN_EVERYWHERE, Standing.UNKNOWN, says), made)


def _host_nic(evidence: Evidence, macs: tuple[Mac, ...], doubt: str | None) -> Finding:
    found = [nic for nic in evidence.of(HostNicFound) if nic.mac in macs]
    if found:
        where = listing(sorted({f"`{nic.mac}` is {nic.device} of host {nic.host}" for nic in found}))
        return finding(ON_HOST_NIC, Standing.PRESENT, f"{where}, and claims {evidence.target}.", found)
    if doubt:
        return finding(ON_HOST_NIC, Standing.UNKNOWN, doubt)
    return finding(ON_HOST_NIC, Standing.ABSENT, f"No ESXi host interface claims {evidence.target}.")


def _unresolved(
    evidence: Evidence, macs: tuple[Mac, ...], owners: dict[Mac, frozenset[str]], strange: list[Mac], doubt: str | None
) -> Finding:
    ambiguous = [mac for mac in macs if len(owners.get(mac, ())) > 1]
    if ambiguous or (strange and doubt):
        says = f"{macs_text(ambiguous)} belongs to more than one VM." if ambiguous else _owner_unknown(strange, doubt)
        unowned = [claim.seen for claim in claims(evidence) if claim.mac in (ambiguous or strange)]
        return finding(UNRESOLVED, Standing.PRESENT, says, unowned)
    return finding(UNRESOLVED, Standing.ABSENT, f"vCenter was asked about every MAC that claims {evidence.target}.")
