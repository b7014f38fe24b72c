"""An incident as one file through the whole bot: gathered, shared, redacted, and judged again from the file alone."""

import json
from collections.abc import Mapping
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from bot import exporter
from bot.errors import BundleError, InstrumentError, RequestError
from bot.incidents import bundle as cases
from bot.incidents.policy import Policy, Upload
from bot.inquiries import bundle, zipped
from bot.inquiries.bundle import Read
from bot.inquiries.rejudging import Held, again
from bot.model.audit import Deed
from bot.model.download import Link
from bot.model.job import Media, Probe
from bot.model.people import Member, Membership
from bot.model.request import LOOK_UP, Person, Place
from tests.bot.house import CAPTURER, House
from tests.bot.incidents.ground import ASKER, HERE, NOON, OFFICE, PROD
from tests.bot.test_noter import FAULT
from tests.bot.test_pasting import answered

CAPTURE = (Path(__file__).parents[1] / "captures" / "arp_flux_two_nics.pcap").read_bytes()
BEN = Person("T1", "U2")
SHARING = Policy(teams=("T1",), capturers=(CAPTURER,), upload=Upload((IPv4Network("10.0.0.0/8"),), 1 << 20))


def opened(rules: Policy | None = None) -> House:
    """With an open incident, two questions and two notes."""
    house = House(rules=rules)
    assert house.coordinator.inquirer is not None
    house.coordinator.inquirer.open('"odd VMs lose packets" affected app01 unaffected app02', ASKER, HERE)
    return house


def captured(house: House) -> None:
    """A check whose agents bring packets."""
    house.ask()
    done: set[str] = set()
    while left := [job for job in house.queue.jobs if job.id not in done and job.incident == house.card.id]:
        for job in left:
            done.add(job.id)
            if house.card.closed:
                continue
            if job.probe is Probe.VCENTER:
                house.looks_up(job)
            elif job.probe is Probe.ARP:
                house.reports(job, CAPTURE, Media.PCAP)
            else:
                house.reports(job, at=OFFICE if job.probe is Probe.ICMP else PROD)


def noted(house: House, **fields: str) -> None:
    assert house.coordinator.noter is not None
    house.coordinator.noter.note(fields, BEN, HERE)


def export(house: House, text: str = "", person: Person = ASKER, place: Place = HERE) -> str:
    assert house.coordinator.exporter is not None
    return house.coordinator.exporter.export(text, person, place)


def shared(house: House) -> Mapping[str, bytes]:
    place, name, data, _ = house.boards.shared[-1]
    assert place == HERE
    assert name.endswith(".zip")
    return zipped.read(data)


def read(house: House) -> Read:
    return bundle.unpack(shared(house))


def test_everything_is_in_it_and_judges_the_same() -> None:
    """Timeline, notes, verdicts, artifacts, deeds, a post-mortem; from the file alone."""
    house = opened(SHARING)
    noted(house, **FAULT, text="core-1 <went> down")
    captured(house)
    answered(house, "10.0.0.6")
    answered(house, "10.0.0.5", LOOK_UP)
    said = export(house)
    assert said.startswith("I am putting it together")
    found = read(house)
    told = again(found)
    assert [one.held for one in told] == [Held.SAME, Held.SAME, Held.NOTHING]
    assert all("and the same when judged again" in one.line for one in told[:2])
    assert [deed.deed for deed in found.audit if deed.said and "export" in deed.said] == [Deed.REQUESTED]
    text = shared(house)[bundle.POST_MORTEM].decode()
    assert text.startswith("# Post-mortem: odd VMs lose packets\n")
    assert r"core-1 \<went\> down" in text
    assert "noted by U2" in text
    for one in told[:2]:
        assert f"`{one.question.id}`" in text
    assert house.audit.deeds[-1] is Deed.UPLOADED


def test_without_a_rule_for_it_no_packet_leaves_for_the_channel() -> None:
    """What is left says so, and so does the judge; whoever may not download hears whom it is for."""
    house = opened()
    captured(house)
    export(house)
    files = shared(house)
    assert not [name for name in files if name.endswith(("pcap", "pcapng"))]
    assert "The rules let no captures into the channel" in house.boards.shared[-1][3]
    assert "The rules let no captures into the channel" in files[bundle.POST_MORTEM].decode()
    (told,) = again(read(house))
    assert told.held is Held.NOT_JUDGED
    assert "1 of its" in told.line
    assert house.boards.whispers[-1].startswith("The whole of it with its packets is for whoever may download them.")


