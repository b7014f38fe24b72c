"""A request as jobs: who stands where, who can be asked, and what nobody will look at."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from ipaddress import IPv4Address

from bot.errors import RequestError
from bot.model.addresses import Mac
from bot.model.capture import CaptureWish
from bot.model.job import Agent, Job, JobOptions, Probe, Vantage
from bot.model.request import Target
from bot.probes import duration_s

LISTEN_S = 1.0  # a Linux proxy-ARP router answers 44 to 804 ms late: 1.0 s catches every one (measured over 40)
DEEP_LISTEN_S = 1.5
GRACE_S = 8.0  # an agent that dies is noticed after 3 s; its successor needs a whole run before the deadline
CAPTURE_GRACE_S = 15.0  # the same, and the largest capture has to travel
RESOLVE_S = 10.0
FIRST_LOOK_S = 3.0  # a device that does not answer within this is read beside the probes, which it may not hold up
BEFORE_WATCHING_S = 0.5  # a reader finds the rows first, and so ends with the probes
FABRIC_S = 20.0  # a UCS Manager takes seconds to log in to
NOBODY = "No agent is alive, so nobody can look; start one with `ruleout agent` or see its log."
VANTAGES_PER_SEGMENT = 2
AT_ONCE = 8  # jobs that an agent surely runs beside each other; how many it is allowed it does not announce
ROUTED_VANTAGES = 2
NO_VCENTER = "No vCenter is configured, so no MAC can be traced to a VM."
NO_NETWORK = "No router or switch is configured, so no table on the way was read."


@dataclass(frozen=True, slots=True)
class Known:
    """What the bot knows of its surroundings when it plans; ``networks`` are the readers of routers and switches."""

    agents: tuple[Agent, ...]
    vcenters: tuple[str, ...]
    now: datetime
    networks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """Jobs to put on their queues, and sentences on what nobody will look at."""

    jobs: tuple[Job, ...]
    gaps: tuple[str, ...]


def jobs(incident: str, asked: Iterable[tuple[Probe, str, IPv4Address | None, JobOptions]], *, known: Known,
         first: int, expires_at: datetime) -> tuple[Job, ...]:  # fmt: skip
    """Jobs by probe, queue, target and options; their ids are the incident's and a number counted from ``first``."""
    return tuple(
        Job(f"{incident}.{number}", incident, probe, queue, target, options, known.now, expires_at)
        for number, (probe, queue, target, options) in enumerate(asked, first)
    )


def plan_check(
    incident: str,
    target: IPv4Address,
    *,
    deep: bool,
    known: Known,
    first: int,
    watched: Sequence[Mac] | None = None,
) -> Plan:
    """Ask every segment that has the target, ping from others through the router, ask every vCenter.

    ``watched`` are the MACs whose table entries are read again and again meanwhile. None: nobody has looked at the
    tables and asked the vCenters before (see ``plan_first_look``).

    Raises:
        RequestError: nobody can look at this target; the text says where agents stand.
    """
    options = JobOptions(listen_s=DEEP_LISTEN_S if deep else LISTEN_S)
    on_segment = _covering(target, known.agents)
    routed = _elsewhere(target, known.agents)
    wanted = [(Probe.ARP, queue) for queue in _queues(on_segment, VANTAGES_PER_SEGMENT)]
    wanted += [(Probe.ICMP, queue) for queue in _queues(routed, 1)[:ROUTED_VANTAGES]]
    longest_s = max(duration_s(probe, options) or 0.0 for probe, _ in wanted)
    asked = [(probe, queue, target, options) for probe, queue in wanted]
    if watched is not None:
        watching = JobOptions(listen_s=longest_s - BEFORE_WATCHING_S, macs=tuple(watched))
        asked += [(Probe.NETWORK, f"network.{name}", target, watching) for name in readers(known)]
    expires_at = known.now + timedelta(seconds=longest_s + GRACE_S)
    sending = jobs(incident, asked, known=known, first=first, expires_at=expires_at)
    gaps = [] if routed else ["No agent stands on another segment, so the way through the router was not tried."]
    if watched is not None:
        return Plan(sending, tuple(gaps))
    beside = _beside(incident, target, known, first + len(sending))
    return Plan((*sending, *beside), (*_unconfigured(known), *gaps))


