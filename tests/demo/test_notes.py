"""Notes and the export of an incident at Slack's door, through the real bot: words, form, shortcut, button, file."""

from pathlib import Path

import pytest

from bot.inquiries import bundle, zipped
from bot.inquiries.rejudging import Held, again
from deploy.demo.slack.records import Message
from deploy.demo.slack.workspace import Workspace
from deploy.demo.stage import Stage, ask
from handlers.note_form import FORM
from tests.demo.test_captures import form
from tests.demo.test_incident import every
from tests.demo.test_terminal import ruleout

pytestmark = [pytest.mark.lab, pytest.mark.server]

CHANNEL, CHANNEL_ID = "inc-network", "C0INCNET01"


def seen(house: Stage, words: str, within_s: float = 20) -> Message:
    """The newest message of the bot in the channel, or in a thread of it, that says this to all."""

    def found(workspace: Workspace) -> Message | None:
        return next((m for m in reversed(every(workspace)) if words in m.text), None)

    return house.slack.wait_for(found, within_s)


def test_from_a_note_to_the_file_that_judges_itself(house: Stage, tmp_path: Path) -> None:
    """Written down in four ways, weighed, contradicted, taken back, and exported."""
    slack = house.slack
    (refused,) = slack.type("ana", CHANNEL, "/note seen")["messages"]
    if "No incident is open" in refused["text"]:
        assert "/incident open" in refused["text"]
    slack.type("ana", CHANNEL, '/incident open "odd VMs lose packets" affected app05')

    assert slack.type("ana", CHANNEL, "/note the core was rebooted at 12:03")["ok"]
    assert "Noted: the core was rebooted" in seen(house, "the core was rebooted").text

    assert slack.type("ana", CHANNEL, "/note")["ok"]
    form(house, "ana", FORM)
    wrong = slack.submit("ana", {"says": "reported.guest.agent_faulty", "about": "no name", "stage": "diagnostic"})
    assert set(wrong["errors"]) == {"value", "about"}
    given = {"says": "reported.guest.agent_faulty", "value": "crashed", "about": "app05", "stage": "diagnostic"}
    assert slack.submit("ana", given)["ok"]
    assert "guest_agent_state=crashed" in seen(house, "Noted as evidence: The clustering").text

    said = slack.type("ben", CHANNEL, "inside app05 all is well, I looked")["ts"]
    assert slack.shortcut("mia", CHANNEL, said, "add_evidence")["ok"]
    assert form(house, "mia", FORM)["blocks"][-1]["element"]["initial_value"] == "inside app05 all is well, I looked"
    given = {"says": "reported.guest.looks_well", "about": "app05", "stage": "diagnostic"}
    assert slack.submit("mia", given)["ok"]
    well = seen(house, "Inside the guest everything looks well")
    assert "Reports contradict each other" in str(well.blocks)

    checked = ask(slack, CHANNEL, "/arpcheck app05")
    assert "Reports contradict each other" in checked["rendered"] or "GUEST · proven" in checked["rendered"]

    assert slack.press("ben", CHANNEL, well.ts, "withdraw_note")["ok"]
    assert "was withdrawn" in seen(house, "was withdrawn").text
    again_ = ask(slack, CHANNEL, "/arpcheck app05")
    assert "Reports contradict each other" not in again_["rendered"]

    slack.type("ana", CHANNEL, "@ruleout note evidence uplink_ok measured vmnic0 is up", checked["ts"])
    assert "about 10.0.0.5" in seen(house, "uplinks are up").text

    (told,) = slack.type("ana", CHANNEL, "/incident export")["messages"]
    assert told["text"].startswith("I am putting it together")
    seen(house, "Everything of", 60)
    data = next(file.data for file in slack.slack.files.values() if file.name.endswith(".zip"))
    assert data is not None
    read = bundle.unpack(zipped.read(data))
    assert {one.held for one in again(read)} <= {Held.SAME, Held.NOT_JUDGED, Held.NOTHING}

    path = tmp_path / "whole.zip"
    made = ruleout("incident", "export", read.inquiry.id, "--out", str(path), environment=house.environment)
    assert made.returncode == 0, made.stderr
    judged = ruleout("judge", str(path), environment=house.environment)
    assert judged.returncode == 0, judged.stdout + judged.stderr
    assert "and the same when judged again" in " ".join(judged.stdout.split())

    redacted = tmp_path / "redacted.zip"
    assert (
        ruleout(
            "incident", "export", CHANNEL_ID, "--redact", "--out", str(redacted), environment=house.environment
        ).returncode
        == 0
    )
    assert not [name for name, data in zipped.read(redacted.read_bytes()).items() if b"app05" in data], "by its name"
