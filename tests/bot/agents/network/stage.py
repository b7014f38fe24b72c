"""A network worker's ability as the runner calls it, and what its artifacts say."""

import itertools
from collections.abc import Callable, Sequence
from datetime import timedelta
from ipaddress import IPv4Address, IPv4Network
from typing import TypeVar

from bot.agents.network import DeviceSettings, NetworkAbility
from bot.agents.network.settings import User
from bot.model.addresses import Mac, parse_mac
from bot.model.job import Artifact, Job, JobOptions, Probe
from bot.model.network import Device, Extent, Role, Table
from bot.model.observation import Observation, RowSeen, TableRead
from bot.ports import Work
from bot.probes import read
from bot.system import SystemClock

T = TypeVar("T")
CLOCK = SystemClock()
TARGET = IPv4Address("10.0.0.5")
_numbers = itertools.count(1)


def device(
    name: str,
    port: int,
    *,
    user: User | None = None,
    timeout_s: float = 0.3,
    retries: int = 0,
    walk_rows: int = 500,
    requests_per_s: float = 1000,
    networks: tuple[str, ...] = (),
    per_vlan: tuple[int, ...] = (),
) -> DeviceSettings:
    """A device on loopback."""
    return DeviceSettings(
        device=Device(name, Role.ACCESS),
        host="127.0.0.1",
        port=port,
        community="" if user else "public",
        user=user,
        networks=tuple(map(IPv4Network, networks)),
        requests_per_s=requests_per_s,
        timeout_s=timeout_s,
        retries=retries,
        walk_rows=walk_rows,
        community_per_vlan=per_vlan,
    )


def job(
    *,
    target: IPv4Address | None = TARGET,
    listen_s: float = 0,
    macs: Sequence[str] = (),
    incident: str | None = None,
    lives_s: float = 30,
) -> Job:
    """A job as the bot puts it."""
    now, number = CLOCK.now(), next(_numbers)
    options = JobOptions(listen_s=listen_s, macs=tuple(map(parse_mac, macs)))
    return Job(
        f"job-{number}",
        incident or f"inc-{number}",
        Probe.NETWORK,
        "network.dc1",
        target,
        options,
        now,
        now + timedelta(seconds=lives_s),
    )


def ability(*devices: DeviceSettings) -> NetworkAbility:
    """The worker's ability."""
    return NetworkAbility("dc1", devices, CLOCK)


def look(able: NetworkAbility, asked: Job, stopped: Callable[[], bool] = lambda: False) -> "dict[str, Said]":
    """What each device said."""
    evidence = able(Work(asked, stopped, lambda _: None))
    return {artifact.vantage.segment: Said(artifact, data) for artifact, data in evidence}


class Said:
    """One device's artifact, read as the bot reads it."""

    def __init__(self, artifact: Artifact, data: bytes) -> None:
        self.artifact, self.data = artifact, data
        self.observations: tuple[Observation, ...] = read(artifact, data)

    def extents(self, table: Table) -> list[Extent]:
        """How much of the table was read, each time that something was told of it."""
        return [one.extent for one in self.told(table)]

    def told(self, table: Table) -> list[TableRead]:
        return [one for one in self.observations if isinstance(one, TableRead) and one.table is table]

    def why(self, table: Table) -> str:
        """All that is said about what is missing."""
        return " ".join(one.why for one in self.told(table) if one.why)

    def rows(self, kind: type[T]) -> list[T]:
        return [one.row for one in self.observations if isinstance(one, RowSeen) and isinstance(one.row, kind)]

    def locators(self) -> list[str]:
        return [one.locator for one in self.observations if isinstance(one, RowSeen)]


def mac_oid(mac: str | Mac) -> tuple[int, ...]:
    """A MAC as it stands in an instance."""
    return tuple(int(octet, 16) for octet in mac.split(":"))
