"""Tables that people paste, from the door to the verdict; agents, the chat and the clock are on paper."""

from dataclasses import replace
from ipaddress import IPv4Address

import pytest

from bot.errors import FormError, InstrumentError, RequestError
from bot.incidents import bundle, pasting, rejudge
from bot.incidents.card import card
from bot.model import codec
from bot.model.audit import Deed
from bot.model.dropped import DroppedFile
from bot.model.incident import Incident, Outcome, Requested
from bot.model.job import Media, Probe
from bot.model.network import Role, Table
from bot.model.pasted import PastedTable
from bot.model.people import Member, Membership
from bot.model.request import CHECK, TRACE, Place, Target
from bot.probes import pasted
from tests.bot.house import House
from tests.bot.incidents.ground import ASKER, HERE, NOON, OFFICE, PROD
from tests.bot.probes.pasted import outputs

THREAD = Place(HERE.channel, "5.5")
SNIPPET = DroppedFile("F1", "core-1.txt", 400)


@pytest.fixture
def house() -> House:
    return House()


def answered(house: House, text: str = "10.0.0.5", command: str = CHECK, place: Place = HERE) -> Incident:
    """A question that came to its end, with its card in the channel."""
    incident = house.coordinator.ask(command, text, ASKER, place)
    house.coordinator.published(incident.id, place.channel, "5.5")
    finish(house)
    return house.card


def finish(house: House) -> None:
    """Every agent and every vCenter answers, until nothing is asked any more."""
    done: set[str] = set()
    while left := [job for job in house.queue.jobs if job.id not in done and job.incident == house.card.id]:
        for job in left:
            done.add(job.id)
            if house.card.closed is None:
                answer(house, job.id)


def answer(house: House, name: str) -> None:
    job = next(job for job in house.queue.jobs if job.id == name)
    if job.probe is Probe.VCENTER:
        house.looks_up(job)
    else:
        house.reports(job, at=OFFICE if job.probe is Probe.ICMP else PROD)


def paste(house: House, text: str = outputs.IOS_ARP, place: Place = THREAD, **fields: str) -> str:
    return house.coordinator.paste({"text": text, **fields}, (), ASKER, place)


def test_a_table_in_the_thread_of_a_card_asks_its_question_again(house: House) -> None:
    """The table stands there as an instrument with its reporter; nobody types the address twice."""
    before = answered(house)
    said = paste(house, role="core")
    assert said == "I read 4 entries of `show ip arp` of core-1."
    now = house.card
    assert now.id != before.id
    assert now.request.place == THREAD
    assert (now.request.command, now.request.target) == (CHECK, Target(address=IPv4Address("10.0.0.5")))
    (table,) = now.request.tables
    assert (table.device, table.role, table.table, table.entries) == ("core-1", Role.CORE, Table.ARP, 4)
    (line,) = [one for one in card(now, ()).instruments if one.name == "core-1"]
    assert (line.looks_for, str(line)) == ("show ip arp, pasted by U1", "reported")
    assert not [job for job in house.queue.jobs if job.queue == pasting.QUEUE]


def test_its_macs_are_evidence_before_anything_is_asked(house: House) -> None:
    """What a table holds is compared, and stands in the path view and in the case."""
    answered(house)
    paste(house, role="core")
    finish(house)
    path = house.card.path
    assert path is not None
    (hop,) = [hop for hop in path.hops if hop.device == "core-1"]
    assert (hop.mac, hop.source, hop.at) == ("00:50:56:80:12:34", "pasted by U1", "Vlan10")
    case, blobs = bundle.unpack(house.archive.cases[house.card.id])
    (artifact,) = [one for one in case.artifacts if one.media is Media.PASTED]
    assert outputs.IOS_ARP.split("\n")[2] in blobs[artifact.digest].decode()
    again = rejudge.rejudge(case, blobs)
    assert again.changes == ()
    assert again.now == replace(house.card.verdict, case=None)  # type: ignore[type-var]
    assert again.path == path


def test_tables_add_up_and_a_newer_one_replaces_the_older(house: House) -> None:
    """Two devices are two tables; the same command of one device again is the newer word."""
    answered(house)
    paste(house)
    house.clock.forward(60)
    paste(house, outputs.IOS_MAC)
    assert [(one.device, one.command) for one in house.card.request.tables] == [
        ("core-1", "show ip arp"),
        ("acc-1", "show mac address-table"),
    ]
    house.clock.forward(60)
    paste(house, outputs.IOS_ARP.replace("0050.5680.1234", "0050.5680.aaaa").replace("show ip arp", "sh ip ar"))
    newest = house.card
    first, second = sorted(newest.request.tables, key=lambda one: one.command)
    assert "0050.5680.aaaa" in first.text
    assert first.pasted_at > second.pasted_at


def test_asked_again_an_old_table_has_no_say(house: House) -> None:
    """The entry may have been cleared since; who wants it compared pastes it anew."""
    answered(house)
    paste(house)
    house.coordinator.again(house.card.id, ASKER, THREAD)
    assert house.card.request.tables == ()


