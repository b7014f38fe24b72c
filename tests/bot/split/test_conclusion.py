"""What follows from a table: a side that stands alone, or everything that separates as well and what tells it apart."""

import pytest

from bot.errors import BundleError
from bot.model.cause import Side
from bot.split.conclusion import Conclusion
from tests.bot.split.tables import Row, compared, leaders, machine, numbered, others, story

GUEST, NETWORK, HYPERVISOR = Side


def test_the_story_accuses_nobody() -> None:
    """Odd names are one cluster, which is the only one with the agent: the hosts were nearly rebooted for nothing."""
    outcome = compared(story())
    assert (outcome.conclusion, outcome.side) == (Conclusion.EQUAL, None)
    assert leaders(outcome) == ["agent = bondguard", "cluster = A", "odd number at the end of the name"]
    assert outcome.identical
    assert outcome.odd_even
    assert outcome.controls == ()


def test_a_machine_of_the_table_that_would_tell_them_apart_is_named() -> None:
    """Whether that one VM is affected costs a ping; rebooting the hosts costs an evening."""
    outcome = compared(
        [
            *story(),
            machine("app22", None, "A", "esx-a1", "none"),
            machine("app24", None, "B", "esx-b1", "bondguard"),
            machine("app26", None, "B", "esx-b1", "none"),
        ]
    )
    assert outcome.untold == 3
    assert [(one.machine, [*map(str, one.has)], [*map(str, one.lacks)]) for one in outcome.controls] == [
        ("app22", ["cluster = A"], ["agent = bondguard", "odd number at the end of the name"]),
        ("app24", ["agent = bondguard"], ["cluster = A", "odd number at the end of the name"]),
    ]


@pytest.mark.parametrize(
    "control",
    [
        pytest.param(machine("app21", False, "A", "esx-a1", "none"), id="healthy in the cluster, without the agent"),
        pytest.param(machine("app22", True, "B", "esx-b1", "bondguard"), id="affected elsewhere, with the agent"),
    ],
)
def test_one_control_clears_the_cluster(control: Row) -> None:
    """The method of difference: one machine that has the one and not the other."""
    outcome = compared([*story(), control])
    assert (outcome.conclusion, outcome.side) == (Conclusion.ONE_SIDE, GUEST)
    assert leaders(outcome) == ["agent = bondguard"]
    cluster = next(one for one in outcome.others if str(one.trait) == "cluster = A")
    assert (cluster.exceptions, cluster.against) == (1, (control["machine"],))


def test_a_control_that_clears_the_agent_leaves_the_cluster_and_its_paths() -> None:
    """A healthy VM with the agent on cluster B: not the agent. Hosts or cables is still open."""
    control = machine("app22", False, "B", "esx-b1", "bondguard")
    outcome = compared([*story(), control])
    assert (outcome.conclusion, outcome.side) == (Conclusion.EQUAL, None)
    assert leaders(outcome) == ["cluster = A", "odd number at the end of the name"]
    assert outcome.odd_even
    on_one_fabric = [{**row, "fabric": "f1;f2"} for row in [*story(), control]]
    assert compared(on_one_fabric).side is HYPERVISOR


def test_a_cluster_accuses_nobody_while_nobody_knows_what_runs_in_the_guests() -> None:
    """What vCenter knows alone would have blamed the hypervisor in the story; Tools and OS do not stand for agents."""
    rows = [{**row, "tools": "guestToolsRunning", "os": "linux", "fabric": "f1"} for row in story()]
    for row in rows:
        del row["agent"]
    outcome = compared(rows)
    assert (outcome.conclusion, outcome.side, outcome.uncleared) == (Conclusion.UNCONTROLLED, None, (GUEST,))


def test_software_in_two_whole_clusters_is_told_from_them_as_little_as_in_one() -> None:
    """An agent rolled out cluster by cluster: neither cluster alone separates, both together do."""
    rows = numbered(10, 10, cluster=["A"] * 5 + ["C"] * 5 + ["B"] * 5 + ["D"] * 5, agent=["x"] * 10 + ["none"] * 10)
    outcome = compared([{**row, "fabric": "f1"} for row in rows])
    assert outcome.conclusion is Conclusion.EQUAL
    assert leaders(outcome) == ["agent = x", "cluster = A or C"]


