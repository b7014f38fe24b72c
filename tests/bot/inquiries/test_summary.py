"""The three sides, the lead, what is next and what changed: by evidence, machine for machine."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from ipaddress import IPv4Address

from bot.inquiries.summary import summary
from bot.model.cause import Side
from bot.model.incident import Closed, Incident, Judged, Outcome, Requested
from bot.model.inquiry import Ended, Inquiry, Noted, Opened, Reopened, Summarised
from bot.model.request import Person, Place, Request, Target
from bot.model.summary import How, Summary
from bot.model.verdict import Answer, Grade, RuledOut, Verdict
from tests.bot.slack import stories

NOON = stories.ASKED_AT
ANA = Person("T1", "U1")
OPENED = Opened(at=NOON, by=ANA, channel="C1", text="odd VMs lose packets", affected=("app01", "app03"))
INQUIRY = Inquiry("inq-1", (OPENED,))
HOST_OUT = RuledOut(Side.HYPERVISOR, ("Two VMs on its host answer.",), ())
WIRE_OUT = RuledOut(Side.NETWORK, ("Every table is right.",), ())


def question(number: int, verdict: Verdict | None, *, after_s: float = 0.0) -> Incident:
    """A check of 10.0.0.<number>; without a verdict it still runs."""
    at = NOON + timedelta(seconds=after_s)
    address = IPv4Address(f"10.0.0.{number}")
    asked = Request(f"inc-{number}-{after_s:g}", "arpcheck", Target(address=address), False, ANA, Place("C1"), at)
    begun = Incident(asked.id, (Requested(at=at, request=asked),))
    if verdict is None:
        return begun
    told = replace(verdict, target=address)
    ends = (Judged(at=at, verdict=told), Closed(at=at, outcome=Outcome.ANSWERED))
    return replace(begun, timeline=(*begun.timeline, *ends))


def guest(*out: RuledOut, grade: Grade = Grade.LIKELY) -> Verdict:
    return replace(stories.guest_proven(), grade=grade, ruled_out=out)


def healthy() -> Verdict:
    return replace(
        stories.guest_proven(), verdict=Answer.HEALTHY, grade=Grade.NO_FAULT, cause=None, claim=None, ruled_out=(),
        next_test=None,
    )  # fmt: skip


def told(incidents: Sequence[Incident], inquiry: Inquiry = INQUIRY) -> Summary:
    return summary(inquiry, incidents, NOON + timedelta(minutes=9))


def hows(shown: Summary) -> dict[Side, How]:
    return {side.side: side.how for side in shown.sides}


def test_before_anything_was_measured_all_is_open_and_the_next_step_is_named() -> None:
    """An empty summary that accuses nobody, and says what to do."""
    shown = told(())
    assert set(hows(shown).values()) == {How.OPEN}
    assert shown.lead is None
    assert "nobody is to be blamed" in shown.gist
    assert "`/arpcheck app01`" in shown.next.do


def test_a_side_is_ruled_out_only_where_every_machine_in_trouble_rules_it_out() -> None:
    """One machine that leaves it open keeps it open, and is named."""
    both = (question(5, guest(HOST_OUT, WIRE_OUT)), question(7, guest(HOST_OUT)))
    shown = told(both)
    assert hows(shown) == {Side.GUEST: How.SUSPECT, Side.NETWORK: How.OPEN, Side.HYPERVISOR: How.RULED_OUT}
    (wire,) = [side for side in shown.sides if side.side is Side.NETWORK]
    assert wire.grounds[0].says == "Neither shown nor excluded for 10.0.0.7. Excluded for 10.0.0.5."
    assert "Ruled out: HYPERVISOR." in shown.gist


def test_a_healthy_machine_neither_accuses_nor_rules_out() -> None:
    """It is a control, not a witness against anybody."""
    shown = told((question(5, guest(HOST_OUT)), question(6, healthy())))
    assert hows(shown)[Side.HYPERVISOR] is How.RULED_OUT
    assert hows(told((question(6, healthy()),)))[Side.GUEST] is How.OPEN
    assert told((question(6, healthy()),)).gist.startswith("Every machine that was checked is fine")


def test_the_newest_verdict_on_a_machine_is_the_one_that_counts() -> None:
    """After the fix the old accusation is history."""
    shown = told((question(5, guest(HOST_OUT)), question(5, healthy(), after_s=60)))
    assert hows(shown)[Side.GUEST] is How.OPEN
    assert [one.says for one in shown.machines] == ["10.0.0.5: HEALTHY no fault"]


def test_what_was_mended_is_told_with_what_it_was() -> None:
    """Before and after in one line; a machine that is still at fault is not called mended."""
    shown = told((question(5, guest(HOST_OUT)), question(6, healthy()), question(5, healthy(), after_s=60)))
    cause = stories.guest_proven().cause
    since = f"{NOON + timedelta(seconds=60):%H:%M} UTC"
    assert shown.gist == (
        "Every machine that was checked is fine as of its last check. "
        f"10.0.0.5 was GUEST, likely ({cause}) and is fine since its check at {since}."
    )
    assert "is fine since" not in told((question(5, healthy()), question(5, guest(), after_s=60))).gist


def test_different_faults_on_different_machines_are_not_made_one() -> None:
    """Neither of them is called the cause of the other's trouble."""
    wire = replace(guest(), verdict=Answer.NETWORK, cause="network.table_kept_old_entry")
    shown = told((question(5, guest()), question(7, wire)))
    assert shown.gist.startswith("Different machines have different faults: GUEST (10.0.0.5) and NETWORK (10.0.0.7)")


