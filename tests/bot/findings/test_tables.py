"""Entries beside the live answer: when they are wrong, when nobody can tell, and what is cleared in which order."""

import pytest

from bot.findings.tabled import same_port, short_name
from bot.incidents.tracing import trace
from bot.model.addresses import Mac
from bot.model.finding import Standing
from bot.model.network import Adjacent, ArpEntry, Device, Kind, Role, Table
from bot.model.path import Mark, Place
from bot.model.vsphere import Neighbour
from tests.bot import networks, surroundings, tales
from tests.bot.findings.table import said
from tests.bot.networks import ACCESS, CORE, DIST, OLD, at, cabled, holds, tables
from tests.bot.story import APP, OTHER, TARGET, Story, story


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param("Gi1/0/1", "GigabitEthernet1/0/1", True, id="IOS"),
        pytest.param("Eth1/7", "Ethernet1/7", True, id="NX-OS"),
        pytest.param("Eth 1/7", "ethernet1/7", True, id="a blank"),
        pytest.param("Te1/1/1", "TenGigabitEthernet1/1/1", True, id="ten gigabit"),
        pytest.param("p-esx-a1", "p-esx-a1", True, id="as it is"),
        pytest.param("Po10", "port-channel10", True, id="port channel"),
        pytest.param("Gi1/0/1", "Gi1/0/11", False, id="another number"),
        pytest.param("Gi1/0/1", "Te1/0/1", False, id="another kind"),
        pytest.param("Gi1/0/1", "1/0/1", False, id="no kind"),
        pytest.param("p-esx-a1", "p-esx-a2", False, id="another host"),
        pytest.param("p-switch-10", "p-switch-b-10", False, id="a longer name"),
        pytest.param("1", "1", True, id="a bare number"),
        pytest.param(None, None, False, id="nobody told"),
    ],
)
def test_one_port_has_many_names(one: str | None, other: str | None, same: bool) -> None:
    """CDP spells it out, a table abbreviates it; two ports must never be taken for one."""
    assert same_port(one, other) is same
    assert same_port(other, one) is same


def test_a_device_goes_by_its_name_without_domain_serial_number_and_case() -> None:
    """CDP says Access-1.example.net(FDO1234), the operator access-1."""
    assert short_name("Access-1.example.net(FDO1234)") == "access-1"


def test_a_stale_entry_accuses_nobody_before_the_address_was_announced() -> None:
    """It stays where a guest did not speak as well as where a router did not listen."""
    assert said(networks.stale(), "tables.arp.stale").standing is Standing.PRESENT
    assert said(networks.stale(), "tables.arp.kept_though_announced").standing is Standing.UNKNOWN
    assert said(networks.stale_though_announced(), "tables.arp.kept_though_announced").standing is Standing.PRESENT


def test_a_device_has_time_to_show_what_it_took_in() -> None:
    """It is asked over and over for longer than any was seen to be late; else it would be accused of not listening."""
    for told in (networks.read_again_too_early(), networks.confirmed_just_before()):
        kept = said(told, "tables.arp.kept_though_announced")
        assert kept.standing is Standing.UNKNOWN
        assert "not read long enough" in kept.statement


def test_who_makes_sure_of_one_machine_tells_nobody_else() -> None:
    """A guest asks whom it talks to again, that one alone; no router can learn from it."""
    kept = said(networks.told_one_machine_alone(), "tables.arp.kept_though_announced")
    assert kept.standing is Standing.UNKNOWN
    assert kept.statement.startswith("Nobody was heard telling everybody")


def test_an_announcement_after_the_table_was_read_says_nothing_about_it() -> None:
    """The table had no chance to learn it."""
    told = tables(cabled(tales.routed_loss()), OLD).waits(1).announces(APP)
    assert said(told, "tables.arp.kept_though_announced").standing is not Standing.PRESENT


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(lambda: tables(surroundings.losing(), APP, "Gi1/0/40"), id="no cable known"),
        pytest.param(lambda: tables(cabled(surroundings.losing()), APP, "Gi1/0/40"), id="an unknown port"),
    ],
)
def test_a_port_of_which_nobody_knows_what_is_behind_it_is_not_called_wrong(told: object) -> None:
    """A wrong accusation is the worst failure."""
    assert callable(told)
    path = trace(told().evidence())
    (hop,) = [hop for hop in path.hops if hop.device == "access-1"]
    assert hop.mark is Mark.UNKNOWN
    assert not path.clear


def test_the_way_to_the_host_is_followed_switch_by_switch() -> None:
    """On the distribution switch the right port is the one towards the host's own switch."""
    right = trace(networks.agreeing().evidence())
    assert [(hop.device, hop.mark) for hop in right.hops if hop.place is Place.FDB] == [
        ("dist-1", Mark.RIGHT),
        ("access-1", Mark.RIGHT),
    ]


def test_entries_are_cleared_from_the_core_and_of_each_device_the_mac_table_first() -> None:
    """With the MAC table still wrong, the answer to the router's next question would go astray."""
    told = cabled(tales.only_broadcasts().waits(1), moved_from="esx2")
    told = told.reads(ACCESS, Table.ARP, holds(OTHER)).reads(ACCESS, Table.FDB, at("Gi1/0/2"))
    told = told.reads(CORE, Table.ARP, holds(OLD, kind=Kind.STATIC))
    clear = trace(told.evidence()).clear
    assert [one.device for one in clear] == ["core-1", "access-1", "access-1"]
    assert "remove the static ARP entry" in clear[0].says
    assert "MAC table entry" in clear[1].says
    assert "clear the ARP entry" in clear[2].says


