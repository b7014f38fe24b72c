"""``ruleout agent``: eyes on one segment."""

import argparse
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bot.agents.bounds import Bounds, CaptureBounds
from bot.agents.capture import CaptureAbility
from bot.agents.packet_socket import trouble
from bot.agents.routed import RoutedAbility
from bot.agents.segment import SegmentAbility
from bot.agents.station import discover
from bot.agents.watching import WatchAbility
from bot.meters import FREE_BYTES, Reading
from bot.model.job import Probe
from bot.ports import Ability
from bot.roles.logs import keep_logs
from bot.roles.metering import free_bytes, instruments
from bot.roles.process import stand
from bot.settings import Settings
from bot.system import SystemClock


def arguments(_parser: argparse.ArgumentParser) -> None:
    """Everything comes from the environment."""


def run(settings: Settings, _given: argparse.Namespace) -> int:
    """Serve until told to stop."""
    name, clock = settings.text("RULEOUT_AGENT_NAME"), SystemClock()
    keep_logs(settings)
    told = instruments(settings, "agent", name)
    gateways = settings.addresses("RULEOUT_GATEWAY")
    vantage = discover(
        settings.text("RULEOUT_INTERFACE"),
        settings.text("RULEOUT_SEGMENT"),
        name,
        gateways[0] if gateways else None,
        settings.addresses("RULEOUT_POOL"),
    )
    asking = Bounds(reach=settings.networks("RULEOUT_REACH"))
    listening = CaptureBounds(
        prefixes=settings.networks("RULEOUT_CAPTURE_PREFIXES"),
        listen_s=float(settings.number("RULEOUT_MAX_CAPTURE_S")),
        frames=settings.number("RULEOUT_MAX_CAPTURE_PACKETS"),
        size_bytes=settings.number("RULEOUT_MAX_CAPTURE_BYTES"),
        payload=settings.flag("RULEOUT_CAPTURE_PAYLOAD"),
        at_once=settings.number("RULEOUT_MAX_CAPTURES"),
        spool=Path(settings.text("RULEOUT_SPOOL_DIR")),
        spare_bytes=settings.number("RULEOUT_SPOOL_SPARE_BYTES"),
    )
    abilities: dict[Probe, Ability] = {
        Probe.ARP: SegmentAbility(vantage, asking, clock),
        Probe.ICMP: RoutedAbility(vantage, asking, clock),
        Probe.WATCH: WatchAbility(vantage, asking, clock),
        Probe.CAPTURE: CaptureAbility(vantage, listening, clock, told.meter),
    }

    def spool() -> Iterator[Reading]:
        yield Reading(FREE_BYTES, free_bytes(listening.spool), ("spool",))

    sees = partial(trouble, vantage.interface)
    stand(settings, name, abilities, (vantage,), told=told, sources={"spool": spool}, checks=(sees,))
    return 0
