"""An address that goes to another vNIC without a word: what a capture of that moment and the tables prove together."""

from contextlib import ExitStack
from ipaddress import IPv4Address

import pytest

from bot.findings.arp_moving import TELLS_WITHIN
from bot.incidents.judging import judge_evidence
from bot.model.finding import Evidence
from bot.model.job import Probe
from bot.model.observation import Observation
from deploy.lab.client import Lab
from tests.lab.looking import macs
from tests.lab.reading import job, looker, reader, whose

pytestmark = pytest.mark.lab

LISTENS_S = 30.0
"""At most; it is ended once all has happened."""


def judged(target: str, *seen: list[Observation]) -> tuple[str, str | None]:
    """The answer, and the cause that is told."""
    verdict, _ = judge_evidence(Evidence(IPv4Address(target), tuple(one for part in seen for one in part)))
    return verdict.verdict, verdict.cause


def test_tables_alone_accuse_nobody_and_a_capture_of_the_take_over_accuses_the_guest(tabled_lab: Lab) -> None:
    """A router that was never told and one that did not listen hold the same entry."""
    target, old = "10.0.0.7", macs(tabled_lab.state(), "app07")
    with ExitStack() as ends:
        tap, agent = (ends.enter_context(looker(tabled_lab, "agent-prod", "prod")) for _ in range(2))
        routed = ends.enter_context(looker(tabled_lab, "agent-office", "office"))
        tables = ends.enter_context(reader(tabled_lab))
        tap.begin(job(Probe.CAPTURE, target, listen_s=LISTENS_S))
        before = agent.look(job(Probe.ARP, target, listen_s=0.1, echoes=1))
        state = tabled_lab.apply("address_taken_over", "app07")
        held = tables.look(job(Probe.NETWORK, target, macs=old))
        after = agent.look(job(Probe.ARP, target, listen_s=TELLS_WITHIN.total_seconds(), echoes=5))
        lost = routed.look(job(Probe.ICMP, target, listen_s=1.0, echoes=5))
        held += tables.look(job(Probe.NETWORK, target, macs=old))
        captured = tap.enough()
    assert before
    assert judged(target, after, lost, held, whose(state, target)) == ("inconclusive", None)
    assert judged(target, captured, after, lost, held, whose(state, target)) == (
        "guest",
        "guest.address_never_announced",
    )
