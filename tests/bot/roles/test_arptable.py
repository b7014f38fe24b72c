"""``ruleout arptable`` and ``ruleout judge`` of its case: the table, or the same as data."""

import json
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from bot.__main__ import main
from bot.archive import CaseArchive
from bot.errors import InstrumentError
from bot.incidents import bundle
from bot.incidents.bundle import Case
from bot.model import codec
from bot.model.incident import Outcome
from bot.model.path import Path as TablePath
from bot.roles import arptable
from tests.bot import paths
from tests.bot.slack import stories


@pytest.mark.parametrize(
    ("told", "status"),
    [
        pytest.param(paths.stale(), 0, id="stale"),
        pytest.param(paths.agreeing(), 0, id="agreeing"),
        pytest.param(paths.unread(), 1, id="nothing could be compared"),
        pytest.param(paths.empty(), 1, id="nothing read"),
        pytest.param(paths.only_the_wire(), 1, id="no table read"),
    ],
)
def test_the_table_is_printed_and_the_status_says_whether_anything_was_compared(
    told: TablePath, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """A script can tell "nobody could look" from an answer."""
    assert arptable.shown(stories.traced(told), as_json=False) == status
    assert capsys.readouterr().out.startswith("ARP TABLES · ")


def test_as_data_it_is_the_path_as_the_codec_writes_it(capsys: pytest.CaptureFixture[str]) -> None:
    """Hop by hop, with its mark, and the case's id."""
    assert arptable.shown(stories.traced(paths.stale()), as_json=True) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told.pop("says"), told.pop("case")) == ("2 of 4 entries differ", "inc-k3v9")
    assert codec.decode(TablePath, told) == paths.stale()


def test_without_a_path_it_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    """A refusal is an answer; a failure is an error of ours with its sentence."""
    refused = stories.unanswered(Outcome.REFUSED, "No device is configured.")
    assert arptable.shown(refused, as_json=True) == 1
    assert json.loads(capsys.readouterr().out)["because"] == "No device is configured."
    with pytest.raises(InstrumentError, match="Nobody answered"):
        arptable.shown(stories.unanswered(Outcome.FAILED, "Nobody answered."), as_json=False)


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """The case of a comparison."""
    incident = stories.traced(paths.stale())
    CaseArchive(tmp_path).save("inc-k3v9", bundle.pack(Case(paths.TARGET, (), (), incident.timeline), {}))
    return tmp_path / "inc-k3v9"


def test_a_case_of_a_comparison_shows_the_table_again(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No verdict was asked for, and none is given."""
    assert main(["judge", str(case)]) == 0
    text = capsys.readouterr().out
    assert text.startswith("ARP TABLES · 2 of 4 entries differ · 10.0.0.5\n")
    assert "INCONCLUSIVE" not in text


def test_the_same_as_data_and_as_a_picture(case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What the thread got."""
    drawn = tmp_path / "tables.png"
    assert main(["judge", str(case), "--json", "--picture", str(drawn)]) == 0
    assert codec.decode(TablePath, json.loads(capsys.readouterr().out)["path"]) == paths.stale()
    with Image.open(BytesIO(drawn.read_bytes())) as picture:
        assert picture.width == 960


def test_a_case_of_a_check_shows_its_verdict_and_the_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The verdict first."""
    incident = stories.judged_beside(paths.stale(), replace(stories.guest_proven(), catalogue="0"))
    kept = Case(paths.TARGET, (), (), incident.timeline, incident.verdict)
    CaseArchive(tmp_path).save("inc-k3v9", bundle.pack(kept, {}))
    assert main(["judge", str(tmp_path / "inc-k3v9")]) == 0
    text = capsys.readouterr().out
    assert text.index("When the case was closed") < text.index("ARP TABLES · 2 of 4 entries differ")
