"""The uplinks of the VM's virtual switch: which have no link, and did the driver, the cable or the fabric fail?

A link that is down decides nothing by itself: both ends of the cable see it.
Source: Broadcom KB 318898 (the trigger is typically an external event upstream).
"""

from collections import Counter as Tally
from datetime import timedelta

from bot.findings.counted import Counted, floods, minutes, shares
from bot.findings.readings import things
from bot.findings.surrounding import Hit, Seat, answer, by_seat, hosts_named, lately, seats
from bot.findings.wording import clock_text, listing
from bot.model.finding import Evidence, Finding
from bot.model.vsphere import Counter

DOWN = "vcenter.uplink.down"
DRIVER_FAILED = "vcenter.uplink.driver_failed"
DRIVER_RESET = "vcenter.uplink.driver_reset"
MANY_HOSTS = "vcenter.uplink.down_on_many_hosts"
FLAPS = "vcenter.uplink.flaps"
LACP = "vcenter.uplink.lacp_fails"
ERRORS = "vcenter.uplink.receive_errors"
DROPS = "vcenter.uplink.drops"
FLOODED = "vcenter.uplink.flooded"

_NET = "esx.problem.net."
_LOST = {f"{_NET}vmnic.linkstate.down", f"{_NET}connectivity.lost", f"{_NET}dvport.connectivity.lost"}
_RESET = f"{_NET}vmnic.watchdog.reset"
_FLAPPING = f"{_NET}vmnic.linkstate.flapping"
TOGETHER = timedelta(minutes=2)
OFTEN = 3
MANY = 2
SHARE = 0.001
"""Of what an uplink receives, so much may be broken or dropped and nobody notices."""


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """Links that are down, and what says whose fault it is: resets of the driver, other hosts, flaps, errors."""
    target = evidence.target
    known = all(seat.uplinks for seat in seats(evidence))
    return (
        answer(evidence, DOWN, by_seat(evidence, _down), f"Every uplink of the VM of {target} has a link.", "hosts",
               known=known),
        answer(evidence, DRIVER_FAILED, _resets(evidence, dead=True),
               f"No uplink of the VM of {target} is dead after a reset by its driver.", "events", "hosts", known=known),
        answer(evidence, DRIVER_RESET, _resets(evidence, dead=False),
               f"No driver of an uplink of {target} was reset in the last hour.", "events"),
        answer(evidence, MANY_HOSTS, _together(evidence),
               f"No other host lost its links together with that of {target} in the last hour.", "events"),
        answer(evidence, FLAPS, _flaps(evidence), f"No uplink of the host of {target} flapped in the last hour.",
               "events"),
        answer(evidence, LACP, _lacp(evidence), f"No port channel of the host of {target} failed in the last hour.",
               "events"),
        answer(evidence, ERRORS,
               _shares(evidence, "net.errorsRx.summation", "broken frames, as from a bad cable or optic"),
               f"No uplink of the VM of {target} receives broken frames.",
               "counters", "hosts", known=known),
        answer(evidence, DROPS, _shares(evidence, "net.droppedRx.summation", "packets that it had no room for"),
               f"No uplink of the VM of {target} drops what it receives.", "counters", "hosts", known=known),
        answer(evidence, FLOODED, _floods(evidence), f"No uplink of the VM of {target} is flooded with broadcasts.",
               "counters", "hosts", known=known),
    )  # fmt: skip


def _down(seat: Seat) -> Hit | None:
    dead = [one.device for one in seat.uplinks if not one.up]
    if not dead or seat.host is None or seat.switch is None:
        return None
    which = listing(dead)
    if len(dead) == len(seat.uplinks):
        which = f"{'all its uplinks' if len(dead) > 1 else 'its only uplink'}, {which},"
    says = f"Host {seat.host[0].name} of VM {seat.vm.name} has no link on {which} of {seat.switch.name}."
    return says, seat.host[1]


def _resets(evidence: Evidence, *, dead: bool) -> list[Hit]:
    down = {(seat.vm.host, one.device) for seat in seats(evidence) for one in seat.uplinks if not one.up}
    return [
        (
            f"The driver of {event.device or 'an uplink'} on host {event.host} was reset at {clock_text(at)}"
            f"{', and it has no link since' if dead else ''}.",
            seen,
        )
        for at, event, seen in lately(evidence)
        if event.kind == _RESET and event.host in hosts_named(evidence)
        if dead is ((event.host, event.device) in down)
    ]


def _together(evidence: Evidence) -> list[Hit]:
    if all(seat.uplinks and all(one.up for one in seat.uplinks) for seat in seats(evidence)):
        return []  # they are back, and whatever is lost now is lost without them
    lost = [one for one in lately(evidence) if one[1].kind in _LOST and one[1].host]
    for at, event, seen in lost:
        if event.host not in hosts_named(evidence):
            continue
        beside = [one for one in lost if abs(one[0] - at) <= TOGETHER]
        hosts = sorted({str(one[1].host) for one in beside})
        if len(hosts) >= MANY:
            says = f"Hosts {listing(hosts)} lost links within {TOGETHER.seconds // 60} minutes of {clock_text(at)}."
            return [(says, seen), *((says, one[2]) for one in beside)]
    return []


def _flaps(evidence: Evidence) -> list[Hit]:
    here = [one for one in lately(evidence) if one[1].host in hosts_named(evidence)]
    hits: list[Hit] = [
        (f"ESXi took {event.device or 'an uplink'} of host {event.host} down at {clock_text(at)}: it flapped.", seen)
        for at, event, seen in here
        if event.kind == _FLAPPING
    ]
    downs = [one for one in here if one[1].kind == f"{_NET}vmnic.linkstate.down"]
    for (host, device), times in sorted(Tally((str(one[1].host), str(one[1].device)) for one in downs).items()):
        if times >= OFTEN:
            last = next(one for one in reversed(downs) if (one[1].host, str(one[1].device)) == (host, device))
            says = f"{device} of host {host} lost its link {times} times in an hour, last at {clock_text(last[0])}."
            hits.append((says, last[2]))
    return hits


def _lacp(evidence: Evidence) -> list[Hit]:
    return [
        (f"Host {event.host}: LACP failed ({event.kind.rpartition('.net.')[2]}) at {clock_text(at)}.", seen)
        for at, event, seen in lately(evidence)
        if "lacp" in event.kind.lower() and event.host in hosts_named(evidence)
    ]


def _counted(evidence: Evidence) -> Counted:
    used = {(seat.vm.host, one.device) for seat in seats(evidence) for one in seat.uplinks}
    return [(one, seen) for one, seen in things(evidence, Counter) if (one.on, one.instance) in used]


def _shares(evidence: Evidence, name: str, what: str) -> list[Hit]:
    return [
        (
            f"{one.instance} of host {one.on} counted {one.total} {what}, in "
            f"{minutes(one)} minutes, {percent:.1f} % of what came.",
            seen,
        )
        for one, seen, percent in shares(_counted(evidence), name, SHARE)
    ]


def _floods(evidence: Evidence) -> list[Hit]:
    return [
        (f"{one.instance} of host {one.on} got up to {each_s} broadcasts a second.", seen)
        for one, seen, each_s in floods(_counted(evidence), "net.broadcastRx.summation")
    ]
