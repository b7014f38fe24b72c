"""The whole way of what UCS Manager shows: a question, a real queue, real processes, a verdict, and that offline."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bot.agents.evidence import seal
from bot.agents.runner import Runner
from bot.archive import load
from bot.coordinator import Coordinator
from bot.incidents import bundle
from bot.incidents.rejudge import rejudge
from bot.model.incident import Incident, Judged
from bot.model.job import Agent, Artifact, Media, Probe
from bot.model.verdict import Verdict
from bot.model.vsphere import HostGroup, Surroundings
from bot.ports import Work
from bot.probes import vcenter
from bot.queue.seal import queue_key
from deploy.demo.server import Server
from deploy.lab.ucsm import Authority, Objects, UcsManager
from tests.bot.fabrics import SWITCH_A, changed, hosted
from tests.bot.house import House
from tests.bot.incidents.ground import ASKER, DC1, HERE
from tests.contracts.bench import CLOCK, MASTERS, ServerBench, until
from tests.fixtures.ucsm import StartUcs

QUEUE = "network.dc1"
RECORDED = Path(__file__).parents[2] / "scenarios" / "network.path_to_port_broken" / "switch_port_loses"
"""Some packets are lost, from everywhere, and nothing that was recorded says where."""

pytestmark = pytest.mark.server


class Recorded:
    """bot.ports.Ability that brings what was recorded for such a job; vCenter also knows the host's uplinks by now."""

    def __init__(self) -> None:
        self.case, self.blobs = bundle.unpack(load(RECORDED))

    def __call__(self, work: Work) -> Sequence[tuple[Artifact, bytes]]:
        of_probe = [one for one in self.case.artifacts if one.probe is work.job.probe]
        if work.job.probe is not Probe.VCENTER:
            return [(replace(one, job=work.job.id), self.blobs[one.digest]) for one in of_probe]
        told = [vcenter.parse(self.blobs[one.digest]) for one in of_probe]
        told = [one for one in told if bool(one.asked.macs) == bool(work.job.options.macs)]
        (vm,) = told[0].vms
        group = HostGroup(name=str(vm.nics[0].network), switch="vSwitch0")
        own = hosted(name=str(vm.host), groups=(group,))
        data = vcenter.dump(replace(told[0], surroundings=Surroundings(hosts=(own,), groups=())))
        now = CLOCK.now()
        return [seal(work.job, DC1, Media.VCENTER, data, started_at=now, stopped_at=now, dropped=None)]


@contextmanager
def agents(bench: ServerBench) -> Iterator[None]:
    """Two packet agents and a vCenter worker, which bring what was recorded."""
    recorded = Recorded()
    places = {one.probe: one.vantage for one in recorded.case.artifacts}
    described = [
        Agent(place.agent, (f"segment.{place.segment}",), (probe,), (place,), "1", CLOCK.now())
        for probe, place in places.items()
        if probe is not Probe.VCENTER
    ]
    described.append(Agent("vcenter.dc1", ("vcenter.dc1",), (Probe.VCENTER,), (), "1", CLOCK.now()))
    stop, threads = threading.Event(), []
    for one in described:
        runner = Runner(
            bench.intake(one), dict.fromkeys(map(Probe, one.probes), recorded), one, slots=2, drain_s=0.2, turn_s=0.1
        )
        threads.append(threading.Thread(target=runner.run, args=(stop,)))
        threads[-1].start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


@contextmanager
def worker(ucsm: UcsManager, authority: Authority, url: str, folder: Path) -> Iterator[None]:
    """``ruleout network`` as a process that only knows this UCS Manager."""
    (folder / "password").write_text(ucsm.sessions.password)
    (folder / "network.toml").write_text(
        f'[[ucs]]\nname = "ucs1"\nhost = "{ucsm.host}"\nport = {ucsm.port}\nuser = "{ucsm.sessions.user}"\n'
        f'password_file = "{folder}/password"\nca_file = "{authority.ca}"\n'
    )
    environment = {
        "PATH": os.defpath,
        "RULEOUT_REDIS_URL": url,
        "RULEOUT_QUEUE_KEYS": f"{QUEUE}={queue_key(MASTERS[0], QUEUE).hex()}",
        "RULEOUT_NETWORK_NAME": "dc1",
        "RULEOUT_NETWORK_FILE": str(folder / "network.toml"),
    }
    log = folder / "log"
    with log.open("wb") as out:
        role = subprocess.Popen([sys.executable, "-m", "bot", "network"], env=environment, stdout=out, stderr=out)
    try:
        yield
        assert ucsm.sessions.password not in log.read_text()
    finally:
        role.terminate()
        role.wait(10)


def checked(objects: Objects, start: StartUcs, authority: Authority, valkey: Server, folder: Path) -> Incident:
    """The incident of one question, closed; that the manager was only read; and the same verdict from its bundle."""
    ucsm, house = start(objects), House()
    with ExitStack() as ends:
        bench = ServerBench(valkey.url, ends)
        queue = bench.queue()
        ends.enter_context(agents(bench))
        ends.enter_context(worker(ucsm, authority, valkey.url, folder))
        until(lambda: len(queue.agents()) == 4)
        coordinator = Coordinator(
            queue=queue, journal=house.journal, chat=house.chat, archive=house.archive, clock=CLOCK, rules=house.rules,
            vcenters=("dc1",), networks=("dc1",), directory=house.directory, audit=house.audit, links=house.links,
            once=lambda _: False, apart=lambda work: work(), most_bytes=64 << 20, drops=house.drops,
        )  # fmt: skip
        over = threading.Event()
        thread = threading.Thread(target=coordinator.run, args=(over,))
        thread.start()
        try:
            coordinator.ask("arpcheck", "10.0.0.5", ASKER, HERE)
            until(lambda: house.chat.cards and house.chat.cards[-1].closed)
        finally:
            over.set()
            thread.join()
        until(lambda: not ucsm.sessions.open_)
    assert ucsm.refused == []
    assert set(ucsm.asked) == {"aaaLogin", "aaaLogout", "configResolveClass"}
    (files,) = house.archive.cases.values()
    assert any(name.endswith("ucs.json") for name in files)
    again = rejudge(*bundle.unpack(dict(files)))
    assert again.changes == ()
    then = replace(verdict(house.chat.cards[-1]), case=None)
    assert [replace(one, case=None) for one in (again.now, again.then) if one] == [then, then]
    return house.chat.cards[-1]


def verdict(incident: Incident) -> Verdict:
    (judged,) = [one for one in incident.timeline if isinstance(one, Judged)]
    return judged.verdict


def test_a_fabric_that_is_down_is_found_under_the_host(
    start_ucs: StartUcs, ucs_authority: Authority, valkey: Server, own_directory: Path
) -> None:
    """What the packets left open, the manager decides."""
    down = changed({SWITCH_A: {"operability": "inoperable"}})
    told = verdict(checked(down, start_ucs, ucs_authority, valkey, own_directory))
    assert (told.verdict, told.grade, told.cause) == ("network", "likely", "network.fabric_fault")
    (says,) = [one.says for one in told.evidence if one.finding == "fabric.path.interconnect_down"]
    assert says.startswith("Fabric interconnect A of ucs1 is inoperable, and vmnic0 of ")


def test_a_clean_manager_leaves_open_what_the_packets_left_open(
    start_ucs: StartUcs, ucs_authority: Authority, valkey: Server, own_directory: Path
) -> None:
    """It clears nobody."""
    told = verdict(checked(changed(), start_ucs, ucs_authority, valkey, own_directory))
    assert (told.verdict, told.grade) == ("inconclusive", "undecided")