def test_whoever_may_download_gets_a_link_to_the_whole() -> None:
    """Under the same rules as to a capture; and the link leads to the same file."""
    house = opened()
    captured(house)
    house.links.offered = (Link("inq.zip", "https://x/y", "sha256:0", 3, NOON),)
    export(house, person=CAPTURER)
    assert house.chat.handed == [(CAPTURER, HERE, house.links.offered)]
    (shelf,) = [name for name in house.archive.cases if name.startswith("export")]
    kept = house.archive.cases[shelf]
    (capture,) = cases.captures(kept[cases.EXPORT_INDEX])
    whole = bundle.unpack(zipped.read(kept[capture.filename]))
    assert [one.held for one in again(whole)] == [Held.SAME]
    assert house.audit.deeds[-2:] == [Deed.UPLOADED, Deed.LINKED]


def test_where_nothing_can_be_downloaded_the_other_way_is_named() -> None:
    """Whoever runs it has the whole."""
    house = opened()
    captured(house)
    export(house, person=CAPTURER)
    assert "`ruleout incident export inq-" in house.boards.whispers[-1]


def test_what_is_too_large_loses_its_packets_first_then_is_a_link(monkeypatch: pytest.MonkeyPatch) -> None:
    """And each step is said."""
    house = opened(SHARING)
    captured(house)
    export(house)
    whole = len(house.boards.shared[-1][2])
    monkeypatch.setattr(exporter, "MOST_SHARED", whole - 10)
    export(house, person=CAPTURER)
    assert "so they were left out" in house.boards.shared[-1][3]
    assert not [name for name in shared(house) if name.endswith(("pcap", "pcapng"))]
    monkeypatch.setattr(exporter, "MOST_SHARED", 10)
    house.links.offered = (Link("inq.zip", "https://x/y", "sha256:0", 3, NOON),)
    export(house, person=CAPTURER)
    assert len(house.boards.shared) == 2
    assert house.chat.handed


def test_redacted_nothing_is_called_by_its_name() -> None:
    """In the index, the cases, their artifacts and the post-mortem; and each thing has one other name."""
    house = opened(SHARING)
    noted(house, **FAULT, about="10.0.0.5", text="seen on app01 by Ana, 10.0.0.5 at 00:50:56:12:34:56")
    captured(house)
    answered(house, "app01")
    export(house, "redact")
    files = shared(house)
    found = read(house)
    assert found.redacted
    for name, data in files.items():
        text = data.decode("latin-1").casefold()
        assert bytes((10, 0, 0, 5)) not in data, name
        assert "10.0.0." not in text, name
        assert "app01" not in text, name
        assert "00:50:56:12:34:56" not in text
        assert not set(name.split("-")) & {"prod", "office"}
    assert [name.rpartition(".")[2] for name in files if name.endswith(("pcap", "pcapng", "png"))] == ["pcapng"]
    (first, second) = again(found)
    assert (first.held, second.held) == (Held.SAME, Held.SAME), (first.line, second.line)
    assert first.question.target == next(str(note.report.about) for note in found.inquiry.notes if note.report), (
        "the same address has the same other one"
    )


def test_a_redacted_case_without_packets_is_judged_the_same() -> None:
    """Its evidence is text, so nothing had to be left out."""
    house = opened()
    noted(house, **FAULT)
    answered(house)
    export(house, "redacted")
    (told,) = again(read(house))
    assert told.held is Held.SAME, told.line


def test_the_files_of_a_redacted_case_are_other_files_with_their_own_digests() -> None:
    """A changed artifact under its old digest would be called a forgery."""
    house = opened()
    answered(house)
    export(house)
    before = dict(shared(house))
    export(house, "redact")
    (case,) = [one.case for one in read(house).questions if one.case]
    rows = cases.listed(case[cases.INDEX])
    known, _ = cases.unpack(case)
    assert rows
    old = {artifact.digest for _, artifact in cases.listed(next(
        data for name, data in before.items() if name.endswith(cases.INDEX)
    )) if artifact.media is Media.VCENTER}  # fmt: skip
    assert not old & {artifact.digest for artifact in known.artifacts}
    assert known.verdict is not None
    assert all(
        witness.artifact in {artifact.digest for artifact in known.artifacts}
        for item in known.verdict.evidence
        for witness in item.witnesses
    )