def test_a_cluster_whose_guests_all_have_roles_of_their_own_is_not_told_from_them() -> None:
    """A cluster counts only if healthy VMs with the same guest software stand elsewhere."""
    roles = ["db", "web", "db", "web", "db"] * 2 + ["mail", "ldap", "mail", "ldap", "mail"] * 2
    rows = numbered(10, 10, cluster=["A"] * 10 + ["B"] * 10, role=roles, fabric=["f1"])
    outcome = compared(rows)
    assert (outcome.conclusion, leaders(outcome)) == (Conclusion.EQUAL, ["cluster = A", "role = db or web"])
    mixed = compared([{**row, "role": "db"} for row in rows])
    assert (mixed.conclusion, mixed.side) == (Conclusion.ONE_SIDE, HYPERVISOR)


def test_what_no_two_machines_share_clears_nobody() -> None:
    """With every VM on a host of its own, no host shows that the same hardware works for one and fails for another."""
    rows = numbered(10, 10, agent=["x"] * 10 + ["none"] * 10, host=[f"h{index:02}" for index in range(20)])
    outcome = compared(rows)
    assert (outcome.conclusion, outcome.uncleared) == (Conclusion.UNCONTROLLED, (NETWORK, HYPERVISOR))
    rows[19]["host"] = rows[0]["host"]
    assert compared(rows).side is GUEST
    for row in rows[1:19]:
        row["host"] = "?"
    assert compared(rows).uncleared == (NETWORK, HYPERVISOR)


def test_what_few_machines_share_clears_nobody_where_there_are_exceptions() -> None:
    """One host with both kinds of guests is an exception as good as that of the agent."""
    agent = ["x"] * 19 + ["none"] * 21
    hosts = [f"h{index:02}" for index in range(40)]
    rows = numbered(20, 20, agent=agent, host=[*hosts[:39], "h00"])
    assert compared(rows).uncleared == (NETWORK, HYPERVISOR)
    shared = numbered(20, 20, agent=agent, host=[*hosts[:37], "h00", "h01", "h02"])
    assert compared(shared).side is GUEST


def test_hosts_do_not_clear_the_network_of_what_a_host_is_set_to() -> None:
    """Guests of one host on two port groups may leave it over two uplinks."""
    rows = numbered(10, 10, role=["db", "web"], host=["h1", "h2", "h3"])
    rows = [{**row, "port group": "p1" if row["affected"] else "p2"} for row in rows]
    outcome = compared(rows)
    assert (outcome.conclusion, outcome.uncleared) == (Conclusion.UNCONTROLLED, (NETWORK,))


def test_hosts_within_a_cluster_do_not_rival_it() -> None:
    """They always separate where their cluster does; that says nothing against it."""
    hosts = [f"h{index // 5}" for index in range(20)]
    rows = numbered(10, 10, cluster=["A"] * 10 + ["B"] * 10, host=hosts, role=["db"], fabric=["f1"])
    assert leaders(compared(rows)) == ["cluster = A"]
    assert compared(rows).side is HYPERVISOR


def test_one_bad_fabric_of_two_is_the_network() -> None:
    """Odd numbers go over one fabric: the numbers are explained by it."""
    rows = [
        {
            "machine": f"vm{n}",
            "affected": bool(n % 2),
            "fabric": "a" if n % 2 else "b",
            "host": f"h{n // 4}",
            "role": "db",
        }
        for n in range(20)
    ]
    outcome = compared([{**row, "ip": f"10.0.0.{index}"} for index, row in enumerate(rows)])
    assert (outcome.conclusion, outcome.side) == (Conclusion.ONE_SIDE, NETWORK)
    assert leaders(outcome) == [
        "fabric = a",
        "odd number at the end of the address",
        "odd number at the end of the name",
    ]
    assert not outcome.odd_even


def test_addresses_may_be_hashed_farther_on_whatever_the_paths_of_the_machines() -> None:
    """A known uplink refutes a rival for the names; two links between switches are in no table."""
    rows = [{**row, "uplink": "u1"} for row in [*story(), machine("app22", False, "B", "esx-b1", "bondguard")]]
    assert compared(rows).side is HYPERVISOR
    addressed = [{**row, "ip": f"10.0.0.{str(row['machine'])[3:].lstrip('0')}"} for row in rows]
    outcome = compared(addressed)
    assert (outcome.conclusion, outcome.odd_even) == (Conclusion.EQUAL, True)
    assert "odd number at the end of the address" in leaders(outcome)


