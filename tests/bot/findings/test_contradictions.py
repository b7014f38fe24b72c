"""Two people whose reports cannot both be so: neither weighs, and both are named."""

import itertools

import pytest

from bot.findings import establish
from bot.findings.reported import contradictions, vocabulary
from bot.findings.reported.contradictions import Opposite
from bot.model.finding import Standing
from bot.model.observation import ReportedFact
from tests.bot import tales
from tests.bot.story import Story


def standing(told: Story, id_: str) -> Standing:
    return next(one for one in establish(told.evidence()) if one.id == id_).standing


def sentences(told: Story) -> tuple[str, ...]:
    return contradictions.sentences(told.evidence().of(ReportedFact))


def said(told: Story, id_or_word: object, by: str) -> Story:
    word = next((one for one in vocabulary.ALL if one.id == id_or_word), id_or_word)
    assert isinstance(word, type(vocabulary.ALL[0]))
    kind, values = next(iter(word.kinds.items()))
    return told.reports(kind, values[0] if values else None, domain=word.domain, by=by)


PAIRS = [
    pytest.param(one, against, id=f"{one.word.id} {against}") for one in contradictions.ALL for against in one.against
]


@pytest.mark.parametrize(("one", "against"), PAIRS)
def test_neither_weighs_whoever_spoke_first(one: Opposite, against: str) -> None:
    """UNKNOWN accuses nobody and clears nobody."""
    for words in itertools.permutations(((one.word, "ana"), (against, "ben"))):
        told = tales.healthy()
        for word, by in words:
            said(told, word, by)
        assert standing(told, against) is Standing.UNKNOWN
        assert one.word in (each.word for each in contradictions.DENIALS) or (
            standing(told, one.word.id) is Standing.UNKNOWN
        )
        (sentence,) = sentences(told)
        assert "(ana)" in sentence
        assert "(ben)" in sentence


@pytest.mark.parametrize(("one", "against"), PAIRS)
def test_one_person_may_say_both(one: Opposite, against: str) -> None:
    """Of two devices both may be so; a report by many who are one is no contradiction."""
    told = said(said(tales.healthy(), one.word, "ana"), against, "ana")
    assert standing(told, against) is Standing.PRESENT
    assert sentences(told) == ()


def test_more_heads_do_not_win() -> None:
    """Three against one is still no evidence."""
    told = tales.healthy().reports("uplink_ok", by="ana")
    for name in ("ben", "cyd", "dan"):
        told.reports("uplink_down", by=name)
    assert standing(told, "reported.uplink.down") is Standing.UNKNOWN
    assert sentences(told) == (
        "Reports contradict each other, so neither weighs: The host's uplinks are up (ana). "
        "An uplink of the host is down (ben, cyd and dan).",
    )


def test_a_disputed_loss_is_no_loss_that_was_not_reported() -> None:
    """A joint that wants no report of a loss does not hold where somebody reports one."""
    told = tales.healthy().reports("arp_claims", "virtual_mac", by="ana")
    assert standing(told, "reported.arp.two_macs_by_design") is Standing.PRESENT
    told.reports("icmp_loss", "all", by="ana").reports("icmp_loss", "none", by="ben")
    assert standing(told, "reported.loss.seen") is Standing.UNKNOWN
    assert standing(told, "reported.arp.two_macs_by_design") is Standing.UNKNOWN


def test_every_word_of_a_contradiction_is_one_of_the_vocabulary() -> None:
    """A mistyped id would never contradict anything."""
    known = {word.id for word in vocabulary.ALL}
    assert all(set(one.against) <= known for one in contradictions.ALL)
    assert all(one.word.id in known or one in contradictions.DENIALS for one in contradictions.ALL)
