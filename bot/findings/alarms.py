"""Which alarms vCenter raised on the VM or what it stands on, now and lately: symptoms, and no causes."""

import re

from bot.findings.readings import things
from bot.findings.surrounding import Hit, answer, hosts_named, lately, of_target, seats, states_of
from bot.findings.wording import clock_text
from bot.model.finding import Evidence, Finding
from bot.model.observation import SurroundingsRead
from bot.model.vsphere import Alarm

ON_NETWORK = "vcenter.alarm.on_network"
OTHER = "vcenter.alarm.other"
CHANGED = "vcenter.alarm.changed"

_NETWORK = re.compile(r"network|uplink|vlan|mtu|teaming|switch|connectivity|\bmac\b|\bip\b", re.IGNORECASE)
_WRONG = ("red", "yellow")


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """Alarms whose name speaks of the network, all others, and what changed of them in the last hour."""
    ahead = {one.artifact: one.clock.ahead for one in evidence.of(SurroundingsRead) if one.clock}
    around = {name for seat in seats(evidence) for name in (seat.vm.name, seat.vm.host, seat.vm.cluster)}
    around |= {name for seat in seats(evidence) for state, _ in states_of(evidence, seat) for name in state.datastores}
    around |= {seat.group[0].switch for seat in seats(evidence) if seat.group}
    raised: list[tuple[Alarm, Hit]] = []
    for alarm, seen in things(evidence, Alarm):
        if alarm.on in around and alarm.status in _WRONG:
            at = alarm.at - ahead[seen.artifact] if seen.artifact in ahead else alarm.at
            known = ", acknowledged" if alarm.acknowledged else ""
            says = f"vCenter raised “{alarm.name}” ({alarm.status}{known}) on {alarm.on} at {clock_text(at)}."
            raised.append((alarm, (says, seen)))
    network = [hit for alarm, hit in raised if _NETWORK.search(alarm.name)]
    others = [hit for alarm, hit in raised if not _NETWORK.search(alarm.name)]
    where = f"the VM of {evidence.target}, its host, cluster, datastores or switch"
    return (
        answer(evidence, ON_NETWORK, network, f"No alarm about networks is raised on {where}.", "alarms", "hosts"),
        answer(evidence, OTHER, others, f"No other alarm is raised on {where}.", "alarms", "hosts"),
        answer(evidence, CHANGED, _changes(evidence), f"No alarm changed on {where} in the last hour.", "events"),
    )


def _changes(evidence: Evidence) -> list[Hit]:
    """Also those that are over: what was red for five minutes of the loss is green when somebody asks."""
    return [
        (f"vCenter logged at {clock_text(at)}: “{event.says}”.", seen)
        for at, event, seen in lately(evidence)
        if event.kind == "AlarmStatusChangedEvent"
        if (of_target(evidence, event, seen) if event.vm else event.host in hosts_named(evidence))
    ]
