"""Fixtures that several rooms' tests share, named one by one."""

import pytest

pytest_plugins = (
    "tests.fixtures.browser",
    "tests.fixtures.lab",
    "tests.fixtures.servers",
    "tests.fixtures.slack",
    "tests.fixtures.snmpd",
    "tests.fixtures.stage",
    "tests.fixtures.ucsm",
    "tests.fixtures.vcsim",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """The README's picture is taken by the test that proves it: ``--screenshot deploy/demo/screenshot.png``."""
    parser.addoption("--capture-screenshot", metavar="FILE", help="the same of a capture in its thread")
    parser.addoption("--path-screenshot", metavar="FILE", help="the same of the tables on the way, with their picture")
    parser.addoption("--screenshot", metavar="FILE", help="keep the picture that the page's test takes of the card")
