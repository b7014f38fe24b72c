"""What vCenter shows around a VM: the fact, its look-alikes, and what was not looked at."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.findings import (
    alarms,
    changes,
    guest_state,
    health_check,
    host_state,
    moves,
    port_state,
    storage_state,
    teaming_setting,
    uplinks,
    vcenter_reading,
    vlan_drift,
)
from bot.incidents import judging
from bot.model.finding import Standing
from bot.model.observation import SurroundingSeen
from bot.model.vsphere import Alarm, Gap, Switch, Teaming, VmState
from tests.bot import surroundings as tales
from tests.bot.findings.table import said
from tests.bot.story import APP, APP_2ND, BEGIN, OTHER, TARGET, Story, story
from tests.bot.surroundings import (
    NET,
    cluster,
    counted,
    distributed,
    event,
    group,
    host,
    look,
    losing,
    move,
    port,
    silent,
    well,
)

PRESENT, ABSENT, UNKNOWN = Standing
DRIFTED = tuple(host(name, vlan=vlan) for name, vlan in (("esx1", 11), ("esx2", 10), ("esx3", 11), ("esx4", 10)))
PORTS = {"APP": port(link_up=False), "2ND": replace(port(), label="Network adapter 2", mac=APP_2ND)}


def bond() -> Story:
    return story().control().vm("app05", [APP, APP_2ND], addresses=[TARGET], bond=True).vcenter()


@pytest.mark.parametrize(
    ("told", "id_", "standing"),
    [
        pytest.param(silent().around(*cluster(vlan=11)), vlan_drift.DRIFTS, PRESENT, id="the VM's host is the odd one"),
        pytest.param(silent().around(*cluster(vlan=11, others=1)), vlan_drift.DRIFTS, ABSENT, id="one against one"),
        pytest.param(silent().around(*cluster(vlan=11, others=1)), vlan_drift.DIFFERS, PRESENT, id="but they differ"),
        pytest.param(silent().around(*DRIFTED), vlan_drift.DRIFTS, ABSENT, id="two against two"),
        pytest.param(
            silent().around(host(), *(host(name, vlan=11, connection="notResponding") for name in ("esx2", "esx3"))),
            vlan_drift.DRIFTS, ABSENT, id="hosts of which only old facts are known",
        ),
        pytest.param(
            silent().around(host(), *(host(name, vlan=11, cluster="even") for name in ("esx2", "esx3"))),
            vlan_drift.DIFFERS, ABSENT, id="another cluster",
        ),
        pytest.param(
            silent().around(host(), host("esx2", groups=())), vlan_drift.DIFFERS, PRESENT, id="missing on a host"
        ),
        pytest.param(
            silent().around(host(), host("esx2", groups=()), read=("hosts",)), vlan_drift.OVERRIDDEN, UNKNOWN,
            id="a standard switch has no ports",
        ),
        pytest.param(silent().around(*distributed(), port()), vlan_drift.OVERRIDDEN, ABSENT, id="the group's VLAN"),
        pytest.param(silent().around(*distributed(None), port()), vlan_drift.OVERRIDDEN, ABSENT, id="a trunk"),
        pytest.param(
            bond().around(*distributed(), *PORTS.values()), port_state.LINK_DOWN, ABSENT, id="one leg of a bond"
        ),
        pytest.param(
            bond().around(*distributed(), port(link_up=False), replace(PORTS["2ND"], link_up=False)),
            port_state.LINK_DOWN, PRESENT, id="both legs of a bond",
        ),
        pytest.param(
            story().vm("app05", [APP], addresses=[TARGET], connected=False).vcenter()
            .around(*distributed(), port(link_up=False)),
            port_state.LINK_DOWN, ABSENT, id="an unplugged vNIC has no link",
        ),
        pytest.param(silent().around(host(down=("vmnic1",))), uplinks.DOWN, PRESENT, id="an uplink down"),
        pytest.param(
            silent().around(host(down=("vmnic1",), groups=(group(teaming=Teaming(active=("vmnic0",))),))),
            uplinks.DOWN, ABSENT, id="an uplink down that is not used",
        ),
        pytest.param(
            silent().around(host(down=("vmnic0",)), event(f"{NET}vmnic.watchdog.reset", device="vmnic1")),
            uplinks.DRIVER_FAILED, ABSENT, id="another uplink's driver was reset",
        ),
        pytest.param(
            silent().around(host(down=("vmnic1",)), event(f"{NET}vmnic.watchdog.reset", device="vmnic1", host="esx2")),
            uplinks.DRIVER_FAILED, ABSENT, id="another host's driver was reset",
        ),
        pytest.param(
            silent().around(host(down=("vmnic1",)), *(
                event(f"{NET}vmnic.linkstate.down", host=name, minutes_ago=ago)
                for name, ago in (("esx1", 5), ("esx2", 20))
            )),
            uplinks.MANY_HOSTS, ABSENT, id="two hosts, a quarter of an hour apart",
        ),
        pytest.param(
            silent().around(host(down=("vmnic1",)), *(event(f"{NET}vmnic.linkstate.down") for _ in range(2))),
            uplinks.FLAPS, ABSENT, id="one event told twice",
        ),
        pytest.param(
            silent().around(host(), Switch(name="dvs1", members=())), health_check.UNTRUNKED, UNKNOWN,
            id="no distributed switch",
        ),
        pytest.param(
            silent().around(host(), event("esx.problem.storage.apd.start", minutes_ago=9),
                            event("esx.clear.storage.apd.exit", minutes_ago=5)),
            storage_state.STALLED, ABSENT, id="storage came back",
        ),
        pytest.param(
            silent().around(host(), event("VmGuestOSCrashedEvent", vm="app05", minutes_ago=9),
                            event("VmPoweredOnEvent", vm="app05")),
            guest_state.CRASHED, ABSENT, id="started again since it crashed",
        ),
        pytest.param(
            silent().around(host(), VmState(vm="app05", name="app05", heartbeat="gray")),
            guest_state.HEARTBEAT, UNKNOWN, id="no Tools, no heartbeat",
        ),
        pytest.param(
            losing().around(host(), counted("net.droppedRx.summation", 9, on="app05", instance="4000"),
                            counted("net.packetsRx.summation", 9000, on="app05", instance="4000")),
            guest_state.DROPS, ABSENT, id="one drop in a thousand",
        ),
        pytest.param(
            losing().around(host(), counted("net.droppedRx.summation", 9, on="app05", instance="4000")),
            guest_state.DROPS, UNKNOWN, id="drops, of nobody knows how many",
        ),
        pytest.param(
            silent().around(host(), Alarm(name="Network", on="esx1", status="green", at=BEGIN)),
            alarms.ON_NETWORK, ABSENT, id="an alarm that is over",
        ),
        pytest.param(
            silent().around(*distributed(teaming=Teaming(beacon=True, active=("Uplink 1", "Uplink 2")))),
            teaming_setting.BEACON, PRESENT, id="beacons over two",
        ),
        pytest.param(silent().around(*distributed()), teaming_setting.SILENT, UNKNOWN, id="a setting that is not told"),
        pytest.param(
            silent().around(host(), event("VmReconfiguredEvent", vm="app05", minutes_ago=61)), changes.CHANGED, ABSENT,
            id="changed more than an hour ago",
        ),
        pytest.param(
            silent().around(host(), event("VmReconfiguredEvent", vm="app06")), changes.CHANGED, ABSENT, id="another VM"
        ),
        pytest.param(
            silent().around(host(), event("VmReconfiguredEvent", vm="old name", vm_id="app05")),
            changes.CHANGED, PRESENT, id="it had another name then",
        ),
    ],
)  # fmt: skip
def test_a_fact_and_what_only_looks_like_it(told: Story, id_: str, standing: Standing) -> None:
    """Beside every fault in a cluster stands a dozen oddities that harm nobody."""
    assert said(told, id_).standing is standing


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        pytest.param(story(), "The VM of 10.0.0.5 is not known. No vCenter was asked.", id="no vCenter"),
        pytest.param(silent(), "vCenter vc1 was not asked what is around the VM of 10.0.0.5.", id="an older snapshot"),
        pytest.param(
            silent().around(host(), read=("clock", "hosts"), gaps=[Gap("events", "No events: no permission.")]),
            "No events: no permission.", id="denied",
        ),
        pytest.param(
            silent().around(host(), read=("hosts",)), "vCenter vc1 told nothing of its events.", id="not told"
        ),
    ],
)  # fmt: skip
def test_what_was_not_looked_at_says_why(told: Story, sentence: str) -> None:
    """UNKNOWN without a reason cannot be mended."""
    found = said(told, storage_state.STALLED)
    assert (found.standing, found.statement) == (UNKNOWN, sentence)


def test_of_two_vcenters_each_has_its_own_hosts() -> None:
    """Names are unique within a vCenter alone."""
    told = silent().around(host()).around(host(maintenance=True), vcenter="vc2")
    assert said(told, host_state.NOT_FIT).standing is ABSENT


def test_the_newest_word_on_a_state_counts_and_events_add_up() -> None:
    """A check again replaces what a host is like, and not what has happened to it."""
    first = silent().around(host(maintenance=True), event("VmReconfiguredEvent", vm="app05")).evidence()
    later = silent().waits(60).around(host()).evidence()
    again = [replace(one, artifact="sha256:again") for one in later.observations if one.vantage.agent == "vcenter"]
    told = replace(first, observations=(*first.observations, *again))
    found = {one.id: one.standing for one in judging.judge_evidence(told)[1]}
    assert (found[host_state.NOT_FIT], found[changes.CHANGED]) == (ABSENT, PRESENT)


def test_a_later_look_at_another_vm_leaves_what_is_known_of_this_one() -> None:
    """First the address is looked up, then the MACs that answer: their hosts are not the target's."""
    state = VmState(vm="app05", name="app05", heartbeat="red")
    raised = Alarm(name="Network", on="esx1", status="red", at=BEGIN)
    first = silent().around(host(maintenance=True), state, raised).evidence()
    elsewhere = host("esx9", cluster="even"), VmState(vm="app06", name="app06")
    other = silent().waits(60).around(*elsewhere, gaps=[Gap("events", "Denied.")]).evidence()
    again = [replace(one, artifact="sha256:again") for one in other.observations if one.vantage.agent == "vcenter"]
    told = replace(first, observations=(*first.observations, *again))
    found = {one.id: one.standing for one in judging.judge_evidence(told)[1]}
    seen = (host_state.NOT_FIT, guest_state.HEARTBEAT, alarms.ON_NETWORK, storage_state.STALLED)
    assert [found[id_] for id_ in seen] == [PRESENT, PRESENT, PRESENT, ABSENT]


