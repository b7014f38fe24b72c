"""The stand-in as a process of its own, driven over HTTP as `deploy/try` and other drivers do it."""

import json
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from slack_sdk import WebClient

CHANNEL = "C0INCNET01"
Json = dict[str, Any]


class Driver:
    """A driver that knows nothing but two addresses and the state directory."""

    def __init__(self, line: str, state_dir: Path) -> None:
        self.page_url = str(json.loads(line)["page_url"])
        self.connection: Json = json.loads((state_dir / "connection.json").read_text(encoding="utf-8"))
        self.client = WebClient(token=self.connection["bot_token"], base_url=self.connection["base_url"])

    def post(self, action: str, media: str = "application/json", **body: Any) -> Json:
        data = json.dumps(body).encode()
        asked = urllib.request.Request(f"{self.page_url}control/{action}", data, {"Content-Type": media})
        answer: Json = json.load(urllib.request.urlopen(asked))
        return answer

    def get(self, what: str, **query: str) -> Json:
        answer: Json = json.load(
            urllib.request.urlopen(f"{self.page_url}control/{what}?{urllib.parse.urlencode(query)}")
        )
        return answer


@pytest.fixture
def driver(tmp_path: Path) -> Iterator[Driver]:
    """A running process; it must end cleanly when it is asked to."""
    command = [sys.executable, "-m", "deploy.demo.slack", "--port", "0", "--state-dir", str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    yield Driver(process.stdout.readline(), tmp_path)
    process.terminate()
    assert process.wait(timeout=10) == 0
    process.stdout.close()


def test_a_driver_types_waits_and_reads_the_card(driver: Driver, tmp_path: Path) -> None:
    """Everything that `--play` needs, without the Python object."""
    assert (tmp_path / "connection.json").stat().st_mode & 0o077 == 0
    assert driver.post("type", user="ana", channel="inc-network", text="/arpcheck x")["error"] == "dispatch_failed"
    revision = driver.get("messages", channel=CHANNEL)["revision"]
    mark = {"event_type": "t", "event_payload": {"id": "inc-1"}}
    header = {"type": "header", "text": {"type": "plain_text", "text": "GUEST"}}
    ts = str(driver.client.chat_postMessage(channel=CHANNEL, text="c", blocks=[header], metadata=mark)["ts"])
    for query in ({"after": str(revision)}, {"contains": "GUEST"}, {"metadata": "id=inc-1"}, {"ts": ts}):
        found = driver.get("wait", channel="inc-network", timeout_s="5", **query)
        assert [message["rendered"] for message in found["messages"]] == ["GUEST\n====="]
    assert driver.get("wait", channel=CHANNEL, contains="HYPERVISOR", timeout_s="0.1")["error"] == "timeout"
    assert driver.get("acks")["acks"][0]["name"] == "/arpcheck x"


def test_a_driver_opens_and_reads_a_home_tab(driver: Driver) -> None:
    """By the same words as everything else."""
    assert driver.get("home", user="ana")["view"] is None
    header = {"type": "header", "text": {"type": "plain_text", "text": "What runs"}}
    driver.client.views_publish(user_id="U0ANA00001", view={"type": "home", "blocks": [header]})
    assert driver.get("home", user="ana")["view"]["rendered"] == "What runs\n========="
    assert driver.post("home", user="ana")["view"]["blocks"][0]["text"]["text"] == "What runs"
    assert driver.get("home", user="nobody")["error"] == "user_not_found"


def test_a_driver_is_told_what_is_wrong(driver: Driver) -> None:
    """A mistyped name must not look like a silent app."""
    assert driver.post("type", user="nobody", channel="inc-network", text="x")["error"] == "user_not_found"
    assert driver.post("type", user="ana", channel="nowhere", text="x")["error"] == "channel_not_found"
    assert driver.post("type", user="ana")["error"] == "missing_argument"
    assert "drop_acks" in driver.post("faults", nonsense=1)["known"]
    ts = driver.post("type", user="ana", channel="inc-network", text="x")["ts"]
    assert driver.post("press", user="ana", channel=CHANNEL, ts=ts, text="Go")["error"] == "action_not_found"
    assert driver.post("submit", user="ana")["error"] == "not_found"


def test_a_form_from_another_page_is_turned_away(driver: Driver) -> None:
    """A web site that somebody visits must not type into the workspace."""
    with pytest.raises(urllib.error.HTTPError, match="415"):
        driver.post("type", media="text/plain", user="ana", channel="inc-network", text="x")


def test_another_address_is_refused() -> None:
    """The process says why and ends."""
    command = [sys.executable, "-m", "deploy.demo.slack", "--bind", "0.0.0.0"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "127.0.0.1 only" in ended.stderr
