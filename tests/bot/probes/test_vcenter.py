"""Reading a vCenter snapshot: every fact with its place in the file, and nothing but a sentence for a bad file."""

import json
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, ip_address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BundleError
from bot.model.addresses import Mac
from bot.model.job import Artifact, Job, JobOptions, Media, Probe, Vantage
from bot.model.observation import (
    GuestRowFound,
    HostNicFound,
    NicFound,
    SurroundingSeen,
    SurroundingsRead,
    VcenterAnswered,
    VmFound,
)
from bot.probes.vcenter import FORMAT, Query, Snapshot, deliver, dump, parse, query, read, select

AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
VANTAGE = Vantage("vcenter-dc1", "dc1", "vcenter")
IP = IPv4Address("10.0.0.5")
SOUND: dict[str, Any] = {
    "format": FORMAT,
    "vcenter": "dc1",
    "api_version": "8.0.1.0",
    "read_at": "2026-01-05T09:00:00Z",
    "asked": {"ips": ["10.0.0.5"], "macs": ["00-50-56-AA-00-09"], "names": ["app01"]},
    "complete": False,
    "unread": ["The hosts could not be read."],
    "vms": [
        {
            "id": "vm-12",
            "name": "app01",
            "power": "poweredOn",
            "connection": "connected",
            "host": "esx-a1",
            "cluster": None,
            "tools": "guestToolsRunning",
            "hostname": "app01",
            "nics": [
                {
                    "key": 4000,
                    "label": "Network adapter 1",
                    "mac": "00:50:56:AA:00:01",
                    "connected": True,
                    "network": "prod-10",
                    "vlan": 10,
                    "backing": "dvport",
                },
                {"key": 4001, "label": "Network adapter 2", "mac": "00:50:56:aa:00:02"},
            ],
            "guest_nics": [
                {
                    "mac": "00:50:56:aa:00:01",
                    "addresses": ["10.0.0.5", "fe80::1"],
                    "connected": True,
                    "device_key": 4000,
                },
                {"mac": None, "addresses": ["10.0.0.6"], "connected": None, "device_key": -1},
            ],
        },
        {"id": "vm-13", "name": "old01", "power": "poweredOff", "connection": "disconnected"},
    ],
    "host_nics": [{"host": "esx-a1", "device": "vmk0", "mac": "00:50:56:6a:00:01", "addresses": ["10.0.0.21"]}],
}


def artifact(data: bytes) -> Artifact:
    return Artifact("job-1", Probe.VCENTER, VANTAGE, Media.VCENTER, "sha256:0", len(data), AT, AT, None)


def observed(snapshot: dict[str, Any]) -> tuple[Any, ...]:
    data = json.dumps(snapshot).encode()
    return read(artifact(data), data)


def changed(path: tuple[str | int, ...], value: Any) -> bytes:
    whole = deepcopy(SOUND)
    place: Any = whole
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return json.dumps(whole).encode()


def test_every_fact_comes_with_its_place_in_the_file() -> None:
    """A reader of the card has to find the line that a finding rests on."""
    found = observed(SOUND)
    assert [(type(each), each.locator) for each in found] == [
        (VcenterAnswered, "asked"),
        (VmFound, "vms/0"),
        (NicFound, "vms/0/nics/0"),
        (NicFound, "vms/0/nics/1"),
        (GuestRowFound, "vms/0/guest_nics/0"),
        (GuestRowFound, "vms/0/guest_nics/1"),
        (VmFound, "vms/1"),
        (HostNicFound, "host_nics/0"),
    ]
    assert {(each.seen_at, each.vantage, each.artifact) for each in found} == {(AT, VANTAGE, "sha256:0")}


def test_an_answer_says_what_was_asked_and_what_was_not_read() -> None:
    """Only with this may "nobody owns it" be concluded, or not."""
    answered = observed(SOUND)[0]
    assert (answered.vcenter, answered.complete, answered.unread) == ("dc1", False, ("The hosts could not be read.",))
    assert (answered.asked_ips, answered.asked_macs, answered.asked_names) == (
        (IP,),
        (Mac("00:50:56:aa:00:09"),),
        ("app01",),
    )


