"""The page of all that can be asked: every door that handlers open and every role stand in it, and nothing else."""

import re
from typing import Any

import pytest

import handlers
from bot.model.request import AGENTS, CAPTURE, IN_WORDS, INCIDENT, NOTE
from bot.roles import ROLES
from handlers import dropped, form, note_form, tables
from tests.deploy.places import DEPLOY, ROOT
from tests.handlers.stage import NOBODY
from tests.slack.test_manifest import MANIFEST, Registrations

PAGE = (DEPLOY / "COMMANDS.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
BUTTONS = {
    "check_again": ("*Check again*", "*Look up again*", "*Read again*", "*Judge again*", "*Capture again*"),
    "stop": ("*Stop*",),
    "download": ("*Download*",),
    "approve": ("*Approve*",),
    "decline": ("*Decline*",),
    "capture": ("*Capture*",),
    "judge": ("the button below it",),
    "add_tables": ("*Add tables*",),
    "incident_summary": ("*Whole summary*",),
    "incident_timeline": ("*Timeline*",),
    "withdraw_note": ("*Withdraw*",),
}
"""What a button says, as the page names it."""
FORMS = {form.FORM: "a form, whose preview", form.START: "a form, whose preview", dropped.FORM: "*Judge capture*",
         note_form.FORM: "a form: what can be reported", tables.FORM: "*Read as tables*"}  # fmt: skip
"""How one comes to a form, as the page tells it."""
MENTIONED = {
    "agents": (AGENTS,),
    "dropped": ("judge",),
    "help": (),  # any other word
    "incident": (INCIDENT,),
    "mention": (*IN_WORDS, CAPTURE),
    "note": (NOTE,),
    "tables": ("table",),
}
"""The words behind @ruleout that each handler takes."""


@pytest.fixture(scope="module")
def heard() -> dict[str, set[str]]:
    """What all handlers listen to."""
    app: Any = Registrations()
    handlers.register(app, NOBODY)
    return dict(app.heard)


def test_every_command_stands_in_it_and_every_command_in_it_exists(heard: dict[str, set[str]]) -> None:
    """Whoever looks for what there is looks here alone."""
    for page in (PAGE, README):
        assert set(re.findall(r"`(/[a-z]+)", page)) - heard["command"] == set()
    assert heard["command"] - set(re.findall(r"`(/[a-z]+)", PAGE)) == set()


def test_every_shortcut_stands_in_it_by_its_name_in_the_menu(heard: dict[str, set[str]]) -> None:
    """The manifest has the name, the handler its id."""
    named = {entry["callback_id"]: entry["name"] for entry in MANIFEST["features"]["shortcuts"]}
    assert set(named) == heard["shortcut"]
    assert [name for name in named.values() if f"*{name}*" not in PAGE] == []


def test_every_button_and_every_form_stands_in_it(heard: dict[str, set[str]]) -> None:
    """A new one fails here until the page tells of it."""
    assert (set(BUTTONS), set(FORMS)) == (heard["action"], heard["view"])
    assert [words for all_words in BUTTONS.values() for words in all_words if words not in PAGE] == []
    assert [words for words in FORMS.values() if words not in PAGE] == []


def test_the_home_tab_stands_in_it(heard: dict[str, set[str]]) -> None:
    """The one door that nobody types."""
    assert ("app_home_opened" in heard["event"]) == ("*Home* tab" in PAGE)


def test_every_word_behind_a_mention_stands_in_it() -> None:
    """By the handler that takes it, so that a new handler of mentions has to name its words."""
    taking = set[str]()
    for handler in handlers.ALL:
        app: Any = Registrations()
        handler.register(app, NOBODY)
        if "app_mention" in app.heard["event"]:
            taking.add(handler.__name__.rpartition(".")[2])
    assert taking == set(MENTIONED)
    words = {word for words in MENTIONED.values() for word in words}
    assert set(re.findall(r"`@ruleout ([a-z]+)", PAGE)) == words


def test_every_role_of_the_command_line_stands_in_it() -> None:
    """The others of ours are said to be roles by test_pages."""
    assert set(ROLES) - set(re.findall(r"`ruleout ([a-z]+)", PAGE)) == set()


def test_every_option_in_it_is_one_of_its_role(capsys: pytest.CaptureFixture[str]) -> None:
    """What is renamed in the code must not live on in the page."""
    from bot.__main__ import main

    rows = re.findall(r"`ruleout ([a-z]+(?: export| show| verify)?) ?([^`]*)`", PAGE)
    assert len(rows) > 20
    for role, rest in rows:
        with pytest.raises(SystemExit):
            main([*role.split(), "--help"])
        help_text = capsys.readouterr().out
        assert [option for option in re.findall(r"--[a-z-]+", rest) if option not in help_text] == [], role


def test_the_first_page_stays_one_screen() -> None:
    """It is read by somebody who has a minute."""
    lines = README.splitlines()
    assert len(lines) <= 65
    assert max(map(len, lines)) <= 125
    assert README.count("![") == 1
    assert "(deploy/COMMANDS.md)" in README


def test_every_picture_of_the_demo_stands_on_a_page() -> None:
    """They are taken by the tests; one that nobody shows is not looked at."""
    taken = {path.name for path in (DEPLOY / "demo").glob("*.png")}
    assert {name for name in taken if f"demo/{name})" not in README + PAGE} == set()
