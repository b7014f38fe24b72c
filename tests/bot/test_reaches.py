"""Many machines compared, from the words to the matrix, whatever vCenter and agents do meanwhile."""

import pytest

from bot.errors import RequestError
from bot.incidents import matrix, reaching
from bot.incidents.card import card
from bot.incidents.printed import as_text
from bot.model import codec
from bot.model.incident import AnyEvent, Failed, Outcome
from bot.model.job import Job, Media, Probe
from bot.model.observation import VmFound
from bot.model.reach import Cell, ReachWish, Touch
from tests.bot.house import INVENTORY, House, closed
from tests.bot.incidents.ground import ASKER, DC1, HERE, NOON


@pytest.fixture
def house() -> House:
    return House()


def probes(house: House) -> list[Job]:
    return [job for job in house.queue.jobs if job.probe in (Probe.ARP, Probe.ICMP)]


def test_every_machine_is_named_once_whatever_lies_between_the_words() -> None:
    """People paste lists."""
    assert reaching.parse("app01, app02 APP01;\n10.0.0.5").machines == ("app01", "app02", "10.0.0.5")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        pytest.param("from cluster cluster-a", "cluster-a", id="cluster"),
        pytest.param("From  Host esx-a1.example.net", "esx-a1.example.net", id="host"),
        pytest.param('from cluster "Cluster A, north"', "Cluster A, north", id="a name with blanks"),
    ],
)
def test_a_cluster_or_host_can_be_named_instead(text: str, place: str) -> None:
    """Nobody types the names of a whole cluster during an outage."""
    assert reaching.parse(text) == ReachWish((), place=place)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("", "at least 2 machines", id="nobody"),
        pytest.param("app01 app01", "at least 2 machines", id="one twice"),
        pytest.param("from", "Say `from cluster NAME` or `from host NAME`", id="from nowhere"),
        pytest.param("from cluster-a", "Say `from cluster NAME` or `from host NAME`", id="from what"),
        pytest.param("from host", "Say `from cluster NAME` or `from host NAME`", id="from no host"),
        pytest.param("from cluster " + "x" * 90, "longer than the name of any cluster", id="a long place"),
        pytest.param("app01 10.0.0.0/24", "10.0.0.0/24 is no machine", id="a network"),
        pytest.param("app01 " + "x" * 90, "longer than any VM's name", id="a long word"),
        pytest.param(" ".join(f"vm{n}" for n in range(33)), "Those are 33 machines", id="too many"),
    ],
)
def test_what_cannot_be_compared_is_one_sentence(text: str, says: str) -> None:
    """It says what was wrong, and what would be right."""
    with pytest.raises(RequestError, match=says):
        reaching.parse(text)


def test_names_are_looked_up_before_anything_is_sent(house: House) -> None:
    """One question for all names, one for each address; then each machine is probed from both segments."""
    house.ask("app01 dup-a 10.0.0.7", "reach")
    assert [(str(job.target), job.options.names) for job in house.queue.jobs] == [
        ("None", ("app01", "dup-a")),
        ("10.0.0.7", ()),
    ]
    for job in tuple(house.queue.jobs):
        house.looks_up(job)
    assert sorted((str(job.target), job.probe) for job in probes(house)) == [
        (target, probe) for target in ("10.0.0.5", "10.0.0.6", "10.0.0.7") for probe in (Probe.ARP, Probe.ICMP)
    ]


def test_everything_that_runs_in_a_cluster_is_compared(house: House) -> None:
    """One question to each vCenter says what runs there; what is off, or elsewhere, is left out."""
    asked = house.ask("from cluster Cluster-A", "reach")
    assert str(asked.request.target) == "the machines of Cluster-A"
    (look_up,) = house.queue.jobs
    assert (look_up.options.places, look_up.options.names) == (("Cluster-A",), ())
    house.looks_up(look_up)
    there = [vm.name for vm in INVENTORY.vms if vm.cluster == "cluster-a" and vm.power == "poweredOn"]
    assert len(there) > 2
    for job in probes(house):
        house.says(Failed(at=NOON, job=job.id, agent="prod", reason="eth0 is down."))
    reach = house.card.reach
    assert reach is not None
    assert sorted(row.machine for row in reach.machines) == sorted(there)
    assert house.coordinator.again(house.card.id, ASKER, HERE).request.reach == asked.request.reach


def test_a_place_without_machines_is_refused_with_a_sentence(house: House) -> None:
    """It may be misspelt, or nothing runs there."""
    house.ask("from cluster cluster-z", "reach")
    house.looks_up(house.queue.jobs[0])
    assert closed(house.card).outcome is Outcome.REFUSED
    sentence = closed(house.card).sentence or ""
    assert "No vCenter knows a cluster or host called cluster-z in which a machine runs" in sentence


def test_a_place_that_no_vcenter_could_be_asked_about_is_said_to_be_that(house: House) -> None:
    """Silence of the instrument says nothing of the cluster."""
    house.ask("from cluster cluster-a", "reach")
    house.says(Failed(at=NOON, job=house.queue.jobs[0].id, agent="vcenter.dc1", reason="The password is wrong."))
    assert closed(house.card).outcome is Outcome.REFUSED
    assert "No vCenter could be asked what runs in cluster-a." in (closed(house.card).sentence or "")


