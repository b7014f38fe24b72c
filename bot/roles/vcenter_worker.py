"""The worker of ``ruleout vcenter``: a reader beside one vCenter."""

from dataclasses import replace

from bot.agents.vcenter import VcenterAbility, VcenterSettings
from bot.errors import RequestError
from bot.model.job import Probe, Vantage
from bot.roles.logs import keep_logs
from bot.roles.metering import instruments
from bot.roles.process import stand
from bot.settings import Settings
from bot.system import SystemClock


def run(settings: Settings) -> int:
    """Keep the inventory and serve until told to stop, then log out."""
    told = vcenter_settings(settings)
    keep_logs(settings)
    tells = instruments(settings, "vcenter", told.vcenter)
    reader = VcenterAbility(replace(told, meter=tells.meter), SystemClock())
    reader.start()
    try:
        stand(
            settings,
            told.vantage.agent,
            {Probe.VCENTER: reader},
            told=tells,
            sources={"inventory": reader.readings},
            checks=(reader.trouble,),
        )
    finally:
        reader.close()
    return 0


def vcenter_settings(settings: Settings) -> VcenterSettings:
    """What the environment says about the vCenter, and about the guests in it.

    Raises:
        RequestError: something is missing, or does not go together.
    """
    name = settings.text("RULEOUT_VCENTER_NAME")
    host, _, port = settings.text("RULEOUT_VCENTER_HOST").partition(":")
    if port and not port.isdigit():
        raise RequestError(f"RULEOUT_VCENTER_HOST must be a host name or host:port; {port!r} is no port.")
    user, password = settings.text("RULEOUT_GUEST_USER"), settings.text("RULEOUT_GUEST_PASSWORD")
    agents = settings.items("RULEOUT_GUEST_AGENTS")
    if bool(user) != bool(password):
        raise RequestError(
            "Set both RULEOUT_GUEST_USER and RULEOUT_GUEST_PASSWORD, or neither: one alone opens no guest."
        )
    if user and not agents:
        raise RequestError("RULEOUT_GUEST_AGENTS must name a process to look for in guests, such as keepalived.")
    return VcenterSettings(
        vantage=Vantage(f"vcenter.{name}", name, ""),
        host=host,
        port=int(port or 443),
        user=settings.text("RULEOUT_VCENTER_USER"),
        password=settings.text("RULEOUT_VCENTER_PASSWORD"),
        ca_file=settings.text("RULEOUT_VCENTER_CA_FILE"),
        guest_user=user,
        guest_password=password,
        guest_agents=agents,
    )
