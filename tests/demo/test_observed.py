"""One check through real processes, as its operator sees it: logs, figures, and why a role is not ready."""

import json
import subprocess
import sys
import time
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from deploy.demo.stage import NETWORK, VCENTER, Stage, ask
from deploy.lab.topology import MANAGEMENT

pytestmark = [pytest.mark.lab, pytest.mark.server]

NODES = {"prod-1": "agent-prod", "office-1": "agent-office", "network": MANAGEMENT}
"""Where the processes stand that have a loopback of their own; the others have this machine's."""

GET = """
import sys, urllib.error, urllib.request
try:
    answer = urllib.request.urlopen(sys.argv[1], timeout=10)
except urllib.error.HTTPError as error:
    answer = error
sys.stdout.write(f"{answer.status}\\n{answer.read().decode()}")
"""


def logged(house: Stage, name: str) -> list[dict[str, Any]]:
    """The lines of one process; what is no JSON was printed by something else."""
    lines = (house.logs / f"{name}.log").read_text().splitlines()
    return [json.loads(line) for line in lines if line.startswith("{")]


def get(house: Stage, name: str, path: str) -> tuple[int, str]:
    """What the process answers on its own loopback."""
    port = next(line["port"] for line in logged(house, name) if line["event"] == "metrics_served")
    argv = [sys.executable, "-c", GET, f"http://127.0.0.1:{port}{path}"]
    if name in NODES:
        assert house.lab is not None
        argv = house.lab.argv(NODES[name], argv)
    said = subprocess.run(argv, capture_output=True, text=True, check=True, timeout=30).stdout
    status, _, body = said.partition("\n")
    return int(status), body


def figures(house: Stage, name: str) -> dict[str, float]:
    """Every sample of the process by name and labels."""
    status, body = get(house, name, "/metrics")
    assert status == 200
    return {
        " ".join((one.name, *(one.labels[label] for label in sorted(one.labels)))): one.value
        for family in text_string_to_metric_families(body)
        for one in family.samples
    }


@pytest.fixture(scope="module")
def incident(observed_house: Stage) -> str:
    """A check that has ended, and whose end Slack has taken."""
    ask(observed_house.slack, "inc-network", "/arpcheck 10.0.0.5")
    found = [line["incident"] for line in logged(observed_house, "bot") if line["event"] == "requested"]
    ends_at = time.monotonic() + 10
    while not figures(observed_house, "bot").get("ruleout_answer_seconds_count arpcheck"):
        assert time.monotonic() < ends_at, "the final card was never told to be delivered"
    return str(found[-1])


@pytest.mark.parametrize("name", ["bot", "prod-1", "office-1", "vcenter", "network"])
def test_the_same_incident_is_found_in_every_log_that_has_to_do_with_it(
    observed_house: Stage, incident: str, name: str
) -> None:
    """Who is asked about one question greps for one word, on every machine."""
    lines = logged(observed_house, name)
    assert any(line.get("incident") == incident for line in lines)
    nameless = [line for line in lines if "job" in line and "incident" not in line]
    assert nameless == []


def test_a_job_is_followed_from_its_beginning_to_its_report(observed_house: Stage, incident: str) -> None:
    """By the id that the agent and its threads write."""
    begun = [line for line in logged(observed_house, "prod-1") if line["event"] == "job_begun"]
    assert {line["incident"] for line in begun} == {incident}
    for line in begun:
        events = [one["event"] for one in logged(observed_house, "prod-1") if one.get("job") == line["job"]]
        assert events[0] == "job_begun"
        assert events[-1] == "job_reported"


def test_no_log_holds_a_secret(observed_house: Stage, incident: str) -> None:
    """Whoever may read logs may not therefore speak as the bot."""
    held = [
        value
        for environment in observed_house.environments.values()
        for name, value in environment.items()
        if name.endswith(("TOKEN", "MASTER_KEYS", "QUEUE_KEYS"))
    ]
    secrets = [part.rpartition("=")[2] for value in held for part in value.split(",")]
    assert len(secrets) > 8
    for path in observed_house.logs.glob("*.log"):
        text = path.read_text(errors="replace")
        assert not [secret for secret in secrets if secret in text], path.name


