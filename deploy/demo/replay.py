"""Agents that replay recorded cases, for machines on which no lab can be made: ``python -m deploy.demo.replay``.

Every bot part is the real one; only what the agents bring back was recorded earlier.
"""

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

from bot import __version__, archive
from bot.agents.runner import Runner
from bot.errors import InstrumentError
from bot.incidents import bundle
from bot.model.job import Agent, Artifact, Media, Probe, Vantage
from bot.ports import Ability, Work
from bot.probes.vcenter import dump, parse
from bot.queue.agent_side import RedisIntake
from bot.roles.logs import keep_logs
from bot.roles.process import until_told
from bot.settings import Settings
from bot.system import SystemClock
from deploy.demo.vcenter import SnapshotAbility
from deploy.lab.faults import DEMO, FAULTS

SCENARIOS = Path(__file__).parents[2] / "tests" / "scenarios"

Recorded = Mapping[IPv4Address, tuple[tuple[Artifact, bytes], ...]]


@dataclass(frozen=True, slots=True)
class ReplayAbility:
    """bot.ports.Ability that brings back what was recorded about the target with this probe."""

    recorded: Recorded
    probe: Probe

    def __call__(self, work: Work) -> Sequence[tuple[Artifact, bytes]]:
        """The recording's artifacts, as this job's."""
        target = work.job.target
        if target is None or target not in self.recorded:
            known = ", ".join(map(str, sorted(self.recorded)))
            raise InstrumentError(f"This agent replays recordings of {known} and has none of {target or 'a name'}.")
        mine = (one for one in self.recorded[target] if one[0].probe is self.probe)
        return tuple((replace(artifact, job=work.job.id), data) for artifact, data in mine)


def load(scenarios: Path) -> Recorded:
    """The artifacts recorded of each fault that the demonstration shows, by target; with tables where they tell."""
    recorded: dict[IPv4Address, tuple[tuple[Artifact, bytes], ...]] = {}
    for fault in DEMO.values():
        name = f"{fault}.tables" if FAULTS[fault].tabled else fault
        (index,) = scenarios.glob(f"*/{name}/{bundle.INDEX}")
        case, blobs = bundle.unpack(archive.load(index.parent))
        recorded[case.target] = tuple((a, blobs[a.digest]) for a in case.artifacts)
    return recorded


def captured(recorded: Recorded) -> Recorded:
    """The recorded packets as captures would bring them."""
    return {
        target: tuple((replace(one, probe=Probe.CAPTURE), data) for one, data in brought if one.media is Media.PCAP)
        for target, brought in recorded.items()
    }


def inventory(recorded: Recorded) -> Mapping[str, Any]:
    """One vCenter of all recorded snapshots, so that names, MACs and whoever shares them can be looked up as well."""
    snapshots = [
        parse(data)
        for artifacts in recorded.values()
        for artifact, data in artifacts
        if artifact.media is Media.VCENTER
    ]
    vms = {vm.id: vm for snapshot in snapshots for vm in snapshot.vms}
    nics = dict.fromkeys(nic for snapshot in snapshots for nic in snapshot.host_nics)
    # What is around one recorded VM says nothing of the others'.
    whole = replace(snapshots[0], vms=tuple(vms.values()), host_nics=tuple(nics), surroundings=None)
    value: dict[str, Any] = json.loads(dump(whole))
    return value


def main() -> None:
    """Stand as every agent of the recordings until told to stop."""
    settings = Settings()
    keep_logs(settings)
    recorded, stop, clock = load(SCENARIOS), until_told(), SystemClock()
    keys = settings.queue_keys("RULEOUT_QUEUE_KEYS")
    seen = {(a.probe, a.vantage) for artifacts in recorded.values() for a, _ in artifacts}
    names = {
        Probe.ARP: "prod-1",
        Probe.ICMP: "office-1",
        Probe.VCENTER: "vcenter.dc1",
        Probe.NETWORK: "network.dc1",
    }
    vcenter = Vantage(names[Probe.VCENTER], "dc1", "")
    abilities: dict[Probe, Ability] = {Probe.VCENTER: SnapshotAbility(lambda: inventory(recorded), vcenter, clock)}
    runners = []
    for probe, name in names.items():
        vantages = [replace(vantage, agent=name) for seen_by, vantage in seen if seen_by is probe]
        stands = probe in (Probe.ARP, Probe.ICMP)
        places: tuple[Vantage, ...] = tuple(vantages[:1]) if stands else ()
        queues = (f"segment.{places[0].segment}", f"agent.{name}") if stands else (name,)
        mine = {probe: abilities.get(probe) or ReplayAbility(recorded, probe)}
        if probe is Probe.ARP:
            mine[Probe.CAPTURE] = ReplayAbility(captured(recorded), Probe.CAPTURE)
        agent = Agent(name, queues, tuple(mine), places, __version__, clock.now())
        intake = RedisIntake(settings.text("RULEOUT_REDIS_URL"), {queue: keys[queue] for queue in queues}, agent)
        runners.append(Runner(intake, mine, agent))
    threads = [threading.Thread(target=runner.run, args=(stop,)) for runner in runners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