def test_the_lead_is_what_most_machines_share_and_the_surest_of_them() -> None:
    """A single odd one does not lead."""
    wire = replace(guest(grade=Grade.PROVEN), verdict=Answer.NETWORK, cause="network.table_kept_old_entry")
    asked = (question(5, guest()), question(7, wire), question(9, guest(grade=Grade.PROVEN)))
    lead = told(asked).lead
    assert lead is not None
    assert lead.incident == "inc-9-0"


def test_why_not_just_reboot_has_an_answer_from_the_evidence() -> None:
    """It is what a manager asks for."""
    assert "Two VMs on its host answer." in told((question(5, guest(HOST_OUT)),)).reboot
    assert "points to GUEST" in told((question(5, guest()),)).reboot
    host = replace(guest(), verdict=Answer.HYPERVISOR)
    assert "destroys what shows why" in told((question(5, host),)).reboot
    assert "Nothing that was measured points to them" in told(()).reboot


def test_what_changed_since_the_last_summary_is_said() -> None:
    """Whoever comes back wants the difference."""
    first = told((question(5, guest()),))
    inquiry = replace(INQUIRY, timeline=(OPENED, Summarised(at=NOON, told=first.told)))
    note = Noted(at=NOON, note="note-1", by=ANA, text="the core was rebooted")
    later = replace(inquiry, timeline=(*inquiry.timeline, note))
    asked = (question(5, guest(HOST_OUT)), question(6, healthy()))
    assert told((question(5, guest()),), inquiry).changed == ()
    assert told(asked, later).changed == (
        "HYPERVISOR: ruled out (was open)", "10.0.0.6: HEALTHY no fault (new)", "notes: 1 (was 0)",
    )  # fmt: skip
    assert first.changed == ()


def test_what_runs_is_said_and_a_closed_one_may_be_opened_again() -> None:
    """The state is that of the last turn."""
    assert told((question(5, None),)).running == ("arpcheck 10.0.0.5",)
    ended = Ended(at=NOON, by=ANA, text="restarted the agent")
    closed = replace(INQUIRY, timeline=(OPENED, ended))
    assert told((), closed).ended == ended
    assert told((), replace(closed, timeline=(*closed.timeline, Reopened(at=NOON, by=ANA)))).ended is None
