"""Agents that are broken, slow or malicious: each costs itself only, and is not believed more than it can know."""

import gc
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.agents.network.look import BOARD_S
from bot.agents.network.notebook import Notebook
from bot.meters import DEVICE_HEARD, Reading
from bot.model.network import ArpEntry, Counts, Extent, FdbEntry, PortState, Table
from bot.model.observation import RowSeen
from bot.probes.tables import MOST_VALUES
from deploy.demo.snmp import (
    BULK,
    GET,
    TOO_BIG,
    Asked,
    Oid,
    Raw,
    UdpAgent,
    Value,
    address,
    counter64,
    oid,
    ticks,
)
from tests.bot.agents.network.stage import CLOCK, TARGET, ability, device, job, look, mac_oid

Answer = Callable[[UdpAgent, Asked, bytes], Iterable[bytes]]
APP, OTHER = "00:50:56:11:20:05", "00:50:56:11:20:06"
UP = (oid("1.3.6.1.2.1.1.3.0"), ticks(90_000))
NAME = (oid("1.3.6.1.2.1.1.5.0"), b"sw1")
BEYOND = (oid("1.3.6.1.6.3.1.1.6.1.0"), 1)
MEDIA, PHYSICAL = oid("1.3.6.1.2.1.4.22.1"), oid("1.3.6.1.2.1.4.35.1")
FDB = oid("1.3.6.1.2.1.17.7.1.2.2.1")
VLAN = oid("1.3.6.1.2.1.17.7.1.4.2.1")


def octets(mac: str) -> bytes:
    return bytes(mac_oid(mac))


def arp_rows(mac: str = APP, interface: int = 3) -> list[tuple[Oid, Value]]:
    """The device stands in the target's net with 10.0.0.1, and holds the target."""
    ip = (10, 0, 0, 5)
    return [
        (oid("1.3.6.1.2.1.4.20.1.2.10.0.0.1"), interface),
        (oid("1.3.6.1.2.1.4.20.1.3.10.0.0.1"), address("255.255.255.0")),
        ((*MEDIA, 2, interface, *ip), octets(mac)),
        ((*MEDIA, 4, interface, *ip), 3),
        ((*PHYSICAL, 4, interface, 1, 4, *ip), octets(OTHER)),
        ((*PHYSICAL, 5, interface, 1, 4, *ip), ticks(80_000)),
        ((*PHYSICAL, 6, interface, 1, 4, *ip), 3),
    ]


def bridge(fdb: int = 10, port: int = 7, entries: int = 0) -> list[tuple[Oid, Value]]:
    """One VLAN, the asked MAC behind one port, and so many other MACs."""
    rows: list[tuple[Oid, Value]] = [
        (oid(f"1.3.6.1.2.1.17.1.4.1.2.{port}"), 3),
        ((*VLAN, 3, 0, 10), fdb),
        ((*VLAN, 4, 0, 10), b"\x02"),
        ((*FDB, 2, fdb, *mac_oid(APP)), port),
        ((*FDB, 3, fdb, *mac_oid(APP)), 3),
    ]
    for number in range(entries):
        mac = (2, 0, *number.to_bytes(4, "big"))
        rows += [((*FDB, 2, fdb, *mac), port), ((*FDB, 3, fdb, *mac), 3)]
    return rows


def agent(
    *rows: tuple[Oid, Value], answer: Callable[[UdpAgent, Asked, bytes], Iterable[bytes]] | None = None
) -> UdpAgent:
    return UdpAgent(sorted([UP, NAME, BEYOND, *rows], key=lambda row: row[0]), answer)


def test_the_target_is_asked_for_by_name_with_its_age() -> None:
    """The MAC is ipNetToMedia's: net-snmp's other table keeps old octets. The age is the device's own count."""
    with agent(*arp_rows()) as router:
        said = look(ability(device("r1", router.port, walk_rows=0)), job())["r1"]
    (row,) = said.rows(ArpEntry)
    assert (row.mac, row.age_s, str(row.ip)) == (APP, 100.0, "10.0.0.5")
    assert "ipNetToMedia 3.10.0.0.5" in said.locators()
    assert said.extents(Table.ARP) == [Extent.ASKED]


