"""Records a fault as a scenario: ``python -m deploy.lab.record FAULT DIRECTORY [--seed N] [--vm NAME] [--tables]``.

A fresh lab, the real planner, the real agents in their nodes, the lab's own vCenter; then the case as the bot would
have kept it, and beside it ``expect.toml`` with what is true.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

from bot import probes
from bot.agents.evidence import seal
from bot.findings.entries_arp import LOCKED_S, SHOWN_AFTER_S, doubtful, unsettled
from bot.findings.flapping import turned
from bot.incidents import folds
from bot.incidents.bundle import Case, pack
from bot.incidents.planning import Known, plan_check, plan_first_look, plan_once_more, plan_owners
from bot.model.addresses import parse_mac
from bot.model.finding import Evidence
from bot.model.job import Agent, Artifact, Job, JobOptions, Media, Probe, Vantage
from bot.model.observation import Observation
from bot.ports import Clock
from bot.system import SystemClock
from deploy.lab import look, snmp, vcenter
from deploy.lab.client import ROOT, Lab
from deploy.lab.fabric import UPLINK
from deploy.lab.faults import DEMO, FAULTS
from deploy.lab.faults.fault import UNFED_PORT, Tap
from deploy.lab.state import AgentState, FaultState, LabState
from deploy.lab.topology import MANAGEMENT, SWITCH

Brought = tuple[Artifact, bytes]

NETWORK_FILE = "network.toml"
STARTS_WITHIN_S = 10

TAP_AFTER_S = 2.0
"""So much longer than the agents a tap listens: it begins before they do, and hears after they end."""


def record(fault: str, vm: str, directory: Path, *, seed: int = 1, tables: bool = False) -> None:
    """Stage the fault on the VM of a fresh lab, look at it once with everything there is, and write the scenario.

    ``tables``: the tables of routers and switches are read as well.
    """
    clock, uplinks = SystemClock(), FAULTS[fault].uplinks
    with (
        tempfile.TemporaryDirectory(prefix="lab-") as place,
        Lab.running(Path(place), seed=seed, uplinks=uplinks, snmp=tables) as lab,
    ):
        state = lab.apply(fault, vm)
        staged = state["faults"][-1]
        target = IPv4Address(staged["address"])
        agents = tuple(_agent(row, state, clock.now()) for row in state["agents"])
        known = Known(agents, (vcenter.NAME,), clock.now(), (vcenter.NAME,) if tables else ())
        evidence: list[Brought] = []
        gaps: tuple[str, ...] = ()
        if tables:
            (lab.directory / NETWORK_FILE).write_text(snmp.settings(state))
            first = plan_first_look("inc-lab", target, known=known, first=0)
            evidence += _look(lab, state, [_after_starting(job) for job in first.jobs])
            evidence += [_ask_vcenter(state, job, clock) for job in first.jobs if job.probe is Probe.VCENTER]
            held = folds.held(target, _seen(evidence))
            if doubtful(Evidence(target, tuple(_seen(evidence)))):
                longer = plan_once_more("inc-lab", target, held, for_s=LOCKED_S, known=known, first=len(evidence))
                evidence += _look(lab, state, [_after_starting(job) for job in longer])
            plan = plan_check("inc-lab", target, deep=False, known=known, first=len(evidence), watched=held)
            gaps = first.gaps
        else:
            plan = plan_check("inc-lab", target, deep=False, known=known, first=0)
        gaps = (*gaps, *plan.gaps)
        with _tapped(lab, state, staged, plan.jobs) as tapped:
            evidence += _look(lab, state, [_after_starting(job) for job in plan.jobs])
        evidence += tapped
        evidence += [_ask_vcenter(state, job, clock) for job in plan.jobs if job.probe is Probe.VCENTER]
        seen = _seen(evidence)
        expires_at = max(job.expires_at for job in plan.jobs)
        owners = plan_owners(
            "inc-lab", target, folds.named(target, seen), known=known, first=len(evidence), expires_at=expires_at
        )
        evidence += [_ask_vcenter(state, job, clock) for job in owners if job.options.macs]
        told = Evidence(target, tuple(_seen(evidence)))
        if unsettled(told) or turned(told):
            macs = folds.held(target, _seen(evidence))
            again = plan_once_more("inc-lab", target, macs, for_s=SHOWN_AFTER_S, known=known, first=len(evidence))
            evidence += _look(lab, state, [_after_starting(job) for job in again])
    case = Case(target, tuple(artifact for artifact, _ in evidence), gaps)
    directory.mkdir(parents=True, exist_ok=True)
    for name, data in pack(case, {artifact.digest: data for artifact, data in evidence}).items():
        (directory / name).write_bytes(data)
    (directory / "expect.toml").write_text(expectation(staged, seed, tables=tables))


def _after_starting(job: Job) -> Job:
    """The job with time for its reader to start, which in earnest stands ready."""
    return replace(job, expires_at=job.expires_at + timedelta(seconds=STARTS_WITHIN_S))


def _seen(evidence: Sequence[Brought]) -> list[Observation]:
    return [one for artifact, data in evidence for one in probes.read(artifact, data)]


def expectation(staged: FaultState, seed: int, *, tables: bool = False) -> str:
    """The text of ``expect.toml``: what a verdict with all evidence should say, and where the recording comes from."""
    how = f"{staged['fault']} --vm {staged['vm']} --seed {seed}{' --tables' * tables}"
    origin = f"recorded with python -m deploy.lab.record {how}"
    told = staged["tabled"] if tables else None
    answer, grade, cause = (
        (told["answer"], told["grade"], told["cause"]) if told else (staged["answer"], staged["grade"], staged["cause"])
    )
    rows = {
        "verdict": answer,
        "grade": grade,
        "cause": None if answer == "inconclusive" else cause,
        "true_cause": staged["cause"],
        "side": staged["side"],
        "acceptable_without_vcenter": staged["acceptable"] or ["healthy"],
        "origin": origin,
        "begins_with": staged["origin"],
        "remains_in": staged["residual"],
        "symptom": staged["symptom"],
        "settled_by": [one or "" for one in staged["settled_by"]]
        if staged["settled_by"] and answer == "inconclusive"
        else None,
    }
    return "".join(f"{key} = {json.dumps(value)}\n" for key, value in rows.items() if value is not None)


def _agent(row: AgentState, state: LabState, now: datetime) -> Agent:
    segment = next(one for one in state["segments"] if one["name"] == row["segment"])
    vantage = Vantage(
        agent=row["name"],
        segment=row["segment"],
        interface=row["interface"],
        mac=parse_mac(row["mac"]),
        address=IPv4Address(row["address"]),
        prefix=IPv4Network(segment["network"]),
        gateway=IPv4Address(segment["gateway"]),
    )
    return Agent(row["name"], (f"segment.{row['segment']}",), (Probe.ARP, Probe.ICMP), (vantage,), "lab", now)


def _look(lab: Lab, state: LabState, jobs: Sequence[Job]) -> Iterator[Brought]:
    """Every agent does its job, all of them at the same time, as they would in earnest."""
    places = {f"segment.{row['segment']}": row for row in state["agents"]}
    looking = []
    for job in jobs:
        if job.probe is Probe.VCENTER:
            continue
        if job.probe is Probe.NETWORK:
            node, order = MANAGEMENT, look.order(job, vcenter.NAME, "", str(lab.directory / NETWORK_FILE))
        else:
            place = places[job.queue]
            node, order = place["name"], look.order(job, place["name"], place["segment"])
        argv = [sys.executable, "-m", look.__name__]
        agent = lab.popen(node, argv, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert agent.stdin is not None
        agent.stdin.write(order)
        agent.stdin.close()
        looking.append(agent)
    for agent in looking:
        assert agent.stdout is not None
        text = agent.stdout.read()
        if agent.wait():
            raise RuntimeError("an agent could not look; its reason stands above")
        yield from look.brought(text)


@contextmanager
def _tapped(lab: Lab, state: LabState, staged: FaultState, jobs: Sequence[Job]) -> Iterator[list[Brought]]:
    """A second vantage that only listens, from before the agents begin until after they end; none where none is asked.

    What it brought back is in the list once the context is left.
    """
    brought: list[Brought] = []
    if staged["tap"] is None:
        yield brought
        return
    vm = next(one for one in state["vms"] if one["name"] == staged["vm"])
    node, interface = (vm["host"], UPLINK) if staged["tap"] == Tap.HOST else (SWITCH, UNFED_PORT)
    longest = max(probes.duration_s(job.probe, job.options) or 0.0 for job in jobs)
    asked = next(job for job in jobs if job.probe is Probe.ARP)
    job = replace(
        asked, id=f"{asked.incident}-tap", probe=Probe.CAPTURE, queue=f"segment.{vm['segment']}",
        options=JobOptions(listen_s=longest + TAP_AFTER_S),
    )  # fmt: skip
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    tap = lab.popen(node, [sys.executable, "-m", look.__name__], cwd=ROOT, text=True, **pipes)
    assert tap.stdin is not None
    assert tap.stderr is not None
    tap.stdin.write(look.order(job, f"tap-{node}", vm["segment"], interface))
    tap.stdin.close()
    while (line := tap.stderr.readline()) != look.LISTENING:
        if not line:
            raise RuntimeError(f"the tap at {node} could not listen")
    yield brought
    assert tap.stdout is not None
    text = tap.stdout.read()
    if tap.wait():
        raise RuntimeError(f"the tap at {node} could not look: {tap.stderr.read()}")
    brought += look.brought(text)


def _ask_vcenter(state: LabState, job: Job, clock: Clock) -> Brought:
    started_at = clock.now()
    ips = (job.target,) if job.target else ()
    answer = vcenter.snapshot(state, ips, job.options.macs, job.options.names, read_at=started_at)
    vantage = Vantage(agent=f"vcenter.{vcenter.NAME}", segment=vcenter.NAME, interface="")
    data = json.dumps(answer, indent=1).encode()
    return seal(
        job, vantage, Media.VCENTER, data, started_at=started_at, stopped_at=clock.now().astimezone(UTC), dropped=None
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m deploy.lab.record", description=__doc__)
    parser.add_argument("fault", choices=sorted(FAULTS))
    parser.add_argument("directory", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tables", action="store_true", help="read the tables of routers and switches as well")
    parser.add_argument("--vm", help="the VM that gets the fault (the demonstration's, or app05)")
    asked = parser.parse_args()
    stage = {fault: vm for vm, fault in DEMO.items()}
    machine = asked.vm or stage.get(asked.fault, "app05")
    record(asked.fault, machine, asked.directory, seed=asked.seed, tables=asked.tables)
