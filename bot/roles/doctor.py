"""``ruleout doctor``: what a newcomer gets wrong on this machine, a line each, with the cure.

Every check is listed here. What a role alone needs is imported where it is looked at, so an agent's machine needs
neither Slack nor a vCenter to be told what is wrong with it.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from bot import __version__, log
from bot.agents.station import discover
from bot.doctor import given as given_lines
from bot.doctor import queues, served, telling
from bot.doctor.line import Line, ok, wrong
from bot.doctor.running import Check, look
from bot.errors import RequestError
from bot.model.job import Vantage
from bot.queue import acl_file
from bot.queue.server import entered
from bot.roles.metering import listening
from bot.settings import SETTINGS, Settings
from bot.system import SystemClock

_OF_A_ROLE = {
    "bot": ("RULEOUT_MASTER_KEYS", "RULEOUT_SLACK_BOT_TOKEN", "RULEOUT_SLACK_APP_TOKEN"),
    "agent": ("RULEOUT_AGENT_NAME", "RULEOUT_SEGMENT", "RULEOUT_INTERFACE"),
    "vcenter": ("RULEOUT_VCENTER_NAME", "RULEOUT_VCENTER_HOST"),
    "network": ("RULEOUT_NETWORK_NAME", "RULEOUT_NETWORK_FILE"),
}
"""Where one of these is set, this role is meant to run."""

Look = Callable[[Settings, argparse.Namespace], Iterator[Line]]


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command line of this role."""
    parser.add_argument("about", nargs="?", choices=tuple(_OF_A_ROLE), help="one role; else every one that is set up")
    parser.add_argument("--channel", action="append", default=[], help="a channel that the bot should be in")
    parser.add_argument("--json", action="store_true", help="print the lines as JSON")
    parser.add_argument("--strict", action="store_true", help="exit status 1 also where something is unknown")


def run(settings: Settings, given: argparse.Namespace) -> int:
    """Look at everything at once, for at most 14 s. Exit status 0: nothing is wrong."""
    log.setup("CRITICAL")  # what the parts log is said in the lines
    about = [given.about] if given.about else [role for role, names in _OF_A_ROLE.items() if _any(settings, names)]
    checks = (
        [Check("settings", "all", _nothing)]
        if not about
        else [
            Check(name, role, partial(lines, settings, given), within_s)
            for role in about
            for name, lines, within_s in CHECKS[role]
        ]
    )
    looked, hide = look(checks), telling.Hider(_secrets(settings))
    if given.json:
        print(json.dumps(telling.as_data(looked, hide, strict=given.strict), indent=1))
    else:
        sys.stdout.write(telling.as_text(looked, hide))
    return telling.status(looked, strict=given.strict)


def _nothing() -> Iterator[Line]:
    do = "ruleout --env FILE doctor, with a role's file of settings; or name the role: ruleout doctor bot."
    yield wrong("no setting of any role is given here", do)


def _any(settings: Settings, names: tuple[str, ...]) -> bool:
    return any(settings.given(name) for name in names)


def _secrets(settings: Settings) -> Iterator[str]:
    for one in SETTINGS:
        if one.secret and settings.given(one.name):
            with suppress(RequestError):  # what cannot be read cannot be shown
                yield settings.text(one.name)


def _settings_of(role: str) -> Look:
    return lambda settings, _given: given_lines.lines(settings, role)


def _server(settings: Settings, _given: argparse.Namespace) -> Iterator[Line]:
    yield from queues.server(_way(settings), SystemClock().now())


def _keeping(settings: Settings, _given: argparse.Namespace) -> Iterator[Line]:
    way, operator = _way(settings), None
    if settings.given("RULEOUT_MASTER_KEYS") and urlsplit(way.url).username:
        password = acl_file.password(settings.keys("RULEOUT_MASTER_KEYS")[0], acl_file.OPERATOR)
        operator = queues.Way(entered(way.url, acl_file.OPERATOR, password), way.ca_file)
    yield from queues.keeping(way, operator)


