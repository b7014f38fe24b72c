"""What vCenter counts beside losses: packets not sent, frames of unknown protocols, what an overlay cannot translate.

Facts to look at, no leads: how many of them are usual no document says. Source: vSphere performance counters
net.droppedTx, net.errorsTx, net.unknownProtos, net.throughput.vds.
"""

from bot.findings.counted import SENT, Counted, minutes, shares
from bot.findings.readings import things
from bot.findings.surrounding import Hit, answer, hosts_named, seats, vms_named
from bot.model.finding import Evidence, Finding
from bot.model.vsphere import Counter

UNSENT = "vcenter.counted.not_sent"
UNKNOWN = "vcenter.counted.unknown_protocols"
OVERLAY = "vcenter.counted.overlay_misses"

UNSENT_SHARE = 0.01
_UNSENT = {"net.droppedTx.summation": "dropped", "net.errorsTx.summation": "lost to errors"}
_UNKNOWN = "net.unknownProtos.summation"
_OVERLAY = "net.throughput.vds."
_MISSES = {
    "arpUnknown": "look-ups of an address that is unknown there",
    "arpTimeout": "look-ups of an address that nobody answered",
    "macFlood": "frames to a MAC that is unknown there",
}


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """What the VM's vNICs and its host's uplinks could not send or read, and what the host's overlay did not know."""
    counted = _counted(evidence)
    target = evidence.target
    return (
        answer(evidence, UNSENT, _unsent(counted), f"What {target} and its host send is not dropped on their side.",
               "counters", known=any(one.name == SENT for one, _ in counted)),
        answer(evidence, UNKNOWN, _unknown(counted), f"{target} and its host get no frame of an unknown protocol.",
               "counters", known=any(one.name == _UNKNOWN for one, _ in counted)),
        answer(evidence, OVERLAY, _misses(counted), f"The overlay of the host of {target} knows whom it was asked for.",
               "counters", known=any(one.name.startswith(_OVERLAY) for one, _ in counted)),
    )  # fmt: skip


def _counted(evidence: Evidence) -> Counted:
    """The counters of the VM, of the uplinks that it uses, and of its host's overlay networks."""
    used = {(seat.vm.host, one.device) for seat in seats(evidence) for one in seat.uplinks}
    vms, hosts = vms_named(evidence), hosts_named(evidence)
    return [
        (one, seen)
        for one, seen in things(evidence, Counter)
        if one.on in vms or (one.on, one.instance) in used or (one.on in hosts and one.name.startswith(_OVERLAY))
    ]


def _where(one: Counter) -> str:
    return f"At {one.instance} of {one.on}" if one.instance else f"At {one.on}"


def _unsent(counted: Counted) -> list[Hit]:
    return [
        (
            f"{_where(one)} {one.total} packets to be sent were {what} in {minutes(one)} minutes, {percent:.0f} % of "
            "what went.",
            seen,
        )
        for name, what in _UNSENT.items()
        for one, seen, percent in shares(counted, name, UNSENT_SHARE, SENT)
    ]


def _unknown(counted: Counted) -> list[Hit]:
    return [
        (f"{_where(one)} {one.total} frames of unknown protocols came in {minutes(one)} minutes.", seen)
        for one, seen in counted
        if one.name == _UNKNOWN and one.total
    ]


def _misses(counted: Counted) -> list[Hit]:
    return [
        (f"{_where(one)} the overlay counted {one.total} {says} in {minutes(one)} minutes.", seen)
        for one, seen in counted
        if one.name.startswith(_OVERLAY) and one.total
        if (says := _MISSES.get(one.name.split(".")[3]))
    ]
