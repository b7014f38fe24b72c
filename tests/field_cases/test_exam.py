"""Real incidents, judged by reports alone."""

import pytest

from tests.field_cases.exam import Setting, examined, load, settings

ALL, SYMPTOMS, *OTHERS = settings(load())


def test_the_catalogue_accuses_hardly_anybody_wrongly() -> None:
    """A wrong accusation is the worst that can happen, so the bound is on these."""
    marked = examined(ALL)["catalogue"]
    assert marked["right"] + marked["undecided"] + marked["wrong"] == 69
    assert marked["wrong"] <= 3
    assert marked["wrong on unknown"] <= 1


@pytest.mark.parametrize("setting", [pytest.param(one, id=one.name) for one in (ALL, *OTHERS[1:])])
def test_knowing_networks_beats_counting_words(setting: Setting) -> None:
    """Rules that lose to naive Bayes, which knows nothing of networks, would not be worth reading."""
    marked = examined(setting)
    assert marked["catalogue"]["cost"] < min(marked[name]["cost"] for name in marked if name != "catalogue")


@pytest.mark.parametrize("setting", [pytest.param(one, id=one.name) for one in (SYMPTOMS, *OTHERS)])
def test_with_less_to_go_by_it_falls_silent_and_not_into_error(setting: Setting) -> None:
    """The strongest report taken away, or nothing but symptoms: then it says so."""
    assert examined(setting)["catalogue"]["wrong"] <= examined(ALL)["catalogue"]["wrong"]


def test_symptoms_alone_decide_nothing() -> None:
    """Two first blames in three were wrong, and symptoms were all that they had."""
    assert examined(SYMPTOMS)["catalogue"]["wrong"] == 0
    assert examined(SYMPTOMS)["catalogue"]["undecided"] >= 60