def watchers(target: IPv4Address, known: Known) -> tuple[str, ...]:
    """The queues of who can watch the target: one on its own segment, one elsewhere.

    Raises:
        RequestError: nobody stands on its segment; the text says where agents stand.
    """
    here = _queues(_covering(target, known.agents, Probe.WATCH), 1)
    return (*here, *watchers_elsewhere(target, known))


def watchers_elsewhere(target: IPv4Address, known: Known) -> tuple[str, ...]:
    """The queue of one that can watch the target through the router, if there is any."""
    able = [agent for agent in known.agents if Probe.WATCH in agent.probes]
    return tuple(_queues(_elsewhere(target, able), 1)[:1])


def plan_first_look(incident: str, target: IPv4Address, *, known: Known, first: int) -> Plan:
    """Read the tables on the way before anything is sent: a ping or a broadcast repairs what is wrong in them.

    Beside it the vCenters are asked, and whoever knows the fabric under the hosts; neither sends anything there.
    """
    asked = [(Probe.NETWORK, f"network.{name}", target, JobOptions(listen_s=0.0)) for name in readers(known)]
    until = known.now + timedelta(seconds=FIRST_LOOK_S)
    looks = jobs(incident, asked, known=known, first=first, expires_at=until)
    return Plan((*looks, *_beside(incident, target, known, first + len(looks))), tuple(_unconfigured(known)))


def plan_once_more(
    incident: str, target: IPv4Address, macs: Sequence[Mac], *, for_s: float, known: Known, first: int
) -> tuple[Job, ...]:
    """Read the same rows again and again for so long."""
    options = JobOptions(listen_s=for_s + BEFORE_WATCHING_S, macs=tuple(macs))
    asked = [(Probe.NETWORK, f"network.{name}", target, options) for name in readers(known)]
    until = known.now + timedelta(seconds=options.listen_s + GRACE_S)
    return jobs(incident, asked, known=known, first=first, expires_at=until)


def _beside(incident: str, target: IPv4Address, known: Known, first: int) -> tuple[Job, ...]:
    """Whoever tells something without sending anything to the target, each in its own time."""
    owners = [(Probe.VCENTER, f"vcenter.{name}", target, JobOptions()) for name in known.vcenters]
    fabrics = [(Probe.UCS, f"network.{name}", target, JobOptions()) for name in _able(known, Probe.UCS)]
    until = known.now + timedelta(seconds=RESOLVE_S)
    whose = jobs(incident, owners, known=known, first=first, expires_at=until)
    until = known.now + timedelta(seconds=FABRIC_S)
    return (*whose, *jobs(incident, fabrics, known=known, first=first + len(whose), expires_at=until))


def readers(known: Known) -> list[str]:
    """The networks whose tables can be read; one whose reader is not heard may be back in a moment."""
    heard = {queue for agent in known.agents for queue in agent.queues}
    able = _able(known, Probe.NETWORK)
    return [name for name in known.networks if name in able or f"network.{name}" not in heard]


def _able(known: Known, probe: Probe) -> list[str]:
    """The networks whose readers announce that they can do this."""
    able = {queue for agent in known.agents if probe in agent.probes for queue in agent.queues}
    return [name for name in known.networks if f"network.{name}" in able]


def _unconfigured(known: Known) -> list[str]:
    return ([] if known.vcenters else [NO_VCENTER]) + ([] if known.networks else [NO_NETWORK])


def plan_owners(incident: str, target: IPv4Address, macs: Sequence[Mac], *, known: Known, first: int,
                expires_at: datetime, unplaced: Sequence[Mac] = ()) -> tuple[Job, ...]:  # fmt: skip
    """Ask every vCenter who owns MACs that were seen on the wire, and every switch where the ``unplaced`` ones are."""
    whose, where = JobOptions(macs=tuple(macs)), JobOptions(listen_s=0.0, macs=tuple(unplaced))
    asked = [(Probe.VCENTER, f"vcenter.{name}", target, whose) for name in known.vcenters if macs]
    asked += [(Probe.NETWORK, f"network.{name}", target, where) for name in readers(known) if unplaced]
    return jobs(incident, asked, known=known, first=first, expires_at=expires_at)


