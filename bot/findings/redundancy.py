"""Does the VM's host say that it lost a network, or an uplink of one, and not yet that it has it back?

ESXi logs both by itself, for standard and for distributed switches. Facts to look at, no leads: that a link is gone is
seen at both ends of the cable, and says nothing of who cut it. Source: Broadcom KB 318898.
"""

from collections.abc import Sequence

from bot.findings.surrounding import Hit, answer, hosts_named, lately
from bot.findings.wording import clock_text
from bot.model.finding import Evidence, Finding

LOST = "vcenter.uplink.connectivity_lost"
FEWER = "vcenter.uplink.redundancy_lost"

_PROBLEM, _CLEAR = "esx.problem.net.", "esx.clear.net."
_LOST = ("connectivity.lost", "dvport.connectivity.lost")
_FEWER = ("redundancy.lost", "redundancy.degraded", "dvport.redundancy.lost", "dvport.redundancy.degraded")


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """Networks of the host without any uplink, and those without a second one, as it logged in the last hour."""
    target = evidence.target
    return (
        answer(evidence, LOST, _since(evidence, _LOST, "has no uplink left in one of its networks"),
               f"The host of {target} has an uplink in each of its networks.", "events"),
        answer(evidence, FEWER, _since(evidence, _FEWER, "has fewer uplinks than it should in one of its networks"),
               f"The host of {target} lost no second uplink in the last hour.", "events"),
    )  # fmt: skip


def _since(evidence: Evidence, problems: Sequence[str], says: str) -> list[Hit]:
    """What was logged, as long as the same host did not log its end: dvport.redundancy.lost ends as ...restored."""
    mine = [one for one in lately(evidence) if one[1].host in hosts_named(evidence)]
    ends = {(event.host, event.kind): at for at, event, _ in mine}
    hits: list[Hit] = []
    for at, event, seen in mine:
        problem = event.kind.removeprefix(_PROBLEM)
        if problem == event.kind or problem not in problems:
            continue
        end = ends.get((event.host, f"{_CLEAR}{problem.rpartition('.')[0]}.restored"))
        if end is None or end < at:
            device = f", {event.device} is gone" if event.device else ""
            hits.append((f"Host {event.host} {says} since {clock_text(at)}{device}.", seen))
    return hits
