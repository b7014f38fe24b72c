"""Figures as a scraper reads them."""

from collections.abc import Iterator

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.errors import InstrumentError
from bot.meters import ACKNOWLEDGED, DEAD, MEASURES, QUEUED, UNREAD, Reading, of_role
from bot.metrics.figures import Figures


def samples(figures: Figures) -> dict[str, float]:
    """Every sample by its name and labels."""
    body, content_type = figures.text("text/plain")
    assert content_type.startswith("text/plain")
    families = text_string_to_metric_families(body.decode())
    return {
        f"{one.name}{sorted(one.labels.values())}" if one.labels else one.name: one.value
        for family in families
        for one in family.samples
    }


def test_every_measure_is_told_with_its_meaning_and_its_kind() -> None:
    """Also before anything happened: whoever builds a dashboard sees what there is."""
    body = Figures(MEASURES).text("")[0].decode()
    for measure in MEASURES:
        name = measure.name.removesuffix("_total")
        assert f"# HELP {name}" in body
        assert measure.meaning.split("\n")[0] in body


def test_a_role_tells_nothing_of_other_roles() -> None:
    """An agent that says "no deed was lost" would speak of what it cannot know."""
    body = Figures(of_role("agent")).text("")[0].decode()
    assert "ruleout_captures_running 0.0" in body
    assert "ruleout_audit" not in body
    assert "ruleout_slack" not in body


def test_a_histogram_has_its_own_buckets() -> None:
    """Slack waits three seconds, so that is where the last bound lies."""
    figures = Figures(MEASURES)
    figures.observe(ACKNOWLEDGED, 0.03, "events_api")
    found = samples(figures)
    assert found["ruleout_acknowledgement_seconds_bucket['0.025', 'events_api']"] == 0
    assert found["ruleout_acknowledgement_seconds_bucket['0.05', 'events_api']"] == 1
    assert found["ruleout_acknowledgement_seconds_bucket['3.0', 'events_api']"] == 1


def test_what_cannot_be_read_has_no_sample_and_hides_nothing_else() -> None:
    """A zero would say that nothing waits, in the very moment when nobody can know."""
    figures = Figures(MEASURES)
    away = True

    def queues() -> Iterator[Reading]:
        if away:
            raise InstrumentError("The queue server cannot be reached.")
        yield Reading(QUEUED, 3, ("agent.prod-1",))

    def broken() -> Iterator[Reading]:
        yield Reading(DEAD, 1)
        raise ZeroDivisionError

    figures.read_from({"queues": queues, "broken": broken, "dead": lambda: [Reading(DEAD, 7)]})
    found = samples(figures)
    assert "ruleout_queue_length['agent.prod-1']" not in found
    assert found["ruleout_dead_letters"] == 7
    assert found[UNREAD.name] == 2
    away = False
    found = samples(figures)
    assert found["ruleout_queue_length['agent.prod-1']"] == 3
    assert found[UNREAD.name] == 1


@pytest.mark.parametrize("accept", ["", "text/plain;version=0.0.4", "application/openmetrics-text;version=1.0.0"])
def test_each_scraper_gets_the_form_that_it_asks_for(accept: str) -> None:
    """Prometheus asks for OpenMetrics first."""
    body, content_type = Figures(MEASURES).text(accept)
    assert ("openmetrics" in accept) == content_type.startswith("application/openmetrics-text")
    assert body.endswith(b"# EOF\n") == ("openmetrics" in accept)