def test_the_bot_tells_what_was_asked_how_long_it_took_and_what_came_of_it(
    observed_house: Stage, incident: str
) -> None:
    """From Slack's delivery to the final card."""
    found = figures(observed_house, "bot")
    assert found["ruleout_requests_total arpcheck accepted"] == 1
    assert found["ruleout_acknowledgement_seconds_count slash_commands"] >= 1
    assert found["ruleout_first_evidence_seconds_count arpcheck"] == 1
    assert found["ruleout_incidents_ended_total arpcheck answered"] == 1
    assert sum(value for name, value in found.items() if name.startswith("ruleout_verdicts_total")) == 1
    assert found["ruleout_incidents_open arpcheck"] == 0
    assert found["ruleout_slack_calls_total chat.postMessage ok"] >= 1
    assert found["ruleout_slack_sockets_opened_total"] == 1
    assert found["ruleout_slack_connected"] == 1
    assert found["ruleout_unread_sources"] == 0
    assert found["ruleout_archive_cases"] >= 0
    assert found["ruleout_audit_entries"] >= 1
    assert found["ruleout_audit_sound"] == 1
    assert found["ruleout_disk_free_bytes archive"] > 0
    assert found["ruleout_dead_letters"] == 0


def test_the_bot_tells_who_is_heard_and_what_waits(observed_house: Stage, incident: str) -> None:
    """Also of readers, whose silence no channel notices."""
    found = figures(observed_house, "bot")
    for name in ("prod-1", "office-1", f"vcenter.{VCENTER}", f"network.{NETWORK}"):
        assert 0 <= found[f"ruleout_agent_heartbeat_age_seconds {name}"] < 3
    for queue in ("segment.prod", "agent.prod-1", f"vcenter.{VCENTER}", f"network.{NETWORK}"):
        assert found[f"ruleout_queue_length {queue}"] == 0
        assert found[f"ruleout_queue_pending {queue}"] == 0


@pytest.mark.parametrize(("name", "probe"), [("prod-1", "arp"), ("vcenter", "vcenter"), ("network", "network")])
def test_every_worker_tells_what_it_did(observed_house: Stage, incident: str, name: str, probe: str) -> None:
    """By probe and end."""
    found = figures(observed_house, name)
    assert found[f"ruleout_jobs_total reported {probe}"] >= 1
    assert found[f"ruleout_job_seconds_count {probe}"] >= 1
    assert found[f"ruleout_jobs_running {probe}"] == 0
    assert found["ruleout_lease_held"] == 1
    assert found["ruleout_ready"] == 1


def test_a_capture_is_counted_where_it_ran(observed_house: Stage, incident: str) -> None:
    """Packets, bytes, and what the kernel lost."""
    ask(observed_house.slack, "inc-network", "/capture 10.0.0.6 for 2s at prod-1 all")
    found = figures(observed_house, "prod-1")
    assert found["ruleout_captures_running"] == 0
    assert found["ruleout_captured_bytes_total"] > 0
    assert found["ruleout_capture_dropped_packets_total"] == 0


@pytest.mark.parametrize("name", ["bot", "prod-1", "office-1", "vcenter", "network"])
def test_every_role_lives_and_is_ready(observed_house: Stage, incident: str, name: str) -> None:
    """The probes of the compose file and the manifests ask this."""
    assert get(observed_house, name, "/healthz") == (200, "alive\n")
    assert get(observed_house, name, "/readyz") == (200, "ready\n")


def test_each_role_says_that_the_queue_server_is_away_and_when_it_is_back(observed_house: Stage, incident: str) -> None:
    """The last test here: it takes the server away for a moment."""
    observed_house.server.kill()
    for name in ("bot", "prod-1", "vcenter", "network"):
        wait_for(observed_house, name, 503, "cannot be reached")
        assert get(observed_house, name, "/healthz")[0] == 200
    found = figures(observed_house, "bot")
    assert found["ruleout_ready"] == 0
    assert found["ruleout_unread_sources"] == 1
    assert "ruleout_dead_letters" not in found
    observed_house.server.start()
    for name in ("bot", "prod-1", "vcenter", "network"):
        wait_for(observed_house, name, 200, "ready")


def wait_for(house: Stage, name: str, status: int, says: str) -> None:
    """Return when the role answers so."""
    ends_at = time.monotonic() + 20
    while True:
        answer = get(house, name, "/readyz")
        if answer[0] == status and says in answer[1]:
            return
        assert time.monotonic() < ends_at, answer
