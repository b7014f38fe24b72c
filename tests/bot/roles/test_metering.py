"""What a role tells of itself, from the setting to the answer over HTTP."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import cast
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from bot.archive import CaseArchive
from bot.audit import FileAudit
from bot.errors import RequestError
from bot.meters import DEAD, READY, SOCKETS, Reading
from bot.model.audit import Deed, Entry
from bot.ports import NO_METER
from bot.queue.depths import Depth, Depths
from bot.roles.bot_figures import BotFigures, queues_of
from bot.roles.metering import NOT_YET, Instruments, free_bytes, instruments
from bot.settings import Settings
from bot.slack.publisher import Publisher
from bot.slack.runners import SocketRunner
from tests.bot.house import House, PaperLine
from tests.bot.incidents.ground import NOON


@pytest.fixture
def told() -> Iterator[Instruments]:
    running = instruments(Settings({"RULEOUT_METRICS_LISTEN": "127.0.0.1:0"}), "agent", "prod-1")
    yield running
    running.close()


def get(told: Instruments, path: str) -> tuple[int, str]:
    try:
        with urlopen(f"http://127.0.0.1:{told.port}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as refused:
        return refused.code, refused.read().decode()


def test_without_the_setting_nothing_listens_and_nothing_is_counted() -> None:
    """And prometheus_client is not imported: it is what costs a small agent its memory."""
    unset = instruments(Settings({}), "agent", "prod-1")
    assert (unset.port, unset.meter) == (None, NO_METER)
    unset.stands({}, ())
    unset.close()
    program = (
        "import sys; from bot.roles.metering import instruments; from bot.settings import Settings; "
        "instruments(Settings({}), 'agent', 'a'); print('prometheus_client' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False"


@pytest.mark.parametrize("listen", ["127.0.0.1", "127.0.0.1:", "127.0.0.1:http", "127.0.0.1:65536", "127.0.0.1:²"])
def test_a_setting_that_is_no_address_is_one_sentence(listen: str) -> None:
    """The operator sees the form that is right."""
    with pytest.raises(RequestError, match=r"RULEOUT_METRICS_LISTEN must be address:port, such as 127\.0\.0\.1:9464"):
        instruments(Settings({"RULEOUT_METRICS_LISTEN": listen}), "agent", "prod-1")


@pytest.mark.parametrize("listen", ["0", ":0", "127.0.0.1:0"])
def test_a_port_without_an_address_is_the_loopbacks(listen: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever forgets the address must not open it to the network."""
    running = instruments(Settings({"RULEOUT_METRICS_LISTEN": listen}), "agent", "prod-1")
    said = capsys.readouterr()
    assert "host=127.0.0.1" in said.out + said.err
    running.close()


def test_a_role_is_ready_from_when_it_stands_to_when_it_ends(told: Instruments) -> None:
    """A pod that is still starting must not be counted on, nor one that drains."""
    assert get(told, "/readyz") == (503, f"{NOT_YET}\n")
    away: list[str] = []
    told.stands({}, (lambda: away[0] if away else None,))
    assert get(told, "/readyz") == (200, "ready\n")
    away.append("The queue server is away.")
    assert get(told, "/readyz") == (503, "The queue server is away.\n")
    told.ends()
    assert get(told, "/readyz") == (503, f"{NOT_YET}\n")


def test_the_figures_name_version_role_and_name_and_say_whether_it_is_ready(told: Instruments) -> None:
    """Beside what is counted and what the role reads."""
    told.meter.add(SOCKETS)  # a bot's: an agent keeps none of it, and nothing breaks
    body = get(told, "/metrics")[1]
    assert 'ruleout_build_info{name="prod-1",role="agent",version="' in body
    assert f"{READY.name} 0.0" in body
    told.stands({}, ())
    assert f"{READY.name} 1.0" in get(told, "/metrics")[1]
    assert DEAD.name not in body


def test_free_space_is_that_of_the_disk_where_something_will_lie(tmp_path: Path) -> None:
    """Before the first case there is no directory."""
    assert free_bytes(tmp_path / "not" / "yet") > 0


