"""Artifacts from agents that are broken or bought: read or refused in a sentence, and never a ground to accuse anybody.

Captures have their own long run in tests.bot.frames.fuzz_captures, and pasted tables in tests.bot.probes.pasted.
"""

import json
from dataclasses import replace
from ipaddress import IPv4Address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import probes
from bot.errors import BundleError
from bot.incidents import judging
from bot.incidents.bundle import Case
from bot.incidents.rejudge import as_text, rejudge
from bot.model import codec
from bot.model.job import Artifact, Media, digest_of
from bot.model.verdict import Answer
from tests.bot.probes.test_ucs import document
from tests.hostile import recorded
from tests.hostile.damage import NEVER_JSON, as_bytes, damaged, damaged_bytes

WRITTEN = (Media.NEIGHBOURS, Media.VCENTER, Media.NETWORK, Media.UCS, Media.REPORT)
REPORTS = b'[{"kind":"reported.guest.looks_well","value":"x","domain":"guest","stage":"symptom","reporter":"ana"}]'
UCS = document(
    vnicEther=[{"dn": "org-root/ls-a/ether-x", "name": "x", "addr": "00:25:B5:0A:00:01", "switchId": "A-B"}],
    lsServer=[{"dn": "org-root/ls-esx1", "name": "esx1", "pnDn": "sys/chassis-1/blade-3"}],
    faultInst=[{"dn": "sys/fault-F1", "code": "F0282", "severity": "major", "lc": "flapping"}],
)
TARGET = IPv4Address("10.0.0.5")
ACCUSES = (Answer.GUEST, Answer.NETWORK, Answer.HYPERVISOR)


def sample(media: Media) -> bytes:
    made = {Media.REPORT: REPORTS, Media.UCS: json.dumps(UCS).encode()}
    return made.get(media) or recorded.artifact_of(media)


def refusal(artifact: Artifact, data: bytes) -> str | None:
    """Why the bytes are not read, as it is told; None: they are."""
    try:
        probes.read(artifact, data, TARGET)
    except BundleError as refused:
        return str(refused)
    return None


@pytest.mark.parametrize("media", WRITTEN, ids=lambda media: media.name)
@given(st.data())
def test_damaged_evidence_is_read_or_refused(media: Media, data: st.DataObject) -> None:
    """Refused in one sentence that can be shown; what is read can be judged and told."""
    honest = sample(media)
    spoiled = damaged(json.loads(honest)).map(as_bytes) | damaged_bytes(honest) | st.sampled_from(NEVER_JSON)
    told = data.draw(spoiled)
    case = next(
        recorded.case(name)[0]
        for name in recorded.names()
        if media in (Media.REPORT, Media.UCS) or any(one.media is media for one in recorded.case(name)[0].artifacts)
    )
    first = next((one for one in case.artifacts if one.media is media), case.artifacts[0])
    artifact = replace(first, media=media, digest=digest_of(told), size_bytes=len(told))
    if (why := refusal(artifact, told)) is not None:
        assert why.encode()
        assert "\n" not in why
        return
    again = rejudge(Case(case.target, (artifact,)), {artifact.digest: told})
    assert as_text(again).encode()
    json.dumps(codec.encode(again.now)).encode()


@given(st.sampled_from(recorded.names()), st.data())
def test_evidence_that_cannot_be_read_accuses_nobody_else(name: str, data: st.DataObject) -> None:
    """It weighs no more than if its agent had not answered, and a sentence says so; who would be blamed anyway, is."""
    case, blobs = recorded.case(name)
    broken = data.draw(st.sampled_from(case.artifacts))
    kept = tuple(one for one in case.artifacts if one is not broken)
    spoiled = data.draw(damaged_bytes(blobs[broken.digest][:4_000]) | st.sampled_from(NEVER_JSON))
    there = replace(broken, digest=digest_of(spoiled), size_bytes=len(spoiled))
    if refusal(there, spoiled) is None:
        return
    without, _ = judging.judge_artifacts(case.target, kept, blobs, case.gaps)
    judged, _ = judging.judge_artifacts(case.target, (*kept, there), {**blobs, there.digest: spoiled}, case.gaps)
    assert judged.verdict not in ACCUSES or (judged.verdict, judged.cause) == (without.verdict, without.cause)
    assert any("could not be read" in gap for gap in judged.missing)


@given(st.sampled_from(recorded.names()), st.data())
def test_a_capture_that_breaks_off_accuses_nobody_else(name: str, data: st.DataObject) -> None:
    """What was heard until then counts; what was not heard after it is no silence."""
    case, blobs = recorded.case(name)
    whole, _ = judging.judge_artifacts(case.target, case.artifacts, blobs, case.gaps)
    captures = [one for one in case.artifacts if one.media is Media.PCAP]
    broken = data.draw(st.sampled_from(captures))
    content = blobs[broken.digest]
    cut = content[: data.draw(st.integers(0, len(content) - 1))]
    there: Artifact = replace(broken, digest=digest_of(cut), size_bytes=len(cut))
    kept = tuple(there if one is broken else one for one in case.artifacts)
    judged, _ = judging.judge_artifacts(case.target, kept, {**blobs, there.digest: cut}, case.gaps)
    if judged.verdict in ACCUSES:
        assert judged.verdict == whole.verdict, f"{whole.verdict} {whole.cause} became {judged.verdict} {judged.cause}"


def test_the_sentence_about_a_file_that_never_was_json_is_short() -> None:
    """A whole artifact in a sentence would be posted to a channel."""
    for media in WRITTEN:
        artifact: Any = replace(recorded.case(recorded.names()[0])[0].artifacts[0], media=media)
        for told in NEVER_JSON:
            assert len(refusal(artifact, told) or "") < 600
