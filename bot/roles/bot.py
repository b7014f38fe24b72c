"""``ruleout bot``: the doors to Slack, the coordinator, and the one writer of cards."""

import argparse
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

from slack_bolt import App

import handlers
from bot import log
from bot.archive import CaseArchive
from bot.audit import FileAudit
from bot.doors import CountedDoors
from bot.errors import RequestError
from bot.incidents.crowding import Bounds
from bot.ports import Meter
from bot.queue.bot_side import RedisQueue
from bot.queue.depths import Depths
from bot.queue.inquiries import RedisInquiries
from bot.queue.journal import RedisJournal
from bot.queue.kept import RedisKept
from bot.queue.keys import LIMIT_BYTES
from bot.queue.once import RedisOnce
from bot.queue.seal import queue_key
from bot.roles import downloading, retention
from bot.roles.audit import audit_path
from bot.roles.bot_figures import BotFigures, queues_of
from bot.roles.logs import keep_logs
from bot.roles.metering import instruments
from bot.roles.process import until_told
from bot.roles.rules import rules
from bot.settings import Settings
from bot.slack.app import build_app
from bot.slack.directory import SlackDirectory
from bot.slack.drops import SlackDrops
from bot.slack.publisher import Publisher
from bot.slack.runners import HttpRunner, SocketRunner
from bot.slack.workspace import enter
from bot.system import SystemClock, apart, finish

_log = log.get(__name__)

_FINISH_S = 10.0  # a check takes two seconds; whoever stops the bot waits ten at most
_HAND_OVER_S = 4.0
"""So long what runs is waited for where another bot goes on with the rest; the longest check is over by then.

Pictures are drawn after the card; so long they are waited for, too.
"""
_RETENTION_EVERY_S = 300.0
_TURN_S = 0.5
"""A signal that the kernel hands to another thread, as after a SIGCONT, does not wake the main one out of its wait."""


def arguments(_parser: argparse.ArgumentParser) -> None:
    """Everything comes from the environment."""


def run(settings: Settings, _given: argparse.Namespace) -> int:
    """Serve until told to stop; then end what runs, and say so on its card."""
    keep_logs(settings)
    told = instruments(settings, "bot", "")
    # Python hands its lock over every 5 ms; an acknowledgement takes it a dozen times, and Slack waits 3 s at most.
    sys.setswitchinterval(0.0005)
    stop, clock = until_told(), SystemClock()
    url, ca_file = settings.text("RULEOUT_REDIS_URL"), settings.text("RULEOUT_REDIS_CA_FILE") or None
    masters = settings.keys("RULEOUT_MASTER_KEYS")
    button_key = queue_key(masters[-1], "slack.buttons")  # the older one, so that a rotation kills no button
    workspace = enter(settings.text("RULEOUT_SLACK_BOT_TOKEN"), settings.text("RULEOUT_SLACK_API"), told.meter)
    granted = rules(settings, workspace.team)
    directory = SlackDirectory(workspace.client, granted.teams, groups=granted.asks_groups)
    captures = timedelta(hours=settings.number("RULEOUT_KEEP_CAPTURE_HOURS"))
    cases = timedelta(days=settings.number("RULEOUT_KEEP_DAYS"))
    archive = CaseArchive(Path(settings.text("RULEOUT_CASES_DIR")))
    bot_id = clock.new_id("bot")
    once, audit = RedisOnce(url, bot_id, ca_file=ca_file), FileAudit(audit_path(settings))
    links, downloads = downloading.downloads(settings, archive, masters, once.seen, audit, clock)
    vcenters, networks = settings.items("RULEOUT_VCENTERS"), settings.items("RULEOUT_NETWORKS")
    publisher = Publisher(
        workspace.client,
        key=button_key,
        published=lambda *posted: coordinator.published(*posted),
        delivered=lambda incident: coordinator.delivered(incident),
        pinned=lambda inquiry, message: coordinator.pinned(inquiry, message),
        ours=lambda incident: queue.holds(incident),
        written=lambda incident: coordinator.written(incident),
        since=clock.now(),
        now=clock.now,
    )
    queue = RedisQueue(url, masters, bot_id, clock, ca_file=ca_file)
    coordinator = CountedDoors(
        meter=told.meter,
        queue=queue,
        journal=RedisJournal(url, ca_file=ca_file),
        chat=publisher,
        archive=archive,
        drops=SlackDrops(workspace.client),
        clock=clock,
        rules=granted,
        vcenters=vcenters,
        networks=networks,
        directory=directory,
        audit=audit,
        links=links,
        once=once.seen,
        apart=apart,
        most_bytes=LIMIT_BYTES,
        inquiries=RedisInquiries(url, ca_file=ca_file),
        boards=publisher,
        kept=RedisKept(url, ca_file=ca_file),
        bounds=Bounds(settings.number("RULEOUT_OPEN_PER_CHANNEL"), settings.number("RULEOUT_OPEN_IN_ALL")),
    )
    app = build_app(
        workspace.client,
        key=button_key,
        once=once,
        register=lambda app: handlers.register(app, coordinator),
        signing_secret=settings.text("RULEOUT_SLACK_SIGNING_SECRET"),
    )
    door = _door(settings, app, told.meter)
    depths = Depths(url, ca_file=ca_file)
    figures = BotFigures(
        coordinator, queue, depths, publisher, door, archive, audit, clock, queues_of(vcenters, networks)
    )
    over = threading.Event()
    collector = threading.Thread(target=coordinator.run, args=(over,), name="collector")
    publisher.start()
    collector.start()
    if downloads:
        downloads.start()
    try:
        door.connect()
        told.stands(figures.sources(), figures.checks())
        _log.info("bot_ready", team=workspace.team)
        swept_at = float("-inf")
        while not stop.wait(_TURN_S):
            if time.monotonic() - swept_at > _RETENTION_EVERY_S:
                swept_at = time.monotonic()
                retention.sweep(archive, audit, clock, captures=captures, cases=cases)
                if coordinator.inquirer:
                    coordinator.inquirer.refresh_all()
    finally:
        told.ends()
        door.close()
        coordinator.drain(_FINISH_S, _HAND_OVER_S)
        if not finish(_HAND_OVER_S):
            _log.warning("pictures_cut_off", after_s=_HAND_OVER_S)
        over.set()
        collector.join()
        publisher.close(_FINISH_S)
        if downloads:
            downloads.close()
        directory.close()
        told.close()
        depths.close()
    return 0


def _door(settings: Settings, app: App, meter: Meter) -> SocketRunner | HttpRunner:
    mode = settings.text("RULEOUT_SLACK_MODE")
    if mode == "socket":
        return SocketRunner(app, settings.text("RULEOUT_SLACK_APP_TOKEN"), meter=meter)
    if mode == "http":
        host, _, port = settings.text("RULEOUT_SLACK_LISTEN").rpartition(":")
        if not port.isdigit():
            raise RequestError("RULEOUT_SLACK_LISTEN must be address:port, such as 127.0.0.1:3000.")
        secret = settings.text("RULEOUT_SLACK_SIGNING_SECRET")
        try:
            return HttpRunner(app, signing_secret=secret, host=host, port=int(port), meter=meter)
        except (OSError, OverflowError, ValueError) as error:
            raise RequestError(f"RULEOUT_SLACK_LISTEN is where nobody can listen: {error}.") from error
    raise RequestError(f"RULEOUT_SLACK_MODE must be socket or http, not {mode!r}.")