def test_what_a_router_holds_is_asked_of_the_switches_in_the_same_job() -> None:
    """The first job knows an address only; whose MAC it has is what the router says."""
    with agent(*arp_rows()) as router, agent(*bridge()) as switch:
        said = look(ability(device("r1", router.port), device("sw1", switch.port, walk_rows=0)), job())
    assert [(row.mac, row.vlan, row.port) for row in said["sw1"].rows(FdbEntry)] == [(APP, 10, "interface 3")]


def test_the_newest_reading_of_a_whole_table_holds_the_target_too() -> None:
    """Whoever takes the newest reading for all there is must not find the target missing, nor its age."""
    other: list[tuple[Oid, Value]] = [((*MEDIA, 2, 3, 10, 0, 0, 6), octets(OTHER)), ((*MEDIA, 4, 3, 10, 0, 0, 6), 3)]
    with agent(*arp_rows(), *other) as router:
        said = look(ability(device("r1", router.port)), job())["r1"]
    whole = said.told(Table.ARP)[-1]
    since = said.told(Table.ARP)[-2].seen_at
    assert whole.extent is Extent.WHOLE
    rows = [one for one in said.observations if isinstance(one, RowSeen) and since < one.seen_at <= whole.seen_at]
    held = {str(one.row.ip): (one.row.mac, one.row.age_s) for one in rows if isinstance(one.row, ArpEntry)}
    assert held == {"10.0.0.5": (APP, 100.0), "10.0.0.6": (OTHER, None)}


def test_a_silent_device_is_called_silent_also_where_the_job_ends_first() -> None:
    """The first look is short; the next one must not wait for it anew."""
    with agent(answer=silent) as quiet:
        able = ability(device("r1", quiet.port, timeout_s=0.5, retries=5))
        said = look(able, job(lives_s=1.6))["r1"]
        assert "does not answer" in said.why(Table.ARP)
        quiet.asked.clear()
        look(able, job())
        assert len(quiet.asked) == 1


@pytest.mark.parametrize("entries", [pytest.param(100_000, id="100,000 entries")])
def test_a_huge_table_is_read_target_first_in_bounded_memory(entries: int) -> None:
    """What costs is what was asked for, not what the switch holds."""
    with agent(*bridge(entries=entries)) as switch:
        able = ability(device("sw1", switch.port, requests_per_s=1000))
        tracemalloc.start()
        said = look(able, job(macs=[APP]))["sw1"]
        _, peak_bytes = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        asked = len(switch.asked)
    assert [row.mac for row in said.rows(FdbEntry)] == [APP]
    assert said.extents(Table.FDB) == [Extent.ASKED]
    assert len(said.data) < 20_000
    assert asked < 100
    assert peak_bytes < 4 << 20


def test_a_switch_that_does_not_tell_its_vlans_is_asked_in_those_that_show() -> None:
    """Of a huge table not all may have shown, so that what is not found is not absent."""
    rows = [row for row in bridge(entries=100_000) if row[0][: len(VLAN)] != VLAN]
    with agent(*rows) as switch:
        said = look(ability(device("sw1", switch.port)), job(macs=[APP]))["sw1"]
    assert [(row.mac, row.vlan) for row in said.rows(FdbEntry)] == [(APP, None)]
    assert said.extents(Table.FDB) == [Extent.PART]


def test_a_huge_table_without_a_mac_to_ask_for_is_part_and_says_so() -> None:
    with agent(*bridge(entries=2_000)) as switch:
        said = look(ability(device("sw1", switch.port)), job())["sw1"]
    assert said.extents(Table.FDB) == [Extent.PART]
    assert "more than 500 entries" in said.why(Table.FDB)


def garbage(_agent: UdpAgent, _asked: Asked, _said: bytes) -> Iterable[bytes]:
    return [b"\x30\x82\xff\xffgarbage"]


