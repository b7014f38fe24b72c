"""A case survives its way to disk and back, and nothing in it can be exchanged unnoticed."""

import json
from dataclasses import replace

import pytest

from bot.errors import BundleError
from bot.incidents.bundle import INDEX, Case, pack, unpack
from bot.model.incident import Closed, Outcome, Requested
from bot.model.job import Artifact, Media, Probe, digest_of
from tests.bot.incidents.ground import NOON, PROD, TARGET, request

DATA = b"the bytes"
ARTIFACT = Artifact("inc-1.0", Probe.ARP, PROD, Media.PCAP, digest_of(DATA), len(DATA), NOON, NOON, 0)
CASE = Case(
    TARGET,
    (ARTIFACT,),
    ("no vCenter",),
    (Requested(at=NOON, request=request()), Closed(at=NOON, outcome=Outcome.ANSWERED)),
)


def test_a_case_comes_back_as_it_was_packed() -> None:
    """Last year's case must still be judged from the same bytes."""
    files = pack(CASE, {ARTIFACT.digest: DATA})
    assert sorted(files) == ["1-prod-1-arp.pcap", INDEX]
    assert unpack(files) == (CASE, {ARTIFACT.digest: DATA})


def test_an_artifact_whose_bytes_are_gone_is_still_listed() -> None:
    """Missing is said, not hidden."""
    case, blobs = unpack(pack(CASE, {}))
    assert (case.artifacts, blobs) == ((ARTIFACT,), {})


def broken(**changes: object) -> dict[str, bytes]:
    files = pack(CASE, {ARTIFACT.digest: DATA})
    return files | {INDEX: json.dumps(json.loads(files[INDEX]) | changes).encode()}


@pytest.mark.parametrize(
    ("files", "says"),
    [
        pytest.param({}, "holds no case.json", id="empty"),
        pytest.param({INDEX: b"{"}, "not JSON", id="not JSON"),
        pytest.param({INDEX: b"[]"}, "not of format", id="another shape"),
        pytest.param(broken(format="ruleout.case/9"), "not of format", id="a newer format"),
        pytest.param(broken(target="10.0.0.300"), "not a ruleout.case/1 index", id="a bad target"),
        pytest.param(broken(timeline=[{"is": "Exec", "at": "now"}]), "not a ruleout.case/1 index", id="unknown event"),
        pytest.param(broken() | {"1-prod-1-arp.pcap": b"other"}, "digest differs", id="exchanged bytes"),
        pytest.param({INDEX: broken()[INDEX]}, "does not hold it", id="a file is missing"),
    ],
)
def test_what_is_no_case_is_refused_with_the_reason(files: dict[str, bytes], says: str) -> None:
    """A case is foreign input: it may come by mail."""
    with pytest.raises(BundleError, match=says):
        unpack(files)


def test_file_names_in_the_index_lead_to_nothing_outside_the_case() -> None:
    """The names are looked up among the given files and never opened as paths."""
    files = pack(CASE, {ARTIFACT.digest: DATA})
    index = json.loads(files[INDEX])
    index["artifacts"][0]["file"] = "../../etc/passwd"
    with pytest.raises(BundleError, match="does not hold it"):
        unpack({INDEX: json.dumps(index).encode()})


def test_an_agent_name_cannot_choose_a_directory() -> None:
    """File names are made from agents' names, which come from outside."""
    vantage = replace(PROD, agent="../../evil")
    files = pack(replace(CASE, artifacts=(replace(ARTIFACT, vantage=vantage),)), {ARTIFACT.digest: DATA})
    assert all("/" not in name for name in files)


@pytest.mark.parametrize("media", Media)
def test_whatever_an_agent_can_bring_back_can_be_kept(media: Media) -> None:
    """A kind of bytes without a name for its file would lose the whole case."""
    data = b"[]"
    artifact = Artifact("job-1", Probe.NETWORK, PROD, media, digest_of(data), len(data), NOON, NOON, None)
    case, blobs = unpack(pack(Case(TARGET, (artifact,)), {artifact.digest: data}))
    assert (case.artifacts, blobs) == ((artifact,), {artifact.digest: data})
