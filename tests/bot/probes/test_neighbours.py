"""The agent's ARP table as an artifact."""

from ipaddress import IPv4Address

import pytest

from bot.errors import BundleError
from bot.model.job import Artifact, Media, Probe
from bot.model.observation import NeighbourHeld
from bot.probes import read
from bot.probes.neighbours import Neighbour, write
from tests.bot.probes.test_arp import FIRST, GATEWAY, MOMENT, TARGET, VANTAGE


def _artifact(data: bytes) -> Artifact:
    return Artifact("job-1", Probe.ARP, VANTAGE, Media.NEIGHBOURS, "sha256:00", len(data), MOMENT, MOMENT, None)


def test_every_row_is_an_observation_of_the_time_before_anything_was_asked() -> None:
    """A held MAC that nobody answers for is the trace of a stale entry; an incomplete one is that of silence."""
    data = write([Neighbour(TARGET, FIRST, permanent=True), Neighbour(GATEWAY, None, permanent=False)])
    first, second = read(_artifact(data), data)
    assert first == NeighbourHeld(
        seen_at=MOMENT,
        vantage=VANTAGE,
        artifact="sha256:00",
        locator="row 1",
        ip=IPv4Address("10.0.0.5"),
        mac=FIRST,
        permanent=True,
    )
    assert isinstance(second, NeighbourHeld)
    assert (second.locator, second.mac, second.permanent) == ("row 2", None, False)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"7", id="no list"),
        pytest.param(b"[7]", id="no rows"),
        pytest.param(b'[{"ip": "10.0.0.5"}]', id="half a row"),
        pytest.param(b'[{"ip": "10.0.0.500", "mac": null, "permanent": false}]', id="no address"),
        pytest.param(b'[{"ip": 5, "mac": null, "permanent": false}]', id="a number for an address"),
        pytest.param(b'[{"ip": "10.0.0.5", "mac": "x", "permanent": false}]', id="no MAC"),
        pytest.param(b'[{"ip": "10.0.0.5", "mac": 7, "permanent": false}]', id="a number for a MAC"),
        pytest.param(b'[{"ip": "10.0.0.5", "mac": null, "permanent": 0}]', id="a number for a truth"),
        pytest.param(b"[" * 100_000, id="a well of brackets"),
    ],
)
def test_anything_else_is_refused(data: bytes) -> None:
    """A case bundle may be edited by hand; a wrong row must not become evidence."""
    with pytest.raises(BundleError, match="not an agent's ARP table"):
        read(_artifact(data), data)
