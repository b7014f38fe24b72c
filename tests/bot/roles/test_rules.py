"""Where the rules come from: a file, or a list of people, never both."""

from pathlib import Path

import pytest

from bot.errors import RequestError
from bot.incidents.policy import Policy
from bot.model.request import Person
from bot.roles.rules import rules
from bot.settings import Settings


def test_without_a_file_the_listed_people_capture() -> None:
    """An installation that exists goes on as it was."""
    given = {"RULEOUT_CAPTURERS": "T1/U1", "RULEOUT_TEAMS": "T2", "RULEOUT_CHANNELS": "C1"}
    assert rules(Settings(given), "T1") == Policy(("T1", "T2"), ("C1",), (Person("T1", "U1"),))


def test_a_file_is_read_for_the_teams_and_channels_of_the_bot(tmp_path: Path) -> None:
    """The settings beside it still count."""
    file = tmp_path / "rules.toml"
    file.write_text('[members]\nbarred = ["T2/U1"]\n')
    found = rules(Settings({"RULEOUT_RULES_FILE": str(file), "RULEOUT_TEAMS": "T2"}), "T1")
    assert found == Policy(("T1", "T2"), barred=frozenset({Person("T2", "U1")}))


def test_a_file_that_cannot_be_read_or_is_contradicted_is_one_sentence(tmp_path: Path) -> None:
    """The bot does not start with rights that nobody decided on."""
    missing, binary = tmp_path / "missing.toml", tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe")
    for file, says in ((missing, "cannot be read: No such file"), (binary, "it is not UTF-8")):
        with pytest.raises(RequestError, match=says):
            rules(Settings({"RULEOUT_RULES_FILE": str(file)}), "T1")
    with pytest.raises(RequestError, match=r"both say who may capture; move those people into a \[\[grant\]\]"):
        rules(Settings({"RULEOUT_RULES_FILE": str(binary), "RULEOUT_CAPTURERS": "T1/U1"}), "T1")
