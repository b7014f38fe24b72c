"""Every scenario with other addresses and names in it: nothing of the old ones is left, and the verdict holds."""

import json
import re
from pathlib import Path

import pytest

from bot import archive
from bot.incidents import bundle as cases
from bot.incidents import judging
from bot.inquiries import redact
from bot.inquiries.bundle import Export
from bot.model import codec
from bot.model.inquiry import Inquiry, Opened
from bot.model.job import Media
from tests.bot.incidents.ground import ASKER, NOON

SCENARIOS = [
    pytest.param(path.parent, id=f"{path.parent.parent.name} {path.parent.name}")
    for path in sorted((Path(__file__).parents[2] / "scenarios").glob("*/*/case.json"))
]
KEPT = (*redact.TEXTS, Media.PCAP)


def judged(directory: Path) -> dict[str, bytes]:
    """The scenario as a case that was closed with its verdict."""
    files = {name: data for name, data in archive.load(directory).items() if not name.endswith(".toml")}
    case, blobs = cases.unpack(files)
    verdict, _ = judging.judge_artifacts(case.target, case.artifacts, blobs, case.gaps)
    index = {**json.loads(files[cases.INDEX]), "verdict": codec.encode(verdict)}
    return {**files, cases.INDEX: json.dumps(index).encode()}


@pytest.mark.parametrize("directory", SCENARIOS)
def test_the_verdict_holds_or_is_said_not_to_be_judgeable(directory: Path) -> None:
    """It is the evidence that decides, never what its machines are called."""
    files = judged(directory)
    opened = Opened(at=NOON, by=ASKER, channel="C1", text="odd VMs lose packets")
    made = redact.redacted(Export(Inquiry("inq-1", (opened,)), (), NOON, {"inc-1": files}), b"salt")
    case, _ = cases.unpack(files)
    readable = all(artifact.media in KEPT for artifact in case.artifacts)
    assert ("inc-1" in made.unjudged) is not readable, made.unjudged
    text = "\n".join(data.decode("latin-1") for data in made.cases["inc-1"].values())
    for name, data in files.items():
        if name.endswith("vcenter.json"):
            for vm in json.loads(data)["vms"]:
                assert not re.search(rf"(?<!\w){re.escape(vm['name'])}(?!\w)", text), vm["name"]
    index = files[cases.INDEX].decode()
    for address in set(re.findall(r"(?<![\d.])10\.0\.\d+\.\d+(?![\d.])", index)):
        assert not re.search(rf"(?<![\d.]){re.escape(address)}(?![\d.])", text), address
