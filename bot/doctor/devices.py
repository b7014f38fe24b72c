"""The devices of the file: each answers, with these credentials, and shows the tables that it is asked for."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import timedelta

from bot.doctor.line import Line, ok, unknown, wrong
from bot.errors import InstrumentError
from bot.model.addresses import parse_mac
from bot.model.job import Job, JobOptions, Probe
from bot.model.network import Extent, Table
from bot.model.observation import FabricRead, Observation, TableRead
from bot.ports import Ability, Clock, Work
from bot.probes import read

WITHIN_S = 11.0
_NOBODYS = parse_mac("02:00:00:00:00:01")
"""Asked for in every table, so that every device is asked whichever networks it serves: a MAC that nobody has."""
_TELLING = "Correct its host, port, credentials or view; deploy/network.example.toml explains each key."


def lines(abilities: Mapping[Probe, Ability], name: str, clock: Clock) -> Iterator[Line]:
    """What a job of the bot would bring back from each device, without an address in particular."""
    for probe, ability in abilities.items():
        now = clock.now()
        job = Job(
            clock.new_id("job"),
            clock.new_id("doctor"),
            probe,
            f"network.{name}",
            None,
            JobOptions(listen_s=0, macs=(_NOBODYS,)),
            now,
            now + timedelta(seconds=WITHIN_S - 1),
        )
        try:
            evidence = ability(Work(job, lambda: False, lambda _: None))
        except InstrumentError as error:
            yield wrong(str(error), _TELLING)
            continue
        for artifact, data in evidence:
            yield from _told(artifact.vantage.segment, read(artifact, data))


def _told(device: str, seen: tuple[Observation, ...]) -> Iterator[Line]:
    whys: dict[str, list[str]] = defaultdict(list)
    fine = list[str]()
    for what, why in (told for one in seen for told in _read(one)):
        if why is None:
            fine.append(what)
        elif what == Table.NEIGHBOURS:
            # It may have none, or speak neither protocol: nobody can tell which, and a verdict does without.
            yield unknown(f"{device}: {why}", "Where it has some, let its view show LLDP-MIB or the CDP MIB.")
        else:
            whys[why].append(what)
    for why, what_all in whys.items():
        yield wrong(f"{device}: {', '.join(dict.fromkeys(what_all))} cannot be read: {why}", _TELLING)
    if fine and not whys:
        yield ok(f"{device} answers: {', '.join(dict.fromkeys(fine))}")
    elif not fine and not whys:
        yield wrong(f"{device} shows no table at all", _TELLING)


def _read(one: Observation) -> Iterator[tuple[str, str | None]]:
    """Each table or class that was asked for, and why it was not read to the end; no word on what it need not have."""
    if isinstance(one, TableRead):
        short = one.extent in (Extent.NONE, Extent.PART)
        if one.why or one.extent is not Extent.NONE:
            yield str(one.table), one.why if short else None
    elif isinstance(one, FabricRead):
        yield from ((kind, None) for kind in one.read)
        yield from ((gap.kind, gap.says) for gap in one.gaps)
