"""Evidence told as a story: who asked, who answered, what vCenter said. Times run on by themselves.

story().asks(answers=[APP, APP_2ND]).control().echoes().vm("app05", macs=[APP, APP_2ND]).evidence()
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv4Network
from typing import Any, Self

from bot.model.addresses import BROADCAST, Mac
from bot.model.finding import Evidence
from bot.model.job import Vantage
from bot.model.network import Device, Extent, Row, Table
from bot.model.observation import (
    ArpAnnounced,
    ArpAnswer,
    ArpAsked,
    EchoAnswer,
    EchoAsked,
    GuestProcessesRead,
    GuestProcessFound,
    GuestRowFound,
    HelloHeard,
    HostNicFound,
    Listened,
    LoopSeen,
    NeighbourHeld,
    NicFound,
    Observation,
    PacketSeen,
    RarpNotice,
    ReportedFact,
    RowSeen,
    SurroundingSeen,
    SurroundingsRead,
    TableRead,
    VcenterAnswered,
    VmFound,
)
from bot.model.vsphere import Clocks, Family, Gap

TARGET = IPv4Address("10.0.0.5")
GATEWAY = IPv4Address("10.0.0.1")
APP = Mac("00:50:56:aa:00:01")
APP_2ND = Mac("00:50:56:aa:00:11")
OTHER = Mac("00:50:56:aa:00:02")
STRANGER = Mac("3c:52:82:12:34:56")
ROUTER = Mac("00:1b:54:c2:00:01")
PEER, PEER_MAC = IPv4Address("10.0.0.77"), Mac("3c:52:82:00:00:77")
BEGIN = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
ANSWER_S = 0.0002
AGENTS = ("had", "hashadow", "corosync", "pacemakerd", "keepalived")
READ: tuple[Family, ...] = (
    "clock", "vms", "hosts", "groups", "ports", "switches", "alarms", "events", "counters", "neighbours",
    "tasks",
)  # fmt: skip


def vantage(agent: str = "dc1-a", segment: str = "dc1-front", last: int = 250, prefix: str = "10.0.0.0/24") -> Vantage:
    """An agent's place, with addresses that tell its name."""
    network = IPv4Network(prefix)
    own_mac = Mac(f"00:16:3e:00:00:{last:02x}")
    return Vantage(agent, segment, "eth1", own_mac, network[last], network, network[1])