def test_what_stays_with_one_host_stays_with_its_switch_ports() -> None:
    """Loss that follows a host was blamed on the hypervisor too often: its ports have to be looked at first."""
    rows = numbered(6, 18, host=["h1"] * 6 + ["h2"] * 9 + ["h3"] * 9, role=["db", "web"], cluster=["A"], fabric=["f1"])
    outcome = compared(rows)
    assert (outcome.conclusion, leaders(outcome)) == (Conclusion.EQUAL, ["host = h1"])
    assert outcome.leaders[0].sides == (NETWORK, HYPERVISOR)


def test_a_vlan_that_one_trunk_lacks_is_found_where_both_meet() -> None:
    """Neither the host nor the VLAN separates: others of that host and of that VLAN are well."""
    hosts = ["h1"] * 6 + ["h1"] * 8 + ["h2"] * 16
    vlans = ["20"] * 6 + ["10"] * 8 + ["20"] * 8 + ["10"] * 8
    outcome = compared(numbered(6, 24, host=hosts, vlan=vlans, role=["db"]))
    assert (outcome.conclusion, outcome.leaders) == (Conclusion.NOTHING, ())
    (pair,) = outcome.together
    assert ({*map(str, pair.traits)}, pair.unaffected_with) == ({"host = h1", "vlan = 20"}, 0)


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(
            numbered(2, 4, host=["h1"] * 3 + ["h2"] * 3, vlan=["20"] * 2 + ["10", "20"] + ["10"] * 2), id="few"
        ),
        pytest.param(
            numbered(10, 10, cluster=["A"] * 7 + ["B"] * 13, role=["web"] * 3 + ["db"] * 7 + ["web"] * 10),
            id="not-all-of-the-affected",
        ),
    ],
)
def test_two_that_meet_by_chance_or_not_everywhere_are_no_hint(rows: list[Row]) -> None:
    """Among a few machines some pair always fits."""
    outcome = compared(rows)
    assert (outcome.conclusion, outcome.together) == (Conclusion.NOTHING, ())


def test_what_lacks_an_attribute_can_be_what_separates() -> None:
    """The unaffected were patched; the affected are those with anything else, or with nothing."""
    patches = ["none"] * 10 + ["p7", "p7;p8"] * 5
    outcome = compared(numbered(10, 10, software=patches, cluster=["A"], host=["h1"]))
    assert leaders(outcome) == ["software = none"]
    assert outcome.side is GUEST
    mixed = ["a", "b;c", "c", "a;c", "b"] * 2 + ["p7;a", "p7;b", "c;p7", "p7;a;b", "p7"] * 2
    assert leaders(compared(numbered(10, 10, software=mixed))) == ["software is not p7"]


def test_nothing_separates() -> None:
    """Then it says so, and what came closest."""
    outcome = compared(numbered(10, 10, cluster=["A", "B"], role=["db", "web", "mail"]))
    assert (outcome.conclusion, outcome.side, outcome.leaders, outcome.together) == (Conclusion.NOTHING, None, (), ())
    assert {name.partition(" ")[0] for name in others(outcome)} <= {"cluster", "role"}


@pytest.mark.parametrize(
    ("affected", "unaffected", "expected"),
    [(2, 2, Conclusion.CHANCE), (3, 3, Conclusion.CHANCE), (6, 6, Conclusion.ONE_SIDE)],
)
def test_of_few_machines_something_always_separates(affected: int, unaffected: int, expected: Conclusion) -> None:
    """With two of four affected, one attribute in six does so by chance."""
    agent = ["x"] * affected + ["none"] * unaffected
    rows = numbered(affected, unaffected, agent=agent, cluster=["A"], host=["h1"])
    assert compared(rows).conclusion is expected


def test_where_most_who_have_it_are_well_it_does_not_separate() -> None:
    """All affected VMs are in that cluster, and so are fifteen others: something within it is to be found."""
    rows = numbered(10, 190, cluster=["A"] * 25 + ["B"] * 175, role=["db"], fabric=["f1"])
    outcome = compared(rows)
    assert (outcome.conclusion, outcome.leaders, others(outcome)) == (Conclusion.NOTHING, (), ["cluster = A"])


def test_one_affected_machine_has_everything_to_itself() -> None:
    """Its serial number, its host, its rack: nothing follows from what nobody else has."""
    columns = {name: [f"{name}{index}" for index in range(40)] for name in ("serial", "host", "rack", "role")}
    outcome = compared(numbered(1, 39, **columns))
    assert (outcome.conclusion, outcome.side) == (Conclusion.CHANCE, None)


