"""Logs as the settings say, for the roles that do work; one that answers a question offline starts faster without."""

from bot import log
from bot.settings import Settings

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


def keep_logs(settings: Settings) -> None:
    """Send this process's log lines to standard error.

    Raises:
        RequestError: the level is none.
    """
    log.setup(settings.choice("RULEOUT_LOG_LEVEL", LEVELS), as_json=settings.flag("RULEOUT_LOG_JSON"))
