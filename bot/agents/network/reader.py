"""What a device is asked, in order: who it is, the rows that were asked for, what is around them, then the rest.

Rows are asked for by name, so that a table of 100,000 entries costs no more than one of ten; a table is read as a
whole only where it is short.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address

from bot.agents.network import rows
from bot.agents.network.asking import Asking, Row
from bot.agents.network.line import Line
from bot.agents.network.reasons import DeviceError
from bot.agents.network.surroundings import MOST_ROWS, Bridge, look_around
from bot.model.addresses import Mac
from bot.model.network import Extent, Role, Table
from bot.probes.tables import NAME, columns, of_entry

MOST_CANDIDATES = 16
"""Interfaces behind which the target's ARP row is asked for."""
MOST_ASKED = 2_400
"""Rows of MAC tables that are asked for by name: MACs times VLANs times two columns."""
MOST_AGAIN = 240
"""The same, while they are read again and again."""

_ROUTERS = (Role.CORE, Role.FIREWALL)
_SWITCHES = (Role.DISTRIBUTION, Role.ACCESS)


class Reader:
    """Reads one device for one job; everything that was read, or was not, is in the notebook of ``asking``.

    Raises SilentError, StoppedError and TimeoutError where there is no use in going on.
    """

    def __init__(self, line: Line, asking: Asking, per_vlan: Iterable[Asking], ip: IPv4Address | None) -> None:
        self._line, self._asking, self._per_vlan, self._ip = line, asking, tuple(per_vlan), ip
        self._notebook = asking.notebook
        self._arp: list[Row] = []
        self._fdb: list[Row] = []
        self._plain: list[Row] = []
        self._bridge = Bridge(False)
        self._found: set[str] = set()

    def identify(self) -> None:
        """Who it is. Its name is walked to, as the control that it answers GETBULK at all.

        Raises:
            DeviceError: it answers, but shows nothing.
        """
        up_ticks = self._asking.session.get(()).up_ticks
        found = self._asking.gather((NAME,), 1)
        if not found:
            raise DeviceError(f"{self._line.settings.name} answers, but shows not even its sysName: check its view.")
        self._notebook.add(found.cells, up_ticks, self._asking.asked_at)
        self._notebook.tell(Table.IDENTITY, Extent.WHOLE)

    def addresses(self) -> tuple[Mac, ...]:
        """The target's ARP rows behind every interface with an address in the target's network; its MACs."""
        if self._ip is None:
            return ()
        with self._asking.telling(Table.ARP):
            own = self._asking.gather(of_entry("ipAdEnt"), MOST_ROWS)
            self._arp = rows.arp(self._ip, rows.on_link(own.cells, self._ip)[:MOST_CANDIDATES])
            if self._arp:
                told, unread = self._asking.ask(self._arp)
                self._asking.asked(Table.ARP, unread)
                return tuple(rows.macs(told))
        return ()

    def surroundings(self, incident: str) -> bool:
        """Ports, VLANs and neighbours; whether they were read now and not by an earlier job of the incident."""
        known = self._line.known(incident)
        found = known or look_around(self._asking, self._per_vlan)
        if known is not None:
            self._notebook.recall(known.told, known.readings)
        elif not any(one.failed for one in (self._asking, *self._per_vlan)):
            self._line.remember(incident, found)
        self._bridge = found.bridge
        self._per_vlan = tuple(one for one in self._per_vlan if one.vlan not in found.bridge.deaf)
        return known is None

    def forward(self, macs: tuple[Mac, ...]) -> None:
        """Where frames to these MACs leave."""
        self._notebook.ask(macs)
        if not self._bridge.there:
            self._lacks(Table.FDB, f"{self._asking.name} shows no bridge over SNMP (BRIDGE-MIB).", _SWITCHES)
            return
        wanted = rows.fdb(macs, self._bridge.fdbs)
        self._fdb, self._plain = wanted[:MOST_ASKED], rows.fdb(macs, ())
        if macs:
            with self._asking.telling(Table.FDB):
                self._asking.asked(Table.FDB, self._forward(self._fdb), self._unasked(len(wanted)))

    def _unasked(self, wanted: int) -> str | None:
        """Why a MAC that was not found may still be there."""
        name, deaf = self._asking.name, self._bridge.deaf
        if deaf:
            return f"{name} does not answer the community of VLAN {', '.join(map(str, deaf))}: has it that VLAN?"
        if not self._bridge.sure:
            return f"{name} does not tell all VLANs that it has; those that show in its MAC table were asked."
        return f"{name} has more VLANs than every MAC can be asked for in." if wanted > MOST_ASKED else None

    def whole(self) -> None:
        """The ARP and MAC tables as a whole, where they are short."""
        if self._line.settings.walk_rows:
            self._whole(Table.ARP, "ipNetToMediaPhysAddress", "ipNetToMediaType", self._arp)
            if self._bridge.there and not self._per_vlan:
                entry = "dot1qTpFdb" if self._bridge.fdbs else "dot1dTpFdb"
                self._whole(Table.FDB, f"{entry}Port", f"{entry}Status", self._fdb)

    def count(self) -> None:
        """The counters and states of the ports that matter here."""
        with self._asking.telling(Table.PORTS):
            self._asking.ask(rows.counters(self._notebook.readings))

    def again(self) -> None:
        """The same rows of the target and of the MACs once more."""
        again = self._fdb
        if len(again) > MOST_AGAIN:  # then those only that it had when they were asked for first
            again = [row for row in again if row[1] in self._found][:MOST_AGAIN]
        if self._arp:
            with self._asking.telling(Table.ARP):
                self._asking.asked(Table.ARP, self._asking.ask(self._arp)[1])
        if again:
            more = f"{self._asking.name} has more VLANs than can be asked for again and again."
            why = more if len(again) < len(self._fdb) else self._unasked(len(again))
            with self._asking.telling(Table.FDB):
                self._asking.asked(Table.FDB, self._forward(again), why)

    def broke_off(self, why: str) -> None:
        """What was read again and again could not be read to the end of the time."""
        for table, read in ((Table.ARP, self._arp), (Table.FDB, self._fdb)):
            if read:
                self._notebook.tell(table, Extent.PART, why)

    def _forward(self, wanted: list[Row]) -> list[Row]:
        told, unread = self._asking.ask(wanted)
        self._found |= {at for column in ("dot1qTpFdbPort", "dot1dTpFdbPort") for at in told.get(column, {})}
        for one in self._per_vlan:
            unread += one.ask(self._plain)[1]
        return unread

    def _lacks(self, table: Table, why: str, keepers: tuple[Role, ...]) -> None:
        """It has no such table. Something is missing only where a device of its role should have one."""
        self._notebook.tell(table, Extent.NONE, why if self._line.settings.device.role in keepers else None)

    def _whole(self, table: Table, first: str, second: str, by_name: list[Row]) -> None:
        most, name = self._line.settings.walk_rows, self._asking.name
        with self._asking.telling(table):
            found = self._asking.gather(columns(first, second), most)
            if found.cut or found.why:
                if not by_name:
                    longer = f"{name} has more than {most} entries, and none of them could be asked for by name."
                    self._notebook.tell(table, Extent.PART, found.why or longer)
                return
            if not found and not by_name:
                keepers = _ROUTERS if table is Table.ARP else _SWITCHES
                self._lacks(table, f"{name} shows no such table over SNMP ({first}).", keepers)
                return
            # The rows that matter once more by name: a walk tells no ages, and this reading is the newest one.
            told, unread, up_ticks = self._asking.fetch(by_name)
            if unread:
                return
            asked = {at for _, at in by_name}
            for column in {*found.cells, *told}:
                walked = {at: value for at, value in found.cells.get(column, {}).items() if at not in asked}
                found.cells[column] = walked | told.get(column, {})
            self._notebook.add(found.cells, up_ticks, self._asking.asked_at)
            self._notebook.tell(table, Extent.WHOLE)