def test_a_vnic_has_the_addresses_of_its_own_guest_row_only() -> None:
    """The address of a bond belongs to no vNIC; IPv6 is not looked at."""
    _, _, first, second, row, bond, *_ = observed(SOUND)
    assert (first.mac, first.vlan, first.addresses) == ("00:50:56:aa:00:01", 10, (IP,))
    assert (second.connected, second.vlan, second.addresses) == (None, None, ())
    assert (row.vnic, bond.vnic, bond.mac, bond.addresses) == (True, False, None, (IPv4Address("10.0.0.6"),))


def test_what_is_missing_stays_missing() -> None:
    """Null is unknown; it must not turn into "Tools are off" or into an empty name."""
    first, second = [each for each in observed(SOUND) if isinstance(each, VmFound)]
    assert (first.vm, first.powered_on, first.tools_running, first.cluster) == ("dc1/vm-12", True, True, None)
    assert (second.powered_on, second.tools_running, second.host, second.connection) == (
        False,
        None,
        None,
        "disconnected",
    )


@pytest.mark.parametrize(
    ("path", "value"),
    [
        pytest.param(("format",), "ruleout.vcenter/2", id="another-format"),
        pytest.param(("vms",), {}, id="vms-not-a-list"),
        pytest.param(("vms",), "vm", id="vms-a-text"),
        pytest.param(("vms", 0), [], id="vm-not-an-object"),
        pytest.param(("vms", 0, "name"), 5, id="name-a-number"),
        pytest.param(("vms", 0, "name"), None, id="name-missing"),
        pytest.param(("vms", 0, "name"), "\ud800", id="name-half-a-character"),
        pytest.param(("vms", 0, "host"), 5, id="host-a-number"),
        pytest.param(("vms", 0, "nics", 0, "key"), "4000", id="key-a-text"),
        pytest.param(("vms", 0, "nics", 0, "key"), True, id="key-a-truth-value"),
        pytest.param(("vms", 0, "nics", 0, "vlan"), 10.0, id="vlan-a-fraction"),
        pytest.param(("vms", 0, "nics", 0, "connected"), "false", id="connected-a-text"),
        pytest.param(("vms", 0, "nics", 0, "mac"), "00:50:56", id="mac-too-short"),
        pytest.param(("vms", 0, "nics", 0, "mac"), None, id="vnic-without-mac"),
        pytest.param(("vms", 0, "nics", 0, "backing"), [], id="backing-a-list"),
        pytest.param(("vms", 0, "guest_nics", 0, "addresses", 0), "10.0.0.256", id="no-address"),
        pytest.param(("vms", 0, "guest_nics", 0, "addresses", 0), 167772165, id="address-a-number"),
        pytest.param(("asked", "ips", 0), "fe80::1", id="asked-ipv6"),
        pytest.param(("complete",), 1, id="complete-a-number"),
        pytest.param(("read_at",), "2026-01-05T09:00:00", id="time-without-zone"),
        pytest.param(("read_at",), "9999-12-31T23:59:59-23:00", id="time-out-of-range"),
        pytest.param(("surprise",), 1, id="unknown-key"),
        pytest.param(("vms", 0, "surprise"), 1, id="unknown-key-inside"),
    ],
)
def test_a_file_that_is_wrong_anywhere_is_refused(path: tuple[str | int, ...], value: Any) -> None:
    """Half a snapshot read as a whole one accuses the wrong machine."""
    with pytest.raises(BundleError, match="no vCenter snapshot"):
        parse(changed(path, value))


AROUND: dict[str, Any] = {
    "clock": {"ahead_ms": -40, "within_ms": 3},
    "vms": [{"vm": "vm-12", "name": "app01", "heartbeat": "green", "booted_at": "2026-01-01T00:00:00Z"}],
    "hosts": [
        {
            "id": "host-1",
            "name": "esx-a1",
            "uplinks": [{"device": "vmnic0", "speed_mbps": 25000}, {"device": "vmnic1"}],
            "switches": [{"name": "vSwitch0", "distributed": False, "uplinks": ["vmnic0"]}],
            "groups": [{"name": "std-20", "switch": "vSwitch0", "vlan": 20, "teaming": {"notifies": False}}],
        }
    ],
    "ports": [{"vm": "vm-12", "label": "Network adapter 1", "key": "700", "mac": "00:50:56:AA:00:01"}],
    "switches": [{"name": "dvs1", "members": [{"host": "esx-a1", "untrunked": [10]}]}],
    "events": [{"at": "2026-01-05T08:59:00+01:00", "kind": "VmMigratedEvent", "says": "moved", "vm": "app01"}],
    "counters": [],
    "gaps": [{"family": "alarms", "says": "No alarms."}],
}


