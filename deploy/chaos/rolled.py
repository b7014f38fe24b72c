"""What came of the questions that were asked while processes were replaced: phase by phase, and what was broken."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from bot.model.audit import Deed, Entry
from bot.model.incident import CARD, Incident, Outcome, Published, Started
from bot.model.request import CAPTURE, CHECK, LOOK_UP, WATCH
from bot.model.verdict import Answer
from deploy.chaos.asked import Fault
from deploy.chaos.chronicle import Question, Shown
from deploy.chaos.evidence import Evidence
from deploy.chaos.figures import quantiles
from deploy.chaos.plan import SCENES
from deploy.chaos.promises import held
from deploy.demo.stage import RUNNING

CALM = ("calm", "calm again", "asked again")
_WHISPERED_S, _CROSSES_S = 20.0, 1.0
_STOP, _MENTION = "stop ", "@"
_WORDS = {CHECK: "/arpcheck", LOOK_UP: "/vcenter", WATCH: "/watch", CAPTURE: "/capture"}
Posted = Mapping[tuple[str, str], Mapping[str, Sequence[Shown]]]
_Key = tuple[str, int | None, bool]
_Came = tuple[Outcome | None, Answer | None]


@dataclass(frozen=True, slots=True)
class Phase:
    """A time of the run: from ``at``, in seconds of the wall clock, to the next one."""

    name: str
    at: float


@dataclass(frozen=True, slots=True)
class Stop:
    """A process that was replaced: seconds from the signal to its end, and from its start until it was ready."""

    name: str
    took_s: float
    ready_s: float


@dataclass
class Row:
    """One phase in figures. Seconds to the card are those of checks and look-ups: the others last as long as wished.

    ``told`` were refused with a sentence, or given another's answer; ``unacked`` saw an error of Slack's own.
    """

    phase: str
    asked: int = 0
    acks_s: list[float] = field(default_factory=list)
    unacked: int = 0
    told: int = 0
    one_card: int = 0
    came: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    doubled: int = 0
    cards_s: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        acks = " ".join(f"{one:>6.3f}" for one in quantiles(self.acks_s))
        cards = " ".join(f"{one:>5.1f}" for one in quantiles(self.cards_s))
        came = ", ".join(f"{n} {name}" for name, n in sorted(self.came.items()))
        return (
            f"{self.phase:<14} {self.asked:>5} {len(self.acks_s):>6} {acks} {self.unacked:>7} {self.told:>5} "
            f"{self.one_card:>8} {self.lost:>4} {self.doubled:>7} {cards}  {came}"
        )


HEAD = (
    f"{'phase':<14} asked  acked  ack_p50    p95    max unacked  told one_card lost doubled "
    " card_p50 p95   max  came of it"
)


@dataclass(frozen=True, slots=True)
class Report:
    """All of it. ``faults`` make the exit status; ``notes`` are what else a reader should know."""

    rows: tuple[Row, ...]
    stops: tuple[Stop, ...]
    faults: tuple[Fault, ...]
    notes: tuple[str, ...]
    took_s: float = 0.0

    def __str__(self) -> str:
        lines = [HEAD, *map(str, self.rows), "", "process         times  stop_p50   max  ready_p50   max"]
        for name in dict.fromkeys(stop.name for stop in self.stops):
            ones = [stop for stop in self.stops if stop.name == name]
            p50, _, most = quantiles([one.took_s for one in ones])
            ready, _, longest = quantiles([one.ready_s for one in ones])
            lines.append(f"{name:<14} {len(ones):>6} {p50:>9.2f} {most:>5.2f} {ready:>10.2f} {longest:>5.2f}")
        lines += [f"  {one}" for one in self.notes]
        lines += [f"  BROKEN: {one}" for one in self.faults]
        return "\n".join([*lines, f"{len(self.faults)} promises broken, {self.took_s:.0f} s"])


def report(
    seen: Evidence, phases: Sequence[Phase], stops: Sequence[Stop], *, hard: bool, stops_within_s: float
) -> Report:
    """The figures and what is broken; ``hard``: processes were killed, so that what a death excuses is excused."""
    found = held(seen)
    faults = list(found.faults)
    rows, missed = figures(seen, phases, found.lines)
    if not hard:
        faults += missed
        faults += (Fault("no question has two cards", str(one), "") for one in found.seconds)
        faults += graceful(seen, phases, stops, stops_within_s)
    lives = sum(1 for _ in _lives(seen))
    notes = [
        f"{found.judged_again} cases judged again, {found.begun_anew} jobs begun anew, "
        f"{lives} of them at the cost of a life, {len(seen.chronicle.gone)} messages taken back, "
        f"{sum(found.unacknowledged.values())} errors of Slack's own",
        *(f"crossed the goodbye of a bot, unavoidable: {one.text} at {one.at:.3f}" for one in _refused(seen)[1]),
        *(f"second card, unavoidable: {one.incident}: {one.why}" for one in found.seconds),
        *(f"could not be done: {one}" for one in seen.chronicle.trouble),
    ]
    return Report(tuple(rows), tuple(stops), tuple(dict.fromkeys(faults)), tuple(notes))


def graceful(seen: Evidence, phases: Sequence[Phase], stops: Sequence[Stop], within_s: float) -> Iterator[Fault]:
    """What only a death excuses."""
    for refused in _refused(seen)[0]:
        yield Fault("no asker sees an error of Slack's", refused.text, f"{refused.error} at {refused.at:.3f}")
    for started in _lives(seen):
        yield Fault("no job costs a second life", started.job, f"attempt {started.attempt} on {started.agent}")
    yield from _worse(seen, phases)
    yield from _pictures(seen)
    for stop in stops:
        if stop.took_s > within_s:
            yield Fault(f"a process ends within {within_s:g} s", stop.name, f"{stop.took_s:.1f} s")


def _pictures(seen: Evidence) -> Iterator[Fault]:
    """Where something was watched or captured over time its picture stands in the thread, once."""
    shared = Counter(one for one in seen.files if one[2].endswith(".png"))
    for incident in seen.incidents.values():
        stands = [event for event in incident.timeline if isinstance(event, Published) and event.part == CARD]
        answered = incident.closed is not None and incident.closed.outcome is Outcome.ANSWERED
        if incident.request.command in (CAPTURE, WATCH) and answered and stands:
            name = f"{incident.address}-timeline.png"
            found = shared[stands[-1].channel, stands[-1].message, name]
            if found != 1:
                yield Fault("a picture stands once", incident.id, f"{found} times {name} ({incident.request.command})")


def _lives(seen: Evidence) -> Iterator[Started]:
    for incident in seen.incidents.values():
        yield from (one for one in incident.timeline if isinstance(one, Started) and one.attempt > 1)


def doubtful(seen: Evidence, phases: Sequence[Phase]) -> list[str]:
    """What ended badly under restarts and was not asked in peace: as it is typed, each once."""
    calm = _calm(seen, phases)
    found = {}
    for incident in _bad(seen, phases):
        if (key := _key(incident)) not in calm:
            lasts = {WATCH: " for 10s", CAPTURE: " for 3s arp"}.get(incident.request.command, "")
            deep = " deep" if incident.request.deep else ""
            found[key] = f"{_WORDS[incident.request.command]} {incident.request.target}{lasts}{deep}"
    return list(found.values())


def figures(seen: Evidence, phases: Sequence[Phase], lines: Mapping[int, Entry]) -> tuple[list[Row], list[Fault]]:
    """A row for every phase, and whatever was lost or doubled; ``lines`` are those of the audit by question."""
    rows, faults, posted = {one.name: Row(one.name) for one in phases}, list[Fault](), seen.chronicle.cards()
    for number, question in enumerate(seen.chronicle.questions):
        row, entry = rows[_phase(phases, question.at)], lines.get(number)
        row.asked += 1
        if question.error:
            row.unacked += 1
            continue
        if (ack_s := _acknowledged(seen, question)) is not None:
            row.acks_s.append(ack_s)
        if question.told or (entry is None and _whispered(seen, question)):
            row.told += 1
        elif entry is not None and question.said.startswith(_STOP):
            row.came["stop"] += 1
        elif why := _answered(seen, question, entry, posted, row):
            row.lost += 1
            faults.append(Fault("nothing is lost", question.text, why))
    for who, extra in _twice(seen).items():
        at = max(one.at for one in seen.chronicle.questions if (*seen.asker(one), one.said) == who)
        rows[_phase(phases, at)].doubled += extra
        faults.append(Fault("nothing is done twice", who[2], f"{extra} times more than it was asked in {who[0]}"))
    return [row for row in rows.values() if row.asked], faults


def _answered(seen: Evidence, question: Question, entry: Entry | None, posted: Posted, row: Row) -> str | None:
    """Count the answer; why there is none."""
    incident = seen.incidents.get(entry.incident or "") if entry else None
    if incident is None:
        return f"asked at {question.at:.3f}, and no timeline has it"
    row.came[_word(incident)] += 1
    finals = list(_finals(seen, question, incident, posted))
    row.one_card += len(finals) == 1
    row.doubled += len(finals) > 1
    if finals and incident.request.command in (CHECK, LOOK_UP):
        row.cards_s.append(max(0.0, min(finals) - question.at))
    return None if finals else f"{incident.id} has no final card"


def _refused(seen: Evidence) -> tuple[list[Question], list[Question]]:
    """Whoever saw an error of Slack's: without an excuse, and because a delivery crossed the goodbye of a bot.

    The bot's own log is the proof: it was in Slack's hands and ours in the same round trip, and was carried out.
    """
    late, refused, crossed = _too_late(seen.directory), list[Question](), list[Question]()
    for one in (one for one in seen.chronicle.questions if one.error):
        fit = [at for at in late if 0 <= at - one.at <= _CROSSES_S]
        (crossed if fit else refused).append(one)
        if fit:
            late.remove(fit[0])
    return refused, crossed


def _too_late(directory: Path) -> list[float]:
    """When a bot could not acknowledge any more what somebody had typed or pressed."""
    lines = (line for path in sorted(directory.glob("bot-*.log")) for line in path.read_text().splitlines())
    told = [json.loads(line) for line in lines if '"acknowledgement_too_late"' in line]
    return [datetime.fromisoformat(one["timestamp"]).timestamp() for one in told if one["type"] != "events_api"]


def _acknowledged(seen: Evidence, question: Question) -> float | None:
    """Seconds from the typing to the acknowledgement; None: a mention that nobody acknowledged."""
    if not question.text.startswith(_MENTION):
        return (question.ack_ms or 0.0) / 1000
    who = ("app_mention", *seen.asker(question))
    for one in seen.log:
        if one["kind"] == "envelope" and one["ok"] and one["at"] >= question.at and one["type"] == "events_api":
            event = one["payload"]["event"]
            same = (event["type"], event.get("channel"), event.get("user")) == who and question.said in event["text"]
            if same:
                return float(one["at"]) - question.at
    return None


def _whispered(seen: Evidence, question: Question) -> bool:
    who = seen.asker(question)
    return any(
        who == (channel, user) and 0 <= at - question.at <= _WHISPERED_S
        for at, channel, user, _ in seen.chronicle.whispers
    )


def _finals(seen: Evidence, question: Question, incident: Incident, posted: Posted) -> Iterator[float]:
    """When each message that stands in the asker's channel with this answer said it first."""
    here = seen.asker(question)[0]
    own = incident.request.place.channel == here
    mark = (incident.id, "card") if own else (here, f"also {incident.id} ")
    for states in posted.get(mark, {}).values():
        said = [one.at for one in states if not one.text.startswith(RUNNING)]
        if said:
            yield min(said)


