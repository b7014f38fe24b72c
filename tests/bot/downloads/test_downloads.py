"""A capture leaves by a link that was made for one person, once, in time, and with a line in the audit trail."""

import base64
import http.client
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bot.downloads.counter import Counter
from bot.downloads.links import LIVES, SignedLinks
from bot.downloads.server import DownloadServer
from bot.errors import InstrumentError
from bot.model.audit import Deed
from bot.model.request import Person
from tests.bot.downloads.shelf import CAPTURE, DIGEST, PaperAudit, shelved
from tests.bot.incidents.ground import HERE, HandClock

KEYS = (b"1" * 32, b"0" * 32)
ANA = Person("T1", "U1")
Answer = tuple[int, dict[str, str], bytes]


class Desk:
    """The server with everything around it: a real archive, a hand clock, and a memory of used links."""

    def __init__(self, root: Path) -> None:
        self.archive, self.clock, self.audit = shelved(root), HandClock(), PaperAudit()
        self.used: set[str] = set()
        self.away = False
        self.server = DownloadServer(Counter(self.archive, KEYS, self._seen, self.audit, self.clock), "127.0.0.1", 0)
        self.server.start()
        self.links = SignedLinks(self.archive, KEYS, f"http://127.0.0.1:{self.server.port}/", self.clock)

    def link(self) -> str:
        (link,) = self.links.offer("inc-1", ANA, HERE)
        return link.url

    def ask(self, url: str, method: str = "GET") -> Answer:
        there = urlsplit(url)
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=5)
        try:
            connection.request(method, there.path)
            response = connection.getresponse()
            return response.status, dict(response.getheaders()), response.read()
        finally:
            connection.close()

    def _seen(self, name: str) -> bool:
        if self.away:
            raise InstrumentError("The queue server cannot be reached.")
        known = name in self.used
        self.used.add(name)
        return known


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.server.close()


def test_a_link_gives_the_capture_with_its_digest(desk: Desk) -> None:
    """Whoever opens it can prove that it is the file that the agent recorded."""
    status, headers, body = desk.ask(desk.link(), "POST")
    assert (status, body) == (200, CAPTURE)
    assert headers["Repr-Digest"] == f"sha-256=:{base64.b64encode(sha256(CAPTURE).digest()).decode()}:"
    assert headers["Content-Disposition"] == 'attachment; filename="1-prod-1-capture.pcap"'
    (entry,) = desk.audit.entries
    assert (entry.deed, entry.person, entry.place, entry.incident, entry.digest, entry.size_bytes) == (
        Deed.DOWNLOADED,
        ANA,
        HERE,
        "inc-1",
        DIGEST,
        len(CAPTURE),
    )


def test_looking_uses_nothing_up_and_shows_what_it_is(desk: Desk) -> None:
    """Previews and scanners open every address that they see."""
    url = desk.link()
    for method in ("HEAD", "GET", "GET"):
        status, headers, body = desk.ask(url, method)
        assert status == 200
        assert headers["Referrer-Policy"] == "no-referrer"
    assert DIGEST.encode() in body
    assert CAPTURE not in body
    assert desk.audit.entries == []
    assert desk.ask(url, "POST")[0] == 200


def test_a_link_works_once(desk: Desk) -> None:
    """A link that was passed on after use opens nothing."""
    url = desk.link()
    assert desk.ask(url, "POST")[0] == 200
    status, _, body = desk.ask(url, "POST")
    assert status == 404
    assert b"used already" in body
    assert len(desk.audit.entries) == 1


