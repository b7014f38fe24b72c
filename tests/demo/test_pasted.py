"""Tables that people paste at Slack's door, through the real bot: in a mention, a form, a snippet."""

import pytest

from deploy.demo.slack.records import BOT_USER
from deploy.demo.slack.workspace import Workspace
from deploy.demo.stage import RUNNING, Stage, ask
from handlers.tables import FORM
from tests.bot.probes.pasted import outputs
from tests.demo.test_captures import form
from tests.demo.test_doors import CHANNEL, thread
from tests.demo.test_terminal import ruleout

pytestmark = [pytest.mark.lab, pytest.mark.server]

READ = "I read 4 entries of `show ip arp` of core-1."


def asked(house: Stage) -> str:
    """A check in the channel that came to its end; the timestamp of its card."""
    ts: str = ask(house.slack, CHANNEL, "/arpcheck 10.0.0.5")["ts"]
    return ts


def whispered(house: Stage, ts: str, user: str, begins: str) -> str:
    """What only this person sees in the thread."""

    def told(workspace: Workspace) -> str | None:
        who = workspace.user(user)
        assert who is not None, "a person of the demo"
        return next((m.text for m in thread(workspace, ts) if m.viewer == who.id and m.text.startswith(begins)), None)

    return house.slack.wait_for(told, 20)


def card_below(house: Stage, ts: str, names: str = "core-1") -> str:
    """The ended card in this thread that names the device."""

    def ended(workspace: Workspace) -> str | None:
        cards = [m.text for m in thread(workspace, ts) if m.user == BOT_USER and "·" in m.text and m.viewer is None]
        over = [card for card in cards if not card.startswith(RUNNING) and names in card]
        return over[0] if over else None

    return house.slack.wait_for(ended, 40)


def test_a_mention_in_the_thread_of_a_card(house: Stage) -> None:
    """In a fence, as people paste."""
    ts = asked(house)
    house.slack.type("ben", CHANNEL, f"@ruleout table core-1 core\n```\n{outputs.IOS_ARP}```", ts)
    assert whispered(house, ts, "ben", "I read") == READ
    assert "GUEST" in card_below(house, ts)


def test_a_snippet_beside_a_mention(house: Stage) -> None:
    """A table of any length up to 1 MiB."""
    ts = asked(house)
    house.slack.upload("ben", CHANNEL, "core-1.txt", outputs.IOS_ARP.encode(), "@ruleout table core-1 core", ts)
    assert whispered(house, ts, "ben", "I read") == READ
    assert "GUEST" in card_below(house, ts)


def test_the_button_on_a_card(house: Stage) -> None:
    """The form knows the machine; what is wrong stands beside its field, and can be repaired there."""
    ts = asked(house)
    assert house.slack.press("ben", CHANNEL, ts, "add_tables")["ok"]
    form(house, "ben", FORM)  # it opens after the press was acknowledged
    refused = house.slack.submit("ben", {"text": "our tables are fine"})
    assert refused["errors"]["text"].startswith("I find no table in that")
    assert house.slack.submit("ben", {"text": outputs.IOS_ARP, "role": "core"})["ok"]
    assert whispered(house, ts, "ben", "I read") == READ
    assert "GUEST" in card_below(house, ts)


def test_the_shortcut_on_a_message_with_a_table(house: Stage) -> None:
    """Somebody pasted it and went to sleep."""
    ts = house.slack.type("ana", CHANNEL, outputs.IOS_ARP)["ts"]
    assert house.slack.shortcut("ben", CHANNEL, ts, "read_tables")["ok"]
    form(house, "ben", FORM)
    assert house.slack.submit("ben", {"target": "10.0.0.5"})["ok"]
    assert whispered(house, ts, "ben", "I read") == READ
    assert "GUEST" in card_below(house, ts)


def test_the_shortcut_on_a_message_with_a_file(house: Stage) -> None:
    """The form is answered before the file is fetched."""
    ts = house.slack.upload("ana", CHANNEL, "core-1.txt", outputs.IOS_ARP.encode(), "from the core")["ts"]
    assert house.slack.shortcut("ben", CHANNEL, ts, "read_tables")["ok"]
    form(house, "ben", FORM)
    assert house.slack.submit("ben", {"target": "10.0.0.5"})["ok"]
    assert whispered(house, ts, "ben", "I read") == READ


def test_a_mention_without_a_table_is_told_what_was_expected(house: Stage) -> None:
    """Only its author sees it."""
    ts = asked(house)
    house.slack.type("ben", CHANNEL, "@ruleout table core-1\nour tables are fine", ts)
    assert "paste the output of a command" in whispered(house, ts, "ben", "I find no table")


def test_a_check_from_a_terminal_takes_tables(house: Stage, tmp_path_factory: pytest.TempPathFactory) -> None:
    """And its case judged offline gives the same verdict, for the table lies in it."""
    folder = tmp_path_factory.mktemp("pasted")
    (folder / "core.txt").write_text(outputs.IOS_ARP, encoding="utf-8")
    given = f"core-1={folder / 'core.txt'}"
    shown = ruleout("check", "10.0.0.5", "--tables", given, "--save", str(folder), environment=house.environment)
    assert shown.returncode == 0, shown.stderr
    assert "core-1" in shown.stdout
    (case,) = [path for path in folder.iterdir() if path.is_dir()]
    again = ruleout("judge", str(case))
    assert "The same bytes give the same verdict today." in again.stdout
