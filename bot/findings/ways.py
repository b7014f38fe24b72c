"""Who of two vantages has the frames of a way first, whether the other has to hear them, and what speaks against that.

Not a finding: what several of them read.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from ipaddress import IPv4Address

from bot.findings.alignment import Pair
from bot.findings.listening import Window
from bot.findings.sights import Sight, Way, ours
from bot.model.finding import Evidence
from bot.model.observation import ArpAnnounced, ArpAnswer, ArpAsked, EchoAnswer, EchoAsked, PacketSeen

CONTROL = 2
"""So many other frames of the same way have to have arrived."""

Seen = tuple[Window, Sequence[Sight]]
"""What one vantage saw of one way."""


def here_first(way: Way, here: Seen, there: Seen, met: Sequence[Pair], nearer: bool | None) -> bool | None:
    """Whether "here" has these frames before "there"; None: it cannot be told.

    By the TTL that a router lowers, by who sends and who receives them, and by the times both ways (``nearer``:
    whether "here" is nearer to those who talk to the target).
    """
    lowered = {pair.here.ttl - pair.there.ttl for pair in met if pair.here.ttl is not None and pair.there.ttl}
    if lowered and min(lowered) > 0:
        return True
    if lowered and max(lowered) < 0:
        return False
    for (window, seen), first in ((here, True), (there, False)):
        own = {window.vantage.mac, window.vantage.address} - {None}
        if way.sender in own or any(ours(one) for one in seen):
            return first
        if way.receiver in own:
            return not first
    if nearer is None or not met:
        return None
    return nearer == met[0].here.towards


def expected(way: Way, first: Window, last: Window, arrived: Sequence[Sight], *, met: bool) -> bool:
    """Whether the last vantage has to hear every frame of this way. ``met``: it heard some.

    A broadcast goes everywhere on its segment. What goes to one machine passes that machine, whoever forwards it, and
    who has no address of its own: it stands behind a mirror port. An ordinary port gets some of it by chance, as
    long as the switch does not know where else to send it.
    """
    here = last.vantage
    if way.receiver is None:
        return met or first.vantage.segment == here.segment
    if here.address is None or way.receiver in (here.address, here.mac):
        return True
    return any(here.mac in _ends(one) for one in arrived)


def overhears(way: Way, counted: Mapping[Way, int]) -> bool:
    """Whether a vantage that has an address hears what others say to each other all the same: both sides of it.

    So does a mirror port. A switch that floods shows one side alone, for the other answers a MAC that it has learned.
    ``counted`` are the frames of each way that the vantage has.
    """
    return min(counted.get(way, 0), counted.get(Way(way.kind, way.receiver, way.sender), 0)) >= CONTROL


def between(missing: Sequence[Sight], arrived: Sequence[Sight], later: timedelta | None) -> list[Sight]:
    """Those of the missing frames before and after which the last vantage heard others of the same way."""
    if later is None or not arrived:
        return []
    first, last = min(one.at for one in arrived), max(one.at for one in arrived)
    return [one for one in missing if first < one.at + later < last]


def _ends(one: Sight) -> tuple[object, ...]:
    """The MACs that the frame goes from and to."""
    match one.seen:
        case ArpAsked() | EchoAsked() | PacketSeen() as seen:
            return seen.transmitter, seen.sent_to
        case ArpAnswer() | ArpAnnounced() as seen:
            return (seen.transmitter,)
        case EchoAnswer() as seen:
            return (seen.mac,)
        case _:
            return ()


def answered(evidence: Evidence, missing: Sequence[Sight]) -> bool:
    """Whether one of these echo requests came back, and so did arrive."""
    asked = [one.seen for one in missing if isinstance(one.seen, EchoAsked)]
    return any((one.asker, one.ip, one.ident, one.seq) in evidence.once(_came_back) for one in asked)


def _came_back(evidence: Evidence) -> frozenset[tuple[IPv4Address, IPv4Address, int, int]]:
    return frozenset((one.told, one.ip, one.ident, one.seq) for one in evidence.of(EchoAnswer))


def doubt(
    first: Window,
    last: Window,
    met: Sequence[Pair],
    missing: Sequence[Sight],
    strays: Sequence[Sight],
    *,
    known: bool,
) -> str | None:
    """Why that frames are missing at the last vantage says nothing of the way between; None: it does.

    ``strays`` were seen there and not at the first, and ``known`` says that the first has the frames first.
    """
    a, b = first.vantage.agent, last.vantage.agent
    if not met:
        return (
            f"{b} heard none of the frames that {a} saw, and no other one from the same sender: it may be deaf to them"
        )
    if last.complete is not True:
        return f"{b} lost frames itself" if last.complete is False else f"nobody knows whether {b} lost frames itself"
    if missing and not known:
        return f"it cannot be told whether {a} or {b} has the frames first"
    if strays:
        return f"{b} also has frames that {a} does not: they go by several ways"
    if missing and len(met) < CONTROL:
        return f"{b} heard only one frame from the same sender: it may be deaf to them"
    return None
