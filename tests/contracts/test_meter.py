"""What every meter must keep: counting costs nobody anything, whatever is counted."""

import threading

import pytest

from bot.meters import ACKNOWLEDGED, AUDIT_SOUND, CAPTURES, MEASURES, REQUESTS, SOCKETS
from bot.metrics.figures import Figures
from bot.ports import NO_METER, Meter
from tests.bot.counted import PaperMeter


@pytest.fixture(params=["none", "paper", "prometheus"])
def meter(request: pytest.FixtureRequest) -> Meter:
    """Each kind of meter in turn."""
    if request.param == "none":
        return NO_METER
    return PaperMeter() if request.param == "paper" else Figures(MEASURES)


def of(meter: Meter, name: str) -> float | None:
    """What the meter tells of a series; None: it keeps nothing."""
    if isinstance(meter, PaperMeter):
        series, _, labels = name.partition("{")
        values = [part.split('"')[1] for part in labels.rstrip("}").split(",") if part]
        return meter.counts[(series, *values)]
    if not isinstance(meter, Figures):
        return None
    body, _ = meter.text("")
    return next(float(line.rpartition(" ")[2]) for line in body.decode().splitlines() if line.startswith(f"{name} "))


def test_what_is_added_adds_up(meter: Meter) -> None:
    """From several threads too."""

    def some() -> None:
        for _ in range(500):
            meter.add(SOCKETS)
            meter.add(REQUESTS, "arpcheck", "accepted", by=2)

    threads = [threading.Thread(target=some) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert of(meter, "ruleout_slack_sockets_opened_total") in (None, 2000)
    assert of(meter, 'ruleout_requests_total{command="arpcheck",outcome="accepted"}') in (None, 4000)


def test_a_gauge_goes_up_and_down(meter: Meter) -> None:
    """What runs ends."""
    meter.add(CAPTURES, by=2)
    meter.add(CAPTURES, by=-1)
    assert of(meter, "ruleout_captures_running") in (None, 1)


def test_nothing_that_is_told_raises(meter: Meter) -> None:
    """A mistake in counting must not cost a verdict: other labels, another kind, less than no time."""
    meter.add(REQUESTS, "arpcheck")
    meter.add(AUDIT_SOUND)
    meter.observe(REQUESTS, 1.0, "arpcheck", "accepted")
    meter.observe(ACKNOWLEDGED, -0.5, "events_api")
    assert of(meter, "ruleout_slack_sockets_opened_total") in (None, 0)
