"""The words after ``/note`` and the fields of its form, read in the vocabulary of reported evidence."""

import pytest

from bot.errors import FormError, RequestError
from bot.findings.reported import vocabulary
from bot.inquiries import noting
from bot.inquiries.noting import Draft
from bot.model.inquiry import Report


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        pytest.param("the core was rebooted", {"text": "the core was rebooted"}, id="free text"),
        pytest.param("evidence of a reboot: none", {"kind": "of", "value": "", "text": "a reboot: none"}, id="of"),
        pytest.param(
            "evidence switch_log_fault=crash about 10.0.0.5 measured core-1\nwent down",
            {
                "kind": "switch_log_fault",
                "value": "crash",
                "about": "10.0.0.5",
                "stage": "diagnostic",
                "text": "core-1\nwent down",
            },
            id="all of it",
        ),
        pytest.param(
            "Evidence affected_group=rack domain network",
            {"kind": "affected_group", "value": "rack", "domain": "network", "text": ""},
            id="domain",
        ),
        pytest.param(
            "evidence uplink_down about", {"kind": "uplink_down", "value": "", "text": "about"}, id="about nothing"
        ),
    ],
)
def test_words_are_fields(text: str, fields: dict[str, str]) -> None:
    """The same as the form has."""
    assert noting.words(text) == fields


@pytest.mark.parametrize("text", ["", "   ", "evidence  =x"])
def test_no_words_are_told_what_there_is(text: str) -> None:
    """With an example that works."""
    with pytest.raises(RequestError, match="/note evidence KIND=VALUE"):
        noting.words(text)


@pytest.mark.parametrize("word", vocabulary.ALL, ids=lambda word: word.id)
def test_every_word_of_the_vocabulary_can_be_chosen(word: object) -> None:
    """And says the very finding that it stands for."""
    assert isinstance(word, type(vocabulary.ALL[0]))
    values = next(iter(word.kinds.values()))
    draft = noting.read({"says": word.id, "value": next(filter(None, values), "x"), "stage": "diagnostic"})
    assert draft.report is not None
    assert word.says.removesuffix(".") in noting.said(draft.report) or len(word.kinds) > 1 or not values


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        pytest.param({}, {"text": "Write down what you know"}, id="nothing"),
        pytest.param({"text": "x" * 3001}, {"text": "3,001 characters"}, id="too long"),
        pytest.param({"value": "crash", "text": "x"}, {"value": "belongs to a report"}, id="a value of nothing"),
        pytest.param({"about": "app01", "text": "x"}, {"about": "not weighed for any machine"}, id="free about"),
        pytest.param({"kind": "switch_log"}, {"kind": "Did you mean switch_"}, id="nearly a kind"),
        pytest.param({"kind": "zzz"}, {"kind": "opens a form"}, id="no kind"),
        pytest.param({"says": "reported.x"}, {"says": "nothing that can be reported"}, id="forged"),
        pytest.param({"kind": "arp_claims", "value": "mars"}, {"value": "mars is no value of arp_claims"}, id="value"),
        pytest.param({"kind": "guest_agent_state"}, {"value": "Say which: claims_active or"}, id="which"),
        pytest.param({"kind": "affected_group", "value": "x"}, {"domain": "Say which side"}, id="no domain"),
        pytest.param({"kind": "uplink_up", "stage": "yes"}, {"kind": "Did you mean uplink_"}, id="stage comes second"),
        pytest.param({"kind": "uplink_ok", "stage": "yes"}, {"stage": "says not how you know"}, id="no stage"),
        pytest.param({"kind": "uplink_ok", "value": "x" * 101}, {"value": "101 characters"}, id="long value"),
        pytest.param(
            {"says": "reported.scope.host_attribute", "domain": "guest"}, {"domain": "speaks of the hypervisor"},
            id="another domain",
        ),
        pytest.param(
            {"kind": "uplink_ok", "about": "a b", "domain": "moon"},
            {"about": "neither a machine's name", "domain": "no domain"},
            id="two at once",
        ),
    ],
)  # fmt: skip
def test_each_wrong_field_has_its_sentence(fields: dict[str, str], errors: dict[str, str]) -> None:
    """What was wrong, and what would be right."""
    with pytest.raises(FormError) as wrong:
        noting.read(fields)
    assert wrong.value.errors.keys() == errors.keys()
    for field, says in errors.items():
        assert says in wrong.value.errors[field]


def test_the_only_value_need_not_be_said() -> None:
    """And a side that the choice implies neither."""
    assert noting.read({"kind": "switch_setting"}) == Draft(
        "", Report("switch_setting", "arp_gt_mac_timer", None, False)
    )
    report = noting.read({"says": "reported.scope.guest_attribute", "value": "odd names"}).report
    assert report == Report("affected_group", "odd names", "guest", measured=False)


def test_everything_that_can_be_reported_fits_into_one_field() -> None:
    """Slack takes 100 groups of 100 options, and values of 150 characters."""
    rooms = noting.choices()
    assert sum(len(words) for _, words in rooms) >= len(vocabulary.ALL)
    assert all(len(words) <= 100 and len(room) <= 75 for room, words in rooms)
    assert all(len(choice.name) <= 150 for _, words in rooms for choice in words)