def test_a_link_expires(desk: Desk) -> None:
    """To the second."""
    url = desk.link()
    desk.clock.forward(LIVES.total_seconds() - 1)
    assert desk.ask(url)[0] == 200
    desk.clock.forward(1)
    for method in ("GET", "POST"):
        status, _, body = desk.ask(url, method)
        assert (status, b"time is over" in body) == (404, True)
    assert desk.audit.entries == []


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda text: text[:-1] + ("A" if text[-1] != "A" else "B"), id="another proof"),
        pytest.param(lambda text: "x" + text, id="another ticket"),
        pytest.param(lambda text: text.partition(".")[0], id="no proof"),
        pytest.param(lambda _: "", id="nothing"),
        pytest.param(lambda _: "../../etc/passwd", id="a path"),
        pytest.param(lambda _: "%2e%2e%2f.%00", id="an escaped path"),
        pytest.param(lambda text: text * 50, id="very long"),
    ],
)
def test_a_link_that_we_did_not_write_opens_nothing(desk: Desk, change: object) -> None:
    """There is no way to a file but by a ticket."""
    head, _, text = desk.link().rpartition("/")
    url = f"{head}/{change(text)}"  # type: ignore[operator]
    assert desk.ask(url, "POST")[0] == 404
    assert desk.audit.entries == []


@pytest.mark.parametrize("path", ["/", "/capture", "/favicon.ico", "/case.json", "//capture/"])
def test_there_is_nothing_else(desk: Desk, path: str) -> None:
    """No listing, no file by its name."""
    assert desk.ask(path)[0] == 404


def test_links_of_both_master_keys_are_good(desk: Desk) -> None:
    """A rotation kills no link."""
    older = SignedLinks(desk.archive, KEYS[1:], f"http://127.0.0.1:{desk.server.port}", desk.clock)
    stranger = SignedLinks(desk.archive, (b"2" * 32,), f"http://127.0.0.1:{desk.server.port}", desk.clock)
    assert desk.ask(older.offer("inc-1", ANA, HERE)[0].url)[0] == 200
    assert desk.ask(stranger.offer("inc-1", ANA, HERE)[0].url)[0] == 404


def test_what_cannot_be_noted_down_is_not_handed_out(desk: Desk) -> None:
    """A download that nobody can find later did not happen."""
    desk.audit.full = True
    status, _, body = desk.ask(desk.link(), "POST")
    assert (status, CAPTURE in body) == (503, False)


def test_without_the_memory_of_used_links_nothing_is_handed_out(desk: Desk) -> None:
    """Else a link would work twice while the queue server is away; it is still good afterwards."""
    url = desk.link()
    desk.away = True
    assert desk.ask(url, "POST")[0] == 503
    desk.away = False
    assert desk.ask(url, "POST")[0] == 200


def test_a_file_that_was_changed_is_not_handed_out(desk: Desk) -> None:
    """Evidence is what was recorded, or nothing."""
    url = desk.link()
    (desk.archive.root / "inc-1" / "1-prod-1-capture.pcap").write_bytes(b"something else")
    assert desk.ask(url, "POST")[0] == 503
    assert desk.audit.entries == []


def test_a_deleted_capture_is_said_to_be_deleted(desk: Desk) -> None:
    """The link may outlive the bytes."""
    url = desk.link()
    desk.archive.forget(desk.clock.now() + timedelta(days=9999), timedelta())
    status, _, body = desk.ask(url)
    assert (status, b"is deleted" in body) == (404, True)
    assert desk.links.offer("inc-1", ANA, HERE) == ()


def test_silent_callers_do_not_keep_others_out(desk: Desk) -> None:
    """One that sends nothing costs a place for seconds, and there are more places."""
    with ExitStack() as ends:
        for _ in range(15):
            ends.enter_context(socket.create_connection(("127.0.0.1", desk.server.port)))
        assert desk.ask(desk.link())[0] == 200


def test_when_all_places_are_taken_the_next_is_told_so_at_once(desk: Desk) -> None:
    """A browser can come again; one that is kept waiting cannot know why."""
    with ExitStack() as ends:
        silent = [ends.enter_context(socket.create_connection(("127.0.0.1", desk.server.port))) for _ in range(40)]
        told = [caller.recv(12) for caller in silent[-3:]]
        assert told == [b"HTTP/1.1 503"] * 3


def test_an_address_that_is_taken_is_a_sentence(desk: Desk) -> None:
    """The operator reads it at the start."""
    counter = Counter(desk.archive, KEYS, lambda _: False, desk.audit, desk.clock)
    with pytest.raises(InstrumentError, match=f"cannot be served at 127.0.0.1:{desk.server.port}"):
        DownloadServer(counter, "127.0.0.1", desk.server.port)
