"""A VM goes from host to host while everything runs, and what a team does once it knows the cause."""

import json
from collections.abc import Iterator

import pytest

from bot.probes.vcenter import parse
from deploy.lab import vcenter
from deploy.lab.client import Lab, LabError
from tests.fixtures.lab import fresh
from tests.lab.looking import SILENT, ask

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    yield from fresh(seed=5)


def reaches(lab: Lab, node: str, address: str) -> bool:
    """Whether an echo comes back; the first packet to a new place may be lost."""
    return any(ask(lab, node, "ping", address, within_s=SILENT) for _ in range(3))


def test_a_vm_goes_on_answering_wherever_it_is(lab: Lab) -> None:
    """Three moves, also to the other cluster and back; the switch follows the announcement."""
    for host in ("esx-a2", "esx-b1", "esx-a1"):
        state = lab.move("app05", host)
        assert next(vm for vm in state["vms"] if vm["name"] == "app05")["host"] == host
        assert reaches(lab, "agent-prod", "10.0.0.5")
    told = parse(json.dumps(vcenter.everything(lab.state())).encode())
    assert told.surroundings is not None
    moves = [one for one in told.surroundings.events or () if one.vm == "app05" and one.source]
    assert [(one.source, one.host) for one in moves] == [
        ("esx-a1", "esx-a2"), ("esx-a2", "esx-b1"), ("esx-b1", "esx-a1"),
    ]  # fmt: skip


def test_a_move_that_cannot_be_is_refused_in_a_sentence(lab: Lab) -> None:
    """And changes nothing."""
    for vm, host, says in (("app05", "esx-a1", "is on esx-a1 already"), ("app99", "esx-a2", "app99")):
        with pytest.raises(LabError, match=says):
            lab.move(vm, host)


def test_the_crashed_agent_is_restarted_and_the_router_learns_again(lab: Lab) -> None:
    """The cure of the story; it heals nothing else."""
    lab.apply("crashed_agent", "app05")
    reaches(lab, "agent-office", "10.0.0.5")  # by which the router asks, and takes in the last answer
    assert not reaches(lab, "agent-office", "10.0.0.5")
    state = lab.repair("app05")
    assert state["faults"] == []
    assert reaches(lab, "agent-office", "10.0.0.5")
    with pytest.raises(LabError, match="app05 has no crashed agent"):
        lab.repair("app05")
