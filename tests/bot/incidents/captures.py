"""Incidents as pictures show them: each as evidence, from ten seconds to an hour, of one vantage or several."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from bot.model.addresses import Mac
from bot.model.finding import Evidence
from bot.model.observation import Listened
from bot.model.vsphere import Alarm, Happened
from tests.bot.story import APP, APP_2ND, BEGIN, OTHER, TARGET, Story, story, vantage
from tests.bot.tales import TAP


def origin() -> Evidence:
    """A minute of the night that this product comes from: two MACs of one VM in turn, and half of the pings lost."""
    one = story()
    for second in range(60):
        one.asks(1, answers=[APP, APP_2ND] if second % 3 else [APP], gap_s=0.5)
        one.pinged(APP if second % 2 else APP_2ND, sent=1, lost=[1] if second % 2 == 0 else [])
    return _moved(one.vm("app05", [APP, APP_2ND], addresses=[TARGET]).vcenter(), 20).evidence()


def duplicate() -> Evidence:
    """Ten seconds of two VMs with one address."""
    one = story()
    for number in range(10):
        one.asks(1, answers=[APP, OTHER], gap_s=0.5).echoes(APP, sent=4).echoes(OTHER, sent=4)
        if number % 4 == 0:
            one.announces(OTHER)
    return one.vm("app05", [APP], addresses=[TARGET]).vm("app06", [OTHER], addresses=[TARGET]).vcenter().evidence()


def healthy() -> Evidence:
    """Ten seconds in which one MAC answers everything."""
    return story().asks(10, answers=[APP], gap_s=0.7).echoes(sent=60).evidence()


def moved() -> Evidence:
    """Two vantages on either side of a hop: the VM moves, and for some seconds nothing arrives there."""
    one = story().asks(5, answers=[APP], gap_s=0.5)
    one.pinged(APP, sent=24, lost=range(9, 14))
    one.seen_also(TAP, lost=range(13, 18), way_s=0.00005, ahead_s=0.4).rarp(APP).waits(1).rarp(APP)
    one.asks(5, answers=[APP], gap_s=0.5)
    one.vm("app05", [APP], addresses=[TARGET]).vcenter()
    alarm = Alarm(name="Network uplink redundancy lost", on="esx1", status="yellow", at=BEGIN + timedelta(seconds=11.5))
    return _moved(one, 10.5, alarm).evidence()


def crowded() -> Evidence:
    """Four vantages, a dozen MACs, moves and alarms with long names, all within half a minute."""
    one = story()
    macs = [Mac(f"00:50:56:aa:0{number // 8}:{number:02x}") for number in range(12)]
    for last, agent in enumerate(("dc1-a", "dc1-b", "dc1-with-a-name-that-somebody-made-much-too-long", "dc2-a"), 250):
        one.now, one.frame = BEGIN, one.frame + 1000
        one.at(vantage(agent, last=last))
        for turn in range(36):
            one.asks(1, answers=[macs[(turn + number * number) % 12] for number in range(3)], gap_s=0.6)
            one.echoes(macs[turn % 12], sent=2, lost=[1] if turn % 5 == 0 else [])
    one.vm("app05", macs[:4], addresses=[TARGET]).vcenter()
    alarms = [
        Alarm(
            name=f"Verbindung verloren: предупреждение {number} " + "sehr lang " * 6, on="app05", status="red",
            at=BEGIN + timedelta(seconds=5 + 0.5 * number),
        )
        for number in range(5)
    ]  # fmt: skip
    return _moved(one, 6.0, *alarms).evidence()


def storm() -> Evidence:
    """An hour with thousands of claims and of host notices."""
    one = story()
    for number in range(3600):
        one.now = BEGIN + timedelta(seconds=number)
        one.announces(APP if number % 2 else APP_2ND)
        if number % 3 == 0:
            one.tells(APP, gap_s=0).rarp(APP)
    return one.evidence()


def empty() -> Evidence:
    """Two vantages that heard nothing."""
    one = story().asks(1, gap_s=10).at(TAP).asks(1, asker=TARGET, asker_mac=APP).evidence()
    return replace(one, observations=tuple(seen for seen in one.observations if isinstance(seen, Listened)))


def _moved(one: Story, after_s: float, *alarms: Alarm) -> Story:
    move = Happened(
        at=BEGIN + timedelta(seconds=after_s), kind="VmMigratedEvent", says="", vm="app05", vm_id="app05", host="esx2",
        source="esx1",
    )  # fmt: skip
    return one.around(move, *alarms)


ALL: tuple[Callable[[], Evidence], ...] = (origin, duplicate, healthy, moved, crowded, storm, empty)
