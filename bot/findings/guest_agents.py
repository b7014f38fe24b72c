"""Which clustering, bonding or failover agents run inside the target's VM, and did one of them end?"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.findings.owning import target_vms, vcenter_doubt, vm_name
from bot.findings.timing import when
from bot.findings.wording import clock_text, few, finding, listing
from bot.model.finding import Evidence, Finding, Standing
from bot.model.observation import GuestProcessesRead, GuestProcessFound, Observation
from bot.model.programs import program

AGENT_ENDED = "guest.agent_ended"
AGENT_RUNS = "guest.agent_runs"

# Veritas Cluster Server: had is watched and restarted by hashadow, which had starts. Pacemaker does not start without
# Corosync, which in turn may well run without Pacemaker.
NEEDS: Mapping[str, str] = {"had": "hashadow", "hashadow": "had", "pacemakerd": "corosync"}
"""Agents that are whole only together with another one."""


@dataclass(frozen=True, slots=True)
class _Inside:
    """One VM: the list that counts, and the agents in it."""

    vm: str
    read: GuestProcessesRead
    found: tuple[GuestProcessFound, ...]

    @property
    def whole(self) -> bool:
        return self.read.unread is None

    @property
    def running(self) -> dict[str, list[GuestProcessFound]]:
        """By name, what has not ended and has a command line of its own."""
        by_name: dict[str, list[GuestProcessFound]] = defaultdict(list)
        for one in self.found:
            if one.ended_at is None and one.exit_code is None and not one.bare:
                by_name[program(one.name)].append(one)
        return by_name

    @property
    def gone(self) -> list[GuestProcessFound]:
        """What ended and was not replaced: a program that only starts a daemon of its name ends as well."""
        return [one for one in self.found if self.whole and program(one.name) not in self.running]

    @property
    def lonely(self) -> list[tuple[str, str]]:
        """What runs without the agent that it needs, where the list would show that one."""
        looked_for = {program(name) for name in self.read.looked_for}
        pairs = ((name, NEEDS[name]) for name in sorted(self.running) if name in NEEDS)
        return [pair for pair in pairs if self.whole and pair[1] in looked_for and pair[1] not in self.running]


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """Whether an agent in the target's VM ended, and which ones run."""
    inside = _lists(evidence)
    return (_ended(evidence, inside), _runs(evidence, inside))


def _lists(evidence: Evidence) -> list[_Inside]:
    """The newest list of each of the target's VMs, one that was read whole before any other."""
    chosen: dict[str, GuestProcessesRead] = {}
    for read in sorted(evidence.of(GuestProcessesRead), key=lambda one: (one.unread is None, when(one))):
        chosen[read.vm] = read
    vms = sorted(target_vms(evidence) & set(chosen))
    found = evidence.of(GuestProcessFound)
    return [
        _Inside(vm, read, tuple(one for one in found if (one.vm, one.artifact) == (vm, read.artifact)))
        for vm, read in ((vm, chosen[vm]) for vm in vms)
    ]


def _ended(evidence: Evidence, inside: Sequence[_Inside]) -> Finding:
    faulty = [one for one in inside if one.gone or one.lonely]
    if faulty:
        says = " ".join(f"In VM {vm_name(evidence, one.vm)}, {listing(_faults(one))}." for one in faulty)
        return finding(AGENT_ENDED, Standing.PRESENT, says, _witnesses(faulty))
    if unknown := _unknown(evidence, inside):
        return finding(AGENT_ENDED, Standing.UNKNOWN, unknown)
    if not any(one.running for one in inside):
        says = f"No agent is to be seen in {_names(evidence, inside)}; whether one ran there before, nobody knows."
        return finding(AGENT_ENDED, Standing.UNKNOWN, says)
    says = f"No agent that was looked for in {_names(evidence, inside)} has ended."
    return finding(AGENT_ENDED, Standing.ABSENT, says, _witnesses(inside))


def _runs(evidence: Evidence, inside: Sequence[_Inside]) -> Finding:
    busy = [one for one in inside if one.running]
    if busy:
        says = " ".join(f"In VM {vm_name(evidence, one.vm)}, {_running(one)}." for one in busy)
        return finding(AGENT_RUNS, Standing.PRESENT, says, _witnesses(busy))
    if unknown := _unknown(evidence, inside):
        return finding(AGENT_RUNS, Standing.UNKNOWN, unknown)
    looked_for = sorted({f"`{name}`" for one in inside for name in one.read.looked_for})
    says = f"None of {few(looked_for)} runs in {_names(evidence, inside)}."
    return finding(AGENT_RUNS, Standing.ABSENT, says, _witnesses(inside))


def _unknown(evidence: Evidence, inside: Sequence[_Inside]) -> str | None:
    """Why nothing must be concluded from an agent that is not there; None where every list was read whole."""
    unread = [one.read.unread for one in inside if one.read.unread]
    if unread or inside:
        return " ".join(dict.fromkeys(unread)) or None
    return f"Nobody listed what runs inside the VM of {evidence.target}. {vcenter_doubt(evidence) or ''}".strip()


def _names(evidence: Evidence, inside: Sequence[_Inside]) -> str:
    return listing(f"VM {vm_name(evidence, one.vm)}" for one in inside)


def _faults(inside: _Inside) -> Iterable[str]:
    yield from map(_end, inside.gone)
    yield from (f"`{name}` runs without `{other}`" for name, other in inside.lonely)


def _end(one: GuestProcessFound) -> str:
    who = f"`{one.name}` (pid {one.pid}, started {clock_text(one.started_at)})"
    if one.ended_at is None and one.exit_code is None:
        return f"{who} shows no command line (a zombie)"
    at = f" {clock_text(one.ended_at)}" if one.ended_at else ""
    return f"{who} ended{at}" + (f" with exit code {one.exit_code}" if one.exit_code is not None else "")


def _running(inside: _Inside) -> str:
    since = [
        f"`{each[0].name}` (since {clock_text(min(one.started_at for one in each))})"
        for _, each in sorted(inside.running.items())
    ]
    return f"{listing(since)} {'runs' if len(since) == 1 else 'run'}"


def _witnesses(inside: Iterable[_Inside]) -> list[Observation]:
    return [row for one in inside for row in (one.read, *one.found)]
