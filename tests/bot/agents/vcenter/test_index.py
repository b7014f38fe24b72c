"""The index of who owns what: made in steps it must be the one that is made at once."""

from collections.abc import Sequence
from dataclasses import replace
from ipaddress import IPv4Address, ip_address

from hypothesis import given
from hypothesis import strategies as st

from bot.agents.vcenter.index import Delta, Inventory
from bot.agents.vcenter.inventory import HostRow, VmRow
from bot.model.addresses import Mac
from bot.probes.vcenter import HostNic, Query

MACS = [Mac(f"00:50:56:00:00:{number:02x}") for number in range(4)]
ADDRESSES = [ip_address(f"10.0.0.{number}") for number in range(4)]
IDS = [f"vm-{number}" for number in range(4)]


def vm(id_: str, *, name: str = "app", macs: Sequence[Mac] = (), ips: Sequence[str] = (), **more: object) -> VmRow:
    addresses = tuple(map(ip_address, ips))
    row = VmRow(id_, name, True, addresses, None, tuple(macs), doubtful=False, denied=False)
    return replace(row, **more)  # type: ignore[arg-type]  # whatever a test wants to be different


def host(id_: str, parent: str, *nics: HostNic) -> HostRow:
    return HostRow(id_, id_, parent, None, nics, {}, {}, seen=True)


def inventory(*rows: VmRow) -> Inventory:
    return Inventory(0.0).changed(Delta(vms=rows), 0.0)


def asks(ip: str) -> Query:
    return Query(ips=(IPv4Address(ip),))


def test_an_address_that_moves_leaves_its_old_owner() -> None:
    """Two owners of one address are a verdict: a stale one must not be among them."""
    before = inventory(vm("vm-1", ips=["10.0.0.1"]), vm("vm-2"))
    after = before.changed(Delta(vms=(vm("vm-1"), vm("vm-2", ips=["10.0.0.1"]))), 1.0)
    assert (before.owners(asks("10.0.0.1")), after.owners(asks("10.0.0.1"))) == ({"vm-1"}, {"vm-2"})


def test_a_duplicate_has_both_owners() -> None:
    """The case that FindByIp does not see."""
    assert inventory(vm("vm-1", macs=MACS[:1]), vm("vm-2", macs=MACS[:1])).owners(Query(macs=(MACS[0],))) == {
        "vm-1",
        "vm-2",
    }


def test_a_last_known_address_leads_to_the_vm() -> None:
    """guest.ipAddress may be all that is left of it."""
    row = replace(vm("vm-1"), last_ip=ip_address("10.0.0.9"))
    assert inventory(row).owners(asks("10.0.0.9")) == {"vm-1"}


def test_what_is_gone_owns_nothing() -> None:
    """A deleted VM must not be accused."""
    gone = inventory(vm("vm-1", name="Old", macs=MACS[:1])).changed(Delta(gone=frozenset({"vm-1"})), 1.0)
    assert gone.owners(Query(macs=(MACS[0],), names=("old",))) == set()
    assert gone.vms == {}


def test_a_cluster_that_is_renamed_renames_itself_on_its_hosts() -> None:
    """Cluster and host are told apart in the wire's order, which may be any."""
    first = Inventory(0.0).changed(Delta(hosts=(host("host-1", "domain-1"),)), 0.0)
    named = first.changed(Delta(clusters={"domain-1": "blue"}), 1.0)
    renamed = named.changed(Delta(clusters={"domain-1": "green"}), 2.0)
    assert [each.hosts["host-1"].cluster for each in (first, named, renamed)] == [None, "blue", "green"]


def test_a_host_is_found_by_its_own_nics() -> None:
    """A vmkernel port with a VM's address is a fault of the hypervisor's side; its other NICs are not shown."""
    own = HostNic("host-1", "vmk0", MACS[0], (ip_address("10.0.0.1"),)), HostNic("host-1", "vmnic0", MACS[1])
    held = Inventory(0.0).changed(Delta(hosts=(host("host-1", "domain-1", *own),)), 0.0)
    assert (held.host_nics(asks("10.0.0.1")), held.host_nics(Query(macs=(MACS[1],)))) == (own[:1], own[1:])


def test_what_cannot_be_read_is_counted_until_it_can() -> None:
    """A gap that is over must not keep "nobody owns it" from being said."""
    held_back = inventory(vm("vm-1", denied=True), vm("vm-2"))
    assert held_back.gaps == ("The account may not read 1 of 2 VMs.",)
    assert held_back.changed(Delta(vms=(vm("vm-1"),)), 1.0).gaps == ()


rows = st.builds(
    VmRow,
    id=st.sampled_from(IDS),
    name=st.sampled_from(["app", "App", "db"]),
    on=st.booleans(),
    addresses=st.lists(st.sampled_from(ADDRESSES), unique=True, max_size=3).map(tuple),
    last_ip=st.none() | st.sampled_from(ADDRESSES),
    macs=st.lists(st.sampled_from(MACS), unique=True, max_size=3).map(tuple),
    doubtful=st.just(False),
    denied=st.booleans(),
)
deltas = st.builds(
    Delta,
    vms=st.lists(rows, max_size=4, unique_by=lambda row: row.id).map(tuple),
    gone=st.frozensets(st.sampled_from(IDS), max_size=2),
)


@given(st.lists(deltas, max_size=6))
def test_steps_lead_to_what_one_reading_would_have_given(steps: list[Delta]) -> None:
    """Every index and every count is kept by difference; an error in one would stay for weeks."""
    kept = Inventory(0.0)
    for step in steps:
        kept = kept.changed(step, 1.0)
    anew = inventory(*kept.vms.values())
    for query in [Query(macs=(mac,)) for mac in MACS] + [Query(names=(name,)) for name in ("APP", "db")]:
        assert kept.owners(query) == anew.owners(query)
    for address in ADDRESSES:
        assert kept.owners(asks(str(address))) == anew.owners(asks(str(address)))
    counted = [(each.running, each.silent, each.denied) for each in (kept, anew)]
    assert counted[0] == counted[1]