def test_an_alarm_that_a_later_look_no_longer_shows_is_over() -> None:
    """Only what the newest look at the same VM shows is so."""
    state = VmState(vm="app05", name="app05")
    first = silent().around(host(), state, Alarm(name="Network", on="esx1", status="red", at=BEGIN)).evidence()
    later = silent().waits(60).around(host(), state).evidence()
    again = [replace(one, artifact="sha256:again") for one in later.observations if one.vantage.agent == "vcenter"]
    told = replace(first, observations=(*first.observations, *again))
    assert {one.id: one.standing for one in judging.judge_evidence(told)[1]}[alarms.ON_NETWORK] is ABSENT


def test_the_clock_of_the_vcenter_is_taken_off_its_times() -> None:
    """A minute and a half decides whether a loss began before a move or after it."""
    told = silent().around(host(), event("VmReconfiguredEvent", vm="app05"), ahead_s=90.0)
    assert "`2026-03-01 02:53:30` UTC" in said(told, changes.CHANGED).statement
    clocks = said(told, vcenter_reading.CLOCKS)
    assert (clocks.standing, "90.00 s ahead" in clocks.statement) == (ABSENT, True)


def test_a_hosts_notice_compares_the_agents_clocks() -> None:
    """ESXi announces the MAC as the move ends: what an agent hears then dates its clock too."""
    told = silent()
    told = told.around(host(), move("esx2", "esx1", told.now)).waits(0.8).rarp(APP)
    assert "+0.8 s at dc1-a" in said(told, vcenter_reading.CLOCKS).statement


