"""What people at Slack's door get when they capture, from the real bot and real agents on real packets."""

import json
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from bot.model.incident import Published
from bot.queue.journal import RedisJournal
from deploy.demo.slack.records import BOT_USER, Json, Message
from deploy.demo.slack.workspace import Workspace
from deploy.demo.stage import Stage, ask, final_card

pytestmark = [pytest.mark.lab, pytest.mark.server]

CHANNEL = "inc-network"
ALONE, TOGETHER = "10.0.0.5", "10.0.0.4"


def replies(workspace: Workspace, ts: str) -> list[Message]:
    """What the bot said in the thread of a card."""
    channel = workspace.channel(CHANNEL)
    parent = channel.find(ts) if channel else None
    return [reply for reply in parent.replies if reply.user == BOT_USER] if parent else []


def now(house: Stage) -> str:
    """A timestamp id before everything that follows."""
    return house.slack.look(lambda workspace: workspace.new_ts())


def card_after(house: Stage, before: str, text: str, within_s: float = 10.0) -> str:
    """The timestamp id of the first card after that moment, once this stands on it."""

    def shown(workspace: Workspace) -> str | None:
        where = workspace.channel(CHANNEL)
        cards = [m for m in where.messages.values() if m.user == BOT_USER and m.ts > before] if where else []
        return next((m.ts for m in cards if text in m.text), None)

    return house.slack.wait_for(shown, within_s)


def files(house: Stage, ts: str, count: int) -> dict[str, Json]:
    """The files in the card's thread, by name, once there are so many."""

    def uploaded(workspace: Workspace) -> dict[str, Json] | None:
        found = {file["name"]: file for reply in replies(workspace, ts) for file in reply.files}
        return found if len(found) >= count else None

    return house.slack.wait_for(uploaded, 20)


def form(house: Stage, user: str, callback: str) -> Json:
    """The person's modal on top, once it is this one."""

    def opened(_workspace: Workspace) -> Json | None:
        stack = house.slack.slack.stacks.get(f"U0{user.upper()}00001", [])
        return stack[-1] if stack and stack[-1]["callback_id"] == callback else None

    return house.slack.wait_for(opened, 5)


def test_a_capture_brings_its_story_its_picture_and_its_file_into_the_thread(house: Stage) -> None:
    """Nobody logs in anywhere, and everybody sees what was seen."""
    before = now(house)
    assert house.slack.type("ana", CHANNEL, f"/capture {ALONE} for 6s")["ok"]
    card = card_after(house, before, "packets")
    assert house.slack.type("ben", CHANNEL, f"/arpcheck {ALONE}")["ok"]
    ended = final_card(house.slack, CHANNEL, after=before, within_s=30)
    assert ended["ts"] == card
    assert f"CAPTURE DONE · {ALONE}" in ended["rendered"]
    brought = files(house, card, 2)
    picture, pcap = brought[f"{ALONE}-timeline.png"], brought[f"{ALONE}-prod-1.pcapng"]
    assert ALONE in picture["alt_txt"]
    assert pcap["size"] > 300, "the check's packets are in it"
    said = "\n".join(str(reply.blocks) for reply in house.slack.look(lambda it: replies(it, card)))
    assert f"What the capture of {ALONE} shows" in said
    assert "prod-1" in said
    assert "00:50:56:" in said, "who claimed the address"


