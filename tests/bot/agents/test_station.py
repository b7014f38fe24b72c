"""The kernel's own words about an interface: routes and neighbours as text."""

from ipaddress import IPv4Address

import pytest

from bot.agents.neighbours import parse
from bot.agents.packet_socket import trouble
from bot.agents.station import default_gateway, discover
from bot.errors import InstrumentError
from bot.probes.neighbours import Neighbour

_HEAD = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
_ARP = """\
IP address       HW type     Flags       HW address            Mask     Device
10.0.0.5         0x1         0x2         00:50:56:8A:00:10     *        eth0
10.0.0.6         0x1         0x0         00:00:00:00:00:00     *        eth0
10.0.0.7         0x1         0x6         00:50:56:8a:00:11     *        eth0
10.0.0.8         0x1         0xc         00:00:00:00:00:00     *        eth0
10.1.0.5         0x1         0x2         00:50:56:8a:00:12     *        eth1
"""


def _route(name: str, gateway: str, *, flags: str = "0003", metric: int = 0, mask: str = "00000000") -> str:
    return f"{name}\t00000000\t{gateway}\t{flags}\t0\t0\t{metric}\t{mask}\t0\t0\t0\n"


@pytest.mark.parametrize(
    ("routes", "gateway"),
    [
        pytest.param(_route("eth0", "0100000A"), IPv4Address("10.0.0.1"), id="one default route"),
        pytest.param(
            _route("eth0", "0200000A", metric=100) + _route("eth0", "0100000A", metric=20),
            IPv4Address("10.0.0.1"),
            id="the lower metric",
        ),
        pytest.param(_route("eth1", "0100000A"), None, id="another interface's"),
        pytest.param(_route("eth0", "00000000", flags="0001"), None, id="without a gateway"),
        pytest.param(_route("eth0", "0100000A", flags="0002"), None, id="not up"),
        pytest.param(_route("eth0", "0100000A", mask="00FFFFFF"), None, id="not the default"),
        pytest.param("", None, id="no route"),
    ],
)
def test_the_gateway_is_that_of_the_interfaces_default_route(routes: str, gateway: IPv4Address | None) -> None:
    """It is the control of every check; the wrong one would be heard through another cable."""
    assert default_gateway(_HEAD + routes, "eth0") == gateway


def test_the_arp_table_is_read_for_one_interface() -> None:
    """An incomplete entry has no MAC, and a published one is no neighbour."""
    assert parse(_ARP, "eth0") == (
        Neighbour(IPv4Address("10.0.0.5"), "00:50:56:8a:00:10", permanent=False),  # type: ignore[arg-type]
        Neighbour(IPv4Address("10.0.0.6"), None, permanent=False),
        Neighbour(IPv4Address("10.0.0.7"), "00:50:56:8a:00:11", permanent=True),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("interface", "says"),
    [
        pytest.param("eth-nowhere", "no interface eth-nowhere here; there are: .*lo", id="missing"),
        pytest.param("eth-with-a-name-too-long", "no interface eth-with-a-name-too-long", id="name too long"),
        pytest.param("lo", "not Ethernet", id="loopback"),
    ],
)
def test_an_interface_that_cannot_be_a_vantage_is_named(interface: str, says: str) -> None:
    """The operator reads this sentence when the agent does not start."""
    with pytest.raises(InstrumentError, match=says):
        discover(interface, "dc1", "dc1-a")


def test_an_interface_that_cannot_be_heard_is_told_before_a_job_needs_it() -> None:
    """The agent is not ready, and says why; the loopback can be heard, if only by itself."""
    assert "no interface eth-nowhere here" in (trouble("eth-nowhere") or "")
    told = trouble("lo")
    assert told is None or "CAP_NET_RAW" in told
