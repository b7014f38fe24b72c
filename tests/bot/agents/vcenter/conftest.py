"""A worker for a simulated vCenter, and the questions it is asked."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest

from bot.agents.vcenter import VcenterAbility, VcenterSettings
from bot.model.addresses import Mac
from bot.model.job import Artifact, Job, JobOptions, Media, Probe, Vantage, digest_of
from bot.ports import Ability, Work
from bot.probes.vcenter import Snapshot, parse
from bot.system import SystemClock
from deploy.lab.vcsim import Vcsim
from tests.contracts.bench import until

VANTAGE = Vantage("vcenter-dc1", "dc1", "vcenter")
CLOCK = SystemClock()


def job(
    ip: str | None = None,
    macs: tuple[str, ...] = (),
    names: tuple[str, ...] = (),
    lives_s: float = 60.0,
    places: tuple[str, ...] = (),
) -> Job:
    """A look-up that is asked now."""
    now = CLOCK.now()
    options = JobOptions(macs=tuple(map(Mac, macs)), names=names, places=places)
    target = IPv4Address(ip) if ip else None
    return Job("job-1", "inc-1", Probe.VCENTER, "vcenter:dc1", target, options, now, now + timedelta(seconds=lives_s))


def run(ability: Ability, wanted: Job) -> bytes:
    """What the ability brings back: one artifact's bytes."""
    ((artifact, data),) = ability(Work(wanted, lambda: False, lambda _: None))
    assert (artifact.job, artifact.vantage, artifact.size_bytes) == (wanted.id, VANTAGE, len(data))
    return data


def artifact_of(data: bytes) -> Artifact:
    """The artifact that these bytes are."""
    now = CLOCK.now()
    return Artifact("job-1", Probe.VCENTER, VANTAGE, Media.VCENTER, digest_of(data), len(data), now, now, None)


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker and the vCenter that it looks at."""

    ability: VcenterAbility
    vcenter: Vcsim

    def ask(self, ip: str | None = None, **more: Any) -> Snapshot:
        """The snapshot that answers a question."""
        return parse(run(self.ability, job(ip, **more)))


MakeWorker = Callable[..., Worker]


def settings(port: int, ca_file: Path | str) -> VcenterSettings:
    """The worker's settings, right for ``owners.json``."""
    return VcenterSettings(
        vantage=VANTAGE, host="127.0.0.1", port=port, user="reader", password="right", ca_file=str(ca_file)
    )


@pytest.fixture
def worker() -> Iterator[MakeWorker]:
    """Makes workers for a simulated vCenter; they log out in the end."""
    with ExitStack() as made:

        def make(vcenter: Vcsim, **changed: Any) -> Worker:
            ability = VcenterAbility(replace(settings(vcenter.port, vcenter.ca_file), **changed), CLOCK)
            made.callback(ability.close)
            return Worker(ability, vcenter)

        yield make


@pytest.fixture
def watching(worker: MakeWorker) -> MakeWorker:
    """Makes workers that keep the inventory up to date, and waits for its first reading."""

    def make(vcenter: Vcsim, **changed: Any) -> Worker:
        looking = worker(vcenter, **changed)
        looking.ability.start()
        until(lambda: looking.ability.warm)
        return looking

    return make
