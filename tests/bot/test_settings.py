"""Settings are read strictly, and the operator's page lists all of them."""

from pathlib import Path

import pytest

from bot.errors import RequestError
from bot.model.request import Person
from bot.settings import SETTINGS, Settings

KEY = "ab" * 32


def test_a_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    """Orchestrators mount secrets as files."""
    secret = tmp_path / "token"
    secret.write_text("xoxb-1\n")
    assert Settings({"RULEOUT_SLACK_BOT_TOKEN_FILE": str(secret)}).text("RULEOUT_SLACK_BOT_TOKEN") == "xoxb-1"


def test_lists_people_and_keys_are_parsed() -> None:
    """The forms that the operator's page promises."""
    settings = Settings(
        {
            "RULEOUT_CAPTURERS": "T1/U1, T1/U2",
            "RULEOUT_MASTER_KEYS": f"{KEY},{'cd' * 32}",
            "RULEOUT_QUEUE_KEYS": f"segment.prod={KEY},segment.prod={'cd' * 32},agent.a={KEY}",
            "RULEOUT_POOL": "10.0.0.240,10.0.0.241",
            "RULEOUT_LOG_JSON": "yes",
        }
    )
    assert settings.people("RULEOUT_CAPTURERS") == (Person("T1", "U1"), Person("T1", "U2"))
    assert len(settings.keys("RULEOUT_MASTER_KEYS")) == 2
    assert {queue: len(keys) for queue, keys in settings.queue_keys("RULEOUT_QUEUE_KEYS").items()} == {
        "segment.prod": 2,
        "agent.a": 1,
    }
    assert [str(address) for address in settings.addresses("RULEOUT_POOL")] == ["10.0.0.240", "10.0.0.241"]
    assert settings.flag("RULEOUT_LOG_JSON") is True


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        pytest.param("RULEOUT_SLOTS", "none", Settings.number, id="number"),
        pytest.param("RULEOUT_SLOTS", "0", Settings.number, id="zero"),
        pytest.param("RULEOUT_LOG_JSON", "maybe", Settings.flag, id="flag"),
        pytest.param("RULEOUT_POOL", "10.0.0.300", Settings.addresses, id="address"),
        pytest.param("RULEOUT_REACH", "10.0.0.5/8", Settings.networks, id="network with host bits"),
        pytest.param("RULEOUT_CAPTURERS", "U1", Settings.people, id="person without team"),
        pytest.param("RULEOUT_MASTER_KEYS", "short", Settings.keys, id="key"),
        pytest.param("RULEOUT_MASTER_KEYS", ",".join([KEY] * 3), Settings.keys, id="three keys"),
        pytest.param("RULEOUT_QUEUE_KEYS", KEY, Settings.queue_keys, id="key without queue"),
    ],
)
def test_a_malformed_value_is_named(name: str, value: str, read) -> None:  # type: ignore[no-untyped-def]
    """The sentence names the variable; a secret's value is never shown."""
    with pytest.raises(RequestError) as refused:
        read(Settings({name: value}), name)
    assert name in str(refused.value)
    assert KEY not in str(refused.value)


def test_a_missing_value_says_what_it_is_for() -> None:
    """A newcomer sets it without opening the manual."""
    with pytest.raises(RequestError, match=r"RULEOUT_AGENT_NAME: This agent's name"):
        Settings({}).text("RULEOUT_AGENT_NAME")


def test_the_operators_page_lists_every_setting_with_its_default() -> None:
    """A setting that nobody can find does not exist."""
    page = (Path(__file__).parents[2] / "deploy/README.md").read_text()
    for setting in SETTINGS:
        default = {None: "required", "": "empty"}.get(setting.default, f"`{setting.default}`")
        assert f"| `{setting.name}` | {setting.roles} | {setting.meaning} | {default} |" in page


def test_a_file_of_settings_stands_above_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever names a file means it; also where the environment gives the same secret in the other way."""
    (tmp_path / "bot.url").write_text("redis://bots")
    monkeypatch.setenv("RULEOUT_REDIS_URL_FILE", str(tmp_path / "bot.url"))
    monkeypatch.setenv("RULEOUT_SLOTS", "9")
    monkeypatch.setenv("RULEOUT_SEGMENT", "prod")
    told = tmp_path / "a.env"
    told.write_text("# a note\n\nRULEOUT_REDIS_URL=redis://agents\nRULEOUT_SLOTS='3'\nRULEOUT_SEGMNT=x\n")
    settings = Settings.beside(told)
    assert (settings.text("RULEOUT_REDIS_URL"), settings.number("RULEOUT_SLOTS")) == ("redis://agents", 3)
    assert settings.text("RULEOUT_SEGMENT") == "prod"
    assert settings.file_of("RULEOUT_REDIS_URL") is None
    assert settings.unknown() == ("RULEOUT_SEGMNT",)
    assert (settings.given("RULEOUT_REDIS_URL"), settings.given("RULEOUT_POOL")) == (True, False)


@pytest.mark.parametrize("text", ["export RULEOUT_SLOTS=3", "RULEOUT_SLOTS", "\xff"])
def test_a_file_that_holds_something_else_is_refused_by_its_line(tmp_path: Path, text: str) -> None:
    """A shell's file looks alike, and would be half understood."""
    told = tmp_path / "a.env"
    told.write_text(text, encoding="latin-1")
    with pytest.raises(RequestError, match=r"line 1 must be NAME=value|it is no text"):
        Settings.beside(told)