def plan_look_up(incident: str, target: Target, *, known: Known) -> tuple[Job, ...]:
    """Ask every vCenter who has this address, name or MAC."""
    options = JobOptions(names=(target.name,) if target.name else (), macs=(target.mac,) if target.mac else ())
    return _look_ups(incident, [(target.address, options)], known.vcenters, known=known, first=0)


def plan_sharers(incident: str, ips: Sequence[IPv4Address], macs: Sequence[Mac], vcenters: Iterable[str], *,
                 known: Known, first: int) -> tuple[Job, ...]:  # fmt: skip
    """Ask these vCenters who else has the addresses and MACs of a machine that was found."""
    head, *rest = ips or (None,)
    wanted = [(head, JobOptions(macs=tuple(macs))), *((address, JobOptions()) for address in rest)]
    return _look_ups(incident, wanted, vcenters, known=known, first=first)


def plan_whose(
    incident: str,
    names: Sequence[str],
    addresses: Sequence[IPv4Address],
    *,
    known: Known,
    places: tuple[str, ...] = (),
) -> tuple[Job, ...]:
    """Ask every vCenter who has these names and addresses, and what runs in these clusters or on these hosts."""
    wanted: list[tuple[IPv4Address | None, JobOptions]] = []
    if names or places:
        wanted.append((None, JobOptions(names=tuple(names), places=places)))
    wanted += [(address, JobOptions()) for address in addresses]
    return _look_ups(incident, wanted, known.vcenters, known=known, first=0)


