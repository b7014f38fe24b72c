"""What is known now, for a newcomer who has twenty seconds: three sides, the lead, the next measurement, the gaps."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.inquiries.asked import answered, bad, called, judged, machine
from bot.inquiries.sides import leading, sides
from bot.model.cause import Side
from bot.model.incident import Incident
from bot.model.inquiry import Inquiry
from bot.model.request import CHECK
from bot.model.summary import Ground, How, Next, SideState, Summary
from bot.model.verdict import Grade

ANYBODY = "anybody in this channel"
_GAPS = 6


def summary(inquiry: Inquiry, incidents: Sequence[Incident], now: datetime) -> Summary:
    """The inquiry as it stands, from its own timeline and those of its questions."""
    stand, lead = sides(incidents), leading(incidents)
    told = _told(stand, lead, incidents, inquiry)
    return Summary(
        id=inquiry.id,
        opened=inquiry.opened,
        ended=inquiry.ended,
        at=now,
        gist=_gist(stand, lead, incidents),
        sides=stand,
        lead=_lead(lead),
        next=_next(inquiry, incidents, lead),
        machines=tuple(_machine(one) for one in judged(incidents)),
        split=_split(incidents),
        missing=_missing(incidents),
        running=tuple(f"{one.request.command} {called(one)}" for one in incidents if one.closed is None),
        notes=inquiry.notes,
        reboot=_reboot(stand),
        changed=_changed(inquiry.told, told),
        told=told,
        asked=len(incidents),
    )


def _gist(stand: Sequence[SideState], lead: Incident | None, incidents: Sequence[Incident]) -> str:
    out = [side.side.upper() for side in stand if side.how is How.RULED_OUT]
    ruled = f" Ruled out: {' and '.join(out)}." if out else ""
    suspects = [side for side in stand if side.how is How.SUSPECT]
    told = judged(incidents)
    if not told and (compared := [one.reach for one in incidents if one.reach]):
        return f"{compared[-1].claim} None was judged yet, so nobody is to be blamed."
    if not told:
        return "Nothing was measured yet, so nobody is to be blamed."
    if lead is None or lead.verdict is None:
        wrong = any(one.verdict and bad(one.verdict) for one in told)
        nobody = "The evidence does not carry a verdict yet, so nobody is to be blamed."
        fine = " ".join(("Every machine that was checked is fine as of its last check.", *_mended(incidents)))
        return f"{nobody if wrong else fine}{ruled}"
    if len(suspects) > 1:
        words = " and ".join(f"{side.side.upper()} ({', '.join(side.machines[:3])})" for side in suspects)
        return f"Different machines have different faults: {words}.{ruled}"
    verdict = lead.verdict
    return f"{verdict.verdict.upper()}, {verdict.grade.replace('_', ' ')}: {verdict.claim or verdict.cause}{ruled}"


def _mended(incidents: Sequence[Incident]) -> Iterator[str]:
    """Of each machine that was at fault and is fine now, what it was, and since when it is known to be fine."""
    newest = {machine(one, one.verdict): one for one in judged(incidents) if one.verdict}
    was: dict[str, Incident] = {}
    for one in sorted(incidents, key=lambda each: each.request.asked_at):
        if answered(one) and one.verdict and one.verdict.cause and bad(one.verdict):
            was[machine(one, one.verdict)] = one
    for name, before in was.items():
        now, verdict = newest[name], before.verdict
        if now is not before and now.verdict and not bad(now.verdict) and now.closed and verdict:
            how = f"{verdict.verdict.upper()}, {verdict.grade.replace('_', ' ')} ({verdict.cause})"
            yield f"{called(before)} was {how} and is fine since its check at {now.closed.at:%H:%M} UTC."


def _lead(lead: Incident | None) -> Ground | None:
    if lead is None or lead.verdict is None:
        return None
    return Ground(f"{lead.verdict.cause} ({lead.verdict.grade.replace('_', ' ')}, {called(lead)})", lead.id)


def _machine(incident: Incident) -> Ground:
    assert incident.verdict is not None, "only judged ones are told of"
    verdict = incident.verdict
    return Ground(f"{called(incident)}: {verdict.verdict.upper()} {verdict.grade.replace('_', ' ')}", incident.id)


def _next(inquiry: Inquiry, incidents: Sequence[Incident], lead: Incident | None) -> Next:
    told = judged(incidents)
    undecided = [one for one in told if one.verdict and bad(one.verdict) and one.verdict.cause is None]
    if not told:
        whom = inquiry.opened.affected[0] if inquiry.opened.affected else "a machine that is affected"
        return Next(f"Check {whom}: `/{CHECK} {whom if inquiry.opened.affected else '10.0.0.5'}`.", ANYBODY)
    if lead and lead.verdict and lead.verdict.grade is Grade.PROVEN:
        fix = lead.verdict.claim or "Mend it."
        return Next(
            f"{fix} Then press *Check again* on the card of {called(lead)}.", _OWNER[Side(lead.verdict.verdict.value)]
        )
    for one in (*([lead] if lead else []), *reversed(undecided)):
        if one.verdict and one.verdict.next_test:
            return Next(one.verdict.next_test.do, one.verdict.next_test.who)
    left = [name for name in inquiry.opened.affected if not any(name in called(one) for one in told)]
    if left:
        return Next(f"Check {left[0]} too: `/{CHECK} {left[0]}`.", ANYBODY)
    return Next("Nothing more is to be measured; close it with `/incident close`, or go on asking.", ANYBODY)


_OWNER = {
    Side.GUEST: "whoever owns the guest",
    Side.NETWORK: "the network team",
    Side.HYPERVISOR: "the virtualization team",
}


def _split(incidents: Sequence[Incident]) -> tuple[Ground, ...]:
    """What separates the affected machines, as the newest comparison found."""
    compared = [(one.reach, one.id) for one in incidents if one.reach]
    if not compared:
        return ()
    reach, name = compared[-1]
    return tuple(Ground(says, name) for says in (f"At {reach.at:%H:%M} UTC: {reach.claim}", *reach.says))


def _missing(incidents: Sequence[Incident]) -> tuple[str, ...]:
    """What the newest verdicts did not look at, the commonest first."""
    counted = Counter(gap for one in judged(incidents) if one.verdict for gap in one.verdict.missing)
    return tuple(gap for gap, _ in counted.most_common(_GAPS))


def _reboot(stand: Sequence[SideState]) -> str:
    host = next(side for side in stand if side.side is Side.HYPERVISOR)
    accused = [side for side in stand if side.how is How.SUSPECT and side.side is not Side.HYPERVISOR]
    if host.how is How.RULED_OUT:
        return f"Why not just reboot the hosts? It would change nothing: {host.grounds[0].says}"
    if host.how is How.SUSPECT:
        return (
            "Why not just reboot the hosts? The hypervisor is suspect, and a reboot destroys what shows why: first "
            f"take the evidence named above. {host.grounds[0].says}"
        )
    if accused:
        return (
            f"Why not just reboot the hosts? What was measured points to {accused[0].side.upper()}: "
            f"{accused[0].grounds[0].says} A reboot moves the machines and clears tables, so that the fault hides and "
            "comes back."
        )
    return (
        "Why not just reboot the hosts? Nothing that was measured points to them, and a reboot moves the machines and "
        "clears tables: the fault may hide, and nobody learns what it was."
    )


def _told(
    stand: Sequence[SideState], lead: Incident | None, incidents: Sequence[Incident], inquiry: Inquiry
) -> tuple[str, ...]:
    """The state as lines ``key: state``, which the next summary is compared with."""
    lines = [f"{side.side.upper()}: {side.how}" for side in stand]
    lines.append(f"leading cause: {lead.verdict.cause if lead and lead.verdict else 'none'}")
    lines += [ground.says for ground in map(_machine, judged(incidents))]
    return (*lines, f"notes: {len(inquiry.notes)}")


def _changed(before: Sequence[str], now: Sequence[str]) -> tuple[str, ...]:
    if not before:
        return ()
    was = dict(line.rsplit(": ", 1) for line in before)
    found = []
    for line in now:
        key, state = line.rsplit(": ", 1)
        if key not in was:
            found.append(f"{key}: {state} (new)")
        elif was[key] != state:
            found.append(f"{key}: {state} (was {was[key]})")
    return tuple(found)
