"""Parts of the house die; the asker still gets a true and final answer."""

import signal
import time

import pytest

from deploy.demo.stage import Stage, ask, final_card

pytestmark = [pytest.mark.lab, pytest.mark.server]

CHANNEL = "inc-network"
QUESTION = "/arpcheck 10.0.0.5"


def begin(house: Stage) -> str:
    """Ask, and return once the agent has the job in hand: a timestamp id before the card.

    The card cannot tell: on a busy machine its updates are few, and it may go from asked to answered in one.
    """
    before = house.slack.look(lambda workspace: workspace.new_ts())
    assert house.slack.type("ana", CHANNEL, QUESTION)["ok"]
    log, ends_at = house.logs / "prod-1.log", time.monotonic() + 20
    while b"job_begun" not in log.read_bytes():
        assert time.monotonic() < ends_at, log.read_text()
        time.sleep(0.01)
    return before


def test_an_agent_killed_in_the_middle_of_its_job_leaves_no_verdict_and_no_silence(fragile_house: Stage) -> None:
    """Nobody is accused on half a capture, and the card says who failed."""
    house = fragile_house
    before = begin(house)
    house.processes["prod-1"].send_signal(signal.SIGKILL)
    card = final_card(house.slack, CHANNEL, after=before, within_s=25)["rendered"]
    assert "INCONCLUSIVE" in card
    assert "Nobody answered on segment.prod within the time" in card


def test_without_a_vcenter_two_macs_accuse_nobody_and_the_next_test_is_to_ask_it(fragile_house: Stage) -> None:
    """The owner unresolved: that is the decisive step, and it says so."""
    house = fragile_house
    house.processes["vcenter"].send_signal(signal.SIGKILL)
    house.processes["vcenter"].wait(10)
    card = ask(house.slack, CHANNEL, QUESTION)["rendered"]
    assert "INCONCLUSIVE · undecided" in card
    assert "Ask every vCenter whose MACs these are" in card
    assert "Nobody answered on vcenter.dc1 within the time" in card


def test_a_look_up_that_no_vcenter_answers_ends_with_that_and_not_with_nobody(fragile_house: Stage) -> None:
    """The worker is dead: nothing is known, which is not the same as that nobody has the address."""
    house = fragile_house
    house.processes["vcenter"].send_signal(signal.SIGKILL)
    house.processes["vcenter"].wait(10)
    card = ask(house.slack, CHANNEL, "/vcenter 10.0.0.5")["rendered"]
    assert "FAILED · 10.0.0.5" in card
    assert "No vCenter could be asked, so nothing is known." in card
    assert "NO OWNER KNOWN" not in card


def test_with_the_queue_server_gone_the_asker_is_told_at_once(fragile_house: Stage) -> None:
    """One sentence, which names the server and what to check, and no card that nobody would finish."""
    house = fragile_house
    house.server.kill()
    said = house.slack.type("ana", CHANNEL, QUESTION)
    assert [message["is_ephemeral"] for message in said["messages"]] == [True]
    assert "queue server" in str(said["messages"])
    house.server.start()
    assert "GUEST · proven" in ask(house.slack, CHANNEL, QUESTION)["rendered"], "and it goes on when the server is back"


def test_a_bot_told_to_stop_ends_what_runs_first(fragile_house: Stage) -> None:
    """A deployment in the middle of an incident costs nobody an answer."""
    house = fragile_house
    before = begin(house)
    house.processes["bot"].send_signal(signal.SIGTERM)
    assert "GUEST · proven" in final_card(house.slack, CHANNEL, after=before, within_s=25)["rendered"]
    assert house.processes["bot"].wait(25) == 0