def test_the_file_leaves_by_a_link_for_one_person_once_and_the_audit_proves_it(house: Stage) -> None:
    """What nobody may look at unseen; and the chain shows whatever was changed afterwards."""
    ended = ask(house.slack, CHANNEL, f"/capture {ALONE} for 1s", user="mia")
    assert house.slack.press("mia", CHANNEL, ended["ts"], "download")["ok"]

    def handed(workspace: Workspace) -> str | None:
        channel, mia = workspace.channel(CHANNEL), workspace.user("mia")
        texts = [m.text for m in channel.all_messages() if mia and m.viewer == mia.id] if channel else []
        return next((found[0] for text in texts if (found := re.search(r"http://127[^|> `]+", text))), None)

    link = urlsplit(house.slack.wait_for(handed, 20))
    connection = HTTPConnection(link.netloc, timeout=10)
    connection.request("GET", link.path)
    page = connection.getresponse()
    assert (page.status, b"Download once" in page.read()) == (200, True)
    data = None
    for status in (200, 404):
        connection.request("POST", link.path)
        answer = connection.getresponse()
        assert answer.status == status
        data = data or answer.read()
        answer.read()
    assert data is not None
    assert f"sha256:{sha256(data).hexdigest()}" in ended["rendered"]
    command = [sys.executable, "-m", "bot", "audit", "verify"]
    verified = subprocess.run(command, env=dict(house.environment), capture_output=True, text=True, check=False)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    told = house.slack.type("mia", CHANNEL, "/incident audit")["messages"][0]["text"]
    assert "downloaded" in told


def test_both_sides_of_the_router_are_captured_at_once(house: Stage) -> None:
    """Each agent answers for its own end of the conversation."""
    ended = ask(house.slack, CHANNEL, f"/capture {ALONE} for 2s at prod,office peer 10.0.1.1")
    assert "Captured at office-1 and prod-1" in ended["rendered"] or "prod-1 and office-1" in ended["rendered"]
    assert {f"{ALONE}-prod-1.pcapng", f"{ALONE}-office-1.pcapng"} <= set(files(house, ended["ts"], 3))


def test_a_second_person_approves_in_the_thread_and_only_then_it_begins(house: Stage) -> None:
    """Four eyes on production, with two clicks."""
    before = now(house)
    assert house.slack.type("ana", CHANNEL, f"/capture {TOGETHER} for 3s")["ok"]
    card = card_after(house, before, "Waiting for a second person")

    def asked(workspace: Workspace) -> str | None:
        return next((reply.ts for reply in replies(workspace, card) if "Approve" in str(reply.blocks)), None)

    message = house.slack.wait_for(asked, 10)
    assert house.slack.press("ana", CHANNEL, message, "approve")["ok"]

    def told(workspace: Workspace) -> str | None:
        channel = workspace.channel(CHANNEL)
        own = [m for m in channel.all_messages() if m.viewer == "U0ANA00001"] if channel else []
        return next((m.text for m in own if "somebody else has to approve" in m.text), None)

    house.slack.wait_for(told, 5)
    assert house.slack.press("ben", CHANNEL, message, "approve")["ok"]
    ended = final_card(house.slack, CHANNEL, after=before, within_s=30)
    assert f"CAPTURE DONE · {TOGETHER}" in ended["rendered"]
    assert "approved by" in ended["rendered"]
    decided = next(m for m in house.slack.look(lambda it: replies(it, card)) if m.ts == message)
    assert "actions" not in [block["type"] for block in decided.blocks]


def test_two_people_who_approve_in_the_same_moment_start_one_capture(house: Stage) -> None:
    """Both see the button; the second one is told that it was decided."""
    before = now(house)
    assert house.slack.type("ana", CHANNEL, f"/capture {TOGETHER} for 2s")["ok"]
    card = card_after(house, before, "Waiting for a second person")

    def asked(workspace: Workspace) -> str | None:
        return next((reply.ts for reply in replies(workspace, card) if "Approve" in str(reply.blocks)), None)

    message = house.slack.wait_for(asked, 10)
    with ThreadPoolExecutor(3) as people:
        presses = [people.submit(house.slack.press, who, CHANNEL, message, "approve") for who in ("ben", "mia", "ben")]
        assert all(press.result()["ok"] for press in presses)

    def told(workspace: Workspace) -> int | None:
        channel = workspace.channel(CHANNEL)
        own = [m for m in channel.all_messages() if m.viewer and m.ts > message] if channel else []
        return len([m for m in own if "decided already" in m.text]) == 2 or None

    house.slack.wait_for(told, 5)
    assert f"CAPTURE DONE · {TOGETHER}" in final_card(house.slack, CHANNEL, after=before, within_s=20)["rendered"]
    assert len(files(house, card, 2)) == 2