def test_two_redactions_have_nothing_in_common() -> None:
    """Who has both learns no more than from one."""
    house = opened()
    answered(house)
    export(house, "redact")
    first = read(house).questions[0].target
    export(house, "redact")
    assert read(house).questions[0].target != first


@pytest.mark.parametrize("text", ["everything", "redact please"])
def test_another_word_is_told_what_there_is(text: str) -> None:
    """No export by mistake."""
    with pytest.raises(RequestError, match=r"I do not know what .* means there. Say `/incident export`"):
        export(opened(), text)


def test_where_there_never_was_an_incident() -> None:
    """The same sentence as for a summary."""
    with pytest.raises(RequestError, match="No incident is open in this channel"):
        export(opened(), place=Place("C9"))


def test_who_may_not_check_may_not_export() -> None:
    """Nothing is gathered for them."""
    house = opened()
    house.directory.members[ASKER] = Member(Membership.GUEST)
    with pytest.raises(RequestError):
        export(house)
    assert house.boards.shared == []


def test_no_export_goes_unrecorded() -> None:
    """It is a copy of all there is."""
    house = opened()
    house.audit.full.add(Deed.REQUESTED)
    with pytest.raises(InstrumentError, match="audit cannot be written"):
        export(house)
    assert house.boards.shared == []


def test_what_breaks_apart_is_told_to_whoever_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a reference for the operator."""
    house = opened()

    def broken(*_: object) -> tuple[()]:
        raise ZeroDivisionError

    monkeypatch.setattr(house.audit, "of_channel", broken)
    export(house)
    assert house.boards.whispers[-1].startswith("ruleout itself broke on this export")
    assert house.boards.shared == []


def test_a_case_that_cannot_be_read_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest is worth having."""
    house = opened()
    incident = answered(house)

    def changed(name: str) -> Mapping[str, bytes]:
        raise BundleError(f"{name} cannot be read: Input/output error.")

    monkeypatch.setattr(house.archive, "case", changed)
    export(house)
    assert f"The case of {incident.id} is not here" in shared(house)[bundle.POST_MORTEM].decode().replace("\\", "")
    assert read(house).questions[0].case is None


def test_a_verdict_that_is_another_one_today_is_said() -> None:
    """By one catalogue that is a fault of ours."""
    house = opened()
    incident = answered(house)
    files = dict(house.archive.cases[incident.id])
    index = json.loads(files[cases.INDEX])
    index["verdict"]["verdict"], index["verdict"]["grade"], index["verdict"]["cause"] = "guest", "proven", "guest.x"
    house.archive.cases[incident.id] = {**files, cases.INDEX: json.dumps(index).encode()}
    export(house)
    (told,) = again(read(house))
    assert told.held is Held.DIFFERS
    assert "it was GUEST, proven, guest.x" in told.line
    assert "please report this case" in told.line


def test_the_rules_hold_for_redacted_packets_too() -> None:
    """They are packets of somebody's machine still."""
    house = opened()
    captured(house)
    export(house, "redact")
    assert not [name for name in shared(house) if name.endswith(("pcap", "pcapng"))]
    (told,) = again(read(house))
    assert told.held is Held.NOT_JUDGED


def test_what_cannot_be_redacted_is_left_out_and_said() -> None:
    """A table over SNMP holds addresses in the names of its rows."""
    house = opened(SHARING)
    incident = answered(house)
    files = dict(house.archive.cases[incident.id])
    index = json.loads(files[cases.INDEX])
    for row in index["artifacts"]:
        if row["artifact"]["media"] == Media.NEIGHBOURS:
            row["artifact"]["media"] = Media.NETWORK
    house.archive.cases[incident.id] = {**files, cases.INDEX: json.dumps(index).encode()}
    export(house, "redact")
    (told,) = again(read(house))
    assert told.held is Held.NOT_JUDGED
    assert "It cannot be judged again from this redacted bundle" in told.line
    assert "tables over SNMP" in shared(house)[bundle.POST_MORTEM].decode()