@pytest.mark.parametrize(
    "told", [tales.driver_failed, tales.links_of_many_hosts, tales.untrunked, tales.teaming_unlike, tales.guest_crashed]
)
def test_a_lead_beside_a_machine_that_works_accuses_nobody(told: Callable[[], Story]) -> None:
    """What vCenter shows may be as old as the hosts; only beside a loss does it weigh."""
    leads = [one for one in told().observations if isinstance(one, SurroundingSeen)]
    verdict, _ = judging.judge_evidence(well().around(*(one.thing for one in leads)).evidence())
    assert (verdict.verdict, verdict.cause) == ("healthy", None)


def test_a_port_without_a_link_is_doubted_where_the_vm_answers() -> None:
    """The state of a port is a copy that vCenter keeps."""
    verdict, _ = judging.judge_evidence(losing().around(*distributed(), port(link_up=False)).evidence())
    assert verdict.verdict == "inconclusive"


def stays(*losses: tuple[int, ...], hosts: str = "abcde", control: bool = True) -> Story:
    """One look on each host in turn, with what is lost there."""
    told, gone = well() if control else story().vm("app05", [APP], addresses=[TARGET]).vcenter(), []
    told = told.waits(60)
    for number, lost in enumerate(losses):
        if number:
            gone.append(move(f"esx{hosts[number - 1]}", f"esx{hosts[number]}", told.now))
        told = look(told.waits(60), f"look{number}", lost=lost).waits(60)
    return told.around(host(), *gone)


