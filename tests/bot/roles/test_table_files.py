"""``--tables FILE`` beside a case or a capture: the same readers, and the same verdict again."""

import json
from pathlib import Path

import pytest

from bot.__main__ import main
from tests.bot.probes.pasted import outputs

SCENARIOS = Path(__file__).parents[2] / "scenarios" / "guest.bonding_agent_answers_with_two_macs"
CASE = SCENARIOS / "crashed_agent"
CAPTURE = CASE / "2-agent-prod-arp.pcap"


@pytest.fixture
def core(tmp_path: Path) -> Path:
    path = tmp_path / "core.txt"
    path.write_text(outputs.IOS_ARP, encoding="utf-8")
    return path


def judged(capsys: pytest.CaptureFixture[str], *words: str | Path) -> str:
    assert main(["judge", *map(str, words)]) == 0
    return capsys.readouterr().out


def test_a_table_beside_a_capture_is_compared(core: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its name is given or stands in its prompt."""
    for given, name in ((f"{core}", "core-1"), (f"router-9={core}", "router-9")):
        told = judged(capsys, CAPTURE, "--target", "10.0.0.5", "--tables", given)
        assert name in told
        assert "00:50:56:80:12:34" in told


def test_a_table_beside_a_case_is_further_evidence_and_no_fault_of_ours(
    core: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The case was closed without it, so its verdict may differ."""
    told = judged(capsys, CASE, "--tables", core)
    assert "core-1" in told
    assert "please report this case" not in told


def test_the_same_files_give_the_same_verdict(core: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Also the second time, and in several files."""
    fdb = core.with_name("fdb.txt")
    fdb.write_text(outputs.IOS_MAC, encoding="utf-8")
    words = (CAPTURE, "--target", "10.0.0.5", "--tables", core, "--tables", fdb, "--json")
    assert json.loads(judged(capsys, *words)) == json.loads(judged(capsys, *words))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("hello", "I find no table in that", id="no table"),
        pytest.param("x" * ((1 << 20) + 1), "has more than 1 MiB", id="too large"),
        pytest.param(None, "cannot be read", id="no file"),
    ],
)
def test_a_file_that_is_no_table_is_one_sentence(
    tmp_path: Path, text: str | None, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the file's name."""
    path = tmp_path / "table.txt"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    assert main(["judge", str(CAPTURE), "--target", "10.0.0.5", "--tables", str(path)]) != 0
    said = capsys.readouterr().err
    assert says in said
    assert str(path) in said
