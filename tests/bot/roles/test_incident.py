"""``ruleout incident export ID``: from the journal, the archive and the audit into one file, without the bot."""

from pathlib import Path

import pytest

from bot.__main__ import main
from bot.archive import CaseArchive
from bot.audit import FileAudit
from bot.inquiries import bundle, zipped
from bot.model.audit import Deed, Entry
from bot.model.request import Person
from bot.queue.inquiries import RedisInquiries
from bot.queue.journal import RedisJournal
from tests.bot.incidents.ground import HERE, NOON
from tests.bot.test_exporter import opened
from tests.bot.test_noter import FAULT, doors
from tests.bot.test_pasting import answered

pytestmark = pytest.mark.server
BEN = Person("T1", "U2")


@pytest.fixture
def kept(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The id of an incident that a bot left on the server and on the disk."""
    url = request.getfixturevalue("redis_tcp").url
    house = opened()
    doors(house).note(FAULT, BEN, HERE)
    incident = answered(house)
    (name,) = house.inquiries.of_channel(HERE.channel)
    inquiry = house.inquiries.read(name)
    assert inquiry is not None
    inquiries, journal = RedisInquiries(url), RedisJournal(url)
    for deed in inquiry.timeline:
        inquiries.append(name, deed)
    for event in incident.timeline:
        journal.append(incident.id, event)
    inquiries.close()
    journal.close()
    CaseArchive(tmp_path / "cases").save(incident.id, house.archive.cases[incident.id])
    FileAudit(tmp_path / "audit.jsonl").record(Entry(at=NOON, deed=Deed.REQUESTED, person=BEN, place=HERE, said="here"))
    monkeypatch.setenv("RULEOUT_REDIS_URL", url)
    monkeypatch.setenv("RULEOUT_CASES_DIR", str(tmp_path / "cases"))
    return name


def test_it_is_written_and_judges_the_same(kept: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By its id."""
    path = tmp_path / "out.zip"
    assert main(["incident", "export", kept, "--out", str(path)]) == 0
    assert "1 questions, 1 cases" in capsys.readouterr().out
    read = bundle.unpack(zipped.read(path.read_bytes()))
    assert [entry.said for entry in read.audit] == ["here"]
    assert read.inquiry.notes
    assert main(["judge", str(path)]) == 0


def test_redacted_by_the_channels_id(kept: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The newest one of the channel; without packets to leave out it still judges the same."""
    path = tmp_path / "out.zip"
    assert main(["incident", "export", "C1", "--redact", "--out", str(path)]) == 0
    assert all(b"10.0.0." not in data for data in zipped.read(path.read_bytes()).values())
    assert main(["judge", str(path)]) == 0
    assert f"{kept}, redacted" in capsys.readouterr().out


def test_what_there_is_none_of(kept: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One sentence each, exit status 2."""
    assert kept
    assert main(["incident", "export", "inq-nobody"]) == 2
    assert "No incident is called inq-nobody; its id stands" in capsys.readouterr().err
    assert main(["incident", "export", kept, "--out", str(tmp_path / "no" / "x.zip")]) == 2
    assert "cannot be written: No such file or directory. Name a file" in capsys.readouterr().err
