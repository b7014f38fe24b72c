"""The vCenter witness: who owns an address, and nothing but reading. The only room that knows pyVmomi."""

from bot.agents.vcenter.ability import VcenterAbility
from bot.agents.vcenter.settings import VcenterSettings

__all__ = ["VcenterAbility", "VcenterSettings"]
