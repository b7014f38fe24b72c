"""Fetching a shared file: the bot's token goes to Slack and to nobody else, and every failure is a sentence."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from slack_sdk import WebClient

from bot.errors import InstrumentError
from bot.model.dropped import DroppedFile
from bot.slack.drops import SlackDrops

FILE = DroppedFile("F1", "core.pcap", 9)
MOST = 1 << 20


class Host:
    """A server that is both the Web API and where files lie; notes who came with a token."""

    def __init__(self) -> None:
        self.told: dict[str, Any] = {"ok": True, "file": {}}
        self.body, self.kind, self.status = b"\xd4\xc3\xb2\xa1 etc", "application/octet-stream", 200
        self.tokens: list[str | None] = []
        self.address = ""

    @contextmanager
    def open(self) -> Iterator["Host"]:
        host = self

        class Answering(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self._say(200, "application/json", json.dumps(host.told).encode())

            def do_GET(self) -> None:
                host.tokens.append(self.headers.get("Authorization"))
                self._say(host.status, host.kind, host.body)

            def _say(self, status: int, kind: str, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Keep the test's output clean."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        self.address = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()


@pytest.fixture
def slack() -> Iterator[Host]:
    with Host().open() as host:
        host.told["file"] = {"url_private_download": f"{host.address}/files-pri/F1/core.pcap"}
        yield host


def fetch(host: Host) -> bytes:
    return SlackDrops(WebClient(token="xoxb-test", base_url=f"{host.address}/api/", timeout=2)).fetch(FILE, MOST)


def test_the_bytes_come_with_the_bots_token(slack: Host) -> None:
    """A private file shows itself only to members."""
    assert fetch(slack) == slack.body
    assert slack.tokens == ["Bearer xoxb-test"]


@pytest.mark.parametrize(
    "scheme", ["http://127.0.0.1:{port}", "https://slack.com.example.net", "http://files.slack.com"]
)
def test_the_token_never_leaves_slack(slack: Host, scheme: str) -> None:
    """A file that lies elsewhere has an address that somebody else chose."""
    with Host().open() as other:
        where = scheme.format(port=other.address.rpartition(":")[2])
        slack.told["file"] = {"url_private_download": f"{where}/core.pcap"}
        with pytest.raises(InstrumentError, match="does not lie in Slack itself"):
            fetch(slack)
        assert other.tokens == []


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        pytest.param({"status": 302}, "could not be fetched", id="redirect"),
        pytest.param({"status": 500}, "could not be fetched", id="server error"),
        pytest.param({"kind": "text/html; charset=utf-8"}, "lacks the scope files:read", id="sign-in page"),
        pytest.param({"body": b"x" * (MOST + 1)}, "larger than 1 MiB", id="too large"),
        pytest.param({"told": {"ok": False, "error": "file_deleted"}}, "it was deleted", id="deleted"),
        pytest.param({"told": {"ok": False, "error": "missing_scope"}}, "lacks the scope files:read", id="no scope"),
        pytest.param({"told": {"ok": True}}, "nothing of core.pcap that I understand", id="nonsense"),
    ],
)
def test_a_file_that_cannot_be_had_is_a_sentence(slack: Host, changes: dict[str, Any], says: str) -> None:
    """The asker sees why, and what would be right."""
    for name, value in changes.items():
        setattr(slack, name, value)
    with pytest.raises(InstrumentError, match=says):
        fetch(slack)


def test_a_slack_that_is_away_is_a_sentence() -> None:
    """Nobody is left waiting."""
    with Host().open() as gone:
        pass
    with pytest.raises(InstrumentError, match="cannot be asked"):
        fetch(gone)
