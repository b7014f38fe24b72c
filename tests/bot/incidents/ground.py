"""Ground that incident tests stand on: two agents, a vCenter, a clock that is moved by hand."""

from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv4Network

from bot.model.addresses import Mac
from bot.model.job import Agent, Probe, Vantage
from bot.model.request import Person, Place, Request, Target

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TARGET = IPv4Address("10.0.0.5")
ASKER = Person("T1", "U1")
HERE = Place("C1")

PROD = Vantage(
    "prod-1",
    "prod",
    "eth0",
    Mac("02:00:00:00:00:fa"),
    IPv4Address("10.0.0.250"),
    IPv4Network("10.0.0.0/24"),
    IPv4Address("10.0.0.1"),
)
OFFICE = Vantage(
    "office-1",
    "office",
    "eth0",
    Mac("02:00:00:00:01:fa"),
    IPv4Address("10.0.1.250"),
    IPv4Network("10.0.1.0/24"),
    IPv4Address("10.0.1.1"),
)
DC1 = Vantage("dc1", "", "")


def agent(vantage: Vantage, *, name: str | None = None) -> Agent:
    """A packet agent on this vantage."""
    name = name or vantage.agent
    return Agent(
        name,
        (f"segment.{vantage.segment}", f"agent.{name}"),
        (Probe.ARP, Probe.ICMP, Probe.CAPTURE, Probe.WATCH),
        (vantage,),
        "1",
        NOON,
    )


def request(target: Target | None = None, *, command: str = "arpcheck", number: int = 1) -> Request:
    """A question, asked at noon."""
    return Request(f"inc-{number}", command, target or Target(address=TARGET), False, ASKER, HERE, NOON)


class HandClock:
    """bot.ports.Clock whose hand a test moves."""

    def __init__(self) -> None:
        self.moment = NOON
        self.count = 0

    def now(self) -> datetime:
        return self.moment

    def new_id(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}-{self.count}"

    def forward(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)
