"""The Web API's methods, one table of them in each module."""

from collections.abc import Callable
from dataclasses import dataclass

from deploy.demo.slack.records import Json
from deploy.demo.slack.slack import Slack


@dataclass(frozen=True, slots=True)
class Method:
    """A method: what it does, the bot scope it needs, its rate tier, and whether it reads a JSON body.

    A method that does not read JSON takes its arguments from a form, and nested values in it are JSON strings.
    """

    call: Callable[[Slack, Json], Json]
    scope: str | None = None
    tier: int | None = 3
    reads_json: bool = True
