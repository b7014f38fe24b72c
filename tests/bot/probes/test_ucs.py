"""What a UCS Manager told, read strictly: nothing unknown, nothing unbounded, and what is wrong is named."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BundleError
from bot.model.addresses import Mac
from bot.model.job import Artifact, Media, Probe, Vantage, digest_of
from bot.model.observation import FabricRead, FabricSeen, Observation
from bot.model.ucs import Fault, HostInterface, InterconnectPort, PortErrors, Profile, UcsGap, UplinkPort, Vnic
from bot.probes.ucs import MOST_BYTES, MOST_OBJECTS, PROPERTIES, read

AT = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
LEFT_OUT = "what is not as UCS Manager's model has it was left out"
PORT = "sys/switch-A/slot-1/switch-ether/port-31"


def document(**classes: list[dict[str, Any]]) -> dict[str, Any]:
    told = [{"kind": kind, "at": AT.isoformat(), "objects": objects} for kind, objects in classes.items()]
    return {"format": "ruleout.ucs/1", "domain": "dc1", "told": told, "gaps": []}


def observed(data: bytes) -> tuple[Observation, ...]:
    artifact = Artifact(
        job="j", probe=Probe.UCS, vantage=Vantage("network.dc1", "dc1", ""), media=Media.UCS, digest=digest_of(data),
        size_bytes=len(data), started_at=AT, stopped_at=AT, dropped=None,
    )  # fmt: skip
    return read(artifact, data)


def things(**classes: list[dict[str, Any]]) -> list[object]:
    return [one.thing for one in observed(json.dumps(document(**classes)).encode()) if isinstance(one, FabricSeen)]


def head(**classes: list[dict[str, Any]]) -> FabricRead:
    first = observed(json.dumps(document(**classes)).encode())[0]
    assert isinstance(first, FabricRead)
    return first


def test_objects_become_nouns_with_their_names_as_locators() -> None:
    """A reader finds each in the manager's own pages."""
    told = document(lsServer=[{"dn": "org-root/ls-esx1", "name": "esx1", "pnDn": "sys/chassis-1/blade-3"}])
    first, seen = observed(json.dumps(told).encode())
    assert isinstance(seen, FabricSeen)
    assert (seen.locator, seen.seen_at, seen.domain) == ("lsServer org-root/ls-esx1", AT, "dc1")
    assert seen.thing == Profile(dn="org-root/ls-esx1", name="esx1", server="sys/chassis-1/blade-3")
    assert isinstance(first, FabricRead)
    assert (first.read, first.gaps) == (("lsServer",), ())


@pytest.mark.parametrize(
    ("told", "fabrics"),
    [
        pytest.param("A", ("A",), id="one"),
        pytest.param("B-A", ("B", "A"), id="failover"),
        pytest.param("NONE", (), id="none"),
    ],
)
def test_a_vnic_has_the_fabrics_that_it_may_use_the_usual_one_first(told: str, fabrics: tuple[str, ...]) -> None:
    """With failover one fabric carries it, and which is not told."""
    assert things(vnicEther=[{"dn": "org-root/ls-a/ether-x", "name": "x", "addr": "00:25:B5:0A:00:01",
                              "switchId": told}]) == [
        Vnic(dn="org-root/ls-a/ether-x", name="x", mac=Mac("00:25:b5:0a:00:01"), fabrics=fabrics)
    ]  # fmt: skip


def test_templates_policies_and_ports_of_modules_are_not_of_any_host() -> None:
    """They have MACs and fabrics, too."""
    assert (
        things(
            lsServer=[{"dn": "org-root/ls-gold", "name": "gold", "type": "updating-template"}],
            vnicEther=[{"dn": "org-root/lan-conn-pol-p/ether-x", "addr": "derived", "switchId": "A"}],
            etherPIo=[{"dn": "sys/chassis-1/slot-1/fabric/port-1", "switchId": "A"}],
            faultInst=[{"dn": "sys/fault-F1", "lc": "flapping,suppressed"}],
        )
        == []
    )


def test_counters_belong_to_their_port_and_those_that_the_manager_doubts_to_none() -> None:
    """Missing is not zero."""
    port = {"dn": PORT, "switchId": "A", "slotId": "1", "portId": "31"}
    errors = {"dn": f"{PORT}/err-stats", "fcsDelta": "12", "alignDelta": "3", "rcvDelta": "15", "xmitDelta": "0"}
    heard = {"dn": f"{PORT}/rx-stats", "totalPacketsDelta": "4000"}
    (one,) = things(etherPIo=[port], etherErrStats=[errors], etherRxStats=[heard])
    assert isinstance(one, InterconnectPort)
    assert one.errors == PortErrors(damaged=15, errors_in=15, errors_out=0, frames_in=4000)
    (one,) = things(etherPIo=[port], etherErrStats=[{**errors, "suspect": "yes"}])
    assert isinstance(one, InterconnectPort)
    assert one.errors == PortErrors()