def _bot_rights(settings: Settings, _given: argparse.Namespace) -> Iterator[Line]:
    yield from queues.bot_rights(_way(settings))


def _agent_rights(name: str) -> Look:
    """The rights of the role whose name stands in this setting."""

    def look(settings: Settings, _given: argparse.Namespace) -> Iterator[Line]:
        kind = "" if name == "RULEOUT_AGENT_NAME" else f"{name.split('_')[1].lower()}."
        held = tuple(settings.queue_keys("RULEOUT_QUEUE_KEYS"))
        yield from queues.agent_rights(_way(settings), f"{kind}{settings.text(name)}", held)

    return look


def _bot_token(settings: Settings, _given: argparse.Namespace) -> Iterator[Line]:
    from bot.doctor import slack

    yield from slack.bot_token(settings.text("RULEOUT_SLACK_BOT_TOKEN"), settings.text("RULEOUT_SLACK_API"))


def _door(settings: Settings, _given: argparse.Namespace) -> Iterator[Line]:
    from bot.doctor import slack

    if settings.text("RULEOUT_SLACK_MODE") == "http":
        if not settings.text("RULEOUT_SLACK_SIGNING_SECRET"):
            says = "over HTTP anybody could speak for Slack: RULEOUT_SLACK_SIGNING_SECRET is empty"
            yield wrong(says, "Copy the Signing Secret from the app's Basic Information into it.")
        return
    yield from slack.app_token(settings.text("RULEOUT_SLACK_APP_TOKEN"), settings.text("RULEOUT_SLACK_API"))


def _channels(settings: Settings, given: argparse.Namespace) -> Iterator[Line]:
    from bot.doctor import slack

    token, api = settings.text("RULEOUT_SLACK_BOT_TOKEN"), settings.text("RULEOUT_SLACK_API")
    yield from slack.channels(token, api, given.channel, settings.items("RULEOUT_CHANNELS"))


def _agents(settings: Settings, _given: argparse.Namespace) -> Iterator[Line]:
    from bot.doctor import heard

    masters, clock = settings.keys("RULEOUT_MASTER_KEYS"), SystemClock()
    vcenters, networks = settings.items("RULEOUT_VCENTERS"), settings.items("RULEOUT_NETWORKS")
    yield from heard.agents(_way(settings), masters, clock, __version__, vcenters, networks)


def _doubles(settings: Settings, _given: argparse.Namespace) -> Iterator[Line]:
    from bot.doctor import heard

    yield from heard.doubles(_way(settings))


def _rules(settings: Settings, _given: argparse.Namespace) -> Iterator[Line]:
    from bot.roles.rules import rules

    rules(settings, "T0")
    file = settings.text("RULEOUT_RULES_FILE")
    yield ok(f"the rules in {file} are understood" if file else "members may check, and RULEOUT_CAPTURERS capture")


def _cases(settings: Settings, _given: argparse.Namespace) -> Iterator[Line]:
    from bot.doctor import disks
    from bot.roles.audit import audit_path

    yield from disks.writable("cases", Path(settings.text("RULEOUT_CASES_DIR")), "RULEOUT_CASES_DIR")
    yield from disks.writable("the audit", audit_path(settings), "RULEOUT_AUDIT_FILE")
    yield from disks.retention(settings.number("RULEOUT_KEEP_CAPTURE_HOURS"), settings.number("RULEOUT_KEEP_DAYS"))


def _audit(settings: Settings, _given: argparse.Namespace) -> Iterator[Line]:
    from bot.doctor import disks
    from bot.roles.audit import audit_path

    yield from disks.audit(audit_path(settings))


def _segment(settings: Settings, _given: argparse.Namespace) -> Iterator[Line]:
    from bot.doctor import segment

    yield from segment.lines(partial(_vantage, settings), SystemClock())


def _agent_queues(settings: Settings, _given: argparse.Namespace) -> Iterator[Line]:
    from bot.doctor import segment

    name, way = settings.text("RULEOUT_AGENT_NAME"), _way(settings)
    held = settings.queue_keys("RULEOUT_QUEUE_KEYS")
    yield from segment.queues(name, settings.text("RULEOUT_SEGMENT"), held, urlsplit(way.url).username)
    yield from queues.own_name(way, _vantage(settings))


