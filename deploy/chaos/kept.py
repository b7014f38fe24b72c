"""What must hold behind the cards: jobs, timelines, the audit, what is left on server and disk, acknowledgements."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from bot.archive import CaseArchive
from bot.audit import FileAudit
from bot.errors import BundleError
from bot.incidents import bundle, folds, rejudge
from bot.model.incident import Outcome, Reported
from bot.model.request import CAPTURE, LOOK_UP, REACH
from bot.queue import keys
from bot.roles import retention
from bot.system import SystemClock
from deploy.chaos.asked import Fault
from deploy.chaos.evidence import Evidence, Run
from deploy.chaos.plan import Kind

ACK_S = 3.0
_AGENT_TROUBLE = (Kind.AGENT_KILLED, Kind.AGENT_TOLD_TO_END, Kind.AGENT_PAUSED, Kind.LINK_CUT, Kind.LINK_SLOW)
_BOT_TROUBLE = (Kind.BOT_KILLED, Kind.BOT_PAUSED, Kind.BOT_TOLD_TO_END, Kind.SOCKETS_CUT, Kind.ACKS_LOST, Kind.LATE,
                Kind.SERVER_KILLED, Kind.FAILED_OVER, Kind.DOUBLED)  # fmt: skip
_SLACK_TROUBLE = (Kind.LIMITED, Kind.BROKEN, Kind.ANSWER_LOST)
"""A press that is refused is not acknowledged where Slack takes no word of why."""
_RECOVERS_S = 12.0
"""So long after its restart a bot on a busy machine may not be connected yet."""
LIFETIMES_S = {
    "rep": keys.REPLY_S, "artifact": keys.ARTIFACT_S, "journal": keys.JOURNAL_S, "asked": keys.JOURNAL_S,
    "seen": keys.LONGEST_S, "cancel": keys.LONGEST_S, "delivery": keys.DELIVERY_S, "alive": 3, "agent": 3,
    "serving": 3, "asking": 5, "bot": 5, "kept": keys.KEPT_S, "roll": keys.ROLL_S,
}  # fmt: skip
_FORGETS_S = 8.0
"""So long after it was put an order may be met, by an agent that was away before."""
_REPLAYED = "forged-replayed"
_FOR_GOOD = {keys.DEAD, "jobs"}
_EMPTY = {keys.UNFINISHED, keys.UNENDED}


def jobs(seen: Evidence) -> tuple[list[Fault], int]:
    """Nothing ran unsigned, late or twice to an effect; how many were rightly begun anew."""
    faults, again = list[Fault](), 0
    known = {job.id: job for incident in seen.incidents.values() for job in folds.jobs(incident)}
    begun: dict[str, list[Run]] = {}
    for run in seen.runs:
        if run.what == "begun":
            begun.setdefault(run.job, []).append(run)
            if run.job not in known and not run.job.startswith(_REPLAYED):
                faults.append(Fault("only what was asked for runs", run.job, f"on {run.agent} at {run.at:.3f}"))
            if run.at > run.expires_at:
                faults.append(Fault("nothing runs late", run.job, f"{run.at - run.expires_at:.3f} s on {run.agent}"))
    for job, runs in begun.items():
        for before, after in pairwise(runs):
            again += 1
            trouble = [
                one for one in seen.chronicle.during(before.at - 5, after.at + 1)
                if one.happening.kind in (Kind.SERVER_KILLED, Kind.FAILED_OVER)
                or (one.happening.kind in _AGENT_TROUBLE and one.happening.whom == before.agent)
            ]  # fmt: skip
            if not trouble:
                faults.append(
                    Fault("only a death begins a job anew", job, f"{before.life} at {before.at:.3f}, {after.life}")
                )
    ends = Counter(
        event.job for incident in seen.incidents.values() for event in incident.timeline
        if isinstance(event, Reported) and event.final
    )  # fmt: skip
    faults += (Fault("a job has one effect", job, f"{n} final reports") for job, n in ends.items() if n > 1)
    return faults, again


def forged(seen: Evidence) -> Iterator[Fault]:
    """Every forged order lies among the dead letters, with the reason."""
    wanted = [
        one.what for one in seen.chronicle.done if one.happening.kind is Kind.FORGED and one.what
        and not any(
            other.happening.kind is Kind.FAILED_OVER  # which may have forgotten order, mark or dead letter
            for other in seen.chronicle.during(one.at - 1, one.until + _FORGETS_S)
        )
    ]  # fmt: skip
    ran = Counter(run.job for run in seen.runs if run.what == "begun")
    for job in wanted:
        if ran[job] > job.startswith(_REPLAYED):  # its first copy is an order like any other
            yield Fault("nothing forged runs", job, f"agents ran it {ran[job]} times")
        elif not any(job in letter.get("body", "") for letter in seen.dead):
            yield Fault("what is refused is kept", job, f"not among {len(seen.dead)} dead letters")


def timelines(seen: Evidence) -> tuple[list[Fault], int]:
    """Every timeline decodes and its case is judged as before; how many were judged again."""
    faults = [Fault("every timeline decodes", "journal", why) for why in seen.unreadable]
    cases, judged = CaseArchive(seen.directory / "cases"), 0
    for name, incident in seen.incidents.items():
        if incident.closed is None or incident.closed.outcome is not Outcome.ANSWERED:
            continue
        if incident.request.command in (LOOK_UP, REACH):
            if cases.case(name) is None:
                faults.append(Fault("every answer has its case", name, incident.request.command))
            continue
        try:
            files = cases.case(name)
            if files is None:
                faults.append(Fault("every answer has its case", name, incident.request.command))
                continue
            case, blobs = bundle.unpack(files)
        except BundleError as error:
            faults.append(Fault("every case can be read", name, str(error)))
            continue
        again = rejudge.rejudge(case, blobs)
        judged += case.verdict is not None
        if case.verdict != incident.verdict:
            faults.append(Fault("case and timeline say the same", name, f"{case.verdict} / {incident.verdict}"))
        if again.changes and incident.request.command != CAPTURE:
            faults.append(Fault("the same bytes give the same verdict", name, " ".join(again.changes)))
        if incident.request.command == CAPTURE and again.gone:
            faults.append(Fault("what was captured is kept", name, " ".join(again.gone)))
    return faults, judged


def audit(seen: Evidence) -> Iterator[Fault]:
    """The chain is whole, by the operator's own command."""
    path = seen.directory / "audit.jsonl"
    command = [sys.executable, "-m", "bot", "audit", "verify", str(path)]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    if told.returncode:
        yield Fault("the audit is whole", path.name, f"{told.stdout} {told.stderr}")