class PaperDepths:
    """Depths on paper."""

    def of(self, queues: frozenset[str]) -> tuple[tuple[Depth, ...], int]:
        return tuple(Depth(name, 2, None if name.startswith("vcenter.") else 1) for name in sorted(queues)), 5


class PaperDoor:
    """A socket to Slack that is open or not."""

    def __init__(self) -> None:
        self.open = True

    def is_connected(self) -> bool:
        return self.open


class PaperPublisher:
    """Three messages wait."""

    waiting = 3


@pytest.fixture
def figures(tmp_path: Path) -> BotFigures:
    house = House()
    return BotFigures(
        house.coordinator,
        PaperLine(house.queue),
        cast(Depths, PaperDepths()),
        cast(Publisher, PaperPublisher()),
        cast(SocketRunner, PaperDoor()),
        CaseArchive(tmp_path / "cases"),
        FileAudit(tmp_path / "audit.jsonl"),
        house.clock,
        queues_of(("dc1",), ("dc1",)),
    )


def read(figures: BotFigures, source: str) -> dict[str, float]:
    told: list[Reading] = list(figures.sources()[source]())
    return {" ".join((one.measure.name, *one.labels)): one.value for one in told}


def test_queues_of_readers_are_told_also_before_anybody_was_heard(figures: BotFigures) -> None:
    """What the settings name and nobody serves is the very thing to see."""
    found = read(figures, "queues")
    assert found["ruleout_queue_length vcenter.dc1"] == 2
    assert "ruleout_queue_pending vcenter.dc1" not in found
    assert found["ruleout_queue_pending network.dc1"] == 1
    assert found["ruleout_dead_letters"] == 5
    assert {name for name in found if "heartbeat" in name}


def test_an_audit_that_is_not_whole_is_told_and_its_head_is_not(figures: BotFigures) -> None:
    """From the last line alone: proving all of it takes `ruleout audit verify`."""
    assert read(figures, "audit") == {"ruleout_audit_entries": 0, "ruleout_audit_sound": 1}
    figures.audit.record(Entry(at=NOON, deed=Deed.DELETED))
    assert read(figures, "audit") == {"ruleout_audit_entries": 1, "ruleout_audit_sound": 1}
    with figures.audit.path.open("ab") as file:
        file.write(b'{"number": 2, "half')
    assert read(figures, "audit") == {"ruleout_audit_entries": 1, "ruleout_audit_sound": 0}
    figures.audit.path.write_bytes(b"no\nline\nof\nan\naudit\n")
    assert read(figures, "audit") == {"ruleout_audit_sound": 0}


def test_the_archive_is_measured_now_and_then_and_its_disk_each_time(figures: BotFigures) -> None:
    """Ten thousand cases are not walked for every scrape."""
    found = read(figures, "archive")
    assert (found["ruleout_archive_cases"], found["ruleout_archive_bytes"]) == (0, 0)
    assert found["ruleout_disk_free_bytes archive"] > 0
    figures.archive.save("inc-1", {"case.json": b"{}", "a.pcap": b"12345678"})
    assert read(figures, "archive")["ruleout_archive_cases"] == 0
    assert figures.archive.size() == (1, 10)


def test_a_bot_says_why_it_is_not_ready(figures: BotFigures) -> None:
    """Each of the three by itself."""
    reached, trouble, turning = figures.checks()
    assert (reached(), trouble(), turning()) == (None, None, None)
    cast(PaperDoor, figures.door).open = False
    figures.coordinator.engine.trouble = "The queue server cannot be reached."
    figures.coordinator.engine.turned_at -= 31
    assert reached() == "Slack does not reach the bot: its socket is not open."
    assert trouble() == "The queue server cannot be reached."
    assert turning() == "What agents bring was not looked at for 31 s."
    assert read(figures, "slack") == {"ruleout_slack_connected": 0, "ruleout_slack_unsent": 3}
