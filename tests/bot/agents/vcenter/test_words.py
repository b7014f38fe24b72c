"""A vCenter that is newer than pyVmomi says things that pyVmomi has no word for: that part is lost, with a sentence."""

from typing import Any

import pytest
from pyVmomi import vim

from bot.agents.deadline import Deadline
from bot.agents.vcenter.stub import Stub
from bot.errors import InstrumentError
from bot.probes.vcenter import Snapshot
from tests.bot.agents.vcenter.conftest import MakeWorker, settings
from tests.fixtures.vcsim import StartHere

pytestmark = pytest.mark.vcsim

FETCH = "FetchDVPorts"


def ports(holding: str) -> dict[str, Any]:
    """A distributed port whose answer holds this besides its key."""
    answer = f'<{FETCH}Response xmlns="urn:vim25"><returnval><key>700</key>{holding}</returnval></{FETCH}Response>'
    return {"method": FETCH, "answer": answer}


def refused(name: str, holding: str = "") -> dict[str, Any]:
    """A fault of this name."""
    said = f'<{name}Fault xmlns="urn:vim25" xsi:type="{name}">{holding}</{name}Fault>'
    fault = f"<faultcode>ServerFaultCode</faultcode><faultstring>no</faultstring><detail>{said}</detail>"
    return {"method": FETCH, "http": 500, "answer": f"<soapenv:Fault>{fault}</soapenv:Fault>"}


def dynamic(kind: str, value: str) -> str:
    """A property that any object may have, of any type."""
    return f'<dynamicProperty><name>x</name><val xsi:type="{kind}">{value}</val></dynamicProperty>'


NEWER = [
    pytest.param(
        ports('<config><setting xsi:type="PortOfTomorrow"/></config>'), "(the type PortOfTomorrow)", id="a type"
    ),
    pytest.param(
        ports(dynamic("VirtualMachinePowerState", "poweredSideways")),
        "(the value poweredSideways of vim.VirtualMachine.PowerState)",
        id="a value of an enumeration",
    ),
    pytest.param(ports("<tomorrow>1</tomorrow>"), "(the property tomorrow)", id="a property"),
    pytest.param(ports("<conflict>perhaps</conflict>"), "(the value perhaps)", id="no boolean"),
    pytest.param(refused("Tomorrow"), "(the fault Tomorrow)", id="a fault"),
    pytest.param(refused("DVPortStatus"), "(a refusal without a fault)", id="a fault that is none"),
]


@pytest.mark.parametrize(("answer", "unknown"), NEWER)
def test_the_owners_and_every_other_family_are_told_all_the_same(
    vcsim: StartHere, worker: MakeWorker, answer: dict[str, Any], unknown: str
) -> None:
    """One new word in one answer must not take the whole look-up with it, nor be taken for a fault of our own."""
    looking = worker(vcsim("facts.json"))
    whole = looking.ask("10.0.0.5")
    looking.vcenter.apply(faults=[answer])
    less = looking.ask("10.0.0.5")
    assert [vm.name for vm in less.vms] == [vm.name for vm in whole.vms] == ["app01"]
    assert lost(whole, less) == {"ports"}
    assert f"because its answer holds something unknown to us {unknown}." in " ".join(less.unread)


@pytest.mark.parametrize(
    ("fault", "because"),
    [
        pytest.param("NoPermission", "the account lacks the permission", id="no permission"),
        pytest.param("HostNotReachable", "it answered with HostNotReachable", id="another"),
    ],
)
def test_a_known_fault_with_an_unknown_word_inside_is_that_fault(
    vcsim: StartHere, worker: MakeWorker, fault: str, because: str
) -> None:
    """What it means is known, and what to do about it; so is a session that is over."""
    looking = worker(vcsim("facts.json"))
    looking.vcenter.apply(faults=[refused(fault, "<tomorrow>1</tomorrow>")])
    assert f"because {because}." in " ".join(looking.ask("10.0.0.5").unread)


def test_a_login_with_an_unknown_answer_says_what_to_do(vcsim: StartHere, worker: MakeWorker) -> None:
    """Without a session nothing can be looked up: the person who runs the worker has to hear why."""
    looking = worker(vcsim("owners.json"))
    answer = '<LoginResponse xmlns="urn:vim25"><returnval xsi:type="Tomorrow"/></LoginResponse>'
    looking.vcenter.apply(faults=[{"method": "Login", "answer": answer}])
    with pytest.raises(InstrumentError, match=r"unknown to us \(the type Tomorrow\)\. .* update it\."):
        looking.ask("10.0.0.5")


def test_a_mistake_of_our_own_is_no_answer_of_the_vcenter(vcsim: StartHere) -> None:
    """An argument without the parts that a request needs is a bug, and has to be seen as one."""
    vcenter = vcsim("owners.json")
    given = settings(vcenter.port, vcenter.ca_file)
    stub = Stub(given, given.tls(), "vim.version.v8_0_1_0", Deadline.after(10))
    finder = vim.SearchIndex("SearchIndex", stub)
    with pytest.raises(AttributeError):
        stub.InvokeMethod(finder, vim.SearchIndex._GetMethodInfo("FindAllByIp"), (object(), "10.0.0.5", True))


def lost(whole: Snapshot, less: Snapshot) -> set[str]:
    """The families that only the first one tells."""
    one, other = whole.surroundings, less.surroundings
    assert one is not None
    assert other is not None
    return {name for name in one.__slots__ if getattr(one, name) is not None and getattr(other, name) is None}
