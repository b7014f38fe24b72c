"""An answer to WaitForUpdatesEx as a delta: what the simulator never says, a vCenter may."""

from io import BytesIO
from xml.etree import ElementTree

from bot.agents.vcenter.index import Delta
from bot.agents.vcenter.updates import Answer, read

SPACES = 'xmlns="urn:vim25" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'


def answer(*objects: str, truncated: str = "") -> Answer:
    text = f"<r {SPACES}><version>7</version>{''.join(objects)}{truncated}</r>"
    tags = {f"{{urn:vim25}}{name}" for name in ("version", "objectSet", "truncated")}
    return read(each for _, each in ElementTree.iterparse(BytesIO(text.encode())) if each.tag in tags)


def vm(kind: str, *changes: str, id_: str = "vm-7") -> str:
    head = f'<objectSet><kind>{kind}</kind><obj type="VirtualMachine">{id_}</obj>'
    return f"{head}{''.join(changes)}</objectSet>"


def change(name: str, value: str = "", op: str = "assign") -> str:
    return f"<changeSet><name>{name}</name><op>{op}</op>{value}</changeSet>"


NAME = change("name", "<val>&lt;b&gt;app&amp;07&lt;/b&gt;</val>")
NIC = change("config.hardware.device[4000]", "<val><key>4000</key><macAddress>00:50:56:aa:00:07</macAddress></val>")
DENIED = '<missingSet><path>guest.net</path><fault><fault xsi:type="NoPermission"/></fault></missingSet>'


def test_a_vm_that_enters_is_a_row_by_itself() -> None:
    """The first answers are 10,000 of these: none of them costs another call."""
    told = answer(vm("enter", NAME, NIC))
    (row,) = told.delta.vms
    assert (row.id, row.name, row.macs, told.vms) == ("vm-7", "<b>app&07</b>", ("00:50:56:aa:00:07",), frozenset())


def test_a_property_that_is_absent_is_not_made_up() -> None:
    """A VM that is being created, or is orphaned, has neither power state nor guest."""
    (row,) = answer(vm("enter", NAME, NIC)).delta.vms
    assert (row.on, row.addresses, row.last_ip, row.denied) == (False, (), None, False)


def test_a_property_that_is_held_back_is_noticed() -> None:
    """There is no error; only a list of what is missing."""
    (row,) = answer(vm("enter", NAME, NIC, DENIED)).delta.vms
    assert row.denied


def test_a_vm_without_a_vnic_under_the_usual_keys_is_read_again() -> None:
    """It may have none, or one with another key: only all of its devices tell."""
    told = answer(vm("enter", NAME))
    assert (told.delta, told.vms) == (Delta(), frozenset({"vm-7"}))


def test_a_vm_with_fewer_vnics_than_it_says_is_read_again() -> None:
    """An SR-IOV card may have a key far from those of the other vNICs."""
    assert answer(vm("enter", NAME, NIC, change("summary.config.numEthernetCards", "<val>2</val>"))).vms == {"vm-7"}


def test_a_change_is_read_again_whatever_it_says() -> None:
    """A change within an array comes in forms that differ between vCenters; the VM itself does not lie."""
    nested = change('config.hardware.device["4000"].macAddress', "<val>00:50:56:aa:00:08</val>")
    for told in (nested, change("guest.net", op="remove"), change("config.hardware.device[4000]", op="indirectRemove")):
        assert answer(vm("modify", told)).vms == {"vm-7"}


def test_the_last_word_on_an_object_counts() -> None:
    """One answer may tell of a VM that changed and then went, or went and came back."""
    assert answer(vm("modify", NAME), vm("leave")).delta == Delta(gone=frozenset({"vm-7"}))
    back = answer(vm("leave"), vm("enter", NAME, NIC))
    assert ([row.id for row in back.delta.vms], back.delta.gone) == (["vm-7"], frozenset())


def test_an_answer_that_was_cut_short_says_so() -> None:
    """What follows has to be asked for at once, or half of the vCenter would be missing."""
    assert answer(truncated="<truncated>true</truncated>").more
    assert not answer(vm("enter", change("config", "<val><truncated>true</truncated></val>"))).more
