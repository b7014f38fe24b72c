"""Whoever asked was answered: each accepted question has one final card, and no card says anything else afterwards."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.incidents import joining, parts
from bot.incidents.card import card
from bot.model.audit import Deed, Entry
from bot.model.incident import Closed, Incident, Outcome, Published
from bot.slack.blocks import card_message
from bot.slack.details import details
from deploy.chaos.chronicle import Question, Shown
from deploy.chaos.evidence import Evidence
from deploy.chaos.plan import Kind
from deploy.demo.slack.mrkdwn import normalised
from deploy.demo.stage import RUNNING

_TYPED_S, _MENTION_S = 6.0, 20.0
"""So long after it was asked a question may be written down: an acknowledgement takes 3 s, an event comes again."""
_EARLY_S = 0.05
"""So much may moments differ that two processes of one machine wrote down."""
NEAR_S = 2.0
"""A bot that died so soon after a post may not have lived to write down where it stands."""
_DEATHS = (Kind.BOT_KILLED, Kind.BOT_PAUSED, Kind.SERVER_KILLED, Kind.FAILED_OVER)


@dataclass(frozen=True, slots=True)
class Fault:
    """A broken promise: which one, of which question or incident, and what shows it."""

    promise: str
    whose: str
    evidence: str

    def __str__(self) -> str:
        return f"{self.promise}: {self.whose}: {self.evidence}"


@dataclass(frozen=True, slots=True)
class Second:
    """A second card that cannot be avoided where the bot may not read its channel; ``why`` is the proof."""

    incident: str
    why: str


def pair(seen: Evidence) -> tuple[dict[int, Entry], list[Fault]]:
    """The audit's line of each accepted question, by its place in the chronicle; those that have none are faults."""
    lines: dict[tuple[str, str, str], list[Entry]] = {}
    for entry in seen.audit:
        if entry.deed in (Deed.REQUESTED, Deed.STOPPED) and entry.person and entry.place:
            said = f"stop {entry.incident}" if entry.deed is Deed.STOPPED else entry.said or ""
            lines.setdefault((entry.place.channel, entry.person.user, said), []).append(entry)
    found, faults = dict[int, Entry](), list[Fault]()
    # The acknowledged first: who asked the same just before, unacknowledged, has no claim on the line.
    asked = sorted(enumerate(seen.chronicle.questions), key=lambda one: (not one[1].accepted, one[1].at))
    for number, question in asked:
        waiting = lines.get((*seen.asker(question), question.said), [])
        within_s = _MENTION_S if question.text.startswith("@") else _TYPED_S
        fit = [entry for entry in waiting if -_EARLY_S <= entry.at.timestamp() - question.at <= within_s]
        if fit:
            waiting.remove(fit[0])
            if question.accepted:
                found[number] = fit[0]
        elif question.accepted and (why := _why_unwritten(seen, question)):
            faults.append(Fault("every accepted question is in the audit", question.text, why))
    return found, faults


def _why_unwritten(seen: Evidence, question: Question) -> str | None:
    """What shows that it should have been; a mention that no bot acknowledged, or that was refused, should not.

    The acknowledgement of a press or a mention says nothing: a refusal of it is whispered.
    """
    acknowledged, who = f"acknowledged after {question.ack_ms} ms at {question.at:.3f}", seen.asker(question)
    if question.text.startswith("/"):
        return acknowledged
    if any(who == (channel, user) and at >= question.at for at, channel, user, _ in seen.chronicle.whispers):
        return None
    if question.text.startswith("["):
        return acknowledged
    acked = [
        one for one in seen.log
        if one["kind"] == "envelope" and one["ok"] and one["type"] == "events_api"
        and one["payload"]["event"].get("user") == who[1] and question.said in one["payload"]["event"].get("text", "")
    ]  # fmt: skip
    return f"its event was acknowledged at {acked[-1]['at']:.3f}" if acked else None


def check(seen: Evidence) -> Iterator[Fault | Second]:
    """What is broken of the first promise."""
    for name in seen.unfinished:
        yield Fault("every question ends", name, f"its end was seen by nobody; {_story(seen.incidents.get(name))}")
    posted = seen.chronicle.cards()
    for name, incident in seen.incidents.items():
        closed = [event for event in incident.timeline if isinstance(event, Closed)]
        if len(closed) != 1:
            yield Fault("every question ends once", name, f"{len(closed)} ends; {_story(incident)}")
        if not incident.delivered and name not in seen.unfinished:
            yield Fault("every question ends", name, f"no Delivered; {_story(incident)}")
        yield from _card(seen, incident, posted.get((name, "card"), {}))
        yield from _copies(seen, incident, posted)
        yield from _details(seen, incident, posted)


