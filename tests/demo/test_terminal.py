"""The same questions from a terminal, and the same verdict offline."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from deploy.demo.stage import Stage

pytestmark = [pytest.mark.lab, pytest.mark.server]


def ruleout(*words: str, environment: Mapping[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "bot", *words], capture_output=True, text=True, env=environment, timeout=60, check=False
    )


def test_a_check_from_the_terminal_and_its_case_judged_offline_give_the_same_verdict(
    house: Stage, tmp_path: Path
) -> None:
    """Everything after the bytes is pure: without a clock, a socket or an agent the verdict is the same."""
    live = ruleout("check", "10.0.0.5", "--json", "--save", str(tmp_path), environment=house.environment)
    assert live.returncode == 0, live.stderr
    verdict = json.loads(live.stdout)
    assert (verdict["verdict"], verdict["grade"]) == ("guest", "proven")
    assert verdict["cause"] == "guest.bonding_agent_answers_with_two_macs"
    assert {out["side"] for out in verdict["ruled_out"]} == {"network", "hypervisor"}
    assert all(item["witnesses"] for item in verdict["evidence"] if item["weighs"] == "for")
    case = tmp_path / verdict["case"]
    offline = ruleout("judge", str(case), "--json")
    assert json.loads(offline.stdout) == {**verdict, "case": None, "then": verdict, "changes": []}
    assert "The same bytes give the same verdict today." in ruleout("judge", str(case)).stdout


def test_the_card_is_printed_as_text(house: Stage) -> None:
    """For those who have no channel at hand."""
    shown = ruleout("check", "app08", environment=house.environment)
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.startswith("HYPERVISOR · proven")
    assert "disconnected" in shown.stdout


def test_a_look_up_from_the_terminal_gives_the_snapshots_as_they_came(house: Stage, tmp_path: Path) -> None:
    """As data: conflicts, what is missing, the age, and every byte that it rests on."""
    looked = ruleout("vcenter", "app04", "--json", "--save", str(tmp_path), environment=house.environment)
    assert looked.returncode == 0, looked.stderr
    found = json.loads(looked.stdout)
    assert [owner["name"] for owner in found["owners"]] == ["VM app04", "VM app24"]
    (conflict,) = found["conflicts"]
    assert conflict["certain"]
    assert "both have 10.0.0.4" in conflict["says"] == found["says"]
    assert 0 <= found["age_s"] < 30
    assert found["missing"]
    assert {snapshot["format"] for snapshot in found["snapshots"]} == {"ruleout.vcenter/1"}
    assert found["snapshots"][0]["asked"]["names"] == ["app04"]
    kept = tmp_path / found["case"]
    assert json.loads((kept / "look-up.json").read_text())["format"] == "ruleout.look-up/1"
    assert [json.loads(path.read_text()) for path in sorted(kept.glob("*.vcenter.json"))] == found["snapshots"]
    refused = ruleout("judge", str(kept))
    assert refused.returncode == 2
    assert "which is not judged" in refused.stderr


def test_a_look_up_is_printed_as_text_with_what_to_run_inside_the_guest(house: Stage) -> None:
    """The card and its thread at once; in lines that can be copied."""
    shown = ruleout("vcenter", "app05", environment=house.environment)
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.startswith("OWNER · app05 · VM app05\n")
    assert "    cat /proc/net/bonding/* 2>/dev/null\n" in shown.stdout
    assert "prod-10 · VLAN 10 · forged transmits accepted · MAC changes accepted" in shown.stdout
    assert "DVS0 · MTU 1500 · health check off" in shown.stdout


def test_a_look_up_without_an_owner_has_another_exit_status(house: Stage) -> None:
    """A script can tell "nobody is known" from an owner, and both from a vCenter that did not answer."""
    unknown = ruleout("vcenter", "10.9.9.9", "--json", environment=house.environment)
    assert (unknown.returncode, json.loads(unknown.stdout)["owners"]) == (1, [])
    nobody = ruleout("vcenter", "10.9.9.9", environment={**house.environment, "RULEOUT_VCENTERS": ""})
    assert nobody.returncode == 1
    assert "RULEOUT_VCENTERS" in nobody.stdout


def test_a_dropped_capture_with_a_snapshot_is_judged(house: Stage, tmp_path: Path) -> None:
    """What somebody took elsewhere goes through the same readers."""
    ruleout("check", "10.0.0.4", "--save", str(tmp_path), environment=house.environment)
    (case,) = tmp_path.iterdir()
    (capture,) = case.glob("*-arp.pcapng")
    snapshot = sorted(case.glob("*.vcenter.json"))[-1]
    judged = ruleout("judge", str(capture), "--target", "10.0.0.4", "--vcenter", str(snapshot), "--json")
    assert judged.returncode == 0, judged.stderr
    assert json.loads(judged.stdout)["verdict"] in ("guest", "inconclusive")
    assert "app04" in judged.stdout


@pytest.mark.parametrize(
    ("words", "changed", "says"),
    [
        pytest.param(("check", "10.0.0.300"), {}, "not an IPv4 address", id="bad address"),
        pytest.param(("check", "10.0.0.5"), {"RULEOUT_REDIS_URL": "unix:///nowhere"}, "queue server", id="no server"),
        pytest.param(("check", "10.0.0.5"), {"RULEOUT_MASTER_KEYS": "short"}, "RULEOUT_MASTER_KEYS", id="bad key"),
        pytest.param(("vcenter", "10.0.0.300"), {}, "not an IPv4 address", id="bad address to look up"),
        pytest.param(
            ("vcenter", "10.0.0.5"), {"RULEOUT_REDIS_URL": "unix:///nowhere"}, "queue server", id="no server to look up"
        ),
        pytest.param(("vcenter", "--json"), {}, "ruleout vcenter 10.0.0.5 --json", id="nobody to look up"),
        pytest.param(("vcenter",), {}, "RULEOUT_VCENTER_NAME", id="worker without a name"),
        pytest.param(("judge", "/nowhere.pcap"), {}, "--target", id="capture without target"),
        pytest.param(("judge", "/nowhere.pcap", "--target", "10.0.0.5"), {}, "cannot be read", id="no such file"),
        pytest.param(("judge", "/nowhere.pcap", "--target", "foo"), {}, "not an IPv4 address", id="bad target"),
        pytest.param(("judge", "/"), {}, "holds no case.json", id="not a case"),
        pytest.param(("bot",), {"RULEOUT_SLACK_BOT_TOKEN": "xoxb-wrong"}, "does not accept", id="wrong token"),
        pytest.param(("agent",), {}, "RULEOUT_AGENT_NAME", id="agent without a name"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_status_two(
    house: Stage, words: tuple[str, ...], changed: dict[str, str], says: str
) -> None:
    """No traceback at any door."""
    refused = ruleout(*words, environment={**house.environment, **changed})
    assert refused.returncode == 2
    assert says in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not refused.stdout


def test_keys_for_an_agent_are_those_that_the_bot_derives(house: Stage) -> None:
    """What is printed can be pasted into the agent's environment."""
    master = ruleout("keys", "new").stdout.strip()
    printed = ruleout("keys", "for", "segment.prod", environment={**house.environment, "RULEOUT_MASTER_KEYS": master})
    queue, _, key = printed.stdout.strip().partition("=")
    assert (queue, len(bytes.fromhex(key)), key != master) == ("segment.prod", 32, True)
