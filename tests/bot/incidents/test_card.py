"""The card as a fold over the timeline."""

from dataclasses import replace

import pytest

from bot.incidents.card import card
from bot.incidents.grounds import where
from bot.incidents.instruments import Stage
from bot.incidents.printed import as_text, verdict_as_text
from bot.model.finding import Standing, Witness
from bot.model.incident import Failed, Outcome, Reported, Resolved, Started
from bot.model.owners import Owners
from bot.model.request import Target
from bot.model.verdict import Weighs
from tests.bot.slack import stories


def stages(of: object) -> list[tuple[str, Stage]]:
    return [(line.name, line.stage) for line in card(of, ()).instruments]  # type: ignore[arg-type]


def test_a_running_card_says_who_looks_and_how_far_they_are() -> None:
    """A progress message that only says "working" is not believed."""
    shown = card(stories.running(), (stories.FACT,), now=stories.after(1.5))
    assert shown.headline == "Checking 10.0.0.5 · 1 of 3 instruments done"
    assert [(it.name, str(it)) for it in shown.instruments] == [
        ("probe-a1", "looking"),
        ("probe-c1", "failed: eth1 has no carrier."),
        ("vCenter dc1", "waiting"),
    ]
    assert (shown.ended, shown.says, shown.verdict) == (None, None, None)
    assert (shown.facts, shown.missing, shown.took_s) == (
        (stories.FACT,),
        ("No agent stands on segment dc1-b.",),
        1.5,
    )


def test_lost_and_expired_are_told_apart() -> None:
    """One says start an agent, the other says look into the agent's log."""
    assert stages(stories.lost_and_expired()) == [
        ("segment dc1-a", Stage.LOST),
        ("segment dc1-c", Stage.EXPIRED),
        ("vCenter dc1", Stage.WAITING),
    ]


def test_a_lost_job_may_still_be_taken() -> None:
    """A restarted agent takes over; the card must not keep the bad news."""
    started = Started(at=stories.after(4), job="inc-k3v9.0", agent="probe-a2", attempt=2)
    incident = stories.then(stories.lost_and_expired(), started)
    line = card(incident, ()).instruments[0]
    assert (line.name, str(line)) == ("probe-a2", "looking, attempt 2")


def test_late_and_duplicate_reports_change_nothing() -> None:
    """An expired job that reports after all was not part of the verdict."""
    late = Reported(at=stories.after(11), job="inc-k3v9.1", agent="probe-c1", artifacts=(), final=True)
    unknown = Failed(at=stories.after(11), job="another.1", agent="x", reason="y")
    before = stories.lost_and_expired()
    assert stages(stories.then(before, late, unknown)) == stages(before)


def test_evidence_so_far_is_not_the_end_of_looking() -> None:
    """A report that is not final will be replaced by the next."""
    early = Reported(at=stories.after(1), job="inc-k3v9.0", agent="probe-a1", artifacts=(), final=False)
    assert stages(stories.then(stories.queued(stories.asked()), early))[0] == ("probe-a1", Stage.LOOKING)


def test_an_ended_card_carries_the_verdict() -> None:
    """What is shown is what was judged, word for word."""
    shown = card(stories.ended(), ())
    assert shown.headline == "GUEST · proven · 10.0.0.5"
    assert shown.verdict == stories.guest_proven()
    assert shown.says == stories.guest_proven().claim
    assert shown.took_s == pytest.approx(2.1)


def test_an_undecided_card_says_so_in_a_sentence() -> None:
    """A card without a claim must still tell a manager what to do: blame nobody."""
    shown = card(stories.ended(stories.inconclusive()), ())
    assert shown.headline == "INCONCLUSIVE · undecided · 10.0.0.5"
    assert "nobody is to be blamed" in (shown.says or "")


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.STOPPED, Outcome.FAILED])
@pytest.mark.parametrize("sentence", ["No agent stands there.", None])
def test_an_end_without_a_verdict_is_one_sentence(outcome: Outcome, sentence: str | None) -> None:
    """It is final, and it is never an empty card."""
    shown = card(stories.unanswered(outcome, sentence), ())
    assert shown.headline == f"{outcome.upper()} · 10.0.0.5"
    assert shown.ended is outcome
    assert shown.says == sentence if sentence else shown.says


def test_a_verdict_before_the_end_is_not_shown() -> None:
    """Between judging and closing the card still runs: nothing may appear that could change."""
    judged = stories.ended()
    assert card(replace(judged, timeline=judged.timeline[:-1]), ()).verdict is None


def test_a_resolved_name_is_shown_with_its_address() -> None:
    """The asker typed a name; everybody else needs the address."""
    named = stories.asked(target=Target(name="app01"))
    assert card(named, ()).target == "app01"
    found = stories.then(named, Resolved(at=stories.after(1), address=stories.TARGET))
    assert card(found, ()).headline == "Checking app01 (10.0.0.5)"