def test_several_tables_in_one_paste_are_as_many_instruments(house: House) -> None:
    """Each can be replaced by itself, and each keeps its own device."""
    answered(house)
    said = paste(house, outputs.IOS_ARP + outputs.IOS_MAC, device="core-1")
    assert said == "I read 4 entries of `show ip arp` of core-1 and 3 entries of `show mac address-table` of acc-1."
    tables = house.card.request.tables
    assert [one.device for one in tables] == ["core-1", "acc-1"]
    assert [(r.tables[0].table, r.tables[0].entries) for r in map(_alone, tables)] == [(Table.ARP, 4), (Table.FDB, 3)]


def _alone(one: PastedTable) -> pasting.Pasted:
    return pasting.read({"text": one.text, "device": one.device}, one.reporter, one.pasted_at)


def test_a_card_of_a_comparison_is_compared_again(house: House) -> None:
    """Also where the question was asked inside the thread."""
    answered(house, command=TRACE, place=THREAD)
    paste(house)
    assert house.card.request.command == TRACE


def test_an_address_in_the_words_needs_no_card(house: House) -> None:
    """The table came before the question."""
    said = house.coordinator.paste_words(f"10.0.0.5 core-1 core\n{outputs.IOS_ARP}", (), ASKER, HERE)
    assert said.startswith("I read 4 entries")
    assert (house.card.request.command, house.card.request.place) == (CHECK, HERE)
    assert house.card.request.tables[0].role is Role.CORE


@pytest.mark.parametrize(
    ("words", "device"),
    [
        pytest.param("core-7 core\n", "core-7", id="below"),
        pytest.param("core-7\n```\n", "core-7", id="a fence below"),
        pytest.param("core-7 ```", "core-7", id="a fence beside"),
        pytest.param("", "core-1", id="the prompt says it"),
        pytest.param("core cisco_ios\n", "core-1", id="role and platform"),
    ],
)
def test_the_words_before_the_table_are_read(house: House, words: str, device: str) -> None:
    """In any order, and the table in a fence or not."""
    answered(house)
    house.coordinator.paste_words(f"{words}{outputs.IOS_ARP}", (), ASKER, THREAD)
    assert house.card.request.tables[0].device == device


def test_a_file_beside_the_words_is_read(house: House) -> None:
    """A longer table than a message holds."""
    answered(house)
    house.drops.data = outputs.IOS_ARP.encode()
    assert house.coordinator.paste_words("core-1 core", (SNIPPET,), ASKER, THREAD).startswith("I read 4 entries")
    house.drops.data = InstrumentError("core-1.txt is larger than 1 MiB, the most I read.")
    with pytest.raises(InstrumentError, match="larger than 1 MiB"):
        house.coordinator.paste_words("core-1 core", (SNIPPET,), ASKER, THREAD)
    with pytest.raises(RequestError, match="There are 2 files"):
        house.coordinator.paste_words("core-1 core", (SNIPPET, SNIPPET), ASKER, THREAD)


def test_what_was_not_read_is_said_at_once(house: House) -> None:
    """The reporter can paste the rest; a table about others is taken, and says that it is one."""
    answered(house)
    other = outputs.IOS_ARP.replace("10.0.0.5 ", "10.9.9.9 ")
    assert paste(house, other).endswith("10.0.0.5 is not in it.")
    cut = outputs.IOS_ARP.replace("core-1#\n", " --More-- ")
    assert paste(house, cut).endswith("Of `show ip arp` not all is here: it ends where the pager waited for a key.")


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"text": "hello"}, {"text": "I find no table in that: paste the output"}),
        ({"text": outputs.IOS_ARP, "device": "a b"}, {"device": "a b is no device's name"}),
        ({"text": outputs.IOS_ARP, "role": "king"}, {"role": "king is no role; one of core, firewall"}),
        ({"text": outputs.IOS_ARP, "platform": "plan9"}, {"text": "'plan9' is no platform that I know"}),
        ({"text": outputs.IOS_ARP, "target": "10.0.0.300"}, {"target": "10.0.0.300 is not an IPv4 address"}),
        ({"text": "x" * (1 << 20) + "y"}, {"text": "That is 1,048,577 characters"}),
    ],
)  # fmt: skip
def test_each_wrong_field_has_its_sentence(house: House, fields: dict[str, str], wrong: dict[str, str]) -> None:
    """It stands below that field, and nothing is asked."""
    before = answered(house)
    with pytest.raises(FormError) as refused:
        house.coordinator.paste(fields, (), ASKER, THREAD)
    assert refused.value.errors.keys() == wrong.keys()
    assert all(refused.value.errors[name].startswith(sentence) for name, sentence in wrong.items())
    assert house.card.id == before.id


def test_without_a_card_and_an_address_nobody_knows_what_it_is_about(house: House) -> None:
    """And words that are none of ours are no device's name."""
    with pytest.raises(RequestError, match="I do not know which machine that is about"):
        paste(house)
    with pytest.raises(RequestError, match="I do not know which machine that is about"):
        paste(house, place=HERE)
    with pytest.raises(RequestError, match="I do not know what core-2 means there"):
        house.coordinator.paste_words(f"core-1 core-2\n{outputs.IOS_ARP}", (), ASKER, THREAD)