def test_a_large_cluster_is_compared_in_part_and_the_rest_is_said(house: House) -> None:
    """The first by name, counted as people count: both parities are among them."""
    wish = ReachWish((), place="big")
    seen = tuple(
        VmFound(
            seen_at=NOON, vantage=DC1, artifact="sha256:0", locator=f"vms/{n}", vm=f"dc1/vm-{n}", name=f"vm{n}",
            vcenter="dc1", powered_on=n != 3, connection="connected", host="esx-1", cluster="BIG", tools_running=True,
        )
        for n in range(1, 41)
    )  # fmt: skip
    meant = reaching.machines(wish, seen)
    assert len(meant) == reaching.MOST
    assert meant[:3] == ("vm1", "vm2", "vm4")
    assert reaching.machines(ReachWish((), place="esx-1"), seen) == meant


def test_what_no_place_can_say_is_not_known_and_nobody_is_fine_by_silence(house: House) -> None:
    """The agents bring nothing that can be read, or fail: no machine is called fine or affected."""
    house.ask("app01 lost01 nobody99", "reach")
    house.looks_up(house.queue.jobs[0])
    for job in probes(house):
        if job.probe is Probe.ARP:
            house.reports(job, b"no capture at all", Media.PCAP)
        else:
            house.says(Failed(at=NOON, job=job.id, agent="office", reason="eth0 is down."))
    assert closed(house.card).outcome is Outcome.ANSWERED
    reach = house.card.reach
    assert reach is not None
    assert [row.affected for row in reach.machines] == [None, None, None]
    said = as_text(card(house.card, ()))
    assert "REACH · 3 machines · 0 affected, 3 not known" in said
    assert "eth0 is down." in said
    assert "nobody99: no vCenter knows a VM of this name." in said
    for event in house.card.timeline:
        assert codec.decode(AnyEvent, codec.encode(event, AnyEvent)) == event  # type: ignore[arg-type]
    assert house.archive.cases[house.card.id], "what was brought back is kept"


def test_the_word_of_the_channel_counts_where_no_packet_speaks_and_is_told_apart(house: House) -> None:
    """Affected as told is not affected as measured."""
    inquirer = house.coordinator.inquirer
    assert inquirer is not None
    inquirer.open('"odd VMs lose packets" affected app01 unaffected dup-a', ASKER, HERE)
    asked = house.ask("app01 dup-a cut01", "reach")
    assert asked.request.reach is not None
    assert (asked.request.reach.affected, asked.request.reach.unaffected) == (("app01",), ("dup-a",))
    house.looks_up(house.queue.jobs[0])
    for job in probes(house):
        house.says(Failed(at=NOON, job=job.id, agent="prod", reason="eth0 is down."))
    reach = house.card.reach
    assert reach is not None
    states = {row.machine: (row.affected, row.said) for row in reach.machines}
    assert states == {"app01": (True, True), "dup-a": (False, False), "cut01": (None, False)}
    assert "1 of 3 machines are affected (1 by the channel's word alone). Of 1 nobody can say." in reach.claim
    shown = house.boards.boards[-1][0]
    assert shown.gist == f"{reach.claim} None was judged yet, so nobody is to be blamed."
    assert shown.split[0].says == f"At 12:00 UTC: {reach.claim}"


@pytest.mark.parametrize(
    ("cells", "state"),
    [
        pytest.param((), None, id="nobody looked"),
        pytest.param((Cell("prod", Touch.UNKNOWN, 10, 4, (), "deaf"),), None, id="a deaf instrument accuses nobody"),
        pytest.param((Cell("prod", Touch.ALL, 10, 10), Cell("office", Touch.UNKNOWN, 0, 0)), False, id="one hears all"),
        pytest.param((Cell("prod", Touch.SOME, 10, 9), Cell("office", Touch.ALL, 5, 5)), None, id="one ping is chance"),
        pytest.param((Cell("prod", Touch.SOME, 10, 8),), True, id="two are not"),
        pytest.param((Cell("prod", Touch.NONE, 5, 0), Cell("office", Touch.ALL, 5, 5)), True, id="silent to one place"),
        pytest.param((Cell("prod", Touch.ALL, 5, 5, ("a", "b")),), True, id="two owners"),
    ],
)
def test_who_is_affected_is_decided_by_more_than_chance(cells: tuple[Cell, ...], state: bool | None) -> None:
    """A machine that is called affected for nothing would blame its whole cluster."""
    assert matrix.affected(cells) is state


def test_no_vcenter_and_names_alone_is_refused() -> None:
    """Addresses work without one."""
    alone = House(vcenters=())
    assert "give addresses" in str(closed(alone.ask("app01 app02", "reach")).sentence)
    alone.ask("10.0.0.5 10.0.0.6", "reach")
    assert {str(job.target) for job in alone.queue.jobs} == {"10.0.0.5", "10.0.0.6"}


def test_where_nobody_stands_is_said_in_the_end(house: House) -> None:
    """Every request ends, and names why."""
    house.ask("nobody98 nobody99", "reach")
    house.looks_up(house.queue.jobs[0])
    assert closed(house.card).outcome is Outcome.REFUSED
    assert "nobody98: no vCenter knows a VM of this name." in str(closed(house.card).sentence)


def test_again_compares_the_same_machines(house: House) -> None:
    """After the repair one click tells."""
    first = house.ask("10.0.0.5 10.0.0.6", "reach")
    again = house.coordinator.again(first.id, ASKER, HERE)
    assert again.request.reach == first.request.reach
    assert str(again.request.target) == "10.0.0.5 and 1 more"
