"""The ports that the target's host is plugged into, as the switch knows them: VLANs, errors, and one bad of two.

Which port it is vCenter tells (CDP, LLDP), so that a switch's own word on it can be compared with a healthy host's.
"""

import re

from bot.findings.cabling import Cable, right_ports
from bot.findings.entries_fdb import fdb_entries
from bot.findings.plugged import Plug, looked_at, plugs
from bot.findings.surrounding import seats
from bot.findings.tabled import called, devices, readings, same_port, short_name
from bot.findings.wording import few, finding, listing
from bot.model.finding import Evidence, Finding, Standing
from bot.model.network import PortState, Table
from bot.model.observation import RowSeen

VLAN_MISSING = "tables.port.vlan_missing"
ERRORS = "tables.port.errors_grow"
ONE_OF_TWO = "tables.port.one_uplink_of_two_errs"
DOWN = "tables.port.down"
SHUT = "tables.port.shut"


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """What is amiss with the switch ports of the host that runs the target's VM."""
    every = [plug for plug in plugs(evidence) if plug.cable.host]
    mine = [plug for plug in every if _runs_it(evidence, plug)]
    return (
        _vlan_missing(evidence, mine, [plug for plug in every if plug not in mine]),
        _errors(evidence, mine),
        _one_of_two(evidence, every, mine),
        *_down(evidence, mine or _labelled(evidence)),
    )


def _labelled(evidence: Evidence) -> list[Plug]:
    """Ports whose label names the host of the target's VM, where vCenter sees no link: a dead link names no port.

    A label may be out of date; that both ends of a cable are dead is what makes it believable.
    """
    found = []
    for seat in seats(evidence):
        dark = [one.device for one in seat.uplinks if not one.up]
        if not dark or not seat.vm.host:
            continue
        word = re.compile(rf"\b{re.escape(short_name(seat.vm.host))}\b")
        for device in devices(evidence):
            looks = readings(evidence, device, Table.PORTS)
            every = [row for look in looks for row, _ in look.of(PortState)]
            ports = {row.port for row in every if word.search((row.label or "").casefold())}
            for port in sorted(ports):
                cable = Cable(min(called(evidence, device)), port, host=seat.vm.host, uplink="by its label")
                found.append(Plug(device, cable, looked_at(looks, port)))
    return found


def _runs_it(evidence: Evidence, plug: Plug) -> bool:
    return any(one == plug.cable for one in right_ports(evidence, called(evidence, plug.device)))


def _unread(evidence: Evidence) -> str:
    if not devices(evidence):
        return f"No switch on the way to {evidence.target} was read."
    return f"Which switch port the host of {evidence.target} is plugged into is not known, or it was not read."


def _vlan_missing(evidence: Evidence, mine: list[Plug], others: list[Plug]) -> Finding:
    vlans = {seat.vlan for seat in seats(evidence) if seat.vlan}
    told = [plug for plug in mine if plug.vlans is not None]
    if len(vlans) != 1 or not told:
        return finding(VLAN_MISSING, Standing.UNKNOWN, _unread(evidence))
    (vlan,) = vlans
    without = [plug for plug in told if vlan not in (plug.vlans or ())]
    having = [plug for plug in others if vlan in (plug.vlans or ())]
    if without and having:
        has = few(without[0].vlans or ("none",))
        says = (
            f"{listing(map(str, without))} does not carry VLAN {vlan} of {evidence.target} (it carries {has}); "
            f"{having[0]} does."
        )
        return finding(VLAN_MISSING, Standing.PRESENT, says, [plug.newest[1] for plug in (*without, having[0])])
    if without:
        says = f"No healthy host's port was read that VLAN {vlan} of {evidence.target} could be compared with."
        return finding(VLAN_MISSING, Standing.UNKNOWN, says)
    says = f"The switch ports of its host carry VLAN {vlan} of {evidence.target}."
    return finding(VLAN_MISSING, Standing.ABSENT, says, [plug.newest[1] for plug in told])


def _errors(evidence: Evidence, mine: list[Plug]) -> Finding:
    counted = [plug for plug in mine if plug.new_errors is not None]
    bad = [plug for plug in counted if plug.errs]
    if bad:
        says = " ".join(f"{plug} counted {plug.new_errors} damaged frames during this check." for plug in bad)
        return finding(ERRORS, Standing.PRESENT, says, [seen for plug in bad for _, seen in _ends(plug)])
    if not counted:
        return finding(ERRORS, Standing.UNKNOWN, _unread(evidence))
    says = f"The switch ports of the host of {evidence.target} counted no damaged frames during this check."
    return finding(ERRORS, Standing.ABSENT, says, [plug.newest[1] for plug in counted])


def _ends(plug: Plug) -> tuple[tuple[PortState, RowSeen], ...]:
    return plug.states[0], plug.states[-1]


def _one_of_two(evidence: Evidence, every: list[Plug], mine: list[Plug]) -> Finding:
    """Two uplinks of one host, of which the one that carries the target errs and the other does not."""
    carrying = [
        plug
        for plug in mine
        if any(entry.device == plug.device and _behind(entry.row, plug) for entry in fdb_entries(evidence))
    ]
    counted = [plug for plug in every if plug.new_errors is not None]
    for plug in carrying:
        host = short_name(plug.cable.host or "")
        beside = [one for one in counted if short_name(one.cable.host or "") == host and one.cable != plug.cable]
        if plug.errs and beside and not any(one.new_errors for one in beside):
            says = (
                f"{plug} carries {evidence.target} and counted {plug.new_errors} damaged frames during this check; "
                f"{beside[0]} counted none."
            )
            return finding(ONE_OF_TWO, Standing.PRESENT, says, [plug.newest[1], beside[0].newest[1]])
    if len({plug.cable for plug in counted if plug in mine}) > 1:
        says = f"Of the uplinks of the host of {evidence.target} none alone counts damaged frames."
        return finding(ONE_OF_TWO, Standing.ABSENT, says, [plug.newest[1] for plug in counted if plug in mine])
    says = f"No two uplinks of the host of {evidence.target} were read on their switches."
    return finding(ONE_OF_TWO, Standing.UNKNOWN, says)


def _behind(row: object, plug: Plug) -> bool:
    return same_port(getattr(row, "port", None), plug.cable.port)


def _down(evidence: Evidence, mine: list[Plug]) -> tuple[Finding, ...]:
    told = [plug for plug in mine if plug.newest[0].up is not None]
    down = [plug for plug in told if plug.newest[0].up is False]
    shut = [plug for plug in down if plug.newest[0].enabled is False]
    dark = [plug for plug in down if plug not in shut]
    return (
        _such(evidence, DOWN, dark, told, "has no link"),
        _such(evidence, SHUT, shut, told, "is shut: somebody switched it off on the switch"),
    )


def _such(evidence: Evidence, id_: str, those: list[Plug], told: list[Plug], what: str) -> Finding:
    if those:
        says = " ".join(f"{plug} {what}." for plug in those)
        return finding(id_, Standing.PRESENT, says, [plug.newest[1] for plug in those])
    if not told:
        return finding(id_, Standing.UNKNOWN, _unread(evidence))
    says = f"None of the switch ports of the host of {evidence.target} {what}."
    return finding(id_, Standing.ABSENT, says, [plug.newest[1] for plug in told])
