"""Reads routers and switches over SNMP; the only room that knows gufo."""

from bot.agents.network.ability import NetworkAbility
from bot.agents.network.config import Entry, device, entries
from bot.agents.network.settings import DeviceSettings

__all__ = ["DeviceSettings", "Entry", "NetworkAbility", "device", "entries"]
