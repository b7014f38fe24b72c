"""Where the VM of the target ran when, from its moves, and what was lost there: moves and loss on one clock.

Not a finding: what several of them read. Moves are dated by the vCenter's clock, brought to that of its worker; loss by
the agents' own. A look during a move, or within SLACK of it, belongs to neither host: the pause of a move loses packets
too, and the clocks of agents are not compared.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.findings.echo_series import series_of
from bot.findings.listening import windows
from bot.findings.reading import stands_on_segment
from bot.findings.surrounding import happened, of_target, seats
from bot.model.finding import Evidence
from bot.model.observation import EchoAsked, Observation, SurroundingSeen
from bot.model.vsphere import Happened

SLACK = timedelta(seconds=5)
HEALS_WITHIN = timedelta(minutes=10)
"""After so long a switch has forgotten where a MAC was (Cisco's default is 300 s, and some keep it twice as long)."""
MOVES = (
    "VmMigratedEvent",
    "DrsVmMigratedEvent",
    "VmRelocatedEvent",
    "com.vmware.vc.vm.SrcVmMigratedEvent",
    "com.vmware.vc.vm.DstVmMigratedEvent",
)


BEGINS = ("VmBeingMigratedEvent", "VmBeingHotMigratedEvent")


@dataclass(frozen=True, slots=True)
class Move:
    """A VM went from one host to another."""

    at: datetime
    event: Happened
    seen: SurroundingSeen


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the target by echoes: when, from where, and which of them were lost."""

    at: datetime
    sent: tuple[EchoAsked, ...]
    lost: tuple[EchoAsked, ...]


@dataclass(frozen=True, slots=True)
class Stay:
    """A time on one host, from a move (None: before the first that is known), and the looks in it."""

    host: str
    since: datetime | None
    looks: tuple[Look, ...]

    @property
    def clean(self) -> bool:
        """Whether it was looked at and nothing was lost."""
        return bool(self.looks) and not any(look.lost for look in self.looks)

    @property
    def losing(self) -> bool:
        """Whether packets were lost up to the last look."""
        return bool(self.looks) and bool(self.looks[-1].lost)

    @property
    def healed(self) -> bool:
        """Whether packets were lost soon after the move, and none later."""
        if self.since is None or len(self.looks) < 2 or not self.looks[0].lost or self.looks[-1].lost:
            return False
        return self.looks[0].at - self.since <= HEALS_WITHIN

    @property
    def lost(self) -> list[Observation]:
        """The echoes that were lost here, for witnesses."""
        return [one for look in self.looks for one in look.lost]


def moves(evidence: Evidence) -> list[Move]:
    """The moves of the target's VM between hosts in the last week, by time."""
    return [
        Move(at, event, seen)
        for at, event, seen in happened(evidence)
        if event.kind in MOVES and of_target(evidence, event, seen) and event.source != event.host and event.host
    ]


def stays(evidence: Evidence) -> list[Stay]:
    """Where the target's VM was, by time, with what was lost there; none where several VMs carry the target."""
    return evidence.once(_read_stays)


def _read_stays(evidence: Evidence) -> list[Stay]:
    hosts = {seat.vm.host for seat in seats(evidence)}
    if len({seat.vm.vm for seat in seats(evidence)}) != 1 or len(hosts) != 1:
        return []
    gone = moves(evidence)
    looks = [look for look in _looks(evidence) if not any(_during(move, look) for move in gone)]
    starts: list[tuple[str, datetime | None]]
    starts = [(str(gone[0].event.source), None)] if gone and gone[0].event.source else []
    starts += [(str(move.event.host), move.at) for move in gone]
    starts = starts or [(str(next(iter(hosts))), None)]
    ends = [*(at for _, at in starts[1:]), None]
    return [
        Stay(host, since, tuple(one for one in looks if _between(one.at, since, until)))
        for (host, since), until in zip(starts, ends, strict=True)
    ]


def _during(move: Move, look: Look) -> bool:
    return look.at - SLACK <= move.at <= look.sent[-1].seen_at + SLACK


def _between(at: datetime, since: datetime | None, until: datetime | None) -> bool:
    return (since is None or at >= since) and (until is None or at < until)


def _looks(evidence: Evidence) -> list[Look]:
    """Only instruments on the segment that are fit to say that something was lost."""
    found = []
    for window in windows(evidence):
        series = series_of(evidence, window) if stands_on_segment(window.vantage, evidence.target) else None
        if series is not None and series.sent and series.fit:
            found.append(Look(series.sent[0].seen_at, series.sent, series.lost))
    return sorted(found, key=lambda look: look.at)
