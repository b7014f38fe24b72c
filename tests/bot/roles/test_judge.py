"""``ruleout judge`` with a story and a picture: what a thread would get, from a file and without a network."""

import json
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from bot.__main__ import main

TESTS = Path(__file__).parents[2]
CASE = TESTS / "scenarios" / "network.path_to_port_broken" / "hop_loses"
CAPTURE = TESTS / "captures" / "arp_flux_two_nics.pcap"
ABOUT = [str(CAPTURE), "--target", "10.0.0.5"]


def test_the_story_of_a_case_stands_below_its_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    """What was said in the thread can be said again a year later."""
    assert main(["judge", str(CASE), "--story"]) == 0
    verdict, _, told = capsys.readouterr().out.partition("\nWhat the captures show\n")
    assert verdict.startswith("INCONCLUSIVE")
    assert "did not arrive at tap-esx-a1" in " ".join(told.split())


def test_the_story_as_data_stands_beside_the_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    """One JSON object, whatever is asked for."""
    assert main(["judge", str(CASE), "--story", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["verdict"] == "inconclusive"
    assert any("listened on" in line for line in told["story"])


def test_without_the_word_there_is_no_story(capsys: pytest.CaptureFixture[str]) -> None:
    """Who asks for a verdict gets a verdict."""
    assert main(["judge", *ABOUT, "--json"]) == 0
    assert "story" not in json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("words", [pytest.param([str(CASE)], id="case"), pytest.param(ABOUT, id="capture")])
def test_a_picture_is_drawn(words: list[str], tmp_path: Path) -> None:
    """The same that the thread gets."""
    path = tmp_path / "picture.png"
    assert main(["judge", *words, "--picture", str(path)]) == 0
    with Image.open(BytesIO(path.read_bytes())) as picture:
        assert picture.format == "PNG"
        assert picture.width == 1840


def test_a_picture_that_cannot_be_written_says_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The verdict is there all the same."""
    path = tmp_path / "nowhere" / "picture.png"
    assert main(["judge", *ABOUT, "--picture", str(path)]) == 2
    said = capsys.readouterr()
    assert said.out
    assert said.err == (
        f"ruleout: {path} cannot be written: No such file or directory. Name a file in a directory of yours.\n"
    )


def test_field_cases_have_no_captures_to_tell_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """They are known by report alone."""
    assert main(["judge", "--field-cases", str(tmp_path / "x.json"), "--story"]) == 2
    assert "field cases have none: leave them out" in capsys.readouterr().err