@dataclass
class Story:
    """A builder; every call adds observations at the vantage that stands, and returns the story."""

    target: IPv4Address = TARGET
    here: Vantage = field(default_factory=vantage)
    observations: list[Observation] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    dropped: dict[str, int | None] = field(default_factory=dict)
    deaf: set[str] = field(default_factory=set)
    now: datetime = BEGIN
    frame: int = 0
    vlans: tuple[int, ...] = ()
    tunnel: str | None = None

    def at(self, place: Vantage, *, dropped: int | None = 0) -> Self:
        """Go to another vantage, which loses ``dropped`` frames."""
        self.here = place
        self.dropped[place.agent] = dropped
        return self

    def on_vlan(self, *vlans: int) -> Self:
        """From here on every ARP frame carries these tags."""
        self.vlans = vlans
        return self

    def inside(self, tunnel: str | None) -> Self:
        """From here on it was heard in this tunnel; None: outside any."""
        self.tunnel = tunnel
        return self

    def loses(self, dropped: int | None) -> Self:
        """The vantage lost so many frames."""
        self.dropped[self.here.agent] = dropped
        return self

    def waits(self, seconds: float) -> Self:
        """Time passes."""
        self.now += timedelta(seconds=seconds)
        return self

    def _seen(self, after_s: float = 0.0) -> tuple[datetime, Vantage, str, str]:
        self.frame += 1
        return self.now + timedelta(seconds=after_s), self.here, f"sha256:{self.here.agent}", f"frame {self.frame}"

    def _add(self, kind: type[Observation], after_s: float = 0.0, **facts: object) -> None:
        seen_at, place, artifact, locator = self._seen(after_s)
        self.observations.append(kind(seen_at=seen_at, vantage=place, artifact=artifact, locator=locator, **facts))

    def asks(
        self,
        times: int = 3,
        *,
        answers: Sequence[Mac] | Mapping[Mac, float] = (),
        probe: bool = False,
        to: Mac = BROADCAST,
        asker: IPv4Address | None = None,
        asker_mac: Mac | None = None,
        wanted: IPv4Address | None = None,
        gap_s: float = 0.3,
        sent_by: Mac | None = None,
        copies: int = 1,
        returns: int | None = 0,
    ) -> Self:
        """Ask who-has ``times`` times; each of ``answers`` replies to every one (a mapping gives the delays in s).

        ``asker`` and ``asker_mac`` make it somebody else's question; ``sent_by`` is the frame source of the answers.
        ``returns`` is how often each question comes back to us; None: the capture does not tell what came in.
        """
        ours = asker_mac is None
        mac = asker_mac or self.here.mac
        assert mac is not None
        address = None if probe else asker or self.here.address
        ip = wanted or self.target
        delays = answers if isinstance(answers, Mapping) else dict.fromkeys(answers, ANSWER_S)
        for _ in range(times):
            for again in range(1 + (returns or 0)):
                self._add(
                    ArpAsked,
                    again * 0.001,
                    wanted=ip,
                    asker=address,
                    asker_mac=mac,
                    transmitter=mac,
                    sent_to=to,
                    vlans=self.vlans,
                    tunnel=self.tunnel,
                    ours=ours,
                    returned=again > 0 if ours and returns is not None else None,
                )
            for one, delay_s in delays.items():
                for copy in range(copies):
                    self._add(
                        ArpAnswer,
                        delay_s + copy * 0.0001,
                        ip=ip,
                        mac=one,
                        transmitter=sent_by or one,
                        told_mac=mac,
                        told_ip=address,
                        vlans=self.vlans,
                        tunnel=self.tunnel,
                    )
            self.now += timedelta(seconds=gap_s)
        return self

    def control(self, *, answers: bool = True) -> Self:
        """Ask for the gateway."""
        gateway = self.here.gateway
        assert gateway is not None
        return self.asks(1, wanted=gateway, answers=[ROUTER] if answers else [])

    def silent_control(self) -> Self:
        """Ask for the gateway, which does not answer."""
        return self.control(answers=False)

    def control_alone(self) -> Self:
        """Ask the gateway's MAC alone, and ping it."""
        gateway = self.here.gateway
        assert gateway is not None
        self.asks(1, wanted=gateway, to=ROUTER, answers=[ROUTER])
        return self._echo(gateway, ROUTER, 9, 1)

    def announces(self, mac: Mac) -> Self:
        """``mac`` claims the target, gratuitously."""
        self._add(
            ArpAnnounced, ip=self.target, mac=mac, transmitter=mac, vlans=self.vlans, tunnel=self.tunnel,
            sent_to=BROADCAST,
        )  # fmt: skip
        self.now += timedelta(seconds=0.1)
        return self

    def rarp(self, mac: Mac) -> Self:
        """A host announces ``mac`` on a new port."""
        self._add(RarpNotice, mac=mac, transmitter=mac, vlans=self.vlans, tunnel=self.tunnel)
        return self

    def echoes(self, to: Mac = APP, *, sent: int = 5, lost: Sequence[int] = (), ident: int | None = None) -> Self:
        """Send numbered echo requests (1, 2, ...) to ``to``; those in ``lost`` are not answered."""
        number = ident if ident is not None else self.frame
        for seq in range(1, sent + 1):
            self._echo(self.target, to, number, seq, answered=seq not in lost)
            self.now += timedelta(seconds=0.05)
        return self

    def _echo(
        self,
        ip: IPv4Address,
        to: Mac,
        ident: int,
        seq: int,
        *,
        answered: bool = True,
        asker: tuple[IPv4Address, Mac] | None = None,
        answered_by: Mac | None = None,
    ) -> Self:
        address, mac = asker or (self.here.address, self.here.mac)
        asked: dict[str, Any] = {"asker": address, "transmitter": mac, "sent_to": to, "ours": asker is None}
        told: dict[str, Any] = {"ip": ip, "ident": ident, "seq": seq, "ttl": 64, "vlans": self.vlans}
        self._add(EchoAsked, **asked, **told)
        if answered:
            self._add(EchoAnswer, ANSWER_S, mac=answered_by or to, told=address, **told)
        return self

    def pinged(
        self,
        to: Mac,
        *,
        sent: int = 5,
        lost: Sequence[int] = (),
        asker: IPv4Address = PEER,
        asker_mac: Mac = PEER_MAC,
        answered_by: Mac | None = None,
    ) -> Self:
        """Somebody else pings the target once a second by an ARP entry that says ``to``."""
        ident = self.frame
        for seq in range(1, sent + 1):
            answered, who = seq not in lost, (asker, asker_mac)
            self._echo(self.target, to, ident, seq, answered=answered, asker=who, answered_by=answered_by)
            self.now += timedelta(seconds=1)
        return self

    def tells(self, mac: Mac, *, times: int = 1, copies: int = 1, gap_s: float = 1.0) -> Self:
        """``mac`` answers for the target again and again although nobody asked; ``copies`` frames at once."""
        for _ in range(times):
            for copy in range(copies):
                self._add(
                    ArpAnswer, copy * 0.0001, ip=self.target, mac=mac, transmitter=mac, told_mac=PEER_MAC,
                    told_ip=PEER, vlans=self.vlans, tunnel=self.tunnel,
                )  # fmt: skip
            self.now += timedelta(seconds=gap_s)
        return self

    def says_of(self, ip: IPv4Address, mac: Mac) -> Self:
        """``mac`` announces another address."""
        self._add(ArpAnnounced, ip=ip, mac=mac, transmitter=mac, vlans=self.vlans, tunnel=self.tunnel)
        return self

    def packets(
        self,
        carriers: Sequence[Mac],
        *,
        times: int = 4,
        ttl: int = 64,
        lowered: bool = False,
        source: IPv4Address | None = None,
        destination: IPv4Address | None = None,
    ) -> Self:
        """Packets of the target, each carried by one MAC after the other; with the TTL ``lowered`` by each but one."""
        for _ in range(times):
            fingerprint = str(self.frame).encode()
            for number, carrier in enumerate(carriers):
                self._add(
                    PacketSeen, number * 0.00001, source=source or self.target, destination=destination or PEER,
                    transmitter=carrier, sent_to=PEER_MAC, ttl=ttl - number * lowered, fingerprint=fingerprint,
                    vlans=self.vlans,
                )  # fmt: skip
            self.now += timedelta(seconds=0.2)
        return self

    def hello(self, protocol: str, group: int, mac: Mac) -> Self:
        """A virtual router says that it is there."""
        self._add(HelloHeard, protocol=protocol, group=group, transmitter=mac, vlans=self.vlans)
        return self

    def loops(self, mac: Mac) -> Self:
        """``mac`` sends a frame to itself."""
        self._add(LoopSeen, mac=mac, vlans=self.vlans)
        return self

    def held(self, mac: Mac) -> Self:
        """The vantage's own ARP table held ``mac``."""
        self._add(NeighbourHeld, ip=self.target, mac=mac, permanent=False)
        return self

    def never_listened(self) -> Self:
        """No word on when this vantage listened."""
        self.deaf.add(self.here.agent)
        return self

    def vm(
        self,
        name: str,
        macs: Sequence[Mac],
        *,
        addresses: Sequence[IPv4Address] = (),
        on: bool = True,
        connected: bool | None = True,
        network: str = "front",
        vcenter: str = "vc1",
        bond: bool = False,
        connection: str = "connected",
        inside: Mac | None = None,
        foreign_macs: bool | None = None,
        blocked: bool | None = None,
    ) -> Self:
        """A VM that vCenter knows; ``addresses`` are reported on its first vNIC, or on a bond.

        ``inside`` is the MAC that the guest uses, if not its first vNIC's; it is reported also without addresses.
        """
        id_ = f"{vcenter}/{name}"
        self._add_vcenter(
            VmFound,
            vm=id_,
            name=name,
            vcenter=vcenter,
            powered_on=on,
            connection=connection,
            host="esx1",
            cluster="odd",
            tools_running=on,
        )
        for number, mac in enumerate(macs):
            reported = tuple(addresses) if number == 0 and not bond else ()
            self._add_vcenter(
                NicFound,
                vm=id_,
                vm_name=name,
                label=f"Network adapter {number + 1}",
                mac=mac,
                connected=connected if on else None,
                network=network,
                vlan=None,
                foreign_macs=foreign_macs,
                blocked=blocked,
                addresses=reported,
            )
        if addresses or inside:
            self._add_vcenter(
                GuestRowFound, vm=id_, vm_name=name, mac=inside or macs[0], addresses=tuple(addresses), vnic=not bond
            )
        return self

    def listed(
        self,
        name: str,
        *running: str,
        ended: Mapping[str, int | None] | None = None,
        zombies: Sequence[str] = (),
        looked_for: Sequence[str] = AGENTS,
        unread: str | None = None,
        vcenter: str = "vc1",
    ) -> Self:
        """The processes inside a VM were listed: those that run, have ended (with which exit code), or are zombies."""
        id_ = f"{vcenter}/{name}"
        self._add_vcenter(GuestProcessesRead, vm=id_, vm_name=name, looked_for=tuple(looked_for), unread=unread)
        told: list[tuple[str, dict[str, Any]]] = [(agent, {}) for agent in running]
        told += [(agent, {"bare": True}) for agent in zombies]
        told += [(agent, {"ended_at": BEGIN, "exit_code": code}) for agent, code in (ended or {}).items()]
        for pid, (agent, more) in enumerate(told, 800):
            facts = {"name": agent, "pid": pid, "owner": "root", "started_at": BEGIN - timedelta(hours=5)}
            self._add_vcenter(
                GuestProcessFound, vm=id_, vm_name=name,
                **{"ended_at": None, "exit_code": None, "bare": False} | facts | more,
            )  # fmt: skip
        return self

    def host_nic(self, mac: Mac, device: str = "vmk0") -> Self:
        """A MAC belongs to an ESXi host."""
        self._add_vcenter(HostNicFound, host="esx1", device=device, mac=mac, addresses=())
        return self

    def around(
        self,
        *things: Any,
        gaps: Sequence[Gap] = (),
        read: tuple[Family, ...] = READ,
        ahead_s: float | None = 0.0,
        vcenter: str = "vc1",
    ) -> Self:
        """What vCenter tells of the surroundings, every family of it; its clock runs ``ahead_s`` ahead."""
        clock = None if ahead_s is None else Clocks(round(ahead_s * 1000), 10)
        self._add_vcenter(SurroundingsRead, vcenter=vcenter, read=read, gaps=tuple(gaps), clock=clock)
        for thing in things:
            self._add_vcenter(SurroundingSeen, vcenter=vcenter, thing=thing)
        return self

    def _add_vcenter(self, kind: type[Observation], **facts: object) -> None:
        self.frame += 1
        place = Vantage("vcenter", "", "")
        self.observations.append(
            kind(seen_at=self.now, vantage=place, artifact="sha256:vcenter", locator=f"vms/{self.frame}", **facts)
        )

    def vcenter(
        self,
        name: str = "vc1",
        *,
        macs: Sequence[Mac] | None = None,
        names: Sequence[str] = (),
        complete: bool = True,
    ) -> Self:
        """A vCenter was asked for the target and ``macs`` (None: every MAC of this module)."""
        self._add_vcenter(
            VcenterAnswered,
            vcenter=name,
            asked_ips=(self.target,),
            asked_macs=(APP, APP_2ND, OTHER, STRANGER, ROUTER) if macs is None else tuple(macs),
            asked_names=tuple(names),
            complete=complete,
            unread=() if complete else ("Cluster odd could not be read: no permission.",),
        )
        return self

    def vcenter_down(self) -> Self:
        """The vCenter could not be asked."""
        self.gaps.append("vCenter vc1 did not answer within 20 s")
        return self

    def reads(
        self,
        device: Device,
        table: Table,
        *rows: Row,
        extent: Extent = Extent.WHOLE,
        why: str | None = None,
        asked: Sequence[Mac] = (),
    ) -> Self:
        """A device's table was read, and held these rows."""
        self.frame += 1
        place = Vantage("network.dc1", device.name, "")
        facts: dict[str, Any] = {
            "seen_at": self.now, "vantage": place, "artifact": f"sha256:{device.name}", "device": device,
        }  # fmt: skip
        self.observations.append(
            TableRead(
                locator=f"{table} {self.frame}", table=table, extent=extent, asked_ip=self.target,
                asked_macs=tuple(asked), why=why, **facts,
            )
        )  # fmt: skip
        self.observations += [
            RowSeen(locator=f"{table} {self.frame}.{number}", row=row, **facts) for number, row in enumerate(rows)
        ]
        return self

    def reports(
        self, kind: str, value: str | None = None, *, domain: str | None = None, symptom: bool = False, by: str = "ana"
    ) -> Self:
        """A person knows this."""
        self.frame += 1
        self.observations.append(
            ReportedFact(
                seen_at=self.now, vantage=Vantage(by, "", ""), artifact=f"sha256:{by}", locator=f"report {self.frame}",
                kind=kind, value=value, domain=domain, measured=not symptom, reporter=by,
            )
        )  # fmt: skip
        return self

    def seen_also(
        self,
        place: Vantage,
        *,
        lost: Collection[int] = (),
        unsent: Collection[int] = (),
        kinds: type[Observation] | tuple[type[Observation], ...] = Observation,
        way_s: float = 0.0005,
        ahead_s: float = 0.0,
        hops: int = 0,
    ) -> Self:
        """What was heard here so far was heard at ``place`` too, which lies nearer to the target and ``hops`` behind.

        Of the frames to the target those in ``lost`` (0, 1, ...) did not arrive there, and an echo that did not has no
        reply; of those from it the ones in ``unsent`` were heard there and never here. ``ahead_s`` is by how much its
        clock is wrong.
        """
        heard = [one for one in self.observations if one.vantage == self.here and isinstance(one, kinds)]
        to = back = 0
        gone = set[tuple[int, int]]()
        for one in heard:
            if isinstance(one, EchoAnswer) and (one.ident, one.seq) in gone:
                self.observations.remove(one)
                continue
            asked = isinstance(one, ArpAsked | EchoAsked)
            number, to, back = (to, to + 1, back) if asked else (back, to, back + 1)
            if asked and number in lost:
                gone |= {(one.ident, one.seq)} if isinstance(one, EchoAsked) else set()
                continue
            if not asked and number in unsent:
                self.observations.remove(one)
            self.frame += 1
            at = one.seen_at + timedelta(seconds=ahead_s + (way_s if asked else -way_s))
            facts: dict[str, Any] = {"ours": False} if asked else {}
            if hops and isinstance(one, EchoAsked | EchoAnswer):
                facts["ttl"] = one.ttl - hops if asked else one.ttl
            self.observations.append(
                replace(
                    one, seen_at=at, vantage=place, artifact=f"sha256:{place.agent}", locator=f"frame {self.frame}",
                    **facts,
                )
            )  # fmt: skip
        self.dropped.setdefault(place.agent, 0)
        return self

    def evidence(self) -> Evidence:
        """Everything, with the time of listening of each vantage up to a second after its last frame."""
        listened: list[Observation] = []
        people = {one.reporter for one in self.observations if isinstance(one, ReportedFact)}
        for agent in sorted(
            {one.vantage.agent for one in self.observations} - {"vcenter", "network.dc1"} - people - self.deaf
        ):
            seen = [one for one in self.observations if one.vantage.agent == agent]
            listened.append(
                Listened(
                    seen_at=max(one.seen_at for one in seen) + timedelta(seconds=1),
                    vantage=seen[0].vantage,
                    artifact=seen[0].artifact,
                    locator="capture",
                    started_at=min(BEGIN, min(one.seen_at for one in seen)) - timedelta(seconds=2),
                    dropped=self.dropped.get(agent, 0),
                )
            )
        return Evidence(self.target, (*self.observations, *listened), tuple(self.gaps))


def story() -> Story:
    """An empty story at the vantage dc1-a, which loses nothing."""
    return Story()
