"""What a vCenter adds to a table: a person needs to say no more than which machines are affected."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.model.addresses import Mac
from bot.probes import vcenter
from bot.probes.vcenter import Nic, Snapshot, Vm
from bot.split.conclusion import split
from bot.split.inventory import fill
from bot.split.machines import Table
from tests.bot.split.tables import Row, leaders, story, table

SNAPSHOT = vcenter.parse((Path(__file__).parents[2] / "vcsim" / "owners.snapshot.json").read_bytes())
HOLDS = "the snapshot of vCenter dc1"


def filled(*rows: Row, snapshot: Snapshot = SNAPSHOT) -> tuple[Table, tuple[str, ...]]:
    return fill(table([{"affected": None, **row} for row in rows]), snapshot)


def values(told: Table, name: str) -> list[list[str] | None]:
    attribute = told.attribute(name)
    assert attribute is not None
    return [None if one is None else sorted(one) for one in attribute.values]


def test_what_a_vcenter_knows_is_filled_in_by_name() -> None:
    """Two vNICs are two values or one; what it does not know of every vNIC stays unknown."""
    told, missing = filled({"machine": "APP01"}, {"machine": "dup-a"}, {"machine": "off01"})
    assert missing == ()
    assert {one.name: values(told, one.name) for one in told.attributes} == {
        "cluster": [["cluster-a"]] * 3,
        "host": [["esx-a1"], ["esx-a1"], ["esx-a2"]],
        "port group": [["prod-10"], ["std-20"], ["std-all"]],
        "vlan": [["10"], ["20"], None],
        "power": [["poweredOn"], ["poweredOn"], ["poweredOff"]],
        "tools": [["guestToolsRunning"], ["guestToolsRunning"], ["guestToolsNotRunning"]],
        "ip": [["10.0.0.5"], ["10.0.0.6"], None],
        "mac": [["00:50:56:aa:01:01", "00:50:56:aa:01:02"], ["00:50:56:aa:02:01"], ["00:50:56:aa:05:01"]],
    }


@pytest.mark.parametrize(
    "row",
    [
        pytest.param({"machine": "web", "mac": "0050.56aa.0201"}, id="mac"),
        pytest.param(
            {"machine": "web", "ip": "10.0.0.6", "mac": "00:50:56:aa:02:01"}, id="mac-before-a-shared-address"
        ),
        pytest.param({"machine": "00-50-56-aa-02-01"}, id="named-by-its-mac"),
        pytest.param({"machine": "dup-a", "ip": "10.0.0.5"}, id="name-before-address"),
        pytest.param({"machine": "dup-a", "mac": "no mac", "ip": "none"}, id="what-is-no-address-leads-nowhere"),
    ],
)
def test_a_machine_is_found_by_its_name_its_mac_or_its_address(row: dict[str, object]) -> None:
    """Who reports it may know one of them only; an address may be claimed by two."""
    told, missing = filled(row)
    assert (values(told, "host"), values(told, "port group"), missing) == ([["esx-a1"]], [["std-20"]], ())


def test_an_address_leads_to_its_vm() -> None:
    """As reach checks name machines."""
    assert values(filled({"machine": "10.0.0.8"})[0], "host") == [["esx-a2"]]
    assert values(filled({"machine": "web", "address": "10.0.0.8"})[0], "host") == [["esx-a2"]]


def test_a_machine_that_is_not_there_or_may_be_two_stays_and_is_named() -> None:
    """Whoever was left out in silence would be the control that is missed later."""
    twin = replace(SNAPSHOT.vms[0], id="vm-99", host="esx-a9", nics=(), guest_nics=())
    snapshot = replace(SNAPSHOT, vms=(*SNAPSHOT.vms, twin), unread=("The hosts of cluster-b could not be read.",))
    told, missing = filled(
        {"machine": "gone", "ip": ""},
        {"machine": "10.0.0.6"},
        {"machine": "app01"},
        {"machine": "mute01"},
        snapshot=snapshot,
    )
    assert told.machines == ("gone", "10.0.0.6", "app01", "mute01")
    assert values(told, "host") == [None, None, None, ["esx-a1"]]
    assert missing == (
        "The hosts of cluster-b could not be read.",
        f"gone: {HOLDS} holds no such VM.",
        f"10.0.0.6 and app01: {HOLDS} holds several VMs that it may be, so nothing was taken from there.",
    )
    told, missing = filled({"machine": "app01", "ip": "10.0.0.5"}, snapshot=snapshot)
    assert (values(told, "host"), missing[1:]) == ([["esx-a1"]], ())


def test_one_vm_under_two_names_is_named() -> None:
    """Counted twice, it would weigh twice."""
    _, missing = filled({"machine": "app01"}, {"machine": "10.0.0.5"})
    assert missing == (f"app01 and 10.0.0.5: one VM, says {HOLDS}, but compared as 2 machines.",)


def test_many_that_are_not_there_are_counted() -> None:
    """A table of another vCenter's machines would fill the screen."""
    _, missing = filled(*({"machine": f"gone{number}"} for number in range(10)))
    assert missing == (f"gone0, gone1, gone2, gone3, gone4, gone5, gone6, gone7 and 2 more: {HOLDS} holds no such VM.",)


def test_a_column_that_somebody_wrote_is_left_as_it_is() -> None:
    """With its gaps: "A" and "cluster-a" would be two clusters. An address column is one under either name."""
    told, _ = filled({"machine": "app01", "cluster": "A", "address": "10.9.9.9"}, {"machine": "dup-a", "cluster": ""})
    assert values(told, "cluster") == [["A"], None]
    assert told.attribute("ip") is None
    assert values(told, "host") == [["esx-a1"], ["esx-a1"]]


def test_with_a_vcenter_the_story_needs_three_columns() -> None:
    """Machine, affected and agent; cluster and host come from the snapshot, and the trap is the same."""
    vms = tuple(
        Vm(
            id=f"vm-{row['machine']}",
            name=str(row["machine"]),
            power="poweredOn",
            connection="connected",
            host=str(row["host"]),
            cluster=str(row["cluster"]),
            nics=(Nic(4000, "Network adapter 1", Mac(f"00:50:56:aa:00:{index * 7 // 2:02x}"), True, "prod", 10),),
        )
        for index, row in enumerate(story())
    )
    plain = [{name: row[name] for name in ("machine", "affected", "agent")} for row in story()]
    told, missing = fill(table(plain), replace(SNAPSHOT, vms=vms))
    outcome = split(told)
    assert missing == ()
    assert outcome.side is None
    assert leaders(outcome) == ["agent = bondguard", "cluster = A", "odd number at the end of the name"]
