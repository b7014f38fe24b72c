"""The agents as lines: who is heard, what each can look at, who is in trouble, and who is known but silent."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.incidents import folds
from bot.incidents.planning import NOBODY
from bot.incidents.wording import listing
from bot.model.incident import Failed, Incident, Outcome, Reported
from bot.model.job import Agent, Probe
from bot.model.roster import Listing
from bot.rosters.fitting import fitting

LATE_S = 1.6
"""A heartbeat comes every 0.5 s and its lease ends after 3 s: here three of them are missing."""
_TROUBLE_LASTS = timedelta(hours=1)
_SILENCE_LASTS = timedelta(days=1)
_AGENTS, _SILENT = 5_000, 1_500  # characters: a message and a view hold about 12,000 in all
_REASON = 220
_CAN: dict[str, str] = {
    Probe.ARP: "ask by ARP",
    Probe.ICMP: "ping",
    Probe.WATCH: "watch",
    Probe.CAPTURE: "capture",
    Probe.VCENTER: "look up owners",
    Probe.NETWORK: "read tables of routers and switches",
    Probe.UCS: "read fabric interconnects and blades",
}
_ASKS = {"vcenter": "vCenter", "network": "the routers and switches of"}


@dataclass(frozen=True, slots=True)
class Known:
    """What the bot knows of who looks.

    ``heard`` have a living heartbeat, ``before`` were heard since this bot began, ``incidents`` are what it remembers
    of what they brought. ``vcenters`` and ``networks`` are those that are configured, by name.
    """

    heard: tuple[Agent, ...]
    before: tuple[Agent, ...]
    incidents: tuple[Incident, ...]
    vcenters: tuple[str, ...]
    networks: tuple[str, ...]
    now: datetime


def roster(known: Known) -> Listing:
    """Everybody, those in trouble first; then who is silent."""
    troubles = {agent.name: _troubles(agent, known) for agent in known.heard}
    ordered = sorted(known.heard, key=lambda agent: (not troubles[agent.name], agent.name))
    shown, left = fitting((_line(agent, troubles[agent.name], known.now) for agent in ordered), _AGENTS)
    lines, rest = list(shown), ordered[len(shown) :]
    if left:
        lines.append(f"… and {left} more, {sum(bool(troubles[agent.name]) for agent in rest)} of them in trouble")
    silent = tuple(_silent(known))
    shown, left = fitting(silent, _SILENT)
    lines += [*shown, *([f"… and {left} more that are silent"] if left else [])]
    return Listing(_head(known, sum(map(bool, troubles.values())), len(silent)), tuple(lines))


def _head(known: Known, ill: int, silent: int) -> str:
    if not known.heard:
        return NOBODY
    count = len(known.heard)
    heard = "One agent is heard" if count == 1 else f"{count} agents are heard"
    well = f"{ill} in trouble" if ill else "it is well" if count == 1 else "all are well"
    missing = f"; {silent} known but silent" if silent else ""
    return f"{heard}, {well}{missing}."


def _line(agent: Agent, troubles: Sequence[str], now: datetime) -> str:
    can = listing(tuple(_CAN.get(one, one) for one in agent.probes)) if agent.probes else "do nothing"
    runs = f"; runs {len(agent.running)} job{'' if len(agent.running) == 1 else 's'}" if agent.running else ""
    state = f"IN TROUBLE: {' '.join(troubles)}" if troubles else "well"
    return f"`{agent.name}` {_where(agent)}: can {can}; heard {_age_s(agent, now):.1f} s ago{runs}; {state}"


def _where(agent: Agent) -> str:
    stands = [f"{one.segment}, `{one.interface}`" for one in agent.vantages if one.segment]
    asks = [f"{_ASKS[kind]} {name}" for kind, name in map(_split, agent.queues) if kind in _ASKS]
    parts = ([f"on segment {listing(stands)}"] if stands else []) + ([f"asks {listing(asks)}"] if asks else [])
    return " and ".join(parts) or "stands nowhere"


def _age_s(agent: Agent, now: datetime) -> float:
    return max(0.0, (now - agent.heard_at).total_seconds())


def _troubles(agent: Agent, known: Known) -> tuple[str, ...]:
    found = []
    if _age_s(agent, known.now) > LATE_S:
        found.append("Its heartbeat is late.")
    if not agent.probes:
        found.append("It can do no kind of job.")
    if failed := _failed(agent.name, known):
        reason = failed.reason if len(failed.reason) <= _REASON else f"{failed.reason[:_REASON]}…"
        found.append(f"Its last job failed at {failed.at:%H:%M} UTC: {reason}")
    return tuple(found)


def _failed(agent: str, known: Known) -> Failed | None:
    """The failure that is the agent's last word; what a person stopped is nobody's failure, and an old one is over."""
    said = [
        event
        for incident in known.incidents
        if not (folds.stopped(incident) or (incident.closed and incident.closed.outcome is Outcome.STOPPED))
        for event in incident.timeline
        if isinstance(event, Failed | Reported) and event.agent == agent and (isinstance(event, Failed) or event.final)
    ]
    last = max(said, key=lambda event: event.at, default=None)
    return last if isinstance(last, Failed) and known.now - last.at < _TROUBLE_LASTS else None


def _silent(known: Known) -> Iterator[str]:
    """What is configured, or was heard since this bot began, and is not heard now."""
    served = {queue for agent in known.heard for queue in agent.queues}
    for kind, names in (("vcenter", known.vcenters), ("network", known.networks)):
        for name in names:
            if f"{kind}.{name}" not in served:
                yield f"SILENT: nobody is heard who asks {_ASKS[kind]} {name}, which is configured"
    heard = {agent.name for agent in known.heard}
    for agent in sorted(known.before, key=lambda one: one.name):
        if agent.name in heard or known.now - agent.heard_at > _SILENCE_LASTS:
            continue
        empty = _unserved((one.segment for one in agent.vantages if one.segment), served)
        so = f", and nobody else stands on {listing(empty)}" if empty else ""
        yield f"SILENT: `{agent.name}` {_where(agent)}; heard last at {agent.heard_at:%H:%M:%S} UTC{so}"


def _unserved(segments: Iterable[str], served: set[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in segments if f"segment.{name}" not in served))


def _split(queue: str) -> tuple[str, str]:
    kind, _, name = queue.partition(".")
    return kind, name