def _card(seen: Evidence, incident: Incident, standing: dict[str, list[Shown]]) -> Iterator[Fault | Second]:
    name, places = incident.id, [e for e in incident.timeline if isinstance(e, Published) and e.part == "card"]
    if not standing:
        yield Fault("every question has a card", name, f"none stands anywhere; {_story(incident)}")
        return
    known = places[-1].message if places else max(standing)
    ours = standing.get(known)
    if ours is None:
        yield Fault("every question has a card", name, f"the journal names {known}, which stands nowhere")
        return
    for ts, states in standing.items():
        if ts == known:
            continue
        why = why_twice(seen, ts, states[0], places)
        yield (
            Second(name, why)
            if why
            else Fault("no question has two cards", name, f"{ts} beside {known}; {_story(incident)}")
        )
    if ours[0].channel != incident.request.place.channel:
        yield Fault("a card stands where it was asked", name, f"in {ours[0].channel}")
    finals = [one for one in ours if not one.text.startswith(RUNNING)]
    if not finals or finals[-1] is not ours[-1]:
        yield Fault("no card is left running", name, f"it says {ours[-1].text[:80]!r}; {_story(incident)}")
    if len({one.text for one in finals}) > 1:
        said = " / ".join(dict.fromkeys(one.text[:60] for one in finals))
        yield Fault("a final card says nothing else afterwards", name, f"{said}; {_story(incident)}")
    wanted = card_message(card(incident, ()), seen.button_key).text
    answered = incident.closed is not None and incident.closed.outcome is Outcome.ANSWERED
    least = wanted if answered else wanted[: len("\n".join(wanted.splitlines()[:2]))]  # facts stand in no timeline
    if incident.closed and finals and not finals[-1].text.startswith(_shown(least)):
        yield Fault("the timeline folds to the card", name, f"{finals[-1].text[:200]!r} is not {wanted[:200]!r}")


def _copies(
    seen: Evidence, incident: Incident, posted: dict[tuple[str, str], dict[str, list[Shown]]]
) -> Iterator[Fault | Second]:
    """Who asked the same elsewhere is answered there."""
    for place in joining.places(incident):
        found = posted.get((place.channel, f"also {incident.id} {place.thread or ''}"), {})
        if not found:
            yield Fault("whoever joined is answered", incident.id, f"no copy in {place.channel}; {_story(incident)}")
        elif len(found) > 1:
            firsts = sorted(found)
            why = why_twice(seen, firsts[0], found[firsts[0]][0], [])
            yield (
                Second(incident.id, f"copy: {why}")
                if why
                else Fault(
                    "no question has two cards", incident.id, f"copies {firsts} in {place.channel}; {_story(incident)}"
                )
            )


def _details(
    seen: Evidence, incident: Incident, posted: dict[tuple[str, str], dict[str, list[Shown]]]
) -> Iterator[Fault | Second]:
    """What an answer rests on stands in its card's thread, once."""
    places = [event for event in incident.timeline if isinstance(event, Published)]
    for number, _ in enumerate(details(card(incident, ())) if incident.closed else ()):
        part = parts.details(number)
        found = posted.get((incident.id, part), {})
        if not found:
            yield Fault("an answer has its details", incident.id, f"no {part} in its thread; {_story(incident)}")
        for ts in sorted(found)[:-1]:
            why = why_twice(seen, ts, found[ts][0], [one for one in places if one.part == part])
            yield (
                Second(incident.id, f"{part}: {why}")
                if why
                else Fault("an answer has its details once", incident.id, f"{part} at {sorted(found)}")
            )


def why_twice(seen: Evidence, ts: str, first: Shown, places: list[Published]) -> str | None:
    """The proof that nobody could know that this message stands: its answer was lost, or the bot died before it told.

    Where the bot may read its channel it has to find the message, so there is no excuse.
    """
    if any(place.message == ts for place in places):
        return None
    if any(one["kind"] == "lost_answer" and one.get("ts") == ts for one in seen.log):
        return None if seen.history else f"Slack's answer to the post of {ts} was lost"
    for one in seen.chronicle.during(first.at - 0.1, first.at + NEAR_S):
        if one.happening.kind in _DEATHS and not seen.history:
            return f"{one.happening.kind} {(one.at - first.at) * 1000:+.0f} ms after the post of {ts}"
    return None


def _shown(text: str) -> str:
    """As the stand-in keeps it."""
    return normalised(text)


def _story(incident: Incident | None) -> str:
    """The timeline in a line."""
    if incident is None:
        return "it has no timeline"
    begun = incident.request.asked_at
    return f"/{incident.request.command}: " + " ".join(
        f"{type(event).__name__}+{(event.at - begun).total_seconds():.1f}" for event in incident.timeline
    )
