"""Fixtures that several rooms' tests share, named one by one."""

from collections.abc import Iterator

import pytest
import structlog
from hypothesis import HealthCheck, settings

from bot import log

# As hypothesis itself has it in CI: how long an example takes says how busy the machine is, and claims nothing; and the
# same examples each time, so that a run is red for what was changed.
settings.register_profile("untimed", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def _nothing_concealed() -> Iterator[None]:
    """A secret of one test is a word like any other in the next, and a role that was silenced silences no other."""
    yield
    log.forget()
    structlog.reset_defaults()


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
    parser.addoption("--story-screenshot", metavar="FILE", help="the same of an incident's summary at its end")
    parser.addoption("--screenshot", metavar="FILE", help="keep the picture that the page's test takes of the card")
    parser.addoption(
        "--examples", type=int, metavar="N", help="examples for each claim of tests/hostile, others each run"
    )


def pytest_configure(config: pytest.Config) -> None:
    """A long run at home looks further than CI: ``pytest tests/hostile --examples 20000 --timeout 0``."""
    if examples := config.getoption("--examples"):
        settings.register_profile("long", settings.get_profile("untimed"), max_examples=examples, derandomize=False)
        settings.load_profile("long")


WAITING = ("lab", "server", "browser", "vcsim")
"""Markers of tests that mostly wait: for packets, leases, other processes."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Beside other workers, files that wait begin: side by side they cost little, and what computes fills the gaps.

    A file that waits and comes last would be waited for by everybody. Alone, the order is the usual one.
    """
    if hasattr(config, "workerinput"):
        waiting = {item.path for item in items if any(item.get_closest_marker(name) for name in WAITING)}
        items.sort(key=lambda item: item.path not in waiting)
