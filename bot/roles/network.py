"""``ruleout network``: a reader beside the management network, for routers, switches, firewalls and UCS Managers."""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.agents.network import Entry, NetworkAbility, device, entries
from bot.errors import RequestError
from bot.model.job import Probe
from bot.ports import Ability
from bot.roles.logs import keep_logs
from bot.roles.metering import instruments
from bot.roles.process import stand
from bot.settings import Settings
from bot.system import SystemClock


def arguments(_parser: argparse.ArgumentParser) -> None:
    """The command line of this role: it takes everything from the environment and its file."""


def run(settings: Settings, _given: argparse.Namespace) -> int:
    """Serve until told to stop."""
    name = settings.text("RULEOUT_NETWORK_NAME")
    able = abilities(name, Path(settings.text("RULEOUT_NETWORK_FILE")))
    keep_logs(settings)
    told, reader = instruments(settings, "network", name), able.get(Probe.NETWORK)
    if isinstance(reader, NetworkAbility):
        stand(
            settings, f"network.{name}", able, told=told, sources={"devices": reader.readings}, checks=(reader.trouble,)
        )
    else:
        stand(settings, f"network.{name}", able, told=told)
    return 0


def abilities(name: str, path: Path) -> Mapping[Probe, Ability]:
    """What a worker of this name can do by its file.

    Raises:
        RequestError: the file cannot be read, something in it is wrong, or there is nothing to ask.
    """
    told = entries(path)
    devices = tuple(map(device, told["device"]))
    able: dict[Probe, Ability] = {}
    if devices:
        able[Probe.NETWORK] = NetworkAbility(name, devices, SystemClock())
    if told["ucs"]:
        able[Probe.UCS] = _ucs(name, told["ucs"], path)
    if not able:
        raise RequestError(f"{path} names nobody to ask; write a [[device]] or a [[ucs]] into it.")
    return able


def _ucs(name: str, told: Sequence[Entry], path: Path) -> Ability:
    """Cisco's SDK is 76 MB of class definitions, so only whoever reads a UCS Manager has to have it."""
    from bot.agents.network.ucs_settings import manager

    managers = tuple(map(manager, told))
    try:
        from bot.agents.network.ucs import UcsAbility
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("ucsmsdk", "six"):
            raise
        raise RequestError(
            f"{path} names a UCS Manager, and ucsmsdk, Cisco's library for it, is not installed; "
            "install `ruleout[ucs]`."
        ) from error
    return UcsAbility(name, managers, SystemClock())
