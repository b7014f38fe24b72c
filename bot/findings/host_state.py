"""Is the VM's host fit, in vCenter's eyes: does it answer, is its virtual switch in step, can it take frames?"""

from collections.abc import Mapping

from bot.findings.surrounding import Hit, Seat, answer, by_seat, hosts_named, lately, seats, switch_of
from bot.findings.wording import clock_text
from bot.model.finding import Evidence, Finding

NOT_FIT = "vcenter.host.not_fit"
OUT_OF_STEP = "vcenter.host.switch_out_of_step"
TROUBLED = "vcenter.host.switch_troubled"
CUT_OFF = "vcenter.host.lost_its_network"
TAKEN = "vcenter.host.address_taken"

_TROUBLES = {
    "esx.problem.net.portset.port.full": "has no virtual port left",
    "esx.problem.net.heap.belowthreshold": "has no memory left for its network",
    "esx.problem.net.proxyswitch.port.unavailable": "could give no port of its distributed switch",
    "esx.problem.net.teaming.policy.invalid.uplink": "teams over an uplink that it does not have",
}
_CUT_OFF = {
    "HostConnectionLostEvent": "lost its connection to vCenter",
    "HostDisconnectedEvent": "was disconnected from vCenter",
    **dict.fromkeys(
        (f"HostCnxFailed{why}Event" for why in ("", "NetworkError", "NoConnection", "NotFound", "Timeout")),
        "could not be reached by vCenter",
    ),
    "com.vmware.vc.HA.DasHostIsolatedEvent": "found itself isolated",
    "com.vmware.vc.HA.HostNetworkFailedEvent": "failed in the network of vSphere HA",
    "com.vmware.vc.HA.HostPartitionedFromMasterEvent": "was parted from the other hosts",
    "com.vmware.vc.HA.DasHostCompleteNetworkFailureEvent": "lost all of its networks",
    "com.vmware.vc.vcp.VmNetworkFailedEvent": "lost the network of a VM",
}
_TAKEN = dict.fromkeys(
    ("esx.problem.net.vmknic.ip.duplicate", "DuplicateIpDetectedEvent", "com.vmware.vc.host.HostIpConflictEvent"),
    "found an address of its own taken by another machine",
)
"""These events are about the host's own addresses (vmkernel), and never about a guest's."""
_IN_STEP = (None, "up")


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """The host's own state, its part of the distributed switch, and what it logged about both in the last hour."""
    sits = seats(evidence)
    return (
        answer(
            evidence, NOT_FIT, by_seat(evidence, _not_fit),
            f"The host of {evidence.target} is connected, on, and not in maintenance.",
            "hosts", known=all(seat.host for seat in sits),
        ),
        answer(
            evidence, OUT_OF_STEP, by_seat(evidence, lambda seat: _out_of_step(evidence, seat)),
            f"The distributed switch on the host of {evidence.target} is in step with vCenter.",
            "switches", known=all(switch_of(evidence, seat) for seat in sits),
        ),
        _logged(evidence, TROUBLED, _TROUBLES, "no trouble with its virtual switch"),
        _logged(evidence, CUT_OFF, _CUT_OFF, "no loss of its own networks"),
        _logged(evidence, TAKEN, _TAKEN, "no address of its own that another machine has"),
    )  # fmt: skip


def _not_fit(seat: Seat) -> Hit | None:
    if seat.host is None:
        return None
    host, seen = seat.host
    states = [host.connection] if host.connection not in (None, "connected") else []
    states += [host.power] if host.power not in (None, "poweredOn") else []
    states += ["in maintenance"] if host.maintenance else []
    if not states:
        return None
    return f"Host {host.name} of VM {seat.vm.name} is {' and '.join(map(str, states))}, says vCenter.", seen


def _out_of_step(evidence: Evidence, seat: Seat) -> Hit | None:
    found = switch_of(evidence, seat)
    if found is None:
        return None
    switch, seen = found
    wrong = [one for one in switch.members if one.host == seat.vm.host and one.status not in _IN_STEP]
    if not wrong:
        return None
    detail = f" ({wrong[0].detail})" if wrong[0].detail else ""
    return f"On host {seat.vm.host} the distributed switch {switch.name} is {wrong[0].status}{detail}.", seen


def _logged(evidence: Evidence, id_: str, kinds: Mapping[str, str], clear: str) -> Finding:
    hits = [
        (f"Host {event.host} {kinds[event.kind]} at {clock_text(at)}.", seen)
        for at, event, seen in lately(evidence)
        if event.kind in kinds and event.host in hosts_named(evidence)
    ]
    return answer(evidence, id_, hits, f"The host of {evidence.target} logged {clear} in the last hour.", "events")
