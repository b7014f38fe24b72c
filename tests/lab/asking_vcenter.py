"""What the real worker says of a simulated vCenter, asked as a job would ask it."""

from contextlib import closing
from datetime import timedelta

from bot.agents.vcenter import VcenterAbility, VcenterSettings
from bot.model.job import Job, JobOptions, Probe, Vantage
from bot.model.vsphere import Surroundings
from bot.ports import Work
from bot.probes.vcenter import parse
from bot.system import SystemClock
from deploy.lab.vcenter import NAME
from deploy.lab.vcsim import Vcsim


def ask_worker(simulator: Vcsim, options: JobOptions) -> bytes:
    """The snapshot with which it ends."""
    clock = SystemClock()
    asked_at = clock.now()
    job = Job("job-1", "inc-1", Probe.VCENTER, "", None, options, asked_at, asked_at + timedelta(seconds=20))
    settings = VcenterSettings(
        vantage=Vantage(f"vcenter.{NAME}", NAME, ""),
        host="127.0.0.1",
        port=simulator.port,
        user="user",
        password="pass",
        ca_file=str(simulator.ca_file),
    )
    with closing(VcenterAbility(settings, clock)) as ability:
        ((_, data),) = ability(Work(job, lambda: False, lambda _evidence: None))
    return data


def around_by_the_worker(simulator: Vcsim, name: str) -> Surroundings:
    """What it tells around the VM of this name."""
    found = parse(ask_worker(simulator, JobOptions(names=(name,)))).surroundings
    assert found is not None
    return found