def truncated(_agent: UdpAgent, _asked: Asked, said: bytes) -> Iterable[bytes]:
    return [said[: len(said) // 2]]


def beyond(_agent: UdpAgent, _asked: Asked, said: bytes) -> Iterable[bytes]:
    """The first number is longer than the datagram: gufo-snmp panics, and a panic of Rust's is no Exception."""
    return [said.replace(b"\x02\x01\x01", b"\x02\xf5\x01", 1)]


def stray(here: UdpAgent, asked: Asked, _said: bytes) -> Iterable[bytes]:
    """Answers to something else, for ever."""
    while not here.pause(0.05):
        yield here.message(Asked(asked.community, asked.kind, asked.number + 7, 0, 0, []), [UP])


def silent(_agent: UdpAgent, _asked: Asked, _said: bytes) -> Iterable[bytes]:
    return []


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        pytest.param(silent, "does not answer", id="silent"),
        pytest.param(stray, "does not answer", id="answers something else for ever"),
        pytest.param(garbage, "no SNMP", id="garbage"),
        pytest.param(truncated, "no SNMP", id="cut short"),
        pytest.param(beyond, "no SNMP", id="a length that leads beyond its end"),
    ],
)
def test_a_device_that_makes_no_sense_costs_itself_only(answer: Answer, says: str) -> None:
    """The others are read in full beside it, and it gets its sentence."""
    with agent(*arp_rows()) as router, agent(answer=answer) as bad:
        began = time.monotonic()
        said = look(ability(device("r1", router.port), device("bad", bad.port, timeout_s=0.3, retries=1)), job())
        took_s = time.monotonic() - began
    assert {row.mac for row in said["r1"].rows(ArpEntry)} == {APP}
    assert {extent for table in Table for extent in said["bad"].extents(table)} == {Extent.NONE}
    assert says in said["bad"].why(Table.FDB)
    assert took_s < BOARD_S + 2


def test_a_silent_device_is_not_waited_for_again_in_full() -> None:
    """Every check would pay its timeouts; it gets one short chance instead, and all of them once it answers."""
    quiet = threading.Event()
    quiet.set()

    def answer(_agent: UdpAgent, _asked: Asked, said: bytes) -> Iterable[bytes]:
        return [] if quiet.is_set() else [said]

    with agent(*arp_rows(), answer=answer) as router:
        able = ability(device("r1", router.port, timeout_s=0.5, retries=2))
        look(able, job())
        assert len(router.asked) == 3
        look(able, job())
        assert len(router.asked) == 4
        quiet.clear()
        assert look(able, job())["r1"].rows(ArpEntry)
        quiet.set()
        router.asked.clear()
        look(able, job())
        assert len(router.asked) == 3


def in_fdb(asked: Asked) -> bool:
    return asked.kind == BULK and asked.oids[0][: len(FDB)] == FDB


def circles(here: UdpAgent, asked: Asked, said: bytes) -> Iterable[bytes]:
    """A walk of the MAC table that never ends."""
    rows = [((*FDB, 2, 10, *mac_oid(APP)), 7), ((*FDB, 2, 10, *mac_oid(OTHER)), 7)]
    return [here.message(asked, rows * 3)] if in_fdb(asked) else [said]


def breaks_off(here: UdpAgent, asked: Asked, said: bytes) -> Iterable[bytes]:
    """GenErr in the middle of the MAC table, which gufo alone takes for its end."""
    echoed = [(one, Raw(b"\x05\x00")) for one in asked.oids]
    return [here.message(asked, echoed, status=5)] if in_fdb(asked) and len(asked.oids[0]) > len(FDB) + 1 else [said]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        pytest.param(circles, "goes back instead of on", id="circles"),
        pytest.param(breaks_off, "breaks off with an error", id="error"),
    ],
)
def test_half_a_walk_is_part_of_a_table(answer: Answer, says: str) -> None:
    """What is not in it may exist: it must not count as absent."""
    with agent(*bridge(entries=100), answer=answer) as switch:
        said = look(ability(device("sw1", switch.port)), job())["sw1"]
    assert said.extents(Table.FDB) == [Extent.PART]
    assert says in said.why(Table.FDB)