def test_an_uplink_knows_its_channel_and_a_fault_what_it_is_on() -> None:
    """By their names alone."""
    member = {"dn": "fabric/lan/A/pc-1/ep-slot-1-port-31", "switchId": "A", "epDn": PORT, "membership": "suspended"}
    fault = {"dn": f"{PORT}/fault-F0277", "code": "F0277", "severity": "major", "ack": "no", "descr": "Port\x07 down"}
    uplink, said = things(fabricEthLanPcEp=[member], faultInst=[fault])
    assert isinstance(uplink, UplinkPort)
    assert (uplink.channel, uplink.port, uplink.membership) == ("fabric/lan/A/pc-1", PORT, "suspended")
    assert said == Fault(code="F0277", on=PORT, severity="major", says="Port down", acknowledged=False)


def test_what_is_not_as_the_model_has_it_is_left_out_and_named() -> None:
    """The rest of the class counts, and the class is no longer whole."""
    macs = ("00:25:b5:00:00:01", "x", "y", "z", "!")
    rows = [{"dn": f"sys/a/host-eth-{n}", "mac": mac} for n, mac in enumerate(macs)]
    told = head(adaptorHostEthIf=rows, networkElement=[{"dn": "sys/switch-C", "id": "C"}])
    named = "; ".join(f"sys/a/host-eth-{n} has {macs[n]!r} where a MAC belongs" for n in (1, 2, 3))
    assert told.gaps == (
        UcsGap("adaptorHostEthIf", f"Of adaptorHostEthIf {LEFT_OUT}: {named}; so are 1 more."),
        UcsGap("networkElement", f"Of networkElement {LEFT_OUT}: sys/switch-C is on no fabric: id is 'C'."),
    )
    assert [type(one) for one in things(adaptorHostEthIf=rows)] == [HostInterface]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        pytest.param(b"<aaaLogin/>", "it is not JSON", id="xml"),
        pytest.param(json.dumps({**document(), "format": "ruleout.ucs/2"}).encode(), "format", id="format"),
        pytest.param(json.dumps({**document(), "more": 1}).encode(), "extra fields", id="more"),
        pytest.param(json.dumps(document(lsPower=[])).encode(), "'lsPower' is no class that is read", id="class"),
        pytest.param(json.dumps(document(lsServer=[{"name": "a"}])).encode(), "has no name", id="nameless"),
        pytest.param(json.dumps(document(lsServer=[{"dn": "a", "uuid": "1"}])).encode(), "no 'uuid'", id="property"),
        pytest.param(json.dumps(document(lsServer=[{"dn": "a", "name": 5}])).encode(), "expected str", id="number"),
        pytest.param(json.dumps(document(lsServer=[{"dn": "a" * 1025}])).encode(), "longer than 1024", id="long"),
        pytest.param(b" " * (MOST_BYTES + 1), "bytes; 25165824 are the most", id="bytes"),
        pytest.param(
            json.dumps(document(lsServer=[{"dn": "a"}] * (MOST_OBJECTS + 1))).encode(), "objects; 60000", id="objects"
        ),
    ],
)
def test_what_is_no_such_answer_is_refused_with_the_reason(data: bytes, says: str) -> None:
    """A bundle may come from anybody."""
    with pytest.raises(BundleError, match="This is no UCS Manager's answer") as error:
        observed(data)
    assert says in str(error.value)


def test_one_class_stands_there_once() -> None:
    """Two would be two answers for one question."""
    told = document(lsServer=[])
    told["told"] *= 2
    with pytest.raises(BundleError, match="twice"):
        observed(json.dumps(told).encode())


VALUES = st.text(max_size=30) | st.sampled_from(["A", "B", "A-B", "00:25:b5:00:00:01", "up", "down", "12", "yes", PORT])


@given(
    st.fixed_dictionaries(
        {},
        optional={
            kind: st.lists(st.fixed_dictionaries({"dn": VALUES}, optional=dict.fromkeys(names[1:], VALUES)), max_size=4)
            for kind, names in PROPERTIES.items()
        },
    )
)
def test_whatever_a_manager_tells_is_read_or_refused_with_a_reason(classes: dict[str, list[dict[str, str]]]) -> None:
    """Every object is a noun, or named in a gap, or nothing of a host; nothing else happens."""
    try:
        found = observed(json.dumps(document(**classes)).encode())
    except BundleError:
        assert any(not one["dn"] for objects in classes.values() for one in objects)
        return
    first = found[0]
    assert isinstance(first, FabricRead)
    assert set(first.read) == set(classes)
    assert all(gap.says.endswith(".") for gap in first.gaps)
    assert len(found) - 1 <= sum(map(len, classes.values()))


KEYS = st.sampled_from(["format", "domain", "told", "gaps", "kind", "at", "objects"])
LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=8)


@given(st.recursive(LEAVES, lambda one: st.lists(one, max_size=3) | st.dictionaries(KEYS, one)))
def test_any_json_is_read_or_refused_with_a_reason(value: object) -> None:
    """The strict reader lets nothing else out; a manager that told nothing is an answer."""
    try:
        found = observed(json.dumps(value).encode())
    except BundleError:
        return
    assert isinstance(value, dict)
    assert isinstance(value["domain"], str)
    assert isinstance(found[0], FabricRead)


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_with_a_reason(data: bytes) -> None:
    """A case may have been damaged on its way."""
    with pytest.raises(BundleError):
        observed(data)
