"""The settings: there, in their form, spelt right, and secrets in files that nobody else reads."""

from collections.abc import Callable, Iterator
from typing import Any

from bot.doctor.line import Line, ok, wrong
from bot.errors import RequestError
from bot.settings import SETTINGS, Setting, Settings

_OTHERS = 0o077
_READ: dict[str, Callable[[Settings, str], Any]] = {
    "RULEOUT_MASTER_KEYS": Settings.keys,
    "RULEOUT_QUEUE_KEYS": Settings.queue_keys,
    "RULEOUT_LOG_JSON": Settings.flag,
    "RULEOUT_CAPTURE_PAYLOAD": Settings.flag,
    "RULEOUT_CAPTURERS": Settings.people,
    "RULEOUT_GATEWAY": Settings.addresses,
    "RULEOUT_POOL": Settings.addresses,
    "RULEOUT_REACH": Settings.networks,
    "RULEOUT_CAPTURE_PREFIXES": Settings.networks,
    **dict.fromkeys(
        (
            "RULEOUT_KEEP_CAPTURE_HOURS",
            "RULEOUT_KEEP_DAYS",
            "RULEOUT_SLOTS",
            "RULEOUT_MAX_CAPTURE_S",
            "RULEOUT_MAX_CAPTURE_PACKETS",
            "RULEOUT_MAX_CAPTURE_BYTES",
            "RULEOUT_MAX_CAPTURES",
            "RULEOUT_SPOOL_SPARE_BYTES",
        ),
        Settings.number,
    ),
}
"""How those are read that are more than a text; as the roles read them."""


def lines(settings: Settings, role: str) -> Iterator[Line]:
    """Everything that the role reads, the unknown names, and the files of secrets."""
    mine = [one for one in SETTINGS if {role, "all"} & set(one.roles.split(", ")) and not _idle(one, settings)]
    problems = [problem for one in mine if (problem := _problem(one, settings))]
    yield from problems
    if not problems:
        yield ok(f"every setting of {role} is there and in its form")
    for name in settings.unknown():
        yield wrong(f"{name} is no setting, so nobody reads it", "Correct its name; deploy/README.md lists all.")
    for one in mine:
        path = settings.file_of(one.name)
        try:
            mode = path.stat().st_mode if path else 0
        except OSError:
            continue  # that it cannot be read was said above
        if mode & _OTHERS:
            yield wrong(f"others on this machine may read {path}, which holds {one.name}", f"chmod 600 {path}.")


def _idle(one: Setting, settings: Settings) -> bool:
    """Whether nobody reads it here: the token for Socket Mode where Slack comes over HTTP."""
    return one.name == "RULEOUT_SLACK_APP_TOKEN" and settings.text("RULEOUT_SLACK_MODE") == "http"


def _problem(one: Setting, settings: Settings) -> Line | None:
    try:
        _READ.get(one.name, Settings.text)(settings, one.name)
        if one.default is None and not settings.text(one.name):
            raise RequestError(f"{one.name} is empty: {one.meaning}")
    except RequestError as error:
        return wrong(str(error), f"Give {one.name} its value in this role's settings.")
    return None
