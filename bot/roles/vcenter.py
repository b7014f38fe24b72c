"""``ruleout vcenter``: a reader beside one vCenter."""

import argparse

from bot.agents.vcenter import VcenterAbility, VcenterSettings
from bot.errors import RequestError
from bot.model.job import Probe, Vantage
from bot.roles.logs import keep_logs
from bot.roles.process import stand
from bot.settings import Settings
from bot.system import SystemClock


def arguments(_parser: argparse.ArgumentParser) -> None:
    """Everything comes from the environment."""


def run(settings: Settings, _given: argparse.Namespace) -> int:
    """Keep the inventory and serve until told to stop, then log out."""
    name = settings.text("RULEOUT_VCENTER_NAME")
    agent = f"vcenter.{name}"
    host, _, port = settings.text("RULEOUT_VCENTER_HOST").partition(":")
    if port and not port.isdigit():
        raise RequestError(f"RULEOUT_VCENTER_HOST must be a host name or host:port; {port!r} is no port.")
    reader = VcenterAbility(
        VcenterSettings(
            vantage=Vantage(agent, name, ""),
            host=host,
            port=int(port or 443),
            user=settings.text("RULEOUT_VCENTER_USER"),
            password=settings.text("RULEOUT_VCENTER_PASSWORD"),
            ca_file=settings.text("RULEOUT_VCENTER_CA_FILE"),
        ),
        SystemClock(),
    )
    keep_logs(settings)
    reader.start()
    try:
        stand(settings, agent, {Probe.VCENTER: reader})
    finally:
        reader.close()
    return 0