def test_what_is_around_the_vms_is_read_family_by_family() -> None:
    """A family that nobody read stays unread, as the tasks of a snapshot of before they were asked for."""
    found = [one for one in observed({**SOUND, "surroundings": AROUND}) if one.locator.startswith("surroundings")]
    assert [(type(one), one.locator) for one in found] == [
        (SurroundingsRead, "surroundings"),
        *((SurroundingSeen, f"surroundings/{family}/0") for family in ("vms", "hosts", "ports", "switches", "events")),
    ]
    read_ = found[0]
    assert read_.read == ("clock", "vms", "hosts", "ports", "switches", "events", "counters")
    assert [(gap.family, gap.says) for gap in read_.gaps] == [("alarms", "No alarms.")]
    assert read_.clock is not None
    assert read_.clock.ahead == timedelta(seconds=-0.04)
    assert [one.up for one in found[2].thing.uplinks] == [True, False]
    assert found[5].thing.at == datetime(2026, 1, 5, 7, 59, tzinfo=UTC)


def test_a_snapshot_of_before_there_were_surroundings_is_read() -> None:
    """Cases are kept for a month; an old file says nothing of what nobody asked then."""
    assert not any(isinstance(one, SurroundingsRead | SurroundingSeen) for one in observed(SOUND))
    assert not any(isinstance(one, SurroundingsRead) for one in observed({**SOUND, "surroundings": None}))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        pytest.param(("clock",), {"ahead_ms": 0.5, "within_ms": 1}, id="a fraction of a millisecond"),
        pytest.param(("hosts",), {}, id="hosts-not-a-list"),
        pytest.param(("hosts", 0, "uplinks", 0, "speed_mbps"), "25000", id="speed-a-text"),
        pytest.param(("hosts", 0, "groups", 0, "vlan"), True, id="vlan-a-truth-value"),
        pytest.param(("ports", 0, "mac"), "00:50", id="mac-too-short"),
        pytest.param(("events", 0, "at"), "2026-01-05T08:59:00", id="time-without-zone"),
        pytest.param(("gaps", 0, "family"), "weather", id="no-such-family"),
        pytest.param(("vms", 0, "twins"), [{"mac": "00:50", "vm": "vm-9", "name": "b"}], id="twin-without-a-mac"),
        pytest.param(
            ("tasks",), [{"at": "2026-01-05T08:59:00Z", "kind": "VirtualMachine.destroy"}], id="task-of-nothing"
        ),
        pytest.param(("weather",), [], id="unknown-family"),
        pytest.param(("switches", 0, "members", 0, "mood"), "good", id="unknown-key-inside"),
    ],
)
def test_surroundings_that_are_wrong_anywhere_are_refused(path: tuple[str | int, ...], value: Any) -> None:
    """They name hosts and switches; a number read as a text would compare as unequal."""
    whole = {**deepcopy(SOUND), "surroundings": deepcopy(AROUND)}
    place: Any = whole["surroundings"]
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(BundleError, match="no vCenter snapshot"):
        parse(json.dumps(whole).encode())


