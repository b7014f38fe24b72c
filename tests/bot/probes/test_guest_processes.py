"""Reading what runs inside a guest: every process with its place in the file, and old snapshots as before."""

import json
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.errors import BundleError
from bot.model.observation import GuestProcessesRead, GuestProcessFound
from bot.probes.vcenter import GuestProcess, GuestProcesses, dump, parse, read
from tests.bot.probes.test_vcenter import SOUND, artifact

HAD = {
    "name": "had",
    "pid": 812,
    "owner": "root",
    "started_at": "2026-01-02T03:04:05+00:00",
    "ended_at": "2026-01-05T08:59:00Z",
    "exit_code": 139,
    "bare": False,
}
LISTED = {"looked_for": ["had", "hashadow"], "found": [HAD], "unread": None}


def with_processes(listed: Any) -> bytes:
    whole = deepcopy(SOUND)
    whole["vms"][0]["processes"] = listed
    return json.dumps(whole).encode()


def test_a_snapshot_from_before_says_nothing_about_the_inside_of_guests() -> None:
    """Cases of last year are judged again, and nobody looked then."""
    data = json.dumps(SOUND).encode()
    assert [vm.processes for vm in parse(data).vms] == [None, None]
    seen = read(artifact(data), data)
    assert not [one for one in seen if isinstance(one, GuestProcessesRead | GuestProcessFound)]


def test_the_list_and_each_process_have_their_places() -> None:
    """That the list was read is a fact of its own: only with it is an absent process absent."""
    data = with_processes(LISTED)
    seen = read(artifact(data), data)
    (listed,) = [one for one in seen if isinstance(one, GuestProcessesRead)]
    (had,) = [one for one in seen if isinstance(one, GuestProcessFound)]
    assert (listed.locator, listed.vm, listed.looked_for, listed.unread) == (
        "vms/0/processes", "dc1/vm-12", ("had", "hashadow"), None,
    )  # fmt: skip
    assert (had.locator, had.vm, had.vm_name) == ("vms/0/processes/found/0", "dc1/vm-12", "app01")
    assert (had.name, had.pid, had.owner, had.exit_code, had.bare) == ("had", 812, "root", 139, False)
    assert had.started_at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert had.ended_at == datetime(2026, 1, 5, 8, 59, tzinfo=UTC)


def test_what_is_known_of_a_guest_reads_back() -> None:
    """What the worker writes, the reader reads."""
    snapshot = parse(with_processes(LISTED))
    assert parse(dump(snapshot)) == snapshot
    assert snapshot.vms[0].processes == GuestProcesses(
        ("had", "hashadow"),
        (
            GuestProcess(
                "had",
                812,
                "root",
                datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
                datetime(2026, 1, 5, 8, 59, tzinfo=UTC),
                139,
                bare=False,
            ),
        ),
    )


@pytest.mark.parametrize(
    "listed",
    [
        pytest.param([], id="a-list"),
        pytest.param({}, id="nothing-looked-for"),
        pytest.param({"looked_for": "had"}, id="a-text"),
        pytest.param({"looked_for": ["had"], "found": [{**HAD, "pid": "812"}]}, id="pid-a-text"),
        pytest.param({"looked_for": ["had"], "found": [{**HAD, "bare": 1}]}, id="bare-a-number"),
        pytest.param({"looked_for": ["had"], "found": [{**HAD, "started_at": "2026-01-02T03:04:05"}]}, id="no-zone"),
        pytest.param({"looked_for": ["had"], "found": [{**HAD, "command": "had -x"}]}, id="a-command-line"),
    ],
)
def test_a_list_that_is_wrong_anywhere_is_refused(listed: Any) -> None:
    """As every other part of the file."""
    with pytest.raises(BundleError, match="no vCenter snapshot"):
        parse(with_processes(listed))
