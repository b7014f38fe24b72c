"""Many machines at once: who they are, then ARP and pings to each from every segment at once.

Requested --> vCenter is asked for all of them --> Queued --> addresses known --> probes --> Queued --> Measured
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from ipaddress import IPv4Address

from bot.errors import RequestError
from bot.incidents import planning
from bot.incidents.actions import Action, Append, Measure, Put
from bot.incidents.asking import words_of
from bot.incidents.folds import all_ended, jobs
from bot.incidents.planning import Known
from bot.model.addresses import ipv4_of
from bot.model.incident import Closed, Event, Expired, Failed, Incident, Outcome, Reported, Requested
from bot.model.job import Job, Probe
from bot.model.observation import GuestRowFound, NicFound, Observation, VcenterAnswered, VmFound
from bot.model.reach import ReachWish
from bot.model.request import REACH, Target

MOST, FEWEST = 32, 2
_LONGEST_NAME = 80
_USAGE = f"Say which machines, for example `/{REACH} app01 app02 10.0.0.5` or `/{REACH} from cluster cluster-a`."
_PLACES = ("cluster", "host")
_DIGITS = re.compile(r"(\d+)")


def parse(text: str) -> ReachWish:
    """The machines that the words name, each once, in their order; or the cluster or host whose machines are meant.

    Raises:
        RequestError: there are none, one alone, or too many, or one is no machine.
    """
    match [word.casefold() for word in words_of(text)[:2]]:
        case ["from", *kind]:
            return ReachWish((), place=_place(*kind, name=" ".join(words_of(text)[2:]).strip("\"'“”")))
    named: list[str] = []
    for word in words_of(text.replace(",", " ").replace(";", " ")):
        if word.casefold() not in {one.casefold() for one in named}:
            named.append(word)
    if len(named) < FEWEST:
        raise RequestError(f"A comparison needs at least {FEWEST} machines. {_USAGE}")
    if len(named) > MOST:
        raise RequestError(f"Those are {len(named)} machines, and I compare at most {MOST} at once; name fewer.")
    for word in named:
        if len(word) > _LONGEST_NAME:
            raise RequestError(f"{word[:20]}… is longer than any VM's name. {_USAGE}")
        if "/" in word:
            raise RequestError(f"{word[:40]} is no machine; name each by its own address. {_USAGE}")
    return ReachWish(tuple(named))


def _place(kind: str = "", *, name: str) -> str:
    if kind not in _PLACES or not name:
        raise RequestError(f"Say `from cluster NAME` or `from host NAME`. {_USAGE}")
    if len(name) > _LONGEST_NAME:
        raise RequestError(f"{name[:20]}… is longer than the name of any cluster or host. {_USAGE}")
    return name


def target_of(wish: ReachWish) -> Target:
    """How the request is called."""
    if wish.place:
        return Target(name=f"the machines of {wish.place}")
    return Target(name=f"{wish.machines[0]} and {len(wish.machines) - 1} more")


def in_words(wish: ReachWish) -> str:
    """What was understood."""
    return f"the machines of {wish.place}" if wish.place else " ".join(wish.machines)


def machines(wish: ReachWish, seen: Iterable[Observation]) -> tuple[str, ...]:
    """The machines that are meant: those that were named, or those that vCenter saw running there, ``MOST`` at most."""
    return tuple(_running(wish.place, seen))[:MOST] if wish.place else wish.machines


def _running(place: str, seen: Iterable[Observation]) -> list[str]:
    there = {
        one.name
        for one in seen
        if isinstance(one, VmFound)
        and one.powered_on
        and place.casefold() in {(one.cluster or "").casefold(), (one.host or "").casefold()}
    }
    return sorted(there, key=lambda name: [(part.isdigit(), part.zfill(20)) for part in _DIGITS.split(name.casefold())])


def step(incident: Incident, event: Event, seen: tuple[Observation, ...], known: Known) -> Iterator[Action]:
    """What follows from ``event``."""
    if isinstance(event, Requested):
        first = _whose(incident, known)
        if first:
            yield Put(first)
        else:
            yield from _probing(incident, seen, known)
    elif isinstance(event, Reported | Failed | Expired) and all_ended(incident):
        if probed(jobs(incident)):
            yield Measure()
        else:
            yield from _probing(incident, seen, known)


def probed(asked: Sequence[Job]) -> dict[str, IPv4Address]:
    """The address that each probing job asks for, by the job's id."""
    return {job.id: job.target for job in asked if job.probe in (Probe.ARP, Probe.ICMP) and job.target is not None}


