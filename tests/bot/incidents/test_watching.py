"""A watch from its words to its end: pieces without a pause, gaps that are said, and vCenter asked at the end."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from ipaddress import IPv4Address

import pytest

from bot.errors import RequestError
from bot.incidents import flow, planning, watching
from bot.incidents.actions import Action, Append, Judge, Put
from bot.incidents.folds import jobs
from bot.incidents.planning import Known
from bot.model.finding import Evidence
from bot.model.incident import AnyEvent, Expired, Flipped, Incident, Queued, Reported, Requested, StopAsked, Watched
from bot.model.job import Agent, Job, Probe
from bot.model.observation import Observation
from bot.model.request import WATCH, Target
from tests.bot.incidents.ground import ASKER, NOON, OFFICE, PROD, TARGET, agent, request
from tests.bot.incidents.pieces import watch

ON_PROD, ON_OFFICE = agent(PROD), agent(OFFICE)
UNABLE = replace(ON_PROD, probes=(Probe.ARP, Probe.ICMP))


def known(
    after_s: float, agents: Iterable[Agent] = (ON_PROD, ON_OFFICE), vcenters: tuple[str, ...] = ("dc1",)
) -> Known:
    return Known(tuple(agents), vcenters, at(after_s))


def at(after_s: float) -> datetime:
    return NOON + timedelta(seconds=after_s)


def asked(duration_s: float = 60.0, piece_s: float = 5.0) -> Incident:
    wish = replace(watching.wish(duration_s), piece_s=piece_s)
    question = replace(request(command=WATCH), watch=wish)
    return Incident(question.id, (Requested(at=NOON, request=question),))


def then(incident: Incident, *events: AnyEvent) -> Incident:
    return replace(incident, timeline=(*incident.timeline, *events))


def put(incident: Incident, after_s: float, wanted: Action) -> Incident:
    assert isinstance(wanted, Put)
    return then(incident, Queued(at=at(after_s), jobs=wanted.jobs, gaps=wanted.gaps))


def begun(duration_s: float = 60.0, piece_s: float = 5.0) -> Incident:
    incident = asked(duration_s, piece_s)
    return put(incident, 0, watching.first(incident, known(0)))


def reported(incident: Incident, after_s: float) -> Incident:
    """Everybody has answered everything."""
    return then(
        incident,
        *(Reported(at=at(after_s), job=job.id, agent="prod-1", artifacts=(), final=True) for job in jobs(incident)),
    )


def due(incident: Incident, after_s: float, **more: object) -> list[Action]:
    return list(watching.due(incident, known(after_s, **more)))  # type: ignore[arg-type]


def told(found: Iterable[Job]) -> list[tuple[Probe, str]]:
    return [(job.probe, job.queue) for job in found]


BOTH = [(Probe.WATCH, "segment.prod"), (Probe.WATCH, "segment.office")]
VCENTER = [(Probe.VCENTER, "vcenter.dc1")]


# ---- the words ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "target", "seconds"),
    [
        ("10.0.0.5", Target(address=TARGET), 600),
        ("10.0.0.5 for 10m", Target(address=TARGET), 600),
        ("10.0.0.5 for 90s", Target(address=TARGET), 90),
        ("10.0.0.5 for 2 minutes", Target(address=TARGET), 120),
        ("10.0.0.5 FOR 10 Min", Target(address=TARGET), 600),
        ("  10.0.0.5   for 1.5m ", Target(address=TARGET), 90),
        ("app05 for 1h", Target(name="app05"), 3600),
        ("10.0.0.5 for 10s", Target(address=TARGET), 10),
    ],
)
def test_the_words_are_a_machine_and_a_time(text: str, target: Target, seconds: float) -> None:
    """In whatever way people write minutes; ten of them where nothing is said."""
    found, wish = watching.parse(text)
    assert (found, wish.duration_s) == (target, seconds)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Say what to watch: .* and for how long: `/watch 10.0.0.5 for 10m`"),
        ("for 10m", "Say what to watch"),
        ("10.0.0.5 for 10", "`for 10` has no unit; say `for 10s` or `for 10m`"),
        ("10.0.0.5 for ever", "`ever` is no time; say seconds or minutes"),
        ("10.0.0.5 for 3 days", "`3 days` is no time; say seconds or minutes"),
        ("10.0.0.5 for", "`for` needs a time, for example `for 10m`"),
        ("10.0.0.5 for 0s", "give at least 10 seconds"),
        ("10.0.0.5 for -5m", "-5m is no time to watch in; give at least 10 seconds"),
        ("10.0.0.5 for 5s", "5s is too short to see anything; give at least 10 seconds"),
        ("10.0.0.5 for 61m", "61m is too long: one watch takes 60 minutes at most, for example"),
        ("10.0.0.5 for 2h", "too long: one watch takes 60 minutes at most"),
        ("10.0.0.5 10.0.0.6 for 1m", "one address"),
        ("10.0.0.5 deep for 1m", "A watch takes one address and nothing such as deep"),
        ("fe80::1 for 1m", "IPv6 address, and ARP speaks only for IPv4"),
        ("10.0.0.0/24 for 1m", "is a network; ask for one address in it, for example `/watch 10.0.0.5`"),
        ("10.0.0.300 for 1m", "not an IPv4 address"),
    ],
)
def test_what_cannot_be_watched_is_refused_with_what_would_be_right(text: str, says: str) -> None:
    """Before anything is asked of anybody."""
    with pytest.raises(RequestError, match=says) as refusal:
        watching.parse(text)
    assert str(refusal.value).endswith(".")


@pytest.mark.parametrize(
    ("seconds", "piece_s"), [(10, 5.0), (60, 5.0), (450, 5.0), (600, 600 / 90), (1350, 15.0), (3600, 15.0)]
)
def test_a_watch_is_cut_into_pieces_within_bounds(seconds: float, piece_s: float) -> None:
    """Shorter ones flood the queue, longer ones lose too much with an agent that dies."""
    assert watching.wish(seconds).piece_s == pytest.approx(piece_s)


# ---- the first piece ---------------------------------------------------------------------------------------------


def test_the_first_piece_begins_at_once_on_both_sides_and_vcenter_is_asked_beside_it() -> None:
    """One on its own segment, one through the router."""
    first = watching.first(asked(), known(0))
    assert told(first.jobs) == BOTH + VCENTER
    assert first.gaps == ()
    assert [job.options.listen_s for job in first.jobs[:2]] == [5.0, 5.0]
    assert {job.target for job in first.jobs} == {TARGET}
    assert first.jobs[0].expires_at == at(5 + watching.GRACE_S)
    assert len({job.id for job in first.jobs}) == 3


def test_without_a_vcenter_that_is_said_once() -> None:
    """No move can be told then."""
    first = watching.first(asked(), known(0, vcenters=()))
    assert told(first.jobs) == BOTH
    assert first.gaps == (planning.NO_VCENTER,)


@pytest.mark.parametrize(
    ("agents", "says"),
    [
        pytest.param((), planning.NOBODY, id="nobody"),
        pytest.param((UNABLE,), planning.NOBODY, id="nobody who can"),
        pytest.param((ON_OFFICE,), "No agent stands on 10.0.0.5's network", id="only elsewhere"),
    ],
)
def test_a_watch_that_nobody_can_carry_out_is_refused_at_once(agents: tuple[Agent, ...], says: str) -> None:
    """The asker hears it from the first card and does not wait ten minutes for nothing."""
    incident = asked()
    (wanted,) = flow.step(incident, incident.timeline[0], (), known(0, agents))
    assert isinstance(wanted, Append)
    assert says in str(wanted.event)


# ---- one piece after the other -----------------------------------------------------------------------------------


def test_the_next_piece_begins_before_the_last_one_ends() -> None:
    """A second is enough for a job to reach its agent; nothing is missed between the two."""
    incident = begun()
    assert due(incident, 3.9) == []
    (wanted,) = due(incident, 4.0)
    assert isinstance(wanted, Put)
    assert told(wanted.jobs) == BOTH
    assert wanted.gaps == ()
    assert not {job.id for job in wanted.jobs} & {job.id for job in jobs(incident)}
    incident = put(incident, 4, wanted)
    assert due(incident, 4.2) == []
    assert due(incident, 8.0)


def test_vcenter_is_asked_again_every_ten_seconds() -> None:
    """A move is told soon after it happened, and vCenter is not asked with every piece."""
    incident, when = begun(), []
    for after_s in range(4, 40, 4):
        (wanted,) = due(incident, after_s)
        incident = put(incident, after_s, wanted)
        when += [after_s] if (Probe.VCENTER, "vcenter.dc1") in told(incident.timeline[-1].jobs) else []  # type: ignore[union-attr]
    assert when == [12, 24, 36]


def test_nobody_alive_on_its_own_segment_is_a_gap_that_is_said_once() -> None:
    """The other side goes on, and so does the watch: whoever comes back takes the next piece."""
    incident = begun()
    (wanted,) = due(incident, 4, agents=(ON_OFFICE,))
    assert isinstance(wanted, Put)
    assert told(wanted.jobs) == BOTH[1:]
    (gap,) = wanted.gaps
    assert gap.startswith("From 12:00:04 UTC on nobody could watch on its own segment. No agent stands on 10.0.0.5's")
    incident = put(incident, 4, wanted)
    (wanted,) = due(incident, 8, agents=(ON_OFFICE,))
    assert isinstance(wanted, Put)
    assert wanted.gaps == ()
    incident = put(incident, 8, wanted)
    (wanted,) = due(incident, 12)
    assert isinstance(wanted, Put)
    assert told(wanted.jobs) == BOTH + VCENTER
    incident = put(incident, 12, wanted)
    (wanted,) = due(incident, 16, agents=(ON_OFFICE,))
    assert isinstance(wanted, Put)
    assert len(wanted.gaps) == 1, "gone once more"


def test_nobody_alive_at_all_is_a_gap_and_not_the_end() -> None:
    """A restarted agent goes on; the time in between is said once, and vCenter is asked on."""
    incident = begun()
    gaps: list[str] = []
    for after_s in (4, 8, 12):
        (wanted,) = due(incident, after_s, agents=())
        assert isinstance(wanted, Put)
        gaps += wanted.gaps
        incident = put(incident, after_s, wanted)
    assert gaps == [f"From 12:00:04 UTC on nobody could watch on its own segment. {planning.NOBODY}"]
    (wanted,) = due(incident, 16)
    assert isinstance(wanted, Put)
    assert told(wanted.jobs) == BOTH


def test_no_piece_begins_in_the_last_second() -> None:
    """It could send nothing any more."""
    incident = begun(duration_s=10)
    (wanted,) = due(incident, 4)
    incident = put(incident, 4, wanted)
    assert due(incident, 9.5) == []


# ---- the end -----------------------------------------------------------------------------------------------------


def test_at_its_end_vcenter_is_asked_once_more_and_then_it_is_judged() -> None:
    """A move in the last seconds is in the verdict too."""
    incident = begun(duration_s=10)
    (wanted,) = due(incident, 4)
    incident = put(incident, 4, wanted)
    assert due(incident, 10) == [], "the last piece is not in yet"
    incident = reported(incident, 10)
    (wanted,) = due(incident, 10)
    assert isinstance(wanted, Put)
    assert told(wanted.jobs) == VCENTER
    incident = put(incident, 10, wanted)
    assert due(incident, 11) == [], "vCenter has not answered"
    assert due(reported(incident, 11), 11) == [Judge()]


def test_a_vcenter_that_was_asked_with_the_last_piece_is_asked_again_when_that_is_over() -> None:
    """It cannot have told of a move in the seconds that came after."""
    incident = begun(duration_s=14)
    for after_s in (4, 8, 12):
        (wanted,) = due(incident, after_s)
        incident = put(incident, after_s, wanted)
    assert told(jobs(incident)[-1:]) == VCENTER
    (wanted,) = due(reported(incident, 17), 17)
    assert isinstance(wanted, Put)
    assert told(wanted.jobs) == VCENTER


def test_a_vcenter_that_does_not_answer_holds_up_nobody() -> None:
    """Its job expires like any other."""
    incident = reported(begun(duration_s=10), 10)
    (wanted,) = due(incident, 10)
    assert isinstance(wanted, Put)
    assert told(wanted.jobs) == VCENTER
    incident = put(incident, 10, wanted)
    last = jobs(incident)[-1]
    assert last.expires_at <= at(10 + planning.RESOLVE_S)
    assert due(then(incident, Expired(at=at(20), job=last.id)), 20) == [Judge()]


def test_without_a_vcenter_it_is_judged_when_the_last_piece_is_in() -> None:
    """Nobody is left to ask."""
    assert due(reported(begun(duration_s=10), 10), 10, vcenters=()) == [Judge()]


def test_what_was_judged_is_not_judged_again() -> None:
    """Time goes on while the picture is drawn."""
    incident = then(reported(begun(duration_s=10), 10), Watched(at=at(11), says=()))
    assert due(incident, 12, vcenters=()) == []


def test_a_stop_ends_it_with_what_it_has() -> None:
    """No further piece; vCenter is asked for what moved meanwhile, and then it is judged."""
    incident = then(begun(duration_s=600), StopAsked(at=at(6), by=ASKER))
    assert due(incident, 6) == []
    incident = reported(incident, 7)
    (wanted,) = due(incident, 7)
    assert isinstance(wanted, Put)
    assert told(wanted.jobs) == VCENTER
    incident = reported(put(incident, 7, wanted), 8)
    assert due(incident, 8) == [Judge()]


def test_a_vcenter_that_was_asked_after_the_stop_is_not_asked_again() -> None:
    """Stop is pressed while a job of vCenter is on its way: that one began before, so it is asked once more only."""
    incident = then(begun(duration_s=600), StopAsked(at=at(1), by=ASKER))
    incident = reported(incident, 2)
    incident = reported(put(incident, 2, due(incident, 2)[0]), 3)
    assert due(incident, 3) == [Judge()]
    assert due(incident, 4) == [Judge()]


def test_before_the_address_is_known_nothing_is_due() -> None:
    """A name is looked up first."""
    question = replace(request(Target(name="app05"), command=WATCH), watch=watching.wish(60))
    incident = Incident(question.id, (Requested(at=NOON, request=question),))
    assert flow.due(incident, known(30)) == ()
    assert watching.ends_at(incident) is None


def test_the_time_of_looking_a_name_up_is_not_taken_from_the_watch() -> None:
    """It counts from the first piece."""
    incident = asked()
    incident = put(incident, 7, watching.first(incident, known(7)))
    assert watching.ends_at(incident) == at(67)


# ---- what changed ------------------------------------------------------------------------------------------------


def seen(evidence: Evidence) -> tuple[Observation, ...]:
    return evidence.observations


def test_a_change_is_told_once() -> None:
    """It is found anew with every report."""
    incident = begun(duration_s=600)
    evidence = watch().piece().piece(lost=range(8, 16)).evidence()
    (wanted,) = watching.step(incident, seen(evidence), known(3))
    assert isinstance(wanted, Append)
    flip = wanted.event
    assert isinstance(flip, Flipped)
    assert (flip.vantage, flip.says) == ("dc1-front", "Pings to 10.0.0.5 from dc1-front began to be lost.")
    assert (flip.at, flip.when) == (at(3), evidence.observations[0].seen_at + timedelta(seconds=4))
    assert list(watching.step(then(incident, flip), seen(evidence), known(3))) == []


def test_a_change_in_the_last_report_is_told_before_the_end() -> None:
    """The verdict follows in the same step."""
    incident = reported(begun(duration_s=10), 10)
    evidence = watch().piece().piece(lost=range(8, 16)).evidence()
    flip, judge = watching.step(incident, seen(evidence), known(10, vcenters=()))
    assert isinstance(flip, Append)
    assert judge == Judge()


def test_a_target_that_is_the_agent_itself_is_refused() -> None:
    """It would hear its own answers."""
    with pytest.raises(RequestError, match="is the agent prod-1 itself"):
        planning.watchers(IPv4Address("10.0.0.250"), known(0))
