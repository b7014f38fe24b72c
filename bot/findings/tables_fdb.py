"""Where switches send what is for the target's MAC, beside the port that its host is plugged into.

A switch learns from every frame. So an entry that stays behind a move says little before the VM has spoken, and much
after it; and a MAC that goes to and fro tells by its two ports who sends with it.
"""

from bot.findings.entries import Entry, about
from bot.findings.entries_fdb import fdb_entries
from bot.findings.flapping import Flap, flaps
from bot.findings.tabled import devices, expected, readings
from bot.findings.wording import finding, listing
from bot.model.finding import Evidence, Finding, Standing
from bot.model.network import Table
from bot.model.path import Mark

OLD = "tables.fdb.old_port"
KEPT = "tables.fdb.kept_wrong_port"
STATIC = "tables.fdb.static_wrong"
MISSING = "tables.fdb.missing"
RIGHT = "tables.fdb.all_right"
ONE_HOST = "tables.fdb.flaps_on_one_host"
BETWEEN_HOSTS = "tables.fdb.flaps_between_hosts"
ELSEWHERE = "tables.fdb.flaps_elsewhere"


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """Whether a switch sends elsewhere, whether it stays so, and whether the MAC moves to and fro."""
    entries = fdb_entries(evidence)
    moving = {(one.device, one.mac) for one in flaps(evidence)}
    steady = [entry for entry in entries if entry.row is None or (entry.device, _mac(entry)) not in moving]
    wrong = [entry for entry in steady if entry.mark in (Mark.WRONG, Mark.OLD)]
    learned = [entry for entry in wrong if not entry.pinned]
    return (
        _those(evidence, OLD, learned, "sends it to a wrong port"),
        _those(evidence, KEPT, [entry for entry in learned if entry.stood], "kept a wrong port though the MAC spoke"),
        _those(evidence, STATIC, [entry for entry in wrong if entry.pinned], "pins it to a wrong port"),
        _those(evidence, MISSING, [entry for entry in steady if entry.mark is Mark.MISSING], "lacks it"),
        _right(evidence, entries),
        *_flaps(evidence),
    )


def _mac(entry: Entry) -> object:
    return getattr(entry.row, "mac", None)


def _comparable(evidence: Evidence) -> str | None:
    if not any(readings(evidence, device, Table.FDB) for device in devices(evidence)):
        return f"No switch's MAC table on the way to {evidence.target} was read."
    if expected(evidence) is None:
        return f"Nobody knows which MAC {evidence.target} has, so no port can be looked up."
    if not any(entry.mark is not Mark.UNKNOWN for entry in fdb_entries(evidence)):
        return f"Where the MAC of {evidence.target} should be behind which port is not known."
    return None


def _those(evidence: Evidence, id_: str, entries: list[Entry], what: str) -> Finding:
    clear = f"No switch that was read {what}: the MAC of {evidence.target}."
    return about(id_, entries, clear, _comparable(evidence), fdb_entries(evidence))


def _right(evidence: Evidence, entries: list[Entry]) -> Finding:
    if why := _comparable(evidence):
        return finding(RIGHT, Standing.UNKNOWN, why)
    told = [entry for entry in entries if entry.mark is not Mark.UNKNOWN]
    seen = [entry.seen for entry in told]
    if all(entry.mark is Mark.RIGHT for entry in told) and not flaps(evidence):
        names = listing(dict.fromkeys(entry.device.name for entry in told))
        says = f"Frames for {evidence.target} go to the right port on {names}."
        return finding(RIGHT, Standing.PRESENT, says, seen)
    return finding(RIGHT, Standing.ABSENT, f"Not every switch sends {evidence.target} to the right port.", seen)


def _flaps(evidence: Evidence) -> tuple[Finding, ...]:
    found = {ONE_HOST: list[Flap](), BETWEEN_HOSTS: list[Flap](), ELSEWHERE: list[Flap]()}
    for one in flaps(evidence):
        found[_kind(one)].append(one)
    watched = any(len(readings(evidence, device, Table.FDB)) >= 3 for device in devices(evidence))
    return tuple(_flap(evidence, id_, those, watched=watched) for id_, those in found.items())


def _kind(flap: Flap) -> str:
    hosts = {cable.host if cable else None for cable in flap.cables}
    if None in hosts:
        return ELSEWHERE
    return ONE_HOST if len(hosts) == 1 else BETWEEN_HOSTS


def _flap(evidence: Evidence, id_: str, those: list[Flap], *, watched: bool) -> Finding:
    if those:
        says = " ".join(map(_said, those))
        return finding(id_, Standing.PRESENT, says, [seen for one in those for seen in one.rows])
    if not watched:
        says = f"No MAC table was read often enough to see the MAC of {evidence.target} move to and fro."
        return finding(id_, Standing.UNKNOWN, says)
    says = {
        ONE_HOST: "between two uplinks of one host",
        BETWEEN_HOSTS: "between two hosts",
        ELSEWHERE: "to a port that is no host's",
    }[id_]
    return finding(id_, Standing.ABSENT, f"The MAC of {evidence.target} does not move to and fro {says}.")


def _said(flap: Flap) -> str:
    places = [
        f"port {port} ({f'host {cable.host}' if cable.host else f'towards {cable.other}'})" if cable else f"port {port}"
        for port, cable in zip(flap.ports, flap.cables, strict=True)
    ]
    times = len(flap.rows) - 1
    return (
        f"On {flap.device.name} `{flap.mac}` was at {listing(places)} by turns; it changed {times} times in this check."
    )