def _wish(incident: Incident) -> ReachWish:
    wish = incident.request.reach
    assert wish is not None, "it says which machines"
    return wish


def _whose(incident: Incident, known: Known) -> tuple[Job, ...]:
    wish = _wish(incident)
    places = (wish.place,) if wish.place else ()
    names = tuple(one for one in wish.machines if ipv4_of(one) is None)
    addresses = [address for one in wish.machines if (address := ipv4_of(one))]
    if (names or places) and not known.vcenters:
        whom = f"what runs in {wish.place}" if wish.place else f"the address of {names[0]}"
        raise RequestError(f"No vCenter is configured, so nobody knows {whom}; give addresses.")
    return planning.plan_whose(incident.id, names, addresses, known=known, places=places)


def _probing(incident: Incident, seen: tuple[Observation, ...], known: Known) -> Iterator[Action]:
    wish = _wish(incident)
    meant = machines(wish, seen)
    if wish.place and len(meant) < FEWEST:
        answered = any(isinstance(one, VcenterAnswered) for one in seen)
        yield Append(Closed(at=known.now, outcome=Outcome.REFUSED, sentence=_too_few(wish.place, meant, answered)))
        return
    more = len(_running(wish.place, seen)) - len(meant) if wish.place else 0
    found = resolved(meant, seen)
    gaps = [f"{more} further machines run in {wish.place} and were not compared."] if more else []
    gaps += [f"{machine}: {why}" for machine, why in found.items() if isinstance(why, str)]
    targets = list(dict.fromkeys(one for one in found.values() if isinstance(one, IPv4Address)))
    plan = planning.plan_reach(incident.id, targets, known=known, first=len(jobs(incident)))
    if plan.jobs:
        yield Put(plan.jobs, (*gaps, *plan.gaps, *(() if known.vcenters else (planning.NO_VCENTER,))))
    else:
        yield Append(Closed(at=known.now, outcome=Outcome.REFUSED, sentence=" ".join((*gaps, *plan.gaps))))


def _too_few(place: str, meant: Sequence[str], answered: bool) -> str:
    if not answered:
        return f"No vCenter could be asked what runs in {place}."
    if meant:
        return f"Only {meant[0]} runs in {place}, and a comparison needs {FEWEST} machines; name others beside it."
    return (
        f"No vCenter knows a cluster or host called {place} in which a machine runs; give the name as vCenter shows it."
    )


def resolved(machines: Sequence[str], seen: Sequence[Observation]) -> Mapping[str, IPv4Address | str]:
    """The address of each machine, or why there is none."""
    names: dict[str, set[str]] = {}
    addresses: dict[str, set[IPv4Address]] = {}
    for one in seen:
        if isinstance(one, VmFound):
            names.setdefault(one.name.casefold(), set()).add(one.vm)
        elif isinstance(one, NicFound | GuestRowFound):
            addresses.setdefault(one.vm, set()).update(one.addresses)
    return {machine: ipv4_of(machine) or _named(machine, names, addresses) for machine in machines}


def _named(machine: str, names: Mapping[str, set[str]], addresses: Mapping[str, set[IPv4Address]]) -> IPv4Address | str:
    vms = names.get(machine.casefold(), set())
    if len(vms) != 1:
        return "no vCenter knows a VM of this name." if not vms else f"{len(vms)} VMs have this name; give its address."
    (vm,) = vms
    known = sorted(addresses.get(vm, ()))
    if len(known) == 1:
        return known[0]
    if not known:
        return "vCenter knows no address of it (VMware Tools report none); give the address."
    return f"it has {len(known)} addresses, {', '.join(map(str, known))}; give the one that is meant."