def plan_reach(incident: str, targets: Sequence[IPv4Address], *, known: Known, first: int) -> Plan:
    """ARP and pings to each of these from one agent of each segment that has it, and pings from the others."""
    asked: list[tuple[Probe, str, IPv4Address | None, JobOptions]] = []
    gaps = []
    for target in targets:
        elsewhere = _queues(_elsewhere(target, known.agents), 1)[:ROUTED_VANTAGES]
        try:
            near = _queues(_covering(target, known.agents), 1)
        except RequestError as nobody:
            near = []
            gaps.append(f"{target}: {nobody}")
        asked += [(Probe.ARP, queue, target, JobOptions(listen_s=LISTEN_S)) for queue in near]
        asked += [(Probe.ICMP, queue, target, JobOptions()) for queue in elsewhere]
    longest_s = max((duration_s(probe, options) or 0.0 for probe, _, _, options in asked), default=0.0)
    rounds = -(-len(targets) // AT_ONCE)
    until = known.now + timedelta(seconds=longest_s * rounds + GRACE_S)
    return Plan(jobs(incident, asked, known=known, first=first, expires_at=until), tuple(gaps))


def plan_moves(incident: str, target: IPv4Address, *, known: Known, first: int) -> tuple[Job, ...]:
    """Ask every vCenter what it knows of the target and of what happened around it."""
    return _look_ups(incident, [(target, JobOptions())], known.vcenters, known=known, first=first)


def _look_ups(incident: str, wanted: Iterable[tuple[IPv4Address | None, JobOptions]], vcenters: Iterable[str], *,
              known: Known, first: int) -> tuple[Job, ...]:  # fmt: skip
    expires_at = known.now + timedelta(seconds=RESOLVE_S)
    asked = [(Probe.VCENTER, f"vcenter.{vcenter}", *one) for vcenter in vcenters for one in wanted]
    return jobs(incident, asked, known=known, first=first, expires_at=expires_at)


def plan_capture(incident: str, target: IPv4Address, wish: CaptureWish, *, known: Known, first: int) -> Plan:
    """Listen at the vantages that were named, or on every segment that has the target; at all of them from now on.

    A named vantage may stand elsewhere, to look at the other side of a hop: its agent knows what it may capture.

    Raises:
        RequestError: no agent stands there, a vantage does not exist, or the resolved target is its own peer.
    """
    if wish.peer == target:
        raise RequestError(f"The peer {wish.peer} is the target itself; name the other machine as `peer`.")
    wish = replace(wish, hosts=tuple(host for host in wish.hosts if host != target))
    options = JobOptions(listen_s=wish.duration_s, filter=wish.filter(target), payload=wish.payload)
    expires_at = known.now + timedelta(seconds=wish.duration_s + CAPTURE_GRACE_S)
    queues = capture_queues(target, wish.at, known.agents)
    asked = [(Probe.CAPTURE, queue, target, options) for queue in queues]
    return Plan(jobs(incident, asked, known=known, first=first, expires_at=expires_at), ())


def capture_queues(target: IPv4Address, at: Sequence[str], agents: Iterable[Agent]) -> list[str]:
    """The queues of whoever captures the target: one for each segment that has it, or for each vantage ``at``.

    Raises:
        RequestError: nobody stands there; the text says which vantages there are.
    """
    agents = tuple(agents)
    if not at:
        return _queues(_covering(target, agents, Probe.CAPTURE), 1)
    able = capturing(agents)
    if not able:
        raise RequestError(NOBODY)
    wanted: dict[str, str] = {}  # by agent, so that an agent and its segment are one vantage
    for name in at:
        wanted |= {agent: queue for agent, queue in _named(name, able) if agent not in wanted}
    _require_machine(target, [vantage for vantage in able if vantage.agent in wanted])
    return list(dict.fromkeys(wanted.values()))


def capturing(agents: Iterable[Agent]) -> tuple[Vantage, ...]:
    """The vantages of every agent that can capture."""
    return tuple(vantage for agent in agents if Probe.CAPTURE in agent.probes for vantage in agent.vantages)


def _named(name: str, able: Sequence[Vantage]) -> list[tuple[str, str]]:
    """Agent and queue of the vantage with this name: an agent's own queue, or the one of a segment."""
    there = sorted({vantage.agent for vantage in able if vantage.segment.casefold() == name.casefold()})
    for vantage in able:
        if vantage.agent.casefold() == name.casefold():
            return [(vantage.agent, f"agent.{vantage.agent}")]
        if there and vantage.segment.casefold() == name.casefold():
            return [(there[0], f"segment.{vantage.segment}" if len(there) == 1 else f"agent.{there[0]}")]
    known = ", ".join(sorted({f"{vantage.agent} (segment {vantage.segment})" for vantage in able}))
    raise RequestError(f"No vantage that can capture is called {name[:40]}; there are {known}.")


def _covering(target: IPv4Address, agents: Iterable[Agent], probe: Probe = Probe.ARP) -> tuple[Vantage, ...]:
    able = [vantage for agent in agents if probe in agent.probes for vantage in agent.vantages]
    if not able:
        raise RequestError(NOBODY)
    covering = tuple(vantage for vantage in able if vantage.prefix is not None and target in vantage.prefix)
    if not covering:
        stands = ", ".join(sorted({f"{vantage.prefix} ({vantage.segment})" for vantage in able if vantage.prefix}))
        raise RequestError(f"No agent stands on {target}'s network. Agents stand on {stands}.")
    _require_machine(target, covering)
    return covering


def _require_machine(target: IPv4Address, vantages: Iterable[Vantage]) -> None:
    for vantage in vantages:
        if vantage.prefix and target in (vantage.prefix.network_address, vantage.prefix.broadcast_address):
            raise RequestError(f"{target} is the network or broadcast address of {vantage.prefix}; ask for a machine.")
        if target == vantage.address:
            raise RequestError(f"{target} is the agent {vantage.agent} itself; ask for the machine in question.")


def _elsewhere(target: IPv4Address, agents: Iterable[Agent]) -> tuple[Vantage, ...]:
    return tuple(
        vantage
        for agent in agents
        if Probe.ICMP in agent.probes
        for vantage in agent.vantages
        if vantage.prefix is not None and vantage.gateway is not None and target not in vantage.prefix
    )


def _queues(vantages: Iterable[Vantage], most: int) -> list[str]:
    """The segment's common queue where one agent stands (a standby may take over), else each agent's own."""
    by_segment: dict[str, list[str]] = {}
    for vantage in vantages:
        by_segment.setdefault(vantage.segment, []).append(vantage.agent)
    queues = []
    for segment, agents in sorted(by_segment.items()):
        several = sorted(set(agents))[:most]
        queues += [f"segment.{segment}"] if len(several) == 1 else [f"agent.{agent}" for agent in several]
    return queues
