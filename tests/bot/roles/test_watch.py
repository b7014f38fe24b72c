"""``ruleout watch`` at a terminal: what it asks for, and what it prints in the end."""

import argparse
import json
from pathlib import Path

import pytest

from bot.archive import CaseArchive
from bot.errors import InstrumentError
from bot.model.incident import Incident
from bot.model.request import WATCH
from bot.roles import watch
from bot.roles.nowhere import Nowhere
from bot.settings import Settings
from tests.bot.house import House
from tests.bot.test_watches import APP, SECOND, finish, watched


def parsed(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    watch.arguments(parser)
    return parser.parse_args(words)


@pytest.fixture
def ended() -> Incident:
    house = House(vcenters=())
    watched(house)
    return finish(house, APP, SECOND, lost=(1, 2))


def failed(sentence: str) -> Incident:
    house = House(vcenters=())
    house.queue.down = True
    watched(house)
    assert sentence in str(house.card.closed)
    return house.card


def refused() -> Incident:
    house = House(vcenters=())
    return watched(house, "10.9.9.9 for 20s")


def test_the_words_of_the_command_are_those_of_the_door(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Ten minutes where nobody says otherwise; what is piped as JSON is not told line by line."""
    asked: list[tuple[object, ...]] = []

    def ask(_settings: Settings, command: str, text: str, archive: object, *, quiet: bool) -> Incident:
        asked.append((command, text, type(archive), quiet))
        return refused()

    monkeypatch.setattr(watch, "ask", ask)
    for words in (["app05"], ["10.0.0.5", "--for", "90s", "--json"], ["10.0.0.5", "--save", str(tmp_path)]):
        assert watch.run(Settings({}), parsed(*words)) == 1
    assert asked == [
        (WATCH, "app05 for 10m", Nowhere, False),
        (WATCH, "10.0.0.5 for 90s", Nowhere, True),
        (WATCH, "10.0.0.5 for 10m", CaseArchive, False),
    ]


def test_a_verdict_is_printed_with_what_was_seen(ended: Incident, capsys: pytest.CaptureFixture[str]) -> None:
    """The experiment stands beside the verdict."""
    assert watch.shown(ended, as_json=False) == 0
    text = capsys.readouterr().out
    assert text.startswith(f"{str(ended.verdict.verdict).upper()} · ")  # type: ignore[union-attr]
    assert "On its host, from prod: " in text


def test_as_data_the_sentences_stand_beside_the_verdict(ended: Incident, capsys: pytest.CaptureFixture[str]) -> None:
    """For a script that repeats the experiment."""
    assert watch.shown(ended, as_json=True) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["verdict"] == str(ended.verdict.verdict)  # type: ignore[union-attr]
    assert any(line.startswith("On its host, from prod: ") for line in told["watched"])


def test_without_a_verdict_the_status_is_one_and_the_reason_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    """A refusal is an answer."""
    final = refused()
    capsys.readouterr()  # what the bot logs
    assert watch.shown(final, as_json=False) == 1
    assert "No agent stands on 10.9.9.9's network" in " ".join(capsys.readouterr().out.split())
    assert watch.shown(final, as_json=True) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["verdict"], told["watched"]) == (None, [])
    assert told["because"].startswith("No agent stands on 10.9.9.9's network")


def test_a_watch_that_could_not_be_carried_out_is_an_error_of_ours() -> None:
    """With its sentence and another exit status."""
    with pytest.raises(InstrumentError, match="queue server cannot be reached"):
        watch.shown(failed("queue server cannot be reached"), as_json=False)
