"""The cables between switches on the way of the target's frames: do they damage frames, and of one fabric alone?

Such a cable is neither the guest's nor the hypervisor's. Where the switches of the hosts are two fabrics, the healthy
one of them is the control.
"""

from bot.findings.cabling import Cable, at
from bot.findings.entries_fdb import fdb_entries
from bot.findings.plugged import Plug, plugs
from bot.findings.tabled import called, devices, same_port
from bot.findings.wording import finding
from bot.model.finding import Evidence, Finding, Standing
from bot.model.path import Mark

ERRORS = "tables.trunk.errors_grow"
ONE_FABRIC = "tables.trunk.one_fabric_errs"


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """Whether a cable on the target's way damages frames, and whether only those of one fabric do."""
    ends = [plug for plug in plugs(evidence) if plug.cable.other and plug.new_errors is not None]
    mine = _on_the_way(evidence, ends)
    bad = [end for end in mine if end.errs]
    return (_errors(evidence, mine, bad), _one_fabric(evidence, ends, mine, bad))


def _on_the_way(evidence: Evidence, ends: list[Plug]) -> list[Plug]:
    """Both ends of the cables by which the switches send what is for the target, as far as those lead to its host."""
    found: list[Plug] = []
    for entry in fdb_entries(evidence):
        cable = at(evidence, called(evidence, entry.device), getattr(entry.row, "port", None))
        if entry.mark is Mark.RIGHT and cable is not None and cable.other is not None:
            found += [end for end in ends if end.cable == cable or _faces(end.cable, cable)]
    return list(dict.fromkeys(found))


def _faces(one: Cable, other: Cable) -> bool:
    """Whether these are the two ends of one cable."""
    return one.device == other.other and one.other == other.device and same_port(one.port, other.far_port)


def _errors(evidence: Evidence, mine: list[Plug], bad: list[Plug]) -> Finding:
    if bad:
        says = " ".join(f"{end} counted {end.new_errors} damaged frames during this check." for end in bad)
        return finding(ERRORS, Standing.PRESENT, says, [end.newest[1] for end in bad])
    if not mine:
        says = f"No port between switches on the way to {evidence.target} was counted twice."
        return finding(ERRORS, Standing.UNKNOWN, says)
    says = f"No port between switches on the way to {evidence.target} counted damaged frames during this check."
    return finding(ERRORS, Standing.ABSENT, says, [end.newest[1] for end in mine])


def _one_fabric(evidence: Evidence, ends: list[Plug], mine: list[Plug], bad: list[Plug]) -> Finding:
    names = {min(called(evidence, device)): device.fabric for device in devices(evidence) if device.fabric}

    def fabric(end: Plug) -> str | None:
        return end.device.fabric or names.get(end.cable.other or "")

    of_bad = {fabric(end) for end in bad} - {None}
    others = [end for end in ends if fabric(end) not in (None, *of_bad)]
    if len(of_bad) == 1 and others and not any(end.new_errors for end in others):
        (letter,) = of_bad
        damaged = sum(end.new_errors or 0 for end in bad)
        says = (
            f"The frames of {evidence.target} go over fabric {letter}, whose cables damaged {damaged} frames in this "
            f"check; those of fabric {fabric(others[0])} none."
        )
        return finding(ONE_FABRIC, Standing.PRESENT, says, [*(end.newest[1] for end in bad), others[0].newest[1]])
    if len(set(names.values())) < 2 or not mine:
        return finding(ONE_FABRIC, Standing.UNKNOWN, f"No two fabrics on the way to {evidence.target} were read.")
    says = f"Of the fabrics on the way to {evidence.target} none alone damages frames."
    return finding(ONE_FABRIC, Standing.ABSENT, says, [end.newest[1] for end in mine])
