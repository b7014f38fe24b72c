"""Fixtures that several rooms' tests share, named one by one."""

pytest_plugins = (
    "tests.fixtures.servers",
    "tests.fixtures.vcsim",
    "tests.fixtures.lab",
    "tests.fixtures.slack",
    "tests.fixtures.stage",
)
