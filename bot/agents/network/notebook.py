"""What one device has answered so far; may be taken away at any moment, and is then what there is."""

import threading
from collections.abc import Iterable, Mapping
from datetime import datetime
from ipaddress import IPv4Address

from bot.agents.network.channel import Value
from bot.agents.network.settings import DeviceSettings
from bot.model.addresses import Mac
from bot.model.network import Extent, Table
from bot.ports import Clock
from bot.probes.tables import MOST_VALUES, Answers, Reading, Told

Cells = dict[str, dict[str, str]]
"""Column name -> instance -> value, as an artifact holds them."""


def cell(value: Value) -> str | None:
    """A value as an artifact holds it; None: nothing that any MIB read here has."""
    match value:
        case bool() | float() | None:
            return None
        case int():
            return str(value)
        case bytes():
            return f"0x{value.hex()}"
        case _:
            return value


def cells(values: Mapping[str, Value]) -> dict[str, str]:
    """Values by instance, as an artifact holds them."""
    return {instance: told for instance, value in values.items() if (told := cell(value)) is not None}


class Notebook:
    """Filled by the device's thread, read by the job's."""

    def __init__(self, settings: DeviceSettings, ip: IPv4Address | None, clock: Clock) -> None:
        self._settings, self._ip, self._clock = settings, ip, clock
        self.name = settings.name
        self._macs: tuple[Mac, ...] = ()
        self._told: list[Told] = []
        self._readings: list[Reading] = []
        self._values = 0
        self._full = False
        self._lock = threading.Lock()

    def ask(self, macs: Iterable[Mac]) -> None:
        """These MACs' rows are asked for."""
        with self._lock:
            self._macs = tuple(sorted({*self._macs, *macs}))

    def now(self) -> datetime:
        """The moment, as it is written down."""
        return self._clock.now()

    def add(self, columns: Cells, up_ticks: int | None, at: datetime, vlan: int | None = None) -> None:
        """What was read together and asked for at ``at``; nothing more once it is as much as an artifact may hold."""
        self.put(Reading(at=at, up_ticks=up_ticks, vlan=vlan, columns=columns))

    def put(self, reading: Reading) -> None:
        """A reading as it is."""
        size = sum(map(len, reading.columns.values()))
        with self._lock:
            self._full = self._full or self._values + size > MOST_VALUES
            if size and not self._full:
                self._values += size
                self._readings.append(reading)

    def tell(self, table: Table, extent: Extent, why: str | None = None) -> None:
        """So much of a table has been read, unless the notebook was full."""
        with self._lock:
            if self._full and extent is not Extent.NONE:
                extent, why = Extent.PART, f"{self.name} was read, but an artifact holds no more."
            self._told.append(Told(at=self._clock.now(), table=table, extent=extent, why=why))

    def mark(self) -> tuple[int, int]:
        """How far it is now, for ``since``."""
        with self._lock:
            return len(self._told), len(self._readings)

    def since(self, mark: tuple[int, int]) -> tuple[tuple[Told, ...], tuple[Reading, ...]]:
        """What was told and read since."""
        with self._lock:
            return tuple(self._told[mark[0] :]), tuple(self._readings[mark[1] :])

    def recall(self, told: Iterable[Told], readings: Iterable[Reading]) -> None:
        """What was told and read earlier, with its own moments."""
        for reading in readings:
            self.put(reading)
        with self._lock:
            self._told += told

    @property
    def readings(self) -> tuple[Reading, ...]:
        """Everything that was read."""
        with self._lock:
            return tuple(self._readings)

    def answers(self, otherwise: str, now: datetime) -> Answers:
        """All of it; ``otherwise`` says why a table of which nothing was told was not read."""
        with self._lock:
            known = {told.table for told in self._told}
            rest = [
                Told(at=now, table=table, extent=Extent.NONE, why=otherwise) for table in Table if table not in known
            ]
            return Answers(
                device=self._settings.device,
                networks=self._settings.networks,
                ip=self._ip,
                macs=self._macs,
                told=(*self._told, *rest),
                readings=tuple(self._readings),
            )
