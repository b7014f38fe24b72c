"""``ruleout judge BUNDLE.zip``: one line each, and an exit status that tells."""

import json
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.inquiries import bundle, zipped
from bot.model.job import digest_of
from tests.bot.house import House
from tests.bot.incidents.ground import NOON
from tests.bot.test_exporter import export, opened
from tests.bot.test_pasting import answered


@pytest.fixture
def house() -> House:
    house = opened()
    answered(house)
    answered(house, "10.0.0.6")
    export(house)
    return house


def written(house: House, path: Path) -> Path:
    path.write_bytes(house.boards.shared[-1][2])
    return path


def test_every_verdict_is_given_again(house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit status 0."""
    assert main(["judge", str(written(house, tmp_path / "inq.zip"))]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "inq-1: odd VMs lose packets" in said
    assert said.count("and the same when judged again.") == 2
    assert said.endswith("All 2 verdicts are the same.")


def test_as_data(house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """For whoever counts them."""
    assert main(["judge", str(written(house, tmp_path / "inq")), "--json"]) == 0
    assert [one["held"] for one in json.loads(capsys.readouterr().out)] == ["same", "same"]


def test_a_forged_verdict_is_found_out(house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever changes a case and its digest has still to change the bytes that it rests on."""
    files = zipped.read(house.boards.shared[-1][2])
    name = next(one for one in files if one.endswith("case.json"))
    case, index = json.loads(files[name]), json.loads(files[bundle.INDEX])
    case["verdict"]["verdict"], case["verdict"]["cause"] = "hypervisor", "hypervisor.x"
    files[name] = json.dumps(case).encode()
    index["files"][name] = digest_of(files[name])
    files[bundle.INDEX] = json.dumps(index).encode()
    path = tmp_path / "forged.zip"
    path.write_bytes(zipped.write(files, NOON))
    assert main(["judge", str(path)]) == 1
    said = " ".join(capsys.readouterr().out.split())
    assert "it was HYPERVISOR" in said
    assert "1 the same, 1 different, 0 that cannot be judged again." in said


@pytest.mark.parametrize(
    ("data", "says"),
    [
        pytest.param(b"PK\x03\x04 and nothing more", "no whole zip file", id="cut off"),
        pytest.param(b"hello", "no whole zip file", id="another file"),
        pytest.param(zipped.write({"x": b""}, NOON), "holds no incident.json", id="another zip"),
    ],
)
def test_what_is_no_bundle_is_one_sentence(
    data: bytes, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit status 2, as for every file that is not what it claims to be."""
    path = tmp_path / "x.zip"
    path.write_bytes(data)
    assert main(["judge", str(path)]) == 2
    said = capsys.readouterr()
    assert says in said.err
    assert len(said.err.splitlines()) == 1


def test_options_of_a_single_case_are_refused(house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A picture of which?"""
    assert main(["judge", str(written(house, tmp_path / "inq.zip")), "--story"]) == 2
    assert "A bundle has many cases" in capsys.readouterr().err