def test_a_capture_is_named_as_one() -> None:
    """The word ANSWERED says nothing where files were asked for."""
    incident = stories.unanswered(Outcome.ANSWERED, "Captured at 1 vantage.")
    first = stories.asked(command="capture").timeline
    shown = card(replace(incident, timeline=(*first, *incident.timeline[1:])), ())
    assert (shown.headline, shown.says) == ("CAPTURE DONE · 10.0.0.5", "Captured at 1 vantage.")


def test_places_are_named_once_and_counted_beyond_three() -> None:
    """Two hundred frames must not hide the sentence."""
    places = [Witness("sha256:a", f"frame {n}", "probe-a1") for n in (1, 1, 2, 3, 4, 5)]
    assert where(places) == "frames 1, 2, 3 and 2 more at probe-a1"
    assert where(()) == ""


def test_the_terminal_shows_everything_of_the_verdict() -> None:
    """``ruleout check`` and Slack must not tell two stories."""
    text = as_text(card(stories.ended(stories.inconclusive()), ()), width=200)
    for expected in (
        "INCONCLUSIVE · undecided · 10.0.0.5",
        "The router holds a MAC for 10.0.0.5 that nobody answers with. [frames 14,15 at probe-a1]",
        "hypervisor: The vNIC is connected and its frames arrive.",
        "network.stale_router_arp",
        "app01 was moved to another host at 11:58:40.",
        "Capture ARP at the VM's port while app01 is restarted. (Whoever may capture in dc1.)",
        "No agent stands on segment dc1-b.",
        "case inc-k3v9, 2.1 s, catalogue 1",
    ):
        assert expected in text
    assert text.endswith("\n")


def test_an_offline_verdict_reads_like_a_live_one() -> None:
    """A case from last year is the same code and the same words."""
    live = as_text(card(stories.ended(), ()), width=80).splitlines()
    offline = verdict_as_text(stories.guest_proven(), width=80).splitlines()
    assert offline[:-1] == live[:-1]
    assert all(len(line) <= 80 for line in offline)


def test_a_machines_name_cannot_write_on_the_terminal() -> None:
    """A VM can be named with escape sequences that clear a screen or forge a line."""
    evil = replace(stories.guest_proven(), claim="app01\x1b[2J\x07 is at fault")
    text = as_text(card(stories.ended(evil), ()))
    assert not {"\x1b", "\x07"} & set(text)


def test_without_support_what_was_seen_is_shown_and_then_what_was_not() -> None:
    """A healthy card rests on what was looked for and not found."""
    absent = stories.evidence("Nobody else answered.", Weighs.NEITHER, standing=Standing.ABSENT)
    verdict = replace(stories.inconclusive(), evidence=(absent,))
    assert "Nobody else answered." in as_text(card(stories.ended(verdict), ()))


def test_a_look_up_names_who_has_it_and_how_old_that_is() -> None:
    """A fact without its age is believed for too long."""
    shown = card(stories.looked_up(stories.one_owner()), ())
    assert shown.headline == "OWNER · 10.0.0.5 · VM app05"
    assert (shown.verdict, shown.says) == (None, stories.one_owner().claim)
    assert shown.aged == "Read from vCenter at `2026-03-01 12:00:05` UTC, 10 s before this answer."
    assert [(it.name, it.looks_for) for it in shown.instruments] == [
        ("vCenter dc1", "who owns it"),
        ("vCenter dc2", "who owns it"),
        ("vCenter dc1", "who else has it"),
    ]


@pytest.mark.parametrize(
    ("owners", "headline"),
    [
        pytest.param(stories.no_owner(), "NO OWNER KNOWN · 10.0.0.5", id="nobody"),
        pytest.param(stories.two_owners(), "CONFLICT · 10.0.0.5", id="conflict"),
        pytest.param(replace(stories.two_owners(), conflicts=()), "OWNER · 10.0.0.5 · VM app05", id="a sharer, off"),
        pytest.param(
            replace(stories.one_owner(), owners=(stories.vm_owner("a"), stories.vm_owner("b"))),
            "2 OWNERS · 10.0.0.5",
            id="two in two networks",
        ),
    ],
)
def test_the_headline_of_a_look_up_says_what_is_known(owners: Owners, headline: str) -> None:
    """One line for a reader in a hurry."""
    assert card(stories.looked_up(owners), ()).headline == headline


def test_a_look_up_in_a_terminal_says_everything() -> None:
    """Whoever has no channel has no thread either."""
    text = as_text(card(stories.looked_up(stories.two_owners()), ()), width=200)
    for expected in (
        "both have 00:50:56:de:ad:01.",
        "Further conflicts",
        "both have 10.0.0.5.",
        "VM clone, which shares an address or MAC",
        "Network adapter 2 00:50:56:de:ad:02 · connected · port group prod, VLAN 10",
        "sits on an interface without a vNIC",
        "Alarms",
        "Uplink redundancy lost",
        "Nobody answered on vcenter.dc2 within the time.",
        "10 s before this answer.",
        "case inc-k3v9, 10.0 s",
    ):
        assert expected in text


def test_a_running_look_up_says_so() -> None:
    """Nobody is checked, and the word on the card must not say it."""
    assert card(stories.asked(command="vcenter"), ()).headline == "Looking up 10.0.0.5"