def test_a_forged_button_does_nothing(house: Stage) -> None:
    """Whoever can send us a press cannot make it one of ours."""
    before = now(house)
    assert house.slack.type("ana", CHANNEL, f"/capture {TOGETHER} for 2s")["ok"]
    card = card_after(house, before, "Waiting for a second person")

    def forge(workspace: Workspace) -> bool | None:
        for reply in replies(workspace, card):
            for element in (e for block in reply.blocks for e in block.get("elements", ()) if "value" in e):
                element["value"] = element["value"][:-1] + ("0" if element["value"][-1] != "0" else "1")
                return True
        return None

    house.slack.wait_for(forge, 10)
    message = house.slack.look(lambda it: replies(it, card)[0].ts)
    assert house.slack.press("ben", CHANNEL, message, "approve")["ok"]

    def told(workspace: Workspace) -> str | None:
        channel = workspace.channel(CHANNEL)
        own = [m for m in channel.all_messages() if m.viewer == "U0BEN00001" and m.ts > message] if channel else []
        return next((m.text for m in own if "not valid any more" in m.text), None)

    house.slack.wait_for(told, 5)
    assert house.slack.press("ana", CHANNEL, card, "stop")["ok"]
    ended = final_card(house.slack, CHANNEL, after=before, within_s=20)
    assert "before anything was captured" in ended["rendered"]


def test_the_form_leads_over_its_preview_to_a_card_in_the_threads_place(house: Stage) -> None:
    """From a verdict to its packets: button, form, preview, start."""
    verdict = ask(house.slack, CHANNEL, f"/arpcheck {ALONE}")["ts"]
    assert house.slack.press("ana", CHANNEL, verdict, "capture")["ok"]
    view = form(house, "ana", "capture_form")
    assert view["blocks"][0]["element"]["initial_value"] == ALONE
    wrong = house.slack.submit("ana", {"target": ALONE, "for": "0", "vlan": "5000"}, view["id"])
    assert set(wrong["errors"]) == {"for", "vlan"}
    shown = house.slack.submit("ana", {"target": ALONE, "for": "3", "at": ["prod-1"]}, view["id"])
    preview = shown["stack"][-1]
    assert f"host {ALONE}" in json.dumps(preview["blocks"])
    assert house.slack.submit("ana", {}, preview["id"])["stack"] == []
    brought = files(house, verdict, 2)
    assert f"{ALONE}-prod-1.pcapng" in brought


def test_a_stopped_capture_hands_over_what_it_has(house: Stage) -> None:
    """By the button on its card, by anybody who may check."""
    before = now(house)
    assert house.slack.type("ana", CHANNEL, f"/capture {ALONE} for 50s")["ok"]
    card = card_after(house, before, "packets")
    assert house.slack.press("mia", CHANNEL, card, "stop")["ok"]
    ended = final_card(house.slack, CHANNEL, after=before, within_s=20)
    assert f"CAPTURE STOPPED · {ALONE}" in ended["rendered"]
    assert "Stopped by a person" in ended["rendered"]
    assert f"{ALONE}-prod-1.pcapng" in files(house, card, 2)
    assert house.slack.type("mia", CHANNEL, "/capture stop")["messages"][0]["text"].startswith("No capture runs")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("10.0.0.5 for 10h", "10 minutes at most", id="10 h"),
        pytest.param("10.0.0.5 for 0s", "no time to capture in", id="0 s"),
        pytest.param("10.0.0.5 tcp port 80", "none is called with your words", id="raw filter"),
        pytest.param("10.0.0.5 -w /etc/passwd", "none is called with your words", id="flags"),
    ],
)
def test_bad_words_get_one_sentence_that_only_the_asker_sees(house: Stage, text: str, says: str) -> None:
    """No card, no noise in the channel."""
    said: dict[str, Any] = house.slack.type("ana", CHANNEL, f"/capture {text}")
    assert [message["is_ephemeral"] for message in said["messages"]] == [True]
    assert says in str(said["messages"])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("10.0.0.5 at dc9", "there are office-1 (segment office), prod-1 (segment prod)", id="unknown"),
        pytest.param("10.9.9.9", "Agents stand on 10.0.0.0/24 (prod), 10.0.1.0/24 (office)", id="not covered"),
        pytest.param("10.0.0.5 at office for 2s", "outside of what this agent may capture", id="not its machine"),
    ],
)
def test_what_turns_out_to_be_impossible_ends_the_card_with_one_sentence(house: Stage, text: str, says: str) -> None:
    """The agent's own bounds count, whoever asked."""
    assert says in ask(house.slack, CHANNEL, f"/capture {text}")["rendered"]