def test_the_thread_is_still_known_to_a_bot_that_was_restarted(house: House) -> None:
    """The audit and the journal outlive it."""
    answered(house)
    house.coordinator = house.bot()
    assert paste(house).startswith("I read 4 entries")


def test_the_audit_says_whose_table_and_not_what_is_in_it(house: House) -> None:
    """A table of a network is nobody else's business."""
    answered(house)
    paste(house)
    entry = [one for one in house.audit.entries if one.deed is Deed.REQUESTED][-1]
    assert entry.read_as == "arpcheck 10.0.0.5 with core-1: show ip arp (4)"
    assert entry.said == "table core-1: show ip arp (4)"
    assert "0050.5680" not in f"{entry}"


def test_who_may_not_check_may_not_paste(house: House) -> None:
    """The form is not shown either."""
    answered(house)
    house.directory.members[ASKER] = Member(Membership.GUEST)
    for door in (lambda: paste(house), lambda: house.coordinator.table_form(None, ASKER, THREAD)):
        with pytest.raises(RequestError):
            door()
    assert house.audit.deeds.count(Deed.REFUSED) == 2


def test_the_form_knows_the_machine_and_what_can_be_chosen(house: House) -> None:
    """By its button or by its thread."""
    before = answered(house)
    for form in (
        house.coordinator.table_form(before.id, ASKER, HERE),
        house.coordinator.table_form(None, ASKER, THREAD),
    ):
        assert form.fields == {"target": "10.0.0.5"}
        assert [one.name for one in form.roles] == ["core", "firewall", "distribution", "access", "other"]
        assert len(form.platforms) >= 10
    assert house.coordinator.table_form(None, ASKER, HERE).fields == {}


def test_a_request_with_tables_survives_the_journal() -> None:
    """And one of an older bot, which knew of none."""
    found = pasting.read({"text": outputs.IOS_ARP, "role": "core"}, "U7", NOON)
    house = House()
    request = replace(answered(house).request, tables=found.tables)
    written = codec.encode(Requested(at=NOON, request=request))
    assert codec.decode(Requested, written).request == request
    del written["request"]["tables"]
    assert codec.decode(Requested, written).request.tables == ()


def test_together_they_have_a_bound(house: House) -> None:
    """An incident is not a store of files."""
    answered(house)
    row = "Internet  10.0.0.{0}   187   0050.5680.1234  ARPA   Vlan10\n"
    many = "core-1#show ip arp\n" + "".join(row.format(number % 250) for number in range(10_000))
    paste(house, many)
    with pytest.raises(RequestError, match="Together these tables have more than 1 MiB"):
        paste(house, many, device="core-2")


def test_a_row_of_another_machine_does_not_hide_the_targets(house: House) -> None:
    """Who looks at a neighbour next still wants to know what the first table held."""
    answered(house, command=TRACE)
    paste(house, outputs.IOS_ARP)
    finish(house)
    house.clock.forward(60)
    paste(house, "core-1#sh ip arp 10.0.0.77\nInternet  10.0.0.77     2   0050.56aa.0077  ARPA   Vlan10\ncore-1#\n")
    finish(house)
    assert len(house.card.request.tables) == 2
    assert house.card.path is not None
    assert [hop.mac for hop in house.card.path.hops if hop.device == "core-1"] == ["00:50:56:80:12:34"]


@pytest.mark.parametrize("command", [CHECK, TRACE])
def test_where_nobody_can_look_the_tables_are_what_there_is(command: str) -> None:
    """No agent stands in 10.0.7.0/24 and no vCenter is asked; a person was at the switch."""
    house = House(vcenters=())
    found = pasting.read({"text": outputs.IOS_ARP.replace("10.0.0.5 ", "10.0.7.5 ")}, "U7", NOON)
    house.coordinator.ask(command, "10.0.7.5", ASKER, HERE, found.tables)
    closed = house.card.closed
    assert closed is not None
    assert closed.outcome is Outcome.ANSWERED
    path = house.card.path
    assert path is not None
    assert "No agent stands on 10.0.7.5's network" in " ".join(path.missing)
    assert [hop.device for hop in path.hops] == ["core-1"]


def test_a_line_keeps_its_number_in_a_paste_of_several_tables() -> None:
    """Whoever doubts an entry looks for it in what was pasted."""
    text = f"{outputs.IOS_ARP}\n{outputs.IOS_MAC}"
    whole = [line for told in pasted.take(_pasted(text)).tables for line, _ in told.rows]
    alone = [
        line
        for table in pasting.read({"text": text}, "U7", NOON).tables
        for told in pasted.take(_pasted(table.text)).tables
        for line, _ in told.rows
    ]
    assert len(whole) > 4
    assert alone == whole


def _pasted(text: str) -> pasted.Paste:
    return pasted.Paste(text=text, reporter="U7", pasted_at=NOON)
