"""The listener, over real HTTP."""

import http.client
import socket
from collections.abc import Iterator

import pytest

from bot.errors import InstrumentError
from bot.metrics.server import Listener


class Role:
    """What stands behind the listener."""

    def __init__(self) -> None:
        self.troubles: list[str] = []
        self.broken = False

    def figures(self, accept: str) -> tuple[bytes, str]:
        if self.broken:
            raise ZeroDivisionError
        return f"figures for {accept}\n".encode(), "text/plain"


@pytest.fixture
def role() -> Role:
    return Role()


@pytest.fixture
def listener(role: Role) -> Iterator[Listener]:
    running = Listener("127.0.0.1", 0, role.figures, lambda: role.troubles)
    running.start()
    yield running
    running.close()


def call(listener: Listener, path: str, method: str = "GET", **headers: str) -> tuple[int, str, dict[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", listener.port, timeout=5)
    try:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode(), {name.lower(): value for name, value in answer.getheaders()}
    finally:
        connection.close()


def test_the_figures_come_in_the_form_that_is_accepted(listener: Listener) -> None:
    """Whatever stands behind the path."""
    status, body, headers = call(listener, "/metrics?x=1", Accept="text/plain")
    assert (status, body, headers["content-type"]) == (200, "figures for text/plain\n", "text/plain")
    assert headers["cache-control"] == "no-store"


def test_a_process_that_lives_says_so_whatever_it_lacks(listener: Listener, role: Role) -> None:
    """Else a queue server that is away would have every role restarted."""
    role.troubles = ["The queue server is away."]
    assert call(listener, "/healthz")[:2] == (200, "alive\n")


def test_a_role_that_is_not_ready_says_why_in_a_sentence_each(listener: Listener, role: Role) -> None:
    """Whoever is woken reads the reason and not a number."""
    assert call(listener, "/readyz")[:2] == (200, "ready\n")
    role.troubles = ["Slack does not reach the bot.", "The queue server is away."]
    assert call(listener, "/readyz")[:2] == (503, "Slack does not reach the bot.\nThe queue server is away.\n")
    role.troubles = []
    assert call(listener, "/readyz")[0] == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "BREW"])
def test_only_get_is_answered(listener: Listener, method: str) -> None:
    """It changes nothing, so there is nothing to send to it."""
    status, body, headers = call(listener, "/metrics", method)
    assert (status, headers["allow"]) == (405, "GET")
    assert "figures" not in body


@pytest.mark.parametrize("path", ["/", "/debug", "/metrics/", "/readyz/x"])
def test_there_is_nothing_else(listener: Listener, path: str) -> None:
    """No page, no index, no debugger."""
    assert call(listener, path)[0] == 404


def test_a_bug_in_a_figure_costs_one_answer(listener: Listener, role: Role) -> None:
    """The next probe is answered."""
    role.broken = True
    with pytest.raises((http.client.HTTPException, ConnectionError)):
        call(listener, "/metrics")
    assert call(listener, "/healthz")[0] == 200


def test_callers_who_say_nothing_do_not_keep_others_out_for_long(listener: Listener) -> None:
    """Eight at once are heard; the others are hung up on at once, not made to wait."""
    silent = [socket.create_connection(("127.0.0.1", listener.port), timeout=5) for _ in range(30)]
    hung_up = 0
    for one in silent[8:]:
        one.settimeout(5)
        hung_up += one.recv(1) == b""
    assert hung_up == 22
    for one in silent:
        one.close()
    for _ in range(200):  # the eight see that their callers are gone
        try:
            assert call(listener, "/healthz")[0] == 200
            break
        except (http.client.HTTPException, ConnectionError):
            continue
    else:
        pytest.fail("nobody is heard any more")


def test_an_address_that_is_taken_is_one_sentence(listener: Listener, role: Role) -> None:
    """With the setting in it."""
    with pytest.raises(InstrumentError, match=r"127\.0\.0\.1:\d+ \(RULEOUT_METRICS_LISTEN\): Address already in use"):
        Listener("127.0.0.1", listener.port, role.figures, lambda: ())