def test_an_error_in_a_get_is_not_an_absent_row() -> None:
    """Gufo drops the error status, so the row would look as if it did not exist; the control shows it."""

    def answer(here: UdpAgent, asked: Asked, said: bytes) -> Iterable[bytes]:
        wrong = asked.kind == GET and (*MEDIA, 2, 3, 10, 0, 0, 5) in asked.oids
        return [here.message(asked, [(one, Raw(b"\x05\x00")) for one in asked.oids], status=5)] if wrong else [said]

    with agent(*arp_rows(), answer=answer) as router:
        said = look(ability(device("r1", router.port, walk_rows=0)), job())["r1"]
    assert said.extents(Table.ARP) == [Extent.PART]
    assert "ipNetToMediaPhysAddress 3.10.0.0.5" in said.why(Table.ARP)


def test_answers_that_are_too_big_are_asked_for_in_smaller_pieces() -> None:
    """Some agents refuse what does not fit instead of sending less."""

    def answer(here: UdpAgent, asked: Asked, said: bytes) -> Iterable[bytes]:
        big = (asked.kind == BULK and asked.second > 10) or len(asked.oids) > 4
        return [here.message(asked, [], status=TOO_BIG)] if big else [said]

    with agent(*arp_rows(), *bridge(entries=100), answer=answer) as switch:
        said = look(ability(device("sw1", switch.port)), job(macs=[APP]))["sw1"]
    assert said.extents(Table.ARP)[0] is Extent.ASKED
    assert len({row.mac for row in said.rows(FdbEntry)}) == 101
    assert said.extents(Table.FDB) == [Extent.ASKED, Extent.WHOLE]


def test_a_slow_device_is_read_as_far_as_the_time_goes() -> None:
    """What came in time is evidence; what did not is said."""

    def answer(here: UdpAgent, _asked: Asked, said: bytes) -> Iterable[bytes]:
        here.pause(0.2)
        return [said]

    with agent(*arp_rows(), *bridge(), answer=answer) as switch:
        began = time.monotonic()
        said = look(ability(device("sw1", switch.port, timeout_s=1.0)), job(macs=[APP], lives_s=2.5))["sw1"]
        took_s = time.monotonic() - began
    assert took_s < 2.5
    assert said.rows(ArpEntry)
    assert "in the time there was" in said.why(Table.NEIGHBOURS)


def test_what_hardly_changes_is_read_once_for_an_incident() -> None:
    """Its second and third job read rows, not names: the same names, of the moment when they were read."""
    named = (oid("1.3.6.1.2.1.31.1.1.1.1.3"), b"Gi1/0/3")
    with agent(named, *arp_rows(), *bridge()) as switch:
        able = ability(device("sw1", switch.port))
        first = look(able, job(macs=[APP], incident="inc-a"))["sw1"]
        asked = len(switch.asked)
        second = look(able, job(macs=[APP], incident="inc-a"))["sw1"]
        assert len(switch.asked) - asked < asked / 2
    assert [row.port for row in second.rows(FdbEntry)] == ["Gi1/0/3"]
    assert second.told(Table.PORTS)[0].seen_at == first.told(Table.PORTS)[0].seen_at
    assert second.told(Table.ARP)[0].seen_at > first.told(Table.ARP)[0].seen_at


def test_a_name_that_does_not_resolve_is_said() -> None:
    wrong = replace(device("sw1", 161), host="no-such-host.invalid")
    assert "cannot be asked from here" in look(ability(wrong), job())["sw1"].why(Table.IDENTITY)