def _spool(settings: Settings, _given: argparse.Namespace) -> Iterator[Line]:
    from bot.doctor import disks

    least_bytes = settings.number("RULEOUT_SPOOL_SPARE_BYTES")
    least_bytes += settings.number("RULEOUT_MAX_CAPTURE_BYTES") * settings.number("RULEOUT_MAX_CAPTURES")
    yield from disks.writable("captures", Path(settings.text("RULEOUT_SPOOL_DIR")), "RULEOUT_SPOOL_DIR", least_bytes)


def _vcenter(settings: Settings, _given: argparse.Namespace) -> Iterator[Line]:
    from bot.doctor import vcenter
    from bot.roles.vcenter_worker import vcenter_settings

    yield from vcenter.lines(vcenter_settings(settings))


def _devices(settings: Settings, _given: argparse.Namespace) -> Iterator[Line]:
    from bot.doctor import devices
    from bot.roles.network import abilities

    name = settings.text("RULEOUT_NETWORK_NAME")
    yield from devices.lines(abilities(name, Path(settings.text("RULEOUT_NETWORK_FILE"))), name, SystemClock())


def _figures(role: str, name: str) -> Look:
    """What the role tells of itself; its process is called what stands in this setting."""

    def look(settings: Settings, _given: argparse.Namespace) -> Iterator[Line]:
        yield from served.lines(listening(settings), role, settings.text(name) if name else "")

    return look


def _way(settings: Settings) -> queues.Way:
    return queues.Way(settings.text("RULEOUT_REDIS_URL"), settings.text("RULEOUT_REDIS_CA_FILE") or None)


def _vantage(settings: Settings) -> Vantage:
    gateways = settings.addresses("RULEOUT_GATEWAY")
    return discover(
        settings.text("RULEOUT_INTERFACE"),
        settings.text("RULEOUT_SEGMENT"),
        settings.text("RULEOUT_AGENT_NAME"),
        gateways[0] if gateways else None,
        settings.addresses("RULEOUT_POOL"),
    )


CHECKS: dict[str, tuple[tuple[str, Look, float], ...]] = {
    "bot": (
        ("settings", _settings_of("bot"), 2),
        ("Slack's bot token", _bot_token, 8),
        ("the door to Slack", _door, 8),
        ("channels", _channels, 8),
        ("the queue server", _server, 8),
        ("rights on the queue server", _bot_rights, 8),
        ("what the queue server keeps", _keeping, 8),
        ("agents", _agents, 12),
        ("names of agents", _doubles, 10),
        ("rules", _rules, 2),
        ("disks", _cases, 5),
        ("the audit", _audit, 12),
        ("figures", _figures("bot", ""), 6),
    ),
    "agent": (
        ("settings", _settings_of("agent"), 2),
        ("the queue server", _server, 8),
        ("rights on the queue server", _agent_rights("RULEOUT_AGENT_NAME"), 8),
        ("its segment", _segment, 8),
        ("its queues", _agent_queues, 8),
        ("the spool", _spool, 5),
        ("figures", _figures("agent", "RULEOUT_AGENT_NAME"), 6),
    ),
    "vcenter": (
        ("settings", _settings_of("vcenter"), 2),
        ("the queue server", _server, 8),
        ("rights on the queue server", _agent_rights("RULEOUT_VCENTER_NAME"), 8),
        ("the vCenter", _vcenter, 12),
        ("figures", _figures("vcenter", "RULEOUT_VCENTER_NAME"), 6),
    ),
    "network": (
        ("settings", _settings_of("network"), 2),
        ("the queue server", _server, 8),
        ("rights on the queue server", _agent_rights("RULEOUT_NETWORK_NAME"), 8),
        ("the devices", _devices, 12),
        ("figures", _figures("network", "RULEOUT_NETWORK_NAME"), 6),
    ),
}
"""By role: what is looked at, how, and the seconds that it may take; all at once, so the longest counts."""
