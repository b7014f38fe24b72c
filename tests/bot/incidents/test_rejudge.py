"""A case judged again: the same verdict, or both and the difference."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot import archive
from bot.incidents import bundle
from bot.incidents.bundle import Case
from bot.incidents.rejudge import Rejudged, as_text, rejudge
from bot.model.cause import Side
from bot.model.verdict import Answer, Grade, Verdict, Weighs

SCENARIOS = Path(__file__).parents[2] / "scenarios"


@pytest.fixture(scope="module")
def again() -> Rejudged:
    """A case that was closed with today's catalogue, judged again."""
    (index,) = SCENARIOS.glob("*/crashed_agent/case.json")
    case, blobs = bundle.unpack(archive.load(index.parent))
    closed: Case = replace(case, verdict=rejudge(case, blobs).now)
    return rejudge(closed, blobs)


def _told_then(again: Rejudged, **then: object) -> Rejudged:
    (index,) = SCENARIOS.glob("*/crashed_agent/case.json")
    case, blobs = bundle.unpack(archive.load(index.parent))
    told: Verdict = replace(again.now, **then)  # type: ignore[arg-type]
    return rejudge(replace(case, verdict=told), blobs)


def test_the_same_bytes_and_catalogue_give_the_same_verdict(again: Rejudged) -> None:
    """Whoever was blamed can have it checked, years later."""
    assert again.now == again.then
    assert again.changes == ()
    assert "The same bytes give the same verdict today." in as_text(again)


def test_a_case_without_a_verdict_is_judged_and_nothing_is_compared(again: Rejudged) -> None:
    """A check that was stopped, or a capture that somebody dropped."""
    bare = Rejudged(None, again.now, ())
    assert "When the case was closed" not in as_text(bare)


def test_with_another_catalogue_both_verdicts_and_the_difference_are_shown(again: Rejudged) -> None:
    """A catalogue that learned something may take an accusation back; it must say so, and why."""
    kept = tuple(item for item in again.now.evidence if item.weighs is not Weighs.FOR)
    told = _told_then(
        again,
        catalogue="1",
        verdict=Answer.NETWORK,
        grade=Grade.LIKELY,
        cause="network.foreign_device_claims_ip",
        ruled_out=tuple(out for out in again.now.ruled_out if out.side is not Side.NETWORK),
        evidence=kept,
        rivals=("Something else.",),
    )
    text = as_text(told)
    assert not told.unexpected
    assert "When the case was closed (catalogue 1)" in text
    assert told.changes[0].startswith("The verdict was NETWORK, likely, network.foreign_device_claims_ip; it is GUEST")
    assert "network was not ruled out; it is now." in told.changes
    assert any(change.startswith("New, for the verdict: ") for change in told.changes)
    assert "Still possible was: Something else." in told.changes


@pytest.mark.parametrize(
    ("then", "says"),
    [
        ({"next_test": None, "claim": "Another claim."}, "It said: Another claim."),
        ({"trigger": "a power cut"}, "Set off by was: a power cut"),
    ],
)
def test_a_difference_that_no_catalogue_explains_is_called_our_fault(
    again: Rejudged, then: dict[str, object], says: str
) -> None:
    """The verdict is a function of bytes and catalogue; if it is not, nobody can rely on any of them."""
    told = _told_then(again, **then)
    assert told.unexpected
    assert says in told.changes
    assert "please report this case" in as_text(told)


def test_a_case_whose_packets_were_deleted_says_which_and_lets_the_verdict_stand(again: Rejudged) -> None:
    """Retention must not turn into an accusation, nor into a fault of ours: less evidence is judged differently."""
    (index,) = SCENARIOS.glob("*/crashed_agent/case.json")
    files = archive.load(index.parent)
    kept = {name: data for name, data in files.items() if not name.endswith((".pcap", ".pcapng"))}
    case, blobs = bundle.unpack(kept | {bundle.INDEX: bundle.without_captures(files[bundle.INDEX])})
    lost = [artifact for artifact in case.artifacts if artifact.digest not in blobs]
    assert lost
    told = rejudge(replace(case, verdict=again.now), blobs)
    text = as_text(told)
    assert told.changes, "the packets carried the verdict"
    assert not told.unexpected
    assert text.startswith("Not kept any more\n")
    assert all(artifact.digest[:19] in text.split("What follows is judged")[0] for artifact in lost)
    assert "It was given with all of the evidence, and it stands." in text
    assert "please report this case" not in text
    assert told.now.grade is not Grade.PROVEN
