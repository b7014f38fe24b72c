"""The outcome of a split in sentences, and for a terminal."""

from collections.abc import Iterator, Sequence

from bot.incidents.printed import entries, printable
from bot.incidents.wording import listing
from bot.model.cause import Side
from bot.split.conclusion import Conclusion, Control, Split, Together
from bot.split.ranking import Separation

_SHOWN = 8
_SUCH_AS = {
    Side.GUEST: "agents, role, image",
    Side.NETWORK: "uplink, fabric, switch",
    Side.HYPERVISOR: "cluster, host",
}


def as_text(outcome: Split, missing: Sequence[str] = ()) -> str:
    """The conclusion, what separates and how well, what to look at next, and what was ``missing``."""
    head = outcome.side.upper() if outcome.side else "INCONCLUSIVE"
    counts = f"{outcome.affected} affected, {outcome.unaffected} not, {outcome.untold} not known"
    lines = [f"{head} · split · {counts}", *entries("Conclusion", list(says(outcome)))]
    lines += entries("Separates", _counted(outcome.leaders))
    lines += entries("Separates less well" if outcome.leaders else "Comes closest", _counted(outcome.others))
    lines += entries("Look at", list(look_at(outcome)))
    lines += entries("Not looked at", missing)
    return printable(lines)


def says(outcome: Split) -> Iterator[str]:
    """What follows from the table, a sentence each."""
    leaders = outcome.leaders
    traits = listing(str(one.trait) for one in leaders) if leaders else "nothing"
    separates = f"{traits} {'separate' if len(leaders) > 1 else 'separates'}"
    match outcome.conclusion:
        case Conclusion.ONE_SIDE:
            yield f"{separates} the affected machines from the others, and nothing else in the table does as well."
        case Conclusion.EQUAL:
            yield f"{separates}{_equally(outcome)}"
        case Conclusion.UNCONTROLLED if outcome.uncleared:
            yield f"{separates}, but nothing in the table clears the {listing(outcome.uncleared)}."
        case Conclusion.UNCONTROLLED:
            yield f"{separates} where it is known, but of too many machines it is not."
        case Conclusion.CHANCE:
            yield f"{separates}, but of so few machines chance alone would find as much among so many attributes."
        case Conclusion.NOTHING:
            yield "No attribute of the table separates the affected machines from the others."
    if outcome.odd_even:
        yield "Odd and even are also what one bad uplink or fabric of two looks like."


def _equally(outcome: Split) -> str:
    owners = {one.sides for one in outcome.leaders}
    if owners == {()}:
        return ", and that by itself is nobody's fault."
    if len(owners) == 1:
        lies = "lies" if len(outcome.leaders) == 1 else "all lie"
        return f", and {lies} between the {listing(min(owners))}."
    if outcome.identical:
        return " equally: no machine that was compared has one without the other."
    if len({one.exceptions for one in outcome.leaders}) == 1 and any(one.unknown for one in outcome.leaders):
        return " equally, as far as they are known."
    return " equally, or so nearly that the machines between them do not decide it."


def look_at(outcome: Split) -> Iterator[str]:
    """What would tell more, a sentence each, the best first."""
    match outcome.conclusion:
        case Conclusion.ONE_SIDE:
            yield from _contradicting_alone(outcome)
        case Conclusion.EQUAL:
            yield from [*_unknown(outcome), *_telling_apart(outcome)]
        case Conclusion.UNCONTROLLED:
            yield from _unknown(outcome)
            for side in outcome.uncleared:
                yield (
                    f"What the machines have of the {side} (columns such as {_SUCH_AS[side]}): if an affected and an "
                    "unaffected one share it, that is not it."
                )
        case Conclusion.CHANCE:
            yield "More machines: whether they are affected, and what they have."
        case Conclusion.NOTHING:
            yield from map(_meeting, outcome.together[:_SHOWN])
            yield "More attributes: uplink, switch port, subnet, and what runs in the guests."


def _meeting(pair: Together) -> str:
    one, other = pair.traits
    others = f"{pair.unaffected_with or 'none'} of the others"
    return f"Where {one} and {other} meet, as one trunk and a VLAN: all affected machines have both, and {others}."


def _unknown(outcome: Split) -> Iterator[str]:
    for one in outcome.leaders:
        if one.unknown:
            yield f"Whether it is {one.trait} on {_some(one.unknown_at, one.unknown)}: that is not known."


def _telling_apart(outcome: Split) -> Iterator[str]:
    untold = [control for control in outcome.controls if control.affected is None]
    for control in untold[:_SHOWN]:
        yield f"{control.machine}: is it affected? It has {_parts(control)}."
    for control in [one for one in outcome.controls if one.affected is not None][:_SHOWN]:
        state = "affected" if control.affected else "unaffected"
        yield f"{control.machine} once more: it is said to be {state}, and has {_parts(control)}."
    owned = [one for one in outcome.leaders if not one.trait.is_parity]
    for one in {one.sides: one for one in reversed(owned)}.values():
        if not untold and one.sides != owned[0].sides:
            yield (
                f"A machine with {owned[0].trait} and without {one.trait}, or with {one.trait} and without "
                f"{owned[0].trait}, affected or not: the table has none. Find or set up one."
            )
    if len({one.sides for one in owned}) == 1 and len(owned[0].sides) > 1:
        for name in dict.fromkeys(one.trait.attribute for one in owned):
            yield f"Both ends of the {name}: what the {listing(owned[0].sides)} have there, beside a healthy one."
    for name in dict.fromkeys(one.trait.attribute for one in owned if not one.sides):
        yield f"Whose {name} is: begin its column with guest:, network: or hypervisor:."
    if outcome.odd_even:
        yield (
            "The uplink and fabric over which the frames of each machine go (columns uplink, fabric), and the "
            "counters of both."
        )


def _contradicting_alone(outcome: Split) -> Iterator[str]:
    """The machines that alone refute a rival of the side that stands alone: whoever blames should be sure of them."""
    refuted: dict[str, list[str]] = {}
    for one in outcome.others:
        if one.exceptions == 1 and one.sides not in ((), (outcome.side,)):
            refuted.setdefault(one.against[0], []).append(str(one.trait))
    for machine, traits in refuted.items():
        yield f"{machine} once more: it alone speaks against {listing(traits)}."


def _parts(control: Control) -> str:
    return f"{listing(map(str, control.has))}, but not {listing(map(str, control.lacks))}"


def _counted(separations: Sequence[Separation]) -> list[str]:
    more = len(separations) - _SHOWN
    lines = [_line(one) for one in separations[: _SHOWN if more > 1 else _SHOWN + 1]]
    return [*lines, f"and {more} more"] if more > 1 else lines


def _line(one: Separation) -> str:
    notes = [f"except {_some(one.against, one.exceptions)}"] if one.against else []
    notes += [f"{one.unknown} not known"] if one.unknown else []
    return "; ".join(
        [
            f"{one.trait} ({' or '.join(one.sides) or 'nobody'}): {one.affected_with} of "
            f"{one.affected_with + one.affected_without} affected, {one.unaffected_with} of "
            f"{one.unaffected_with + one.unaffected_without} others",
            *notes,
        ]
    )


def _some(names: Sequence[str], count: int) -> str:
    return listing([*names, f"{count - len(names)} more"] if count > len(names) else names)
