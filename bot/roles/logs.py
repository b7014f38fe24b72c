"""Logs as the settings say, for the roles that do work; one that answers a question offline starts faster without."""

from bot import log
from bot.settings import Settings


def keep_logs(settings: Settings) -> None:
    """Send this process's log lines to standard error."""
    log.setup(settings.text("RULEOUT_LOG_LEVEL"), as_json=settings.flag("RULEOUT_LOG_JSON"))
