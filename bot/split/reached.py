"""A matrix of many machines with what separates the affected ones: attributes of vCenter, compared as a table's are."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from ipaddress import IPv4Address

from bot.errors import BundleError
from bot.incidents import folds
from bot.incidents.matrix import affected, cells
from bot.incidents.reaching import machines, resolved
from bot.incidents.wording import listing
from bot.model.incident import Incident
from bot.model.job import Media
from bot.model.observation import Observation
from bot.model.reach import Cell, Reach, Reached, ReachWish, Touch
from bot.probes import vcenter
from bot.probes.vcenter import Snapshot
from bot.split.conclusion import split
from bot.split.inventory import fill
from bot.split.machines import Attribute, Table, parities
from bot.split.text import look_at, says

_GROUPED = ("cluster", "host", "vlan")


def reach(
    incident: Incident, observations: Mapping[str, tuple[Observation, ...]], blobs: Mapping[str, bytes], now: datetime
) -> Reach:
    """The matrix of everything that came in."""
    wish = incident.request.reach
    assert wish is not None, "it says which machines"
    every = [one for artifact in folds.artifacts(incident) for one in observations.get(artifact.digest, ())]
    wish = replace(wish, machines=machines(wish, every))
    addresses = resolved(wish.machines, every)
    found = cells(incident, observations)
    states = [_state(machine, addresses[machine], found, wish) for machine in wish.machines]
    table, missing = _table(wish, [state.affected for state in states], incident, blobs)
    rows = tuple(sorted((_placed(state, table) for state in states), key=_by_place))
    places = tuple(sorted({cell.place for row in rows for cell in row.cells}))
    told, further = _split(table)
    return Reach(
        now,
        places,
        rows,
        _claim(rows),
        (*told, *_contradicted(rows, wish)),
        further,
        tuple(_groups(table)),
        (*folds.gaps(incident), *missing),
    )


def _state(
    machine: str, address: IPv4Address | str, found: Mapping[IPv4Address, tuple[Cell, ...]], wish: ReachWish
) -> Reached:
    seen = found.get(address, ()) if isinstance(address, IPv4Address) else ()
    measured = affected(seen)
    names = {machine.casefold(), str(address)}
    claimed = bool(names & {one.casefold() for one in wish.affected})
    fine = bool(names & {one.casefold() for one in wish.unaffected})
    state = True if measured or claimed else False if fine or measured is False else None
    known = address if isinstance(address, IPv4Address) else None
    return Reached(machine, known, None, None, None, seen, state, said=claimed and not measured)


def _table(
    wish: ReachWish, states: Sequence[bool | None], incident: Incident, blobs: Mapping[str, bytes]
) -> tuple[Table, tuple[str, ...]]:
    table = Table(wish.machines, tuple(states), ())
    snapshots = [
        vcenter.parse(blobs[one.digest])
        for one in folds.artifacts(incident)
        if one.media is Media.VCENTER and one.digest in blobs
    ]
    return fill(table, _merged(snapshots)) if snapshots else (table, ())


def _merged(snapshots: Sequence[Snapshot]) -> Snapshot:
    """What several questions to vCenters brought, as one."""
    vms = {(one.vcenter, vm.id): vm for one in snapshots for vm in one.vms}
    unread = dict.fromkeys(sentence for one in snapshots for sentence in one.unread)
    return replace(snapshots[0], vms=tuple(vms.values()), unread=tuple(unread))


def _placed(state: Reached, table: Table) -> Reached:
    at = table.machines.index(state.machine)
    cluster, host, vlan = (_value(table.attribute(name), at) for name in _GROUPED)
    return replace(state, cluster=cluster, host=host, vlan=vlan)


def _value(attribute: Attribute | None, at: int) -> str | None:
    values = attribute.values[at] if attribute else None
    return ", ".join(sorted(values)) if values else None


def _by_place(row: Reached) -> tuple[str, str, str]:
    return row.cluster or "", row.host or "", row.machine.casefold()


def _split(table: Table) -> tuple[tuple[str, ...], tuple[str, ...]]:
    try:
        outcome = split(table)
    except BundleError:
        return (), ()
    return tuple(says(outcome)), tuple(look_at(outcome))


def _claim(rows: Sequence[Reached]) -> str:
    bad = [row for row in rows if row.affected]
    dark = sum(row.affected is None for row in rows)
    told = f" Of {dark} nobody can say." if dark else ""
    if not bad:
        return f"Every place hears all answers of {len(rows) - dark} of {len(rows)} machines.{told}"
    by_word = sum(row.said for row in bad)
    word = f" ({by_word} by the channel's word alone)" if by_word else ""
    return f"{len(bad)} of {len(rows)} machines are affected{word}.{told}"


def _contradicted(rows: Sequence[Reached], wish: ReachWish) -> Iterator[str]:
    fine = {one.casefold() for one in wish.unaffected}
    wrong = [row.machine for row in rows if row.affected and {row.machine.casefold(), str(row.address)} & fine]
    if wrong:
        yield f"{listing(wrong)}: said to be unaffected, but packets to it are lost now or a second MAC answers for it."
    if said := [row.machine for row in rows if row.said and any(one.touch is not Touch.UNKNOWN for one in row.cells)]:
        yield f"{listing(said)}: affected as the channel says; at this moment nothing is lost."


def _groups(table: Table) -> Iterator[str]:
    """How many machines of each group are affected, of the groups that tell machines apart."""
    columns = [one for name in _GROUPED if (one := table.attribute(name))]
    for column in (*columns, *parities(table)):
        values = sorted({value for held in column.values for value in held or ()})
        if not 1 < len(values) <= len(table.machines) // 2 + 1:
            continue
        counts = []
        for value in values:
            inside = [
                state
                for state, held in zip(table.affected, column.values, strict=True)
                if held and value in held and state is not None
            ]
            counts.append(f"{value} {sum(inside)} of {len(inside)}")
        yield f"{column.name}: {', '.join(counts)}"