def test_while_nobody_answers_no_arp_entry_is_to_be_cleared() -> None:
    """What vCenter configures need not be what the guest uses."""
    path = trace(tables(cabled(surroundings.silent()), OLD).evidence())
    assert [hop.mark for hop in path.hops if hop.place is Place.ARP] == [Mark.WRONG]
    assert not path.clear


def test_with_two_live_macs_no_entry_is_called_right_or_wrong() -> None:
    """The guest decides which of them stays; until then a table can hold either."""
    path = trace(networks.two_live().evidence())
    assert [hop.mark for hop in path.hops if hop.place is Place.ARP] == [Mark.UNKNOWN]


def test_what_was_not_read_is_said_and_not_called_missing() -> None:
    """Half a walk says nothing about the other half."""
    path = trace(networks.half_read().evidence())
    assert len(path.missing) == 2
    assert not [hop for hop in path.hops if hop.mark is Mark.MISSING]


def test_of_an_entry_that_was_read_twice_the_newest_counts() -> None:
    """Somebody cleared it meanwhile."""
    told = tables(cabled(tales.routed_loss()), OLD).waits(1).reads(CORE, Table.ARP, holds(APP))
    assert [hop.mark for hop in trace(told.evidence()).hops if hop.place is Place.ARP] == [Mark.RIGHT]


def test_another_address_in_the_table_says_nothing() -> None:
    """A whole table has thousands of rows."""
    told: Story = cabled(surroundings.losing()).reads(CORE, Table.ARP, ArpEntry(ip=TARGET + 1, mac=OLD))
    assert said(told, "tables.arp.stale").standing is Standing.UNKNOWN


@pytest.mark.parametrize(
    "port", ["Po10", "port-channel 10", "ae3", "Trk1", "Bridge-Aggregation1", "lag5", "Eth-Trunk2"]
)
def test_a_port_channel_is_not_called_wrong_because_its_members_are_known(port: str) -> None:
    """CDP names the member, the MAC table the channel."""
    told = networks.with_one_uplink().reads(ACCESS, Table.FDB, at(port))
    assert [hop.mark for hop in trace(told.evidence()).hops if hop.place is Place.FDB] == [Mark.UNKNOWN]


def test_where_every_uplink_of_the_host_is_known_another_port_is_wrong() -> None:
    """Whatever is plugged in there, the VM's host is not."""
    told = networks.with_one_uplink().reads(ACCESS, Table.FDB, at("Gi1/0/40"))
    path = trace(told.evidence())
    assert [hop.mark for hop in path.hops if hop.place is Place.FDB] == [Mark.WRONG]
    assert len(path.clear) == 1


def test_the_way_to_the_hosts_other_switch_is_right_too() -> None:
    """Its two uplinks lead to two switches, and of these but one learns the MAC on the host's own port."""
    told = surroundings.losing().waits(1)
    plugs = (("vmnic0", "access-1", "Gi1/0/1"), ("vmnic1", "access-2", "Gi1/0/1"))
    heard = [Neighbour(host="esx1", device=device, switch=switch, port=port) for device, switch, port in plugs]
    told = told.around(*surroundings.cluster(), *heard)
    up, down = Adjacent(port="Te1/1/1", name="dist-1", far_port="Eth1/7"), Device("access-2", Role.ACCESS)
    told = told.reads(ACCESS, Table.NEIGHBOURS, up).reads(ACCESS, Table.FDB, at("Te1/1/1"))
    told = told.reads(DIST, Table.NEIGHBOURS, Adjacent(port="Eth1/8", name="access-2", far_port="Te1/1/1"))
    told = told.reads(DIST, Table.FDB, at("Eth1/8")).reads(down, Table.FDB, at("Gi1/0/1"))
    hops = [hop for hop in trace(told.evidence()).hops if hop.place is Place.FDB]
    assert {hop.device: hop.mark for hop in hops} == dict.fromkeys(("dist-1", "access-1", "access-2"), Mark.RIGHT)


def test_of_two_switches_neither_has_to_know_the_mac() -> None:
    """It was heard, but maybe by way of the other one."""
    told = surroundings.losing().waits(1)
    plugs = (("vmnic0", "access-1", "Gi1/0/1"), ("vmnic1", "access-2", "Gi1/0/1"))
    heard = [Neighbour(host="esx1", device=device, switch=switch, port=port) for device, switch, port in plugs]
    told = told.around(*surroundings.cluster(), *heard)
    told = told.reads(ACCESS, Table.NEIGHBOURS, Adjacent(port="Te1/1/1", name="access-2", far_port="Te1/1/1"))
    told = told.reads(ACCESS, Table.FDB, at("Gi1/0/2", OTHER))
    assert not [hop for hop in trace(told.evidence()).hops if hop.mark is Mark.MISSING]


@pytest.mark.parametrize(
    ("mac", "mark"),
    [
        pytest.param("03:bf:0a:00:00:05", Mark.RIGHT, id="with which a cluster answers"),
        pytest.param("03:bf:0a:00:00:09", Mark.UNKNOWN, id="another group MAC"),
        pytest.param("00:00:5e:00:01:05", Mark.UNKNOWN, id="a virtual router's"),
    ],
)
def test_a_mac_that_nobody_owns_is_not_called_wrong(mac: str, mark: Mark) -> None:
    """Load-balancing clusters need a static entry with a group MAC."""
    told = story().control().asks(answers=[Mac("03:bf:0a:00:00:05")]).vm("app05", [APP], addresses=[TARGET]).vcenter()
    path = trace(told.reads(CORE, Table.ARP, holds(Mac(mac), kind=Kind.STATIC)).evidence())
    assert [hop.mark for hop in path.hops if hop.place is Place.ARP] == [mark]
    assert not path.clear
