"""The stand-in for UCS Manager against Cisco's own SDK: what that client can read here, it can read there."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from ucsmsdk.mometa.ls.LsServer import LsServer
from ucsmsdk.ucsexception import UcsException
from ucsmsdk.ucshandle import UcsHandle

from deploy.lab.ucsm import ObjectWrongError, Trouble, UcsManager, checked, domain
from tests.fixtures.ucsm import ESX


@contextmanager
def handle(ucsm: UcsManager) -> Iterator[UcsHandle]:
    sdk = UcsHandle(ucsm.host, ucsm.sessions.user, ucsm.sessions.password, port=ucsm.port)
    assert sdk.login(timeout=5)
    yield sdk
    sdk.logout()


def test_ciscos_client_logs_in_reads_by_class_and_name_and_logs_out(ucsm: UcsManager) -> None:
    """Its login asks for the class networkElement and the object sys as well."""
    with handle(ucsm) as sdk:
        assert sdk.ucs == "ucs-lab"
        assert {one.addr for one in sdk.query_classid("vnicEther") if one.switch_id == "B"} == {
            f"00:25:B5:0B:00:0{number}" for number in range(1, 5)
        }
        assert sdk.query_dn("sys/switch-A").operability == "operable"
        found = sdk.query_classids("lsServer", "computeBlade")
        assert (len(found["LsServer"]), len(found["ComputeBlade"])) == (4, 4)
    assert (ucsm.sessions.open_, ucsm.sessions.logouts, ucsm.refused) == (set(), 1, [])


def test_a_session_is_refreshed(ucsm: UcsManager) -> None:
    """The old cookie is worth nothing afterwards."""
    with handle(ucsm) as sdk:
        (before,) = ucsm.sessions.open_
        assert sdk._refresh()
        assert ucsm.sessions.open_ == {sdk.cookie} != {before}


def test_every_write_is_refused_and_counted(ucsm: UcsManager) -> None:
    """So a test can prove that nobody tried."""
    with handle(ucsm) as sdk:
        sdk.add_mo(LsServer("org-root", name="intruder"))
        with pytest.raises(UcsException, match="not expected"):
            sdk.commit()
    assert ucsm.refused == ["configConfMos"]
    assert len(ucsm.objects["lsServer"]) == 4


def test_a_wrong_password_and_an_expired_session_have_ciscos_codes(ucsm: UcsManager) -> None:
    """551 and 552."""
    with pytest.raises(UcsException, match="Authentication failed"):
        UcsHandle(ucsm.host, "ruleout", "wrong", port=ucsm.port).login(timeout=5)
    assert ucsm.sessions.refused == 1
    with handle(ucsm) as sdk:
        ucsm.troubles["faultInst"] = Trouble.EXPIRED
        with pytest.raises(UcsException, match="552"):
            sdk.query_classid("faultInst")
        ucsm.sessions.open_.add(sdk.cookie)


@pytest.mark.parametrize(
    ("class_id", "change", "says"),
    [
        pytest.param("vnicether", {}, "no class", id="class"),
        pytest.param("vnicEther", {"operState": "up"}, "operState is no property", id="property"),
        pytest.param("vnicEther", {"switchId": "C"}, "switchId cannot be 'C'", id="word"),
        pytest.param("vnicEther", {"addr": "0025.b50a.0001"}, "addr cannot be", id="pattern"),
        pytest.param("computeBlade", {"slotId": "9"}, "slotId cannot be '9'", id="range"),
        pytest.param("computeBlade", {"model": "x" * 511}, "model cannot be", id="length"),
        pytest.param("etherErrStats", {"fcs": "many"}, "fcs cannot be 'many'", id="number"),
        pytest.param("computeBlade", {"slotId": "7"}, "its name is not", id="name"),
    ],
)
def test_what_ciscos_metadata_does_not_admit_cannot_be_served(class_id: str, change: dict[str, str], says: str) -> None:
    """Otherwise the stand-in would teach us a manager that does not exist."""
    objects = domain(ESX)
    one = {**objects.get(class_id, objects["vnicEther"])[0], **change}
    with pytest.raises(ObjectWrongError, match=says):
        checked({class_id: [one]})


def test_two_objects_have_never_one_name() -> None:
    """The name is the key of everything."""
    objects = domain(ESX)
    with pytest.raises(ObjectWrongError, match="twice"):
        checked({"vnicEther": [objects["vnicEther"][0]] * 2})
