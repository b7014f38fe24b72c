"""What a device is asked, in order: who it is, the rows that were asked for, what is around them, then the rest.

Rows are asked for by name, so that a table of 100,000 entries costs no more than one of ten; a table is read as a
whole only where it is short.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from ipaddress import IPv4Address, IPv4Network

from bot.agents.network.line import Line, Surroundings
from bot.agents.network.notebook import Cells, Notebook, cell, cells
from bot.agents.network.reasons import DeviceError, SilentError, StoppedError
from bot.agents.network.session import Session
from bot.model.addresses import Mac, parse_mac
from bot.model.network import Extent, Table
from bot.probes.tables import COLUMNS, COUNTERS, Column, Reading, columns, of_entry
from bot.probes.tables.names import Names

MOST_INTERFACES = 2_000
"""Ports, own addresses, VLANs and neighbours of one device: what is more is left out, and said."""
MOST_CANDIDATES = 16
MOST_ASKED = 1_200
"""MACs times VLANs that are asked for by name."""
MOST_AGAIN = 120
"""The same, while it is read again and again."""
MOST_COUNTED = 32
"""Ports whose counters are read: all of a small switch, of a big one those that matter here."""

_ABORT = (SilentError, StoppedError, TimeoutError)


class Gathered:
    """Columns as far as they were walked. ``cut``: there is more than was wanted; ``why``: something broke off."""

    def __init__(self) -> None:
        self.cells: Cells = {}
        self.cut = False
        self.why: str | None = None

    def __bool__(self) -> bool:
        return any(self.cells.values())


class Reader:
    """Reads one device for one job into its notebook.

    Raises SilentError, StoppedError and TimeoutError where there is no use in going on; everything else is told in
    the notebook, table by table.
    """

    def __init__(self, line: Line, session: Session, notebook: Notebook, ip: IPv4Address | None) -> None:
        self._line, self._session, self._notebook, self._ip = line, session, notebook, ip
        self._settings = line.settings
        self._candidates: list[int] = []
        self._fdbs: tuple[int, ...] = ()
        self._bridge = False
        self._found: set[str] = set()
        self._macs: tuple[Mac, ...] = ()

    def identify(self) -> None:
        """Who it is. Its name is walked to, as the control that it answers GETBULK at all."""
        name = COLUMNS["sysName"]
        walk = self._session.walk(name.oid, 1)
        if not walk.rows:
            raise SilentError(f"{self._settings.name} answers SNMP, but shows not even its own name: check its view.")
        self._notebook.add({name.name: cells(walk.rows)}, self._session.get(()).up_ticks)
        self._notebook.tell(Table.IDENTITY, Extent.WHOLE)

    def addresses(self) -> tuple[Mac, ...]:
        """The target's ARP rows, on every interface that has an address in the target's network; its MACs."""
        if self._ip is None:
            return ()
        with self._telling(Table.ARP):
            own = self._gather(of_entry("ipAdEnt"), MOST_INTERFACES)
            self._candidates = _on_link(own.cells, self._ip)[:MOST_CANDIDATES]
            if self._candidates:
                told = self._ask(Table.ARP, self._arp_rows())
                return tuple(
                    _macs(told.get("ipNetToMediaPhysAddress", {}) or told.get("ipNetToPhysicalPhysAddress", {}))
                )
        return ()

    def surroundings(self, incident: str) -> None:
        """Names, states and VLANs of ports, neighbours; what an earlier job of the incident read is used again."""
        if known := self._line.known(incident):
            self._notebook.recall(known.told, known.readings)
            self._fdbs, self._bridge = known.fdbs, known.bridge
            return
        mark = self._notebook.mark()
        self._ports()
        self._vlans()
        self._neighbours()
        told, readings = self._notebook.since(mark)
        if all(one.why is None or one.extent is Extent.NONE for one in told):
            self._line.remember(incident, Surroundings(told, readings, self._fdbs, self._bridge))

    def forward(self, macs: tuple[Mac, ...]) -> None:
        """Where frames to these MACs leave."""
        self._macs = macs
        self._notebook.ask(macs)
        rows = self._fdb_rows()
        if not self._bridging:
            self._notebook.tell(Table.FDB, Extent.NONE, "It shows no bridge over SNMP (BRIDGE-MIB).")
        if not rows:
            return
        with self._telling(Table.FDB):
            if len(rows) > 2 * MOST_ASKED:
                rows = rows[: 2 * MOST_ASKED]
                self._notebook.tell(Table.FDB, Extent.PART, "It has more VLANs than can be asked for every MAC.")
            told = self._ask(Table.FDB, rows)
            self._found = set(told.get("dot1qTpFdbPort", {})) | set(told.get("dot1dTpFdbPort", {}))

    def whole(self) -> None:
        """The ARP and MAC tables as a whole, where they are short."""
        if self._settings.walk_rows:
            self._whole(Table.ARP, ("ipNetToMediaPhysAddress", "ipNetToMediaType"), bool(self._candidates))
            if self._bridging:
                self._whole(Table.FDB, ("dot1qTpFdbPort", "dot1qTpFdbStatus"), bool(self._fdb_rows()))

    def count(self) -> None:
        """The counters and states of the ports that matter here."""
        names = (*COUNTERS.values(), "ifAdminStatus", "ifOperStatus", "ifHighSpeed")
        rows = [(COLUMNS[name], str(port)) for port in self._counted() for name in names]
        if rows:
            with self._telling(Table.PORTS):
                self._ask(None, rows)

    def again(self) -> None:
        """The same rows of the target and of the MACs once more."""
        rows = self._fdb_rows()
        if len(rows) > 2 * MOST_AGAIN:
            rows = [row for row in rows if row[1] in self._found][: 2 * MOST_AGAIN]
        with self._telling(Table.ARP):
            told = self._ask(None, [*self._arp_rows(), *rows])
            for table, any_rows in ((Table.ARP, self._candidates), (Table.FDB, rows)):
                if any_rows:
                    self._notebook.tell(table, Extent.ASKED)
            self._found |= set(told.get("dot1qTpFdbPort", {}))

    @property
    def _bridging(self) -> bool:
        return self._bridge or bool(self._fdbs)

    def _ports(self) -> None:
        with self._telling(Table.PORTS):
            names = ("ifName", "ifDescr", "ifAlias", "ifAdminStatus", "ifOperStatus", "ifHighSpeed")
            self._tell(Table.PORTS, self._gather(columns(*names), MOST_INTERFACES), "It shows no ports over SNMP.")

    def _vlans(self) -> None:
        with self._telling(Table.VLANS):
            self._bridge = bool(self._gather(columns("dot1dBasePortIfIndex"), MOST_INTERFACES, keep=True))
            found = self._gather(of_entry("dot1qVlanCurrent"), MOST_INTERFACES)
            self._tell(Table.VLANS, found, "It shows no VLANs over SNMP (Q-BRIDGE-MIB).")
            fdbs = list(found.cells.get("dot1qVlanFdbId", {}).values())
            if not fdbs:
                fdbs = list(
                    self._gather(columns("dot1qFdbDynamicCount"), MOST_INTERFACES).cells["dot1qFdbDynamicCount"]
                )
            self._fdbs = tuple(sorted({int(fdb) for fdb in fdbs if fdb.isdigit()}))

    def _neighbours(self) -> None:
        with self._telling(Table.NEIGHBOURS):
            found = self._gather(of_entry("lldpRem"), MOST_INTERFACES)
            if found:
                self._gather(of_entry("lldpLocPort"), MOST_INTERFACES, keep=True)
            cdp = self._gather(of_entry("cdpCache"), MOST_INTERFACES)
            found.cells |= cdp.cells
            found.cut, found.why = found.cut or cdp.cut, found.why or cdp.why
            self._tell(Table.NEIGHBOURS, found, "It tells of no neighbour by LLDP or CDP.")

    def _whole(self, table: Table, names: tuple[str, str], asked: bool) -> None:
        with self._telling(table):
            found = self._gather(columns(*names), self._settings.walk_rows)
            if found.cut:
                if not asked:
                    why = f"It has more than {self._settings.walk_rows} entries, and none could be asked for by name."
                    self._notebook.tell(table, Extent.PART, why)
                return
            for column, rows in found.cells.items():  # what was asked for by name is read already, and with its age
                found.cells[column] = {at: value for at, value in rows.items() if not self._asked(table, at)}
            if found.why is None and (found or asked):
                self._notebook.add(found.cells, None)
                self._notebook.tell(table, Extent.WHOLE)
            elif not asked:
                self._tell(table, found, "It shows no such table over SNMP.")

    def _asked(self, table: Table, instance: str) -> bool:
        if table is Table.ARP:
            return instance in {f"{index}.{self._ip}" for index in self._candidates}
        return instance in self._found

    def _arp_rows(self) -> list[tuple[Column, str]]:
        media = columns("ipNetToMediaPhysAddress", "ipNetToMediaType")
        physical = of_entry("ipNetToPhysical")
        return [
            row
            for index in self._candidates
            for row in (
                *((column, f"{index}.{self._ip}") for column in media),
                *((column, f"{index}.1.4.{self._ip}") for column in physical),
            )
        ]

    def _fdb_rows(self) -> list[tuple[Column, str]]:
        """Without filtering databases of VLANs there is the one table of BRIDGE-MIB."""
        if not self._bridging:
            return []
        octets = [".".join(str(octet) for octet in bytes.fromhex(mac.replace(":", ""))) for mac in self._macs]
        if self._fdbs:
            pairs, entry = [f"{fdb}.{mac}" for mac in octets for fdb in self._fdbs], "dot1qTpFdb"
        else:
            pairs, entry = octets, "dot1dTpFdb"
        return [(column, pair) for pair in pairs for column in of_entry(entry)]

    def _counted(self) -> list[int]:
        """The ports of the MACs, those with a neighbour, and of a small device all."""
        readings = self._notebook.readings
        every = [int(at) for reading in readings for at in reading.columns.get("ifOperStatus", {}) if at.isdigit()]
        every = list(dict.fromkeys(every))
        if len(every) <= MOST_COUNTED:
            return every
        names = Names(readings)
        near = {names.of_lldp_port(int(at.split(".")[1])) for at in _instances(readings, "lldpRemPortId", 3)}
        behind = {names.of_port(int(told)) for told in _values(readings, "dot1qTpFdbPort", "dot1dTpFdbPort")}
        named = {index: names.of_interface(index) for index in every}
        chosen = [index for index in every if named[index] in behind]
        chosen += [index for index in every if named[index] in near and index not in chosen]
        return chosen[:MOST_COUNTED]

    def _gather(self, wanted: Sequence[Column], most: int, *, keep: bool = False) -> Gathered:
        """Columns one after the other; where the first is empty there is no such table. ``keep``: note them."""
        found = Gathered()
        for column in wanted:
            walk = self._session.walk(column.oid, most)
            found.cells[column.name] = cells(walk.rows)
            found.cut = found.cut or walk.cut
            found.why = found.why or (
                f"Its {column.name} could not be read to the end: {walk.why}." if walk.why else None
            )
            if walk.cut or (not walk.rows and column is wanted[0]):
                break
        if keep:
            self._notebook.add(found.cells, None)
        return found

    def _tell(self, table: Table, found: Gathered, empty: str) -> None:
        if not found:
            self._notebook.tell(table, Extent.NONE, found.why or empty)
            return
        self._notebook.add(found.cells, None)
        why = found.why or ("It is longer than is read." if found.cut else None)
        self._notebook.tell(table, Extent.PART if why else Extent.WHOLE, why)

    def _ask(self, table: Table | None, rows: Iterable[tuple[Column, str]]) -> Cells:
        by_oid = {f"{column.oid}.{instance}": (column.name, instance) for column, instance in rows}
        answer = self._session.get(tuple(by_oid))
        told: Cells = {}
        for oid, value in answer.values.items():
            name, instance = by_oid[oid]
            if (raw := cell(value)) is not None:
                told.setdefault(name, {})[instance] = raw
        self._notebook.add(told, answer.up_ticks)
        if table is not None:
            lost = [" ".join(by_oid[oid]) for oid in answer.unread[:3]]
            why = f"It answers with an error for {', '.join(lost)}." if lost else None
            self._notebook.tell(table, Extent.PART if why else Extent.ASKED, why)
        return told

    @contextmanager
    def _telling(self, table: Table) -> Iterator[None]:
        """A table that fails by itself is told; where the device is silent, or the time over, so is the end of all."""
        try:
            yield
        except _ABORT:
            raise
        except DeviceError as error:
            self._notebook.tell(table, Extent.PART, str(error))


def _on_link(own: Cells, ip: IPv4Address) -> list[int]:
    """The ifIndexes that have an address in the network of ``ip``; ipAdEnt is instanced by the address."""
    found = []
    for address, index in own.get("ipAdEntIfIndex", {}).items():
        mask = own.get("ipAdEntNetMask", {}).get(address)
        try:
            if mask and ip in IPv4Network(f"{address}/{mask}", strict=False) and int(index) not in found:
                found.append(int(index))
        except ValueError:
            continue
    return found


def _macs(rows: dict[str, str]) -> Iterator[Mac]:
    for raw in rows.values():
        if len(raw) == 14 and raw.startswith("0x"):
            yield parse_mac(raw[2:])


def _instances(readings: Iterable[Reading], column: str, parts: int) -> Iterator[str]:
    for reading in readings:
        for instance in reading.columns.get(column, {}):
            if instance.count(".") == parts - 1:
                yield instance


def _values(readings: Iterable[Reading], *names: str) -> Iterator[str]:
    for reading in readings:
        for name in names:
            yield from (value for value in reading.columns.get(name, {}).values() if value.isdigit())
