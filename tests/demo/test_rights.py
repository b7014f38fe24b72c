"""Rights and their record with the real bot: what it knows of people and channels it has from Slack alone."""

from pathlib import Path

import pytest

from bot.audit import FileAudit, files, lines
from bot.model.audit import Deed
from bot.model.chain import prove
from deploy.demo.stage import Stage, ask

pytestmark = [pytest.mark.lab, pytest.mark.server]

CHANNEL, CHANNEL_ID, GENERAL = "inc-network", "C0INCNET01", "general"


def told(house: Stage, user: str, channel: str, text: str) -> str:
    """What the person alone is shown at once."""
    said = house.slack.type(user, channel, text)
    assert [message["is_ephemeral"] for message in said["messages"]] == [True]
    return str(said["messages"][0]["rendered"] if "rendered" in said["messages"][0] else said["messages"][0])


def test_every_deed_is_recorded_shown_in_its_channel_and_proven(house: Stage) -> None:
    """From the wish to the file, by real processes, onto a real disk."""
    ask(house.slack, CHANNEL, "/capture 10.0.0.6 for 2s")
    record = Path(house.environment["RULEOUT_CASES_DIR"]).parent / "audit.jsonl"
    deeds = FileAudit(record).of_channel(CHANNEL_ID, 9)
    assert {Deed.REQUESTED, Deed.STARTED, Deed.CAPTURED} <= {entry.deed for entry in deeds}
    assert deeds[0].rule == "everybody here may download"
    assert prove(lines(files(record))).misfit is None
    shown = told(house, "ben", CHANNEL, "/incident audit")
    assert "capture 10.0.0.6 for 2s" in shown
    assert "U0ANA00001" in shown
    assert "Nothing was asked for" in told(house, "ben", GENERAL, "/incident audit")


def test_guests_and_shared_channels_get_nothing_and_that_is_recorded(fragile_house: Stage) -> None:
    """What a card shows of our network is seen by whoever is in the channel."""
    house = fragile_house
    house.slack.faults(guest="mia", share_outside=GENERAL)
    assert "Guests of this workspace" in told(house, "mia", CHANNEL, "/arpcheck 10.0.0.6")
    for text in ("/arpcheck 10.0.0.6", "/capture 10.0.0.6 for 2s", "/incident audit"):
        assert "shared with another company" in told(house, "ana", GENERAL, text)
    record = Path(house.environment["RULEOUT_CASES_DIR"]).parent / "audit.jsonl"
    assert [entry.deed for entry in FileAudit(record).of_channel("C0GENERAL1", 9)] == [Deed.REFUSED] * 3
