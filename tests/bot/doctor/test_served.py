"""The address of the figures: free, taken by this very role, or by anybody else; on real sockets."""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from http.server import BaseHTTPRequestHandler

import pytest

from bot.doctor import served
from bot.doctor.line import Line, Standing
from bot.errors import InstrumentError
from bot.metrics.server import Listener
from bot.roles.metering import Instruments, instruments
from bot.serving import Bounded, Serving, Silent
from bot.settings import Settings
from tests.fixtures.tools import missing

Start = Callable[..., Instruments]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts what a role serves, on a free port."""
    with ExitStack() as ends:

        def started(role: str = "agent", name: str = "prod-1", host: str = "127.0.0.1") -> Instruments:
            running = instruments(Settings({"RULEOUT_METRICS_LISTEN": f"{host}:0"}), role, name)
            ends.callback(running.close)
            return running

        yield started


@pytest.fixture
def free_port() -> int:
    """A port that nobody has."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def said(host: str, port: int | None, role: str = "agent", name: str = "prod-1") -> Line:
    assert port is not None
    (line,) = served.lines((host, port), role, name)
    assert (line.do is None) is (line.standing is Standing.OK)
    return line


def test_a_role_that_serves_no_figures_is_right() -> None:
    """Nobody has to have them."""
    (line,) = served.lines(None, "agent", "prod-1")
    assert line == Line(Standing.OK, "no figures are served (RULEOUT_METRICS_LISTEN is empty)")


def test_a_free_address_is_right_and_still_free_afterwards(free_port: int, start: Start) -> None:
    """The role that is started next has it; the look itself answers nobody."""
    line = said("127.0.0.1", free_port)
    assert line == Line(Standing.OK, f"figures can be served at 127.0.0.1:{free_port}")
    Listener("127.0.0.1", free_port, lambda _: (b"", ""), tuple).close()


@pytest.mark.parametrize(
    ("host", "says"),
    [
        pytest.param("192.0.2.1", "Cannot assign requested address", id="of no machine"),
        pytest.param("nowhere.invalid", "", id="no name"),
    ],
)
def test_an_address_that_nobody_can_listen_on_is_wrong(free_port: int, host: str, says: str) -> None:
    """The role would not start, and say the same then."""
    line = said(host, free_port)
    assert line.standing is Standing.WRONG
    assert line.says.startswith(f"nothing can listen at {host}:{free_port} (RULEOUT_METRICS_LISTEN): ")
    assert says in line.says


def test_the_role_itself_that_listens_there_is_right(start: Start) -> None:
    """Who asks the doctor while it runs must not be told that its port is taken."""
    running = start()
    running.stands({}, ())
    line = said("127.0.0.1", running.port)
    says = f"the agent prod-1 serves its figures at 127.0.0.1:{running.port}; it is ready"
    assert line == Line(Standing.OK, says)


def test_a_role_that_is_not_ready_is_told_with_its_own_sentences(start: Start) -> None:
    """As /readyz has them."""
    running = start("bot", "")
    running.stands({}, (lambda: "Slack does not reach the bot.", lambda: "The queue server is away."))
    line = said("127.0.0.1", running.port, "bot", "")
    assert line.standing is Standing.OK
    assert line.says == (
        f"the bot serves its figures at 127.0.0.1:{running.port}; it is not ready: "
        "Slack does not reach the bot. The queue server is away"
    )


@pytest.mark.parametrize(
    ("other", "called"),
    [
        pytest.param(("vcenter", "dc1"), "the vcenter dc1", id="another role"),
        pytest.param(("agent", "prod-2"), "the agent prod-2", id="another agent"),
        pytest.param(("bot", ""), "the bot", id="the bot"),
    ],
)
def test_another_role_of_ours_there_is_wrong(start: Start, other: tuple[str, str], called: str) -> None:
    """Two files of settings that were copied: only one of the two processes starts."""
    running = start(*other)
    line = said("127.0.0.1", running.port)
    assert line.standing is Standing.WRONG
    assert line.says.startswith(f"{called} listens at 127.0.0.1:{running.port}")


class Strange(BaseHTTPRequestHandler):
    """A server of somebody else's, which even is alive."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"alive\n")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class Downloads(Silent, Strange):
    """One of ours that serves no figures."""

    def do_GET(self) -> None:
        self.send_error(404)


@pytest.mark.parametrize("handler", [Strange, Downloads])
def test_something_else_there_is_wrong(handler: type[BaseHTTPRequestHandler]) -> None:
    """Also where it speaks HTTP, or is the bot's own server of downloads."""
    serving = Serving(Bounded(("127.0.0.1", 0), handler, at_once=2, name="test"))
    serving.start()
    with closing(serving):
        line = said("127.0.0.1", serving.port)
    assert line.standing is Standing.WRONG
    assert line.says == f"something else listens at 127.0.0.1:{serving.port} (RULEOUT_METRICS_LISTEN)"


def test_something_silent_there_is_wrong_and_not_waited_for_long() -> None:
    """It takes connections, and answers none."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        line = said("127.0.0.1", silent.getsockname()[1])
    assert line.says.startswith("something else listens at")


def test_a_role_whose_figures_break_leaves_open_which_it_is() -> None:
    """It lives, and its log has the reason."""

    def broken(_accept: str) -> tuple[bytes, str]:
        raise ZeroDivisionError

    listener = Listener("127.0.0.1", 0, broken, tuple)
    listener.start()
    with closing(listener):
        line = said("127.0.0.1", listener.port)
    assert line.standing is Standing.UNKNOWN
    assert "does not tell which" in line.says


def test_an_address_beyond_the_loopback_is_right_with_a_word_on_who_reaches_it(free_port: int, start: Start) -> None:
    """In a container it has to be so; on a machine somebody may not have meant it."""
    hint = "over plain HTTP for whoever reaches it"
    line = said("0.0.0.0", free_port)
    assert (line.standing, hint in line.says) == (Standing.OK, True)
    running = start(host="0.0.0.0")
    line = said("0.0.0.0", running.port)
    assert (line.standing, hint in line.says) == (Standing.OK, True)
    assert said("localhost", free_port).says == f"figures can be served at localhost:{free_port}"


def test_the_other_loopback_is_one(start: Start) -> None:
    """With its address in brackets, as people write it."""
    try:
        running = start(host="[::1]")
    except InstrumentError as reason:
        missing(str(reason))
    running.stands({}, ())
    assert said("::1", running.port).says == f"the agent prod-1 serves its figures at [::1]:{running.port}; it is ready"