def _twice(seen: Evidence) -> Counter[tuple[str, str, str]]:
    """What was carried out more often than it was asked: by channel, person and words."""
    done = Counter[tuple[str, str, str]]()
    for entry in seen.audit:
        if entry.deed is Deed.REQUESTED and entry.person and entry.place:
            done[entry.place.channel, entry.person.user, entry.said or ""] += 1
    return done - Counter((*seen.asker(one), one.said) for one in seen.chronicle.questions)


def _phase(phases: Sequence[Phase], at: float) -> str:
    return next((one.name for one, after in pairwise(phases) if at < after.at), phases[-1].name)


def _word(incident: Incident) -> str:
    if incident.closed is None:
        return "open"
    if incident.closed.outcome is Outcome.ANSWERED:
        return f"{incident.verdict.verdict}" if incident.verdict else "answered"
    return str(incident.closed.outcome)


# ---- the same question in peace --------------------------------------------------------------------------------------


def _key(incident: Incident) -> _Key:
    """The same machine was recorded on every segment."""
    address = incident.request.target.address
    return incident.request.command, address.packed[1] % SCENES if address else None, incident.request.deep


def _came(incident: Incident) -> _Came:
    closed, verdict = incident.closed, incident.verdict
    return closed.outcome if closed else None, verdict.verdict if verdict else None


