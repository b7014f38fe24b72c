"""What a vCenter told of a VM's surroundings, in words: uplinks and their switch ports, alarms, moves, and the rest."""

from collections.abc import Collection, Iterable, Iterator

from bot.incidents.sections import section
from bot.incidents.wording import listing, moment
from bot.model.owners import Section
from bot.model.vsphere import Alarm, Group, Happened, Host, Neighbour, Port, Surroundings, Switch, Task, Teaming, Uplink


def sections(around: Surroundings, hosts: Collection[str], vms: Collection[str]) -> Iterator[Section]:
    """A section a family that was read and holds something; ``hosts`` run the VMs with these ids.

    Uplinks, alarms and moves are what whoever looks a machine up asks first: they are shown beside its owner.
    """
    heard = {(one.host, one.device): one for one in around.neighbours or ()}
    here = [host for host in around.hosts or () if host.name in hosts]
    moves = [one for one in around.events or () if _moved(one) and one.vm_id in vms]
    others = [one for one in around.events or () if not _moved(one)]
    yield from _section("Uplinks", (_uplink(host, one, heard) for host in here for one in host.uplinks), shown=True)
    yield from _section("Alarms", map(_alarm, around.alarms or ()), shown=True)
    yield from _section("Last moves", map(_move, _latest(moves)), shown=True)
    yield from _section("Hosts", map(_host, here))
    yield from _section("Ports", map(_port, around.ports or ()))
    yield from _section("Port groups", map(_group, around.groups or ()))
    yield from _section("Switches", map(_switch, around.switches or ()))
    yield from _section(
        "Tasks of the last day", map(_task, sorted(around.tasks or (), key=lambda one: one.at, reverse=True))
    )
    yield from _section("Events", map(_event, _latest(others)))
    counted = (one for one in around.counters or () if one.total)
    yield from _section("Counters", (f"{one.on} {one.instance}: {one.name} {one.total}".strip() for one in counted))


def gaps(around: Surroundings) -> tuple[str, ...]:
    """What was not read, a sentence each."""
    clock = around.clock
    told = [] if clock is None or abs(clock.ahead_ms) <= clock.within_ms + 1000 else [_clock(clock.ahead_ms)]
    return (*(gap.says for gap in around.gaps), *told)


def _section(title: str, lines: Iterable[str], *, shown: bool = False) -> Iterator[Section]:
    if told := tuple(lines):
        yield section(title, told, shown=shown)


def _clock(ahead_ms: int) -> str:
    way = "ahead of" if ahead_ms > 0 else "behind"
    return (
        f"The vCenter's clock is {abs(ahead_ms) / 1000:.1f} s {way} the worker's; its times are shown as it has them."
    )


def _latest(happened: Iterable[Happened]) -> list[Happened]:
    return sorted(happened, key=lambda one: one.at, reverse=True)


def _moved(one: Happened) -> bool:
    return one.source is not None and one.host is not None and one.source != one.host


def _move(one: Happened) -> str:
    return f"{one.vm} moved from {one.source} to {one.host} at `{moment(one.at)}`{f' ({one.by})' if one.by else ''}"


def _event(one: Happened) -> str:
    return f"`{moment(one.at)}`: {one.says or one.kind}"


def _task(one: Task) -> str:
    who = f" for {one.by}" if one.by else ""
    why = f" ({one.error})" if one.error else ""
    return f"`{moment(one.at)}`: {one.kind} on {one.on}{who}: {one.state or 'state not known'}{why}"


def _alarm(one: Alarm) -> str:
    return f"{one.name} on {one.on}: {one.status} since `{moment(one.at)}`{', acknowledged' * bool(one.acknowledged)}"


def _uplink(host: Host, one: Uplink, heard: dict[tuple[str, str], Neighbour]) -> str:
    link = "no link" if one.speed_mbps is None else f"{one.speed_mbps} Mbit/s"
    switches = [
        f"{switch.name} ({name or 'uplink'})"
        for switch in host.switches
        for device, name in zip(switch.uplinks, (*switch.names, *[""] * len(switch.uplinks)), strict=False)
        if device == one.device
    ]
    carries = f"carries {listing(switches)}" if switches else "carries no virtual switch"
    return " · ".join(
        [
            f"{host.name} {one.device}",
            link,
            *_known(one.driver, "driver {}"),
            carries,
            _far(heard.get((host.name, one.device))),
        ]
    )


def _far(one: Neighbour | None) -> str:
    if one is None or not (one.switch or one.port):
        return "switch port not known"
    return (
        f"at {one.port or 'a port'} of {one.switch or 'a switch'}{f', VLAN {one.vlan}' if one.vlan is not None else ''}"
    )


def _host(one: Host) -> str:
    state = "in maintenance" if one.maintenance else None
    booted = f"up since `{moment(one.booted_at)}`" if one.booted_at else None
    return " · ".join([one.name, *filter(None, [one.connection, one.status and f"status {one.status}", state, booted])])


def _port(one: Port) -> str:
    blocked = {None: None, True: "BLOCKED", False: "not blocked"}[one.blocked]
    link = {None: None, True: "link up", False: "LINK DOWN"}[one.link_up]
    vlans = f"VLAN {listing(map(str, one.vlans))}" if one.vlans else None
    parts = [link, blocked, one.mac and f"MAC in use `{one.mac}`", vlans, *_known(one.mtu, "MTU {}")]
    return " · ".join([one.label, *filter(None, parts)])


def _group(one: Group) -> str:
    vlan = f"VLAN {one.vlan}" if one.vlan is not None else "overlay" if one.overlay else None
    may = [
        ("forged transmits", one.policy.forged),
        ("MAC changes", one.policy.mac_changes),
        ("promiscuous", one.policy.promiscuous),
    ]
    allowed = [f"{what} {'accepted' if yes else 'rejected'}" for what, yes in may if yes is not None]
    return " · ".join([one.name, *filter(None, [vlan, *_teaming(one.teaming), *allowed])])


def _teaming(one: Teaming) -> Iterator[str]:
    yield from _known(one.policy, "teaming {}")
    if one.notifies is not None:
        yield f"switches are {'' if one.notifies else 'not '}notified of moves"


def _switch(one: Switch) -> str:
    told = {None: "health check not known", True: "health check on", False: "health check off"}[one.health_checked]
    odd = [f"{each.host} {each.status}" for each in one.members if each.status not in (None, "up")]
    return " · ".join([one.name, *_known(one.mtu, "MTU {}"), told, *odd])


def _known(value: object, form: str) -> Iterator[str]:
    if value is not None:
        yield form.format(value)