def leftovers(seen: Evidence) -> Iterator[Fault]:
    """Nothing waits on the server any more, and what lies there goes by itself."""
    for key in seen.left:
        kind = key.name.partition(":")[0]
        if key.pending or (kind == "jobs" and key.length):
            yield Fault("no job is left", key.name, f"{key.length} entries, {key.pending} pending")
        elif kind in _EMPTY and key.length:
            yield Fault("nothing is left unfinished", key.name, f"{key.length} entries")
        elif kind == "kept":
            yield Fault("evidence of what is over is removed", key.name, f"{key.length} blobs, {key.lives_s} s more")
        elif kind in _FOR_GOOD | _EMPTY:
            continue
        elif kind not in LIFETIMES_S:
            yield Fault("every key has its rule", key.name, f"{key.kind}, {key.lives_s} s")
        elif key.lives_s is None or key.lives_s > LIFETIMES_S[kind]:
            yield Fault("every key has its lifetime", key.name, f"{key.lives_s} s of {LIFETIMES_S[kind]}")


def retained(seen: Evidence) -> Iterator[Fault]:
    """One pass of the retention with no time at all leaves no case on disk."""
    cases, trail = CaseArchive(seen.directory / "cases"), FileAudit(seen.directory / "audit.jsonl")
    now = timedelta(seconds=-1)
    retention.sweep(cases, trail, SystemClock(), captures=now, cases=now)
    left = [path.name for path in cases.root.iterdir()] if cases.root.is_dir() else []
    if left := [name for name in left if not name.startswith(".draft-")]:  # a killed bot's, for an hour
        yield Fault("no case outlives its time", ", ".join(left[:5]), f"{len(left)} are left")


def acknowledged(seen: Evidence) -> tuple[list[Fault], Counter[str]]:
    """Every question was acknowledged in time, or its asker was told so; what those were told, and how often."""
    faults, told = list[Fault](), Counter[str]()
    for one in seen.chronicle.questions:
        if one.error:
            told[one.error] += 1
            around = seen.chronicle.during(one.at - _RECOVERS_S, one.at + ACK_S)
            trouble = (*_BOT_TROUBLE, *_SLACK_TROUBLE) if one.text.startswith("[") else _BOT_TROUBLE
            if not any(other.happening.kind in trouble for other in around):
                faults.append(Fault("every question is acknowledged", one.text, f"{one.error} at {one.at:.3f}"))
        elif one.ack_ms and one.ack_ms > ACK_S * 1000:
            faults.append(Fault("acknowledged within 3 s", one.text, f"{one.ack_ms} ms"))
    return faults, told


def bugs(directory: Path) -> Iterator[Fault]:
    """What the processes themselves call a bug: an exception in a log, or a last word that is none."""
    for path in sorted(directory.glob("*.log")):
        for line in path.read_text(errors="replace").splitlines():
            try:
                entry = json.loads(line)
            except ValueError:  # Slack's library says in its own words that its socket was cut under an answer
                if line.startswith("Fatal Python error"):
                    yield Fault("no process breaks", path.name, line)
                continue
            if isinstance(entry, dict) and entry.get("exception"):
                yield Fault("no process breaks", path.name, f"{entry['event']}: {entry['exception'][-600:]}")
