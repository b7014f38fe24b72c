"""How long jobs take, for whoever sets their deadlines."""

import pytest

from bot.model.job import JobOptions, Probe
from bot.probes import duration_s


@pytest.mark.parametrize(
    ("probe", "expected_s"),
    [
        pytest.param(Probe.ARP, 0.25 + 0.4 + 1.5, id="segment"),
        pytest.param(Probe.ICMP, 0.4 + 1.5 + 0.2 + 1.5, id="routed"),
        pytest.param(Probe.CAPTURE, 1.5, id="capture"),
        pytest.param(Probe.VCENTER, None, id="vcenter"),
    ],
)
def test_every_kind_of_job_says_how_long_it_takes_at_most(probe: Probe, expected_s: float | None) -> None:
    """A deadline below it would expire jobs that run as planned."""
    assert duration_s(probe, JobOptions(listen_s=1.5, echoes=5)) == (
        None if expected_s is None else pytest.approx(expected_s)
    )