def test_an_agent_killed_midway_leaves_its_beginning_marked_incomplete(fragile_house: Stage) -> None:
    """Half a capture is evidence, and is not passed off as a whole one."""
    before = now(fragile_house)
    assert fragile_house.slack.type("ana", CHANNEL, f"/capture {ALONE} for 12s")["ok"]
    card_after(fragile_house, before, " packets")
    assert fragile_house.slack.type("ben", CHANNEL, f"/arpcheck {ALONE}")["ok"]
    card_after(fragile_house, before, "GUEST", within_s=15)  # more than one partial report has been sent by then
    fragile_house.processes["prod-1"].kill()
    ended = final_card(fragile_house.slack, CHANNEL, after=before, within_s=40)
    assert f"CAPTURE INCOMPLETE · {ALONE}" in ended["rendered"]
    assert "fell silent" in ended["rendered"]
    assert f"{ALONE}-prod-1.pcapng" in files(fragile_house, ended["ts"], 2)


def _noted(house: Stage, message: str) -> None:
    """Return once the journal knows where the message stands, as it does some milliseconds after Slack."""
    journal, ends_at = RedisJournal(house.server.url), time.monotonic() + 5
    while time.monotonic() < ends_at:
        timelines = [incident.timeline for name in journal.unfinished() if (incident := journal.read(name))]
        if any(isinstance(event, Published) and event.message == message for line in timelines for event in line):
            return
    raise AssertionError("nobody noted where the message stands")


def test_what_waited_when_the_bot_died_is_approved_at_the_next_bot(fragile_house: Stage, tmp_path: Path) -> None:
    """The message and its buttons stand in the thread; they must not be a lie after a restart."""
    slack = fragile_house.slack
    before = now(fragile_house)
    assert slack.type("ana", CHANNEL, f"/capture {TOGETHER} for 2s")["ok"]
    card = card_after(fragile_house, before, "Waiting for a second person")

    def asked(workspace: Workspace) -> str | None:
        return next((reply.ts for reply in replies(workspace, card) if "Approve" in str(reply.blocks)), None)

    message = slack.wait_for(asked, 10)
    _noted(fragile_house, message)
    fragile_house.processes["bot"].kill()
    fragile_house.processes["bot"].wait()
    with (tmp_path / "bot.log").open("wb") as log:
        argv = [sys.executable, "-m", "bot", "bot"]
        again = subprocess.Popen(argv, env=dict(fragile_house.environment), stdout=log, stderr=log)
    fragile_house.processes["bot"] = again
    while b"bot_ready" not in (tmp_path / "bot.log").read_bytes():
        assert again.poll() is None
        slack.look(lambda _: None)
    assert slack.press("mia", CHANNEL, message, "approve")["ok"]
    ended = final_card(slack, CHANNEL, after=before, within_s=30)
    assert ended["ts"] == card, "the card that stands there, and no second one"
    assert f"CAPTURE DONE · {TOGETHER}" in ended["rendered"]
    decided = next(m for m in slack.look(lambda it: replies(it, card)) if m.ts == message)
    assert "approved by" in str(decided.blocks)
