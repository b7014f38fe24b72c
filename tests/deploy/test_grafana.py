"""The dashboard and the alert rules: every name in them is one that a role tells, and whatever is told is shown."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from bot.meters import MEASURES, Kind, Measure
from tests.deploy.places import DEPLOY

BOARD: dict[str, Any] = json.loads((DEPLOY / "grafana/ruleout.json").read_text(encoding="utf-8"))
RULES: dict[str, Any] = yaml.safe_load((DEPLOY / "grafana/alerts.yaml").read_text(encoding="utf-8"))
ALERTS: list[dict[str, Any]] = [rule for group in RULES["groups"] for rule in group["rules"]]
PANELS: list[dict[str, Any]] = BOARD["panels"]
BY_SERIES: dict[str, Measure] = {
    f"{measure.name}{suffix}": measure
    for measure in MEASURES
    for suffix in (("_bucket", "_sum", "_count") if measure.kind is Kind.HISTOGRAM else ("",))
}
OF_PROMETHEUS = {"instance", "job", "le"}
"""Labels that the scraper and the histogram add."""

EXPRESSIONS = [
    *(pytest.param(one["expr"], id=one["alert"]) for one in ALERTS),
    *(
        pytest.param(target["expr"], id=f"{panel['title']} {target['refId']}")
        for panel in PANELS
        for target in panel.get("targets", ())
    ),
]
EVERY = pytest.mark.parametrize("expression", EXPRESSIONS)
SERIES = re.compile(r"\bruleout_[a-z_]+")


def series(expression: str) -> set[str]:
    return set(SERIES.findall(_without_texts(expression)))


def _without_texts(expression: str) -> str:
    return re.sub(r'"[^"]*"', '""', expression)


@EVERY
def test_every_name_is_one_that_a_role_tells(expression: str) -> None:
    """A panel of a misspelt name is empty, and looks like good news."""
    found = series(expression)
    assert found or expression.startswith("up{")
    assert found <= set(BY_SERIES)


@EVERY
def test_every_label_is_one_of_its_measures(expression: str) -> None:
    """Grouped by a label that is not there everything falls into one series."""
    grouped = re.findall(r"\b(?:by|on|without)\s*\(([^)]*)\)", expression)
    matched = re.findall(r"([a-z]+)\s*(?:=~|!~|!=|=)\s*\"", expression)
    named = {label.strip() for group in grouped for label in group.split(",")} | set(matched)
    known = {label for name in series(expression) for label in BY_SERIES[name].labels}
    assert named - {""} <= known | OF_PROMETHEUS


@EVERY
def test_the_parts_of_an_expression_fit_together(expression: str) -> None:
    """What opens closes, and each function has what it takes: counters grow, gauges do not."""
    opened: list[str] = []
    for sign in _without_texts(expression):
        if sign in "([{":
            opened.append(sign)
        elif sign in ")]}":
            assert opened.pop() + sign in ("()", "[]", "{}")
    assert opened == []
    for function, name in re.findall(r"\b(\w+)\s*\(\s*(ruleout_[a-z_]+)(?:\{[^}]*\})?\[", expression):
        counts = BY_SERIES[name].kind in (Kind.COUNTER, Kind.HISTOGRAM)
        assert counts == (function in ("rate", "increase")), f"{function} of {name}"
    ranged = set(re.findall(r"(ruleout_[a-z_]+)(?:\{[^}]*\})?\[", expression))
    bare = {name for name in series(expression) - ranged if BY_SERIES[name].kind is Kind.COUNTER}
    assert bare == set(), "a counter by itself says how long the process lives"


def test_everything_that_is_told_is_shown() -> None:
    """A figure without a place is found by nobody at night."""
    shown = {BY_SERIES[name] for panel in PANELS for one in panel.get("targets", ()) for name in series(one["expr"])}
    assert {measure.name for measure in MEASURES} - {measure.name for measure in shown} == set()


def test_the_dashboard_can_be_imported() -> None:
    """Grafana asks for ids and places of their own, and for a source that is chosen and not ours."""
    ids = [panel["id"] for panel in PANELS]
    assert len(set(ids)) == len(ids)
    assert BOARD["uid"] == "ruleout"
    assert len(set(_places())) == len(ids)
    sources = {target["datasource"]["uid"] for panel in PANELS for target in panel.get("targets", ())}
    assert sources == {"${datasource}"}
    assert {"datasource", "instance"} == {one["name"] for one in BOARD["templating"]["list"]}


def _places() -> Iterator[tuple[int, int]]:
    for panel in PANELS:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        yield place["x"], place["y"]


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert["alert"])
def test_every_alert_says_what_is_wrong_and_where_to_read_on(alert: dict[str, Any]) -> None:
    """Whoever is woken has one sentence, and a chapter that exists."""
    assert set(alert) <= {"alert", "expr", "for", "labels", "annotations"}
    assert re.fullmatch(r"Ruleout[A-Z][A-Za-z]+", alert["alert"])
    assert alert["labels"]["severity"] in ("warning", "critical")
    assert re.fullmatch(r"\d+[smh]", alert.get("for", "0m"))
    assert alert["annotations"]["summary"].endswith((".", "?"))
    page, _, chapters = alert["annotations"]["runbook"].partition(" ")
    text = (DEPLOY / page.rstrip(",")).read_text(encoding="utf-8")
    for number in re.findall(r"\d+", chapters):
        assert f"\n## {number}. " in text


def test_the_likeliest_troubles_each_have_an_alert() -> None:
    """As the operator's page lists them."""
    named = [alert["alert"] for alert in ALERTS]
    assert len(set(named)) == len(named)
    page = (DEPLOY / "RUNBOOK.md").read_text(encoding="utf-8")
    assert set(re.findall(r"`(Ruleout\w+)`", page)) == set(named)
    assert set(SERIES.findall(page)) <= {measure.name for measure in MEASURES}