BAD: tuple[int, ...] = (1, 2, 3)
OK: tuple[int, ...] = ()


@pytest.mark.parametrize(
    ("told", "everywhere", "one_host", "heals"),
    [
        pytest.param(stays(BAD, BAD, BAD), PRESENT, ABSENT, ABSENT, id="it goes with the VM"),
        pytest.param(stays(OK, OK, BAD), ABSENT, PRESENT, ABSENT, id="bad on the last host"),
        pytest.param(stays(OK, BAD, OK, BAD, hosts="abcb"), ABSENT, PRESENT, ABSENT, id="bad on one host, twice"),
        pytest.param(stays(OK, BAD, OK, OK, hosts="abcb"), ABSENT, ABSENT, ABSENT, id="bad there once, and not again"),
        pytest.param(stays(OK, OK, OK), ABSENT, ABSENT, ABSENT, id="well everywhere"),
        pytest.param(stays(BAD), UNKNOWN, UNKNOWN, UNKNOWN, id="no move"),
        pytest.param(
            stays(OK, OK, BAD).vm("app06", [OTHER], addresses=[TARGET]), UNKNOWN, UNKNOWN, UNKNOWN, id="two VMs"
        ),
    ],
)
def test_how_loss_goes_with_moves(told: Story, everywhere: Standing, one_host: Standing, heals: Standing) -> None:
    """A move between two looks is what tells them apart; without one nothing is known."""
    found = tuple(said(told, id_).standing for id_ in (moves.EVERYWHERE, moves.ONE_HOST, moves.HEALS))
    assert found == (everywhere, one_host, heals)


def test_a_deaf_instrument_says_nothing_about_a_host() -> None:
    """Silence without a control is no loss, before a move or after it."""
    told = story().vm("app05", [APP], addresses=[TARGET]).vcenter().waits(60)
    gone = [move("esx2", "esx1", told.now)]
    told = told.waits(60).silent_control().asks(answers=[]).echoes(lost=BAD)
    assert said(told.around(host(), *gone), moves.ONE_HOST).standing is UNKNOWN


def test_what_is_lost_while_the_vm_moves_is_nobodys() -> None:
    """The pause of a healthy move costs a packet or two; it is no loss on either host."""
    told = look(well().waits(60), "during", lost=(5,))
    gone = [move("esx2", "esx1", told.now)]
    told = look(told.waits(60), "after")
    found = said(told.around(host(), *gone), moves.ONE_HOST)
    assert (found.standing, found.statement) == (ABSENT, "Packets of 10.0.0.5 are not lost on one host alone.")


def test_a_look_that_heals_late_is_not_blamed_on_the_move() -> None:
    """A switch forgets within minutes; what takes an hour has another reason."""
    told, gone = well().waits(60), []
    for source, to in (("esx2", "esx3"), ("esx3", "esx1")):
        gone.append(move(source, to, told.now))
        told = look(look(told.waits(3600), "first", lost=BAD).waits(60), "later").waits(60)
    assert said(told.around(host(), *gone), moves.HEALS).standing is ABSENT


def test_a_move_of_the_last_hour_is_the_trigger_with_its_hosts() -> None:
    """The trigger names who moved whence and when, and an older move does not."""
    told = losing().around(host(), move("esx2", "esx1", BEGIN - timedelta(minutes=3)))
    assert "moved from esx2 to esx1 at `2026-03-01 02:57:00` UTC" in said(told, moves.MOVED).statement
    old = losing().around(host(), move("esx2", "esx1", BEGIN - timedelta(days=3)))
    found = said(old, moves.MOVED)
    assert (found.standing, "it moved once in the last week" in found.statement) == (ABSENT, True)
