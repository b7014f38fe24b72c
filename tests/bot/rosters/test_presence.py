"""The list of agents: true by the heartbeat, the last word of each, and what is known to be missing."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.incidents.planning import NOBODY
from bot.model.incident import AnyEvent, Closed, Failed, Incident, Outcome, Reported, Requested, StopAsked
from bot.model.job import Agent, Probe
from bot.model.roster import Listing
from bot.queue import keys
from bot.rosters.presence import LATE_S, Known, roster
from tests.bot.incidents.ground import ASKER, NOON, OFFICE, PROD, agent, request

VCENTER = Agent("vcenter.dc1", ("vcenter.dc1",), (Probe.VCENTER,), (), "1", NOON)
READER = Agent("network.dc1", ("network.dc1",), (Probe.NETWORK, Probe.UCS), (), "1", NOON)
EVERYBODY = (READER, agent(OFFICE), agent(PROD), VCENTER)


def known(*heard: Agent, before: tuple[Agent, ...] = (), incidents: tuple[Incident, ...] = ()) -> Known:
    return Known(heard, before, incidents, ("dc1",), ("dc1",), NOON)


def asked(*events: AnyEvent) -> Incident:
    return Incident("inc-1", (Requested(at=NOON, request=request()), *events))


def failed(name: str, ago_s: float = 60, reason: str = "The vCenter does not answer.") -> Failed:
    return Failed(at=NOON - timedelta(seconds=ago_s), job="inc-1.0", agent=name, reason=reason)


def line(listing: Listing, name: str) -> str:
    (found,) = [one for one in listing.lines if f"`{name}`" in one]
    return found


def test_each_agent_says_where_it_stands_what_it_can_and_how_old_its_heartbeat_is() -> None:
    """That is what decides who can be asked about which machine."""
    heard = replace(agent(PROD), heard_at=NOON - timedelta(seconds=0.4), running=("inc-1.0",))
    shown = roster(known(heard, VCENTER, READER))
    assert shown.head == "3 agents are heard, all are well."
    assert line(shown, "prod-1") == (
        "`prod-1` on segment prod, `eth0`: can ask by ARP, ping, capture and watch; heard 0.4 s ago; runs 1 job; well"
    )
    assert "asks vCenter dc1: can look up owners" in line(shown, "vcenter.dc1")
    assert "asks the routers and switches of dc1" in line(shown, "network.dc1")


def test_nobody_heard_is_one_clear_sentence_and_what_is_configured_is_named() -> None:
    """An empty list would be read as a fault of the list."""
    shown = roster(known())
    assert shown.head == NOBODY
    assert [one.partition(" asks ")[2] for one in shown.lines] == [
        "vCenter dc1, which is configured", "the routers and switches of dc1, which is configured",
    ]  # fmt: skip
    assert roster(Known((), (), (), (), (), NOON)) == Listing(NOBODY)


@pytest.mark.parametrize(
    ("heard", "says"),
    [
        pytest.param(replace(VCENTER, heard_at=NOON - timedelta(seconds=LATE_S + 0.1)), "is late", id="late"),
        pytest.param(replace(VCENTER, probes=()), "no kind of job", id="can-nothing"),
    ],
)
def test_trouble_is_named_and_stands_first(heard: Agent, says: str) -> None:
    """Whoever reads the first line has read the worst."""
    shown = roster(known(READER, agent(PROD), heard))
    assert "1 in trouble" in shown.head
    assert "IN TROUBLE: " in shown.lines[0]
    assert says in shown.lines[0]


def test_a_late_heartbeat_is_noticed_before_the_lease_ends() -> None:
    """Later than that nobody is heard at all."""
    assert 3 * keys.RENEW_S < LATE_S < keys.LEASE_S


def test_the_last_word_counts() -> None:
    """A worker whose vCenter is away is alive and of no use; once it has answered again, it is well."""
    broken = roster(known(*EVERYBODY, incidents=(asked(failed("vcenter.dc1")),)))
    assert "Its last job failed at 11:59 UTC: The vCenter does not answer." in broken.lines[0]
    answered = Reported(at=NOON, job="inc-1.1", agent="vcenter.dc1", artifacts=(), final=True)
    assert "all are well" in roster(known(*EVERYBODY, incidents=(asked(failed("vcenter.dc1"), answered),))).head
    half = replace(answered, final=False)
    assert "1 in trouble" in roster(known(*EVERYBODY, incidents=(asked(failed("vcenter.dc1"), half),))).head


@pytest.mark.parametrize(
    "incident",
    [
        pytest.param(asked(failed("vcenter.dc1", ago_s=3700)), id="an-hour-ago"),
        pytest.param(asked(StopAsked(at=NOON, by=ASKER), failed("vcenter.dc1")), id="stopped-by-a-person"),
        pytest.param(asked(failed("vcenter.dc1"), Closed(at=NOON, outcome=Outcome.STOPPED)), id="ended-by-a-person"),
        pytest.param(asked(failed("vcenter.dc2")), id="somebody-else"),
    ],
)
def test_what_is_over_or_nobodys_failure_is_no_trouble(incident: Incident) -> None:
    """An accusation needs its evidence, of agents too."""
    assert "all are well" in roster(known(*EVERYBODY, incidents=(incident,))).head


def test_who_fell_silent_is_named_with_the_segment_that_nobody_stands_on_now() -> None:
    """Questions about that segment cannot be answered, which nobody would guess from a list of the living."""
    gone = replace(agent(OFFICE), heard_at=NOON - timedelta(minutes=5))
    shown = roster(known(agent(PROD), VCENTER, READER, before=(gone, agent(PROD))))
    assert "1 known but silent" in shown.head
    assert shown.lines[-1] == (
        "SILENT: `office-1` on segment office, `eth0`; heard last at 11:55:00 UTC, and nobody else stands on office"
    )
    second = replace(agent(OFFICE, name="office-2"), heard_at=NOON)
    assert "nobody else" not in roster(known(second, before=(gone,))).lines[-1]
    yesterday = replace(gone, heard_at=NOON - timedelta(days=2))
    assert "silent" not in roster(known(*EVERYBODY, before=(yesterday,))).head


def test_a_large_house_fits_and_says_what_is_left_out() -> None:
    """Slack refuses a message as a whole for some characters too many."""
    many = [replace(agent(PROD, name=f"prod-{number:03}"), heard_at=NOON) for number in range(400)]
    ill = replace(VCENTER, probes=())
    wordy = failed("network.dc1", reason="x" * 5000)
    shown = roster(known(*many, ill, READER, before=tuple(replace(one, name=f"{one.name}b") for one in many),
                         incidents=(asked(wordy),)))  # fmt: skip
    assert sum(map(len, shown.lines)) < 8000
    assert [one.partition(" more")[2] for one in shown.lines if "in trouble" in one] == [", 0 of them in trouble"]
    assert ["IN TROUBLE" in one for one in shown.lines[:3]] == [True, True, False]
    assert shown.lines[-1].endswith("more that are silent")
