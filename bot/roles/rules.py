"""The operator's rules as the settings give them: a file or, without one, a list of people who may capture."""

from pathlib import Path

from bot.errors import RequestError
from bot.incidents import rights_file
from bot.incidents.policy import Policy
from bot.settings import Settings


def rules(settings: Settings, team: str) -> Policy:
    """The policy of a bot in the workspace ``team``.

    Raises:
        RequestError: the file cannot be read or is no rules file, or both it and RULEOUT_CAPTURERS are given.
    """
    teams = (team, *settings.items("RULEOUT_TEAMS"))
    channels = settings.items("RULEOUT_CHANNELS") or None
    file, capturers = settings.text("RULEOUT_RULES_FILE"), settings.people("RULEOUT_CAPTURERS")
    if not file:
        return Policy(teams=teams, channels=channels, capturers=capturers)
    if capturers:
        raise RequestError(
            "RULEOUT_RULES_FILE and RULEOUT_CAPTURERS both say who may capture; move those people into a [[grant]] of "
            "the file."
        )
    try:
        text = Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise RequestError(f"RULEOUT_RULES_FILE names {file}, which cannot be read: {reason}.") from error
    return rights_file.parse(text, file, teams, channels)