def test_what_is_not_known_refutes_nothing() -> None:
    """One VM of which nobody looked up the agent must not turn a tie into an accusation of the cluster."""
    rows = [{**row, "fabric": "f1"} for row in story()]
    rows[2]["agent"] = ""
    outcome = compared(rows)
    assert outcome.conclusion is Conclusion.EQUAL
    agent = next(one for one in outcome.leaders if one.trait.attribute == "agent")
    assert (agent.exceptions, agent.unknown, agent.unknown_at) == (0, 1, ("app03",))


def test_what_is_known_of_too_few_clears_nobody() -> None:
    """Agents looked up on two VMs of twenty: the guests are as good as unknown."""
    rows = numbered(10, 10, cluster=["A"] * 10 + ["B"] * 10, fabric=["f1"])
    for row in rows[:2]:
        row["agent"] = "x"
    assert compared(rows).uncleared == (GUEST,)


def test_an_attribute_that_is_not_known_of_many_machines_accuses_nobody() -> None:
    """Of those that were looked up all fit; somebody has to look up the others first."""
    rows = numbered(12, 12, agent=["x"] * 12 + ["none"] * 12, cluster=["A"], host=["h1"])
    for row in rows[::3]:
        row["agent"] = "?"
    outcome = compared(rows)
    assert (outcome.conclusion, outcome.side, outcome.uncleared) == (Conclusion.UNCONTROLLED, None, ())
    odd = [{**row, "machine": f"m{2 * n + bool(row['affected'])}", "fabric": "f1"} for n, row in enumerate(rows)]
    assert compared(odd).conclusion is Conclusion.UNCONTROLLED


def test_what_is_known_of_two_machines_is_no_rival() -> None:
    """A rack that somebody noted for two VMs fits any split."""
    rows = numbered(10, 10, agent=["x"] * 10 + ["none"] * 10, cluster=["A"], host=["h1"])
    rows[0]["rack"], rows[19]["rack"] = "r1", "r2"
    outcome = compared(rows)
    assert (outcome.side, leaders(outcome)) == (GUEST, ["agent = x"])


def test_a_table_with_an_exception_may_hold_another() -> None:
    """One exception against two decide nothing: whoever was wrong about one machine may be wrong about two."""
    agent = ["x"] * 19 + ["none"] + ["none"] * 20
    cluster = ["A"] * 18 + ["B"] * 2 + ["B"] * 20
    outcome = compared(numbered(20, 20, agent=agent, cluster=cluster, fabric=["f1"], host=["h1"]))
    assert (outcome.conclusion, leaders(outcome)) == (Conclusion.EQUAL, ["agent = x", "cluster = A"])
    assert not outcome.identical
    assert [(one.machine, one.affected) for one in outcome.controls] == [("as", True)]
    rows = numbered(20, 20, agent=agent, cluster=cluster, fabric=["f1"], host=["h1"])
    rows.append({"machine": "zz", "affected": None, "agent": "none", "cluster": "A", "fabric": "f1", "host": "h1"})
    assert [(one.machine, one.affected) for one in compared(rows).controls] == [("zz", None), ("as", True)]
    clear = compared(numbered(20, 20, agent=agent, cluster=["A"] * 16 + ["B"] * 24, fabric=["f1"], host=["h1"]))
    assert clear.side is GUEST


def test_what_belongs_to_nobody_accuses_nobody() -> None:
    """A column that the list of attributes does not know may be anybody's until somebody says so."""
    rows = numbered(8, 8, colour=["red"] * 8 + ["blue"] * 8, cluster=["A"], role=["db"], fabric=["f1"])
    outcome = compared(rows)
    assert (outcome.conclusion, outcome.side) == (Conclusion.EQUAL, None)
    owned = [{**row, "guest: colour": row["colour"]} for row in rows]
    for row in owned:
        del row["colour"]
    assert compared(owned).side is GUEST


@pytest.mark.parametrize(
    ("affected", "says"),
    [
        pytest.param([True, True, None], "no machine that it is unaffected", id="none unaffected"),
        pytest.param([False, None], "no machine that it is affected", id="none affected"),
        pytest.param([], "no machine that it is affected", id="empty"),
    ],
)
def test_without_both_kinds_there_is_nothing_to_compare(affected: list[bool | None], says: str) -> None:
    """The sentence says which kind is missing."""
    rows = [{"machine": f"m{index}", "affected": said} for index, said in enumerate(affected)]
    with pytest.raises(BundleError, match=says):
        compared(rows or [{"machine": "m", "affected": None}])