def test_a_full_notebook_says_so() -> None:
    """What does not fit an artifact was not read, as far as anybody can tell from it."""
    notebook = Notebook(device("sw1", 161), TARGET, CLOCK)
    rows = {str(number): "1" for number in range(MOST_VALUES // 2 + 1)}
    for _ in range(2):
        notebook.add({"ifOperStatus": rows}, None, notebook.now())
        notebook.tell(Table.PORTS, Extent.WHOLE)
    told = notebook.answers("", CLOCK.now()).told
    assert [one.extent for one in told if one.table is Table.PORTS] == [Extent.WHOLE, Extent.PART]
    assert len(notebook.readings) == 1


def test_sockets_are_closed_with_their_job() -> None:
    """A worker runs for months."""
    with agent(*arp_rows()) as router, agent(answer=silent) as quiet:
        able = ability(device("r1", router.port), device("quiet", quiet.port, timeout_s=0.1))
        look(able, job())
        gc.collect()
        before = len(list(Path("/proc/self/fd").iterdir()))
        for _ in range(5):
            look(able, job())
        gc.collect()
        assert len(list(Path("/proc/self/fd").iterdir())) <= before


def test_the_pace_holds_over_all_jobs() -> None:
    """An operator allowed so many requests a second, however many checks run."""
    with agent(*arp_rows()) as router:
        able = ability(device("r1", router.port, requests_per_s=20, timeout_s=1.0))
        began = time.monotonic()
        jobs = [threading.Thread(target=look, args=(able, job(lives_s=3))) for _ in range(4)]
        for one in jobs:
            one.start()
        for one in jobs:
            one.join()
        took_s = time.monotonic() - began
        assert len(router.asked) <= 20 * took_s + 5


def test_a_stopped_job_stops_at_once() -> None:
    """Who waits no longer is not worked for."""
    with agent(answer=silent) as quiet:
        began = time.monotonic()
        said = look(ability(device("r1", quiet.port, timeout_s=5.0)), job(), lambda: time.monotonic() - began > 0.2)
        assert time.monotonic() - began < 1.0
    assert said["r1"].extents(Table.ARP) == [Extent.NONE]


def test_a_vlan_with_a_community_of_its_own_is_asked_with_it() -> None:
    """Cisco IOS shows a VLAN's MAC table, and its port numbers, to community@vlan alone."""
    plain = oid("1.3.6.1.2.1.17.4.3.1")

    def answer(here: UdpAgent, asked: Asked, said: bytes) -> Iterable[bytes]:
        if asked.community == b"public@20":
            return [said]
        return [here.message(asked, [row for row in here.honest(asked) if row[0][:8] != (1, 3, 6, 1, 2, 1, 17, 4)])]

    rows: list[tuple[Oid, Value]] = [
        (oid("1.3.6.1.2.1.17.1.4.1.2.7"), 3),
        ((*plain, 2, *mac_oid(APP)), 7),
        ((*plain, 3, *mac_oid(APP)), 3),
        (oid("1.3.6.1.2.1.31.1.1.1.1.3"), b"Gi1/0/3"),
    ]
    with agent(*rows, answer=answer) as switch:
        said = look(ability(device("sw1", switch.port, walk_rows=0, per_vlan=(20,))), job(macs=[APP]))["sw1"]
    assert [(row.vlan, row.port) for row in said.rows(FdbEntry)] == [(20, "Gi1/0/3")]


def test_a_vlan_that_is_not_there_costs_its_own_answer_only() -> None:
    """A Cisco says nothing to the community of a VLAN that it does not have, which is not the device's silence."""

    def answer(_agent: UdpAgent, asked: Asked, said: bytes) -> Iterable[bytes]:
        return [] if asked.community == b"public@30" else [said]

    with agent(*arp_rows(), (oid("1.3.6.1.2.1.17.1.4.1.2.7"), 3), answer=answer) as switch:
        able = ability(device("sw1", switch.port, walk_rows=0, per_vlan=(20, 30)))
        said = look(able, job(macs=[APP], incident="inc-vlan"))["sw1"]
        again = look(able, job(macs=[APP], incident="inc-vlan"))["sw1"]
        assert sum(asked.community == b"public@30" for asked in switch.asked) == 1
    for one in (said, again):
        assert one.extents(Table.FDB) == [Extent.PART]
        assert "community of VLAN 30" in one.why(Table.FDB)
        assert one.rows(ArpEntry)


def test_a_device_that_falls_silent_while_it_is_listened_to_is_said() -> None:
    """A row that was not read again may have changed."""
    rounds = [0]

    def answer(_agent: UdpAgent, asked: Asked, said: bytes) -> Iterable[bytes]:
        rounds[0] += (*MEDIA, 2, 3, 10, 0, 0, 5) in asked.oids
        return [] if rounds[0] > 2 else [said]

    with agent(*arp_rows(), answer=answer) as router:
        said = look(ability(device("r1", router.port)), job(listen_s=3.0, macs=[APP]))["r1"]
    assert said.extents(Table.ARP) == [Extent.ASKED, Extent.ASKED, Extent.PART]
    assert "answered at first" in said.why(Table.ARP)


def test_counters_are_read_at_the_beginning_and_at_the_end_of_listening() -> None:
    """Their difference is what happened meanwhile; 64 bits and their wrap are kept as they are."""
    most = (1 << 64) - 1
    count = [most - 5]

    def answer(here: UdpAgent, asked: Asked, _said: bytes) -> Iterable[bytes]:
        told = here.honest(asked)
        column = oid("1.3.6.1.2.1.31.1.1.1.7.3")
        if asked.kind == GET and column in asked.oids:
            told = [(at, counter64(count[0]) if at == column else value) for at, value in told]
            count[0] = most
        return [here.message(asked, told)]

    rows: list[tuple[Oid, Value]] = [
        (oid("1.3.6.1.2.1.2.2.1.8.3"), 1),
        (oid("1.3.6.1.2.1.31.1.1.1.1.3"), b"Gi1/0/3"),
        (oid("1.3.6.1.2.1.31.1.1.1.7.3"), 0),
    ]
    with agent(*rows, *arp_rows(), answer=answer) as switch:
        said = look(ability(device("sw1", switch.port)), job(listen_s=0.6, macs=[APP]))["sw1"]
    counted = [row.counts for row in said.rows(PortState) if row.counts != Counts()]
    assert [one.unicasts_in for one in counted] == [most - 5, most]


def test_of_a_big_switch_only_the_ports_that_matter_are_counted() -> None:
    """The port of the MAC, and those with a neighbour; four hundred others would cost seconds of the device's rate."""
    lldp = oid("1.0.8802.1.1.2.1.4.1.1")
    rows: list[tuple[Oid, Value]] = [((*lldp, 7, 0, 90, 1), b"Eth1/1"), ((*lldp, 9, 0, 90, 1), b"core1")]
    for port in range(1, 401):
        rows += [
            (oid(f"1.3.6.1.2.1.2.2.1.8.{port}"), 1),
            (oid(f"1.3.6.1.2.1.2.2.1.14.{port}"), port),
            (oid(f"1.3.6.1.2.1.31.1.1.1.1.{port}"), f"Gi1/0/{port}".encode()),
        ]
    with agent(*rows, *bridge()) as switch:
        said = look(ability(device("sw1", switch.port)), job(macs=[APP]))["sw1"]
    counted = {row.port: row.counts.errors_in for row in said.rows(PortState) if row.counts != Counts()}
    assert counted == {"Gi1/0/3": 3, "Gi1/0/90": 90}
    assert len({row.port for row in said.rows(PortState)}) == 400


def test_nothing_but_reading_leaves_the_worker() -> None:
    """Read-only by construction: GET, GETNEXT and GETBULK are all that the device ever sees."""
    with agent(*arp_rows(), *bridge()) as switch:
        look(ability(device("sw1", switch.port)), job(macs=[APP], listen_s=0.6))
        assert {asked.kind for asked in switch.asked} <= {GET, BULK}
        assert switch.asked


def test_a_device_is_asked_only_about_its_own_networks() -> None:
    """The switch of another site has nothing to say, and is spared."""
    with agent(*arp_rows()) as here, agent() as there:
        able = ability(
            device("here", here.port, networks=("10.0.0.0/24",)), device("there", there.port, networks=("10.9.0.0/16",))
        )
        assert set(look(able, job(target=TARGET))) == {"here"}
        assert not there.asked


def test_whether_devices_answer_is_told_once_they_were_asked() -> None:
    """One that is silent is a figure; that all of them are is why the reader is not ready."""
    with agent(*arp_rows()) as router, agent(answer=silent) as quiet:
        able = ability(device("r1", router.port), device("sw1", quiet.port))
        assert (list(able.readings()), able.trouble()) == ([], None)
        look(able, job())
        assert list(able.readings()) == [Reading(DEVICE_HEARD, 1, ("r1",)), Reading(DEVICE_HEARD, 0, ("sw1",))]
        assert able.trouble() is None
        deaf = ability(device("sw1", quiet.port))
        look(deaf, job())
        assert deaf.trouble() == "No device of dc1 answered when it was asked last (sw1): is the way to them open?"