def _bad(seen: Evidence, phases: Sequence[Phase]) -> Iterator[Incident]:
    """Those that ended badly, and were asked while something was replaced."""
    for incident in seen.incidents.values():
        outcome, verdict = _came(incident)
        if _phase(phases, incident.request.asked_at.timestamp()) in CALM or outcome is Outcome.STOPPED:
            continue
        if outcome is not Outcome.ANSWERED or verdict is Answer.INCONCLUSIVE:
            yield incident


def _calm(seen: Evidence, phases: Sequence[Phase]) -> dict[_Key, set[_Came]]:
    found: dict[_Key, set[_Came]] = {}
    for incident in seen.incidents.values():
        came = _came(incident)
        if _phase(phases, incident.request.asked_at.timestamp()) in CALM and came[0] is not Outcome.STOPPED:
            found.setdefault(_key(incident), set()).add(came)
    return found


def _worse(seen: Evidence, phases: Sequence[Phase]) -> Iterator[Fault]:
    calm = _calm(seen, phases)
    for incident in _bad(seen, phases):
        came, wanted = _came(incident), calm.get(_key(incident), set())
        if came not in wanted:
            why = incident.closed.sentence if incident.closed else "open"
            evidence = f"/{incident.request.command} {incident.request.target}: {came}, in peace {wanted}: {why}"
            yield Fault("a restart spoils no answer", incident.id, evidence)