@pytest.mark.parametrize("key", sorted(SOUND))
def test_no_part_may_be_absent(key: str) -> None:
    """A list that was forgotten is not an empty list."""
    with pytest.raises(BundleError, match=key):
        parse(json.dumps({name: value for name, value in SOUND.items() if name != key}).encode())


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\xff\xfe\x00", id="not-text"),
        pytest.param(b"[" * 100_000, id="too-deep"),
        pytest.param(b"1" * 5_000, id="too-long-a-number"),
        pytest.param(b'[{"format": "ruleout.vcenter/1"}]', id="a-list"),
        pytest.param(b"null", id="null"),
    ],
)
def test_bytes_that_are_no_snapshot_are_refused(data: bytes) -> None:
    """People drop all kinds of files into a channel."""
    with pytest.raises(BundleError, match="no vCenter snapshot"):
        parse(data)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["10.0.0.5", FORMAT]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text() | st.sampled_from(sorted(SOUND)), inner),
    max_leaves=8,
)
_PLACES = [
    (key,) if index is None else (key, index, *rest)
    for key, index, rest in [
        *((key, None, ()) for key in SOUND),
        *(("vms", 0, (key,)) for key in SOUND["vms"][0]),
        *(("vms", 0, ("nics", 0, key)) for key in SOUND["vms"][0]["nics"][0]),
        *(("vms", 0, ("guest_nics", 0, key)) for key in SOUND["vms"][0]["guest_nics"][0]),
        *(("host_nics", 0, (key,)) for key in SOUND["host_nics"][0]),
    ]
]


@given(st.sampled_from(_PLACES), _JSON)
def test_a_strange_value_anywhere_is_read_or_refused(path: tuple[str | int, ...], value: Any) -> None:
    """Any other exception would be a bug that a file can trigger."""
    data = changed(path, value)
    try:
        snapshot = parse(data)
    except BundleError:
        return
    assert parse(dump(snapshot)) == snapshot
    assert read(artifact(data), data)


@given(_JSON)
def test_any_json_is_read_or_refused(value: Any) -> None:
    """The same for what is no snapshot at all."""
    with pytest.raises(BundleError):
        parse(json.dumps(value).encode())


@given(st.binary())
def test_any_bytes_are_refused(data: bytes) -> None:
    """The same for what is not even text."""
    with pytest.raises(BundleError):
        parse(data)


@pytest.mark.parametrize(
    ("wanted", "vms", "hosts"),
    [
        pytest.param(Query(ips=(IP,)), ["app01"], [], id="address"),
        pytest.param(Query(ips=(IPv4Address("10.0.0.6"),)), ["app01"], [], id="address-on-a-bond"),
        pytest.param(Query(macs=(Mac("00:50:56:aa:00:02"),)), ["app01"], [], id="mac-of-a-vnic"),
        pytest.param(Query(names=("APP01", "Old01")), ["app01", "old01"], [], id="names-without-case"),
        pytest.param(Query(names=("app",)), [], [], id="part-of-a-name"),
        pytest.param(Query(ips=(IPv4Address("10.0.0.21"),)), [], ["vmk0"], id="address-of-a-host"),
        pytest.param(Query(macs=(Mac("00:50:56:6a:00:01"),)), [], ["vmk0"], id="mac-of-a-host"),
    ],
)
def test_selecting_keeps_the_owners_only(wanted: Query, vms: list[str], hosts: list[str]) -> None:
    """What is not asked for stays in the vCenter."""
    part = select(parse(json.dumps(SOUND).encode()), wanted)
    assert [vm.name for vm in part.vms] == vms
    assert [nic.device for nic in part.host_nics] == hosts
    assert part.asked == wanted


def test_a_job_asks_for_its_target_and_for_more() -> None:
    """The MACs that were seen on the wire are looked up together with the address."""
    options = JobOptions(macs=(Mac("00:50:56:aa:00:01"),), names=("app01",))
    job = Job("job-1", "inc-1", Probe.VCENTER, "vcenter:dc1", IP, options, AT, AT + timedelta(seconds=30))
    assert query(job) == Query((IP,), options.macs, options.names)


def test_a_delivered_snapshot_reads_back() -> None:
    """What the worker writes, the reader reads; a name in any script survives."""
    snapshot = parse(changed(("vms", 0, "name"), "приклад *bold* <@U1>"))
    job = Job("job-1", "inc-1", Probe.VCENTER, "vcenter:dc1", IP, JobOptions(), AT, AT)
    delivered, data = deliver(job, VANTAGE, snapshot, AT)
    assert parse(data) == snapshot
    assert delivered.size_bytes == len(data)
    assert delivered.digest.startswith("sha256:")
    assert snapshot.vms[0].guest_nics[0].addresses == (IP, ip_address("fe80::1"))
    assert isinstance(snapshot, Snapshot)
