"""Where the deployment's files are, and which names of settings they may use."""

import re
from pathlib import Path

from bot.settings import SETTINGS

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
KNOWN = {setting.name for setting in SETTINGS} | {f"{setting.name}_FILE" for setting in SETTINGS if setting.secret}
"""Every name that the environment may hold: a secret may lie in a file instead."""

REQUIRED = {setting.name for setting in SETTINGS if setting.default is None}
NAME = re.compile(r"\bRULEOUT_[A-Z0-9_]*[A-Z0-9]\b")


def named(text: str) -> set[str]:
    """Every name of a setting in the text."""
    return set(NAME.findall(text))


def needed(role: str) -> set[str]:
    """The settings without which the role does not start."""
    return {setting.name for setting in SETTINGS if setting.default is None and role in setting.roles.split(", ")}


def given(names: set[str]) -> set[str]:
    """The settings that these names give, by themselves or by a file."""
    return {name if name in {one.name for one in SETTINGS} else name.removesuffix("_FILE") for name in names}
