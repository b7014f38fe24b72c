"""``ruleout split`` from a terminal: a table in, the outcome out, and a report that ``ruleout judge`` takes."""

import json
from pathlib import Path

import pytest

from bot.__main__ import main
from tests.bot.split.tables import as_json, machine, story

TESTS = Path(__file__).parents[2]
CAPTURE = TESTS / "captures" / "arp_flux_two_nics.pcap"
SNAPSHOT = TESTS / "vcsim" / "owners.snapshot.json"
CONTROL = machine("app22", True, "B", "esx-b1", "bondguard")


def written(folder: Path, *more: dict[str, object]) -> str:
    path = folder / "table.json"
    path.write_bytes(as_json([*story(), *more]))
    return str(path)


def test_a_table_is_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What an incident channel pastes."""
    assert main(["split", written(tmp_path)]) == 0
    assert capsys.readouterr().out.startswith("INCONCLUSIVE · split · 10 affected, 10 not, 0 not known\n")


def test_the_outcome_as_data_says_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With the sentences, and what a vCenter could not add."""
    assert main(["split", written(tmp_path), "--vcenter", str(SNAPSHOT), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["conclusion"], told["side"], told["report"]) == ("equal", None, [])
    assert told["leaders"][1]["trait"] == {"attribute": "cluster", "values": ["A"], "has": True}
    assert told["leaders"][1]["sides"] == ["hypervisor"]
    assert told["says"][0].startswith("agent = bondguard, cluster = A and odd number")
    assert told["look_at"]
    assert told["missing"][0].startswith("app02, app03, app04")


def judged(reports: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    assert main(["judge", str(CAPTURE), "--target", "10.0.0.9", "--report", str(reports), "--json"]) == 0
    verdict: dict[str, object] = json.loads(capsys.readouterr().out)
    return verdict


def test_a_side_that_stands_alone_is_evidence_beside_a_capture(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The capture alone says nothing of this address; with the split the guest is likely, with half of one nobody."""
    reports = tmp_path / "report.json"
    assert main(["split", written(tmp_path, CONTROL), "--report", str(reports)]) == 0
    assert capsys.readouterr().out.startswith("GUEST")
    verdict = judged(reports, capsys)
    assert (verdict["verdict"], verdict["grade"], verdict["cause"]) == ("guest", "likely", "guest.software_faulty")
    assert "What the guests run separates the affected from the unaffected (the split)." in str(verdict["claim"])
    assert main(["split", written(tmp_path), "--report", str(reports)]) == 0
    assert json.loads(reports.read_text()) == []
    capsys.readouterr()
    assert judged(reports, capsys)["verdict"] == "inconclusive"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        pytest.param(["/nowhere.csv"], "/nowhere.csv cannot be read: No such file or directory.", id="no-table"),
        pytest.param(["TABLE", "--vcenter", "/nowhere"], "/nowhere cannot be read: No such file", id="no-snapshot"),
        pytest.param(["TABLE", "--vcenter", "TABLE"], "This is no vCenter snapshot", id="not-a-snapshot"),
        pytest.param(["TABLE", "--report", "/nowhere/r"], "/nowhere/r cannot be written: No such file", id="no-folder"),
        pytest.param([str(CAPTURE)], "The table is not text in UTF-8", id="not-a-table"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_status_two(
    words: list[str], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No traceback, and nothing printed that could be taken for an outcome."""
    table = written(tmp_path)
    assert main(["split", *(table if word == "TABLE" else word for word in words)]) == 2
    printed = capsys.readouterr()
    assert says in printed.err
    assert printed.out == ""
