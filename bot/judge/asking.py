"""The one measurement that would make the verdict surer."""

from collections import defaultdict
from ipaddress import IPv4Address
from math import exp, log2

from bot.judge.bench import Bench, Weighed
from bot.judge.named import (
    AGENT_ENDED,
    OWNER_UNRESOLVED,
    REPORTED_UNRESOLVED,
    SEVERAL_MACS,
    SHARED_ADDRESS_TAKEN,
    TARGET_SILENT,
    TARGET_VM_KNOWN,
)
from bot.model.cause import Cause, Separates
from bot.model.finding import Standing
from bot.model.verdict import NextTest


def next_test(
    target: IPv4Address | None, bench: Bench, leader: Weighed | None, rivals: tuple[Cause, ...]
) -> NextTest | None:
    """The one measurement to take next, and who can take it. What everything else hangs on comes first."""
    separates = tuple(cause.id for cause in ((leader.cause, *rivals) if leader else rivals))
    if bench.present(OWNER_UNRESOLVED) or bench.present(REPORTED_UNRESOLVED):
        macs = "" if bench.standing(SEVERAL_MACS) is Standing.UNKNOWN else bench.says(SEVERAL_MACS)
        do = f"Ask every vCenter whose MACs these are. {macs}".strip()
        return NextTest(do, "the virtualization team", separates)
    if leader is None and bench.present(SHARED_ADDRESS_TAKEN):
        do = f"Find the switch port of the MAC that is no shared one. {bench.says(SHARED_ADDRESS_TAKEN)}"
        return NextTest(do, "the network team", separates)
    if bench.present(TARGET_SILENT) and not bench.present(TARGET_VM_KNOWN):
        if bench.standing(TARGET_VM_KNOWN) is Standing.ABSENT:
            do = f"Find out which machine should have {target}: no vCenter lists it. Then check that one by its name."
            return NextTest(do, "whoever keeps the address plan", separates)
        do = f"Ask every vCenter which VM has {target}, whether it is on, and whether its vNIC is connected."
        return NextTest(do, "the virtualization team", separates)
    if leader is not None:
        return NextTest(leader.cause.settle.do, leader.cause.settle.who, separates)
    if rivals:
        chosen = _most_telling(bench, rivals)
        return NextTest(chosen.settle.do, chosen.settle.who, separates)
    if bench.present(AGENT_ENDED):
        do = (
            f"Find out inside the guest why its agent is not whole, and whether it should be. {bench.says(AGENT_ENDED)}"
        )
        return NextTest(do, "whoever runs the guest", separates)
    if target is None:
        do = "Check one affected address, and beside it one that works: both from a vantage on their own segment."
        return NextTest(do, "whoever runs the agents", ())
    if bench.standing(TARGET_SILENT) is Standing.ABSENT:
        do = f"Count the answers and send echo requests to {target} from a second vantage on its own segment."
    else:
        do = f"Ask for {target} again from a vantage on its own segment, whose gateway answers it."
    return NextTest(do, "whoever runs the agents", ())


def _most_telling(bench: Bench, rivals: tuple[Cause, ...]) -> Cause:
    """The rival whose settling measurement is expected to tell most: the entropy of its possible outcomes, in bits."""
    scores = {one.cause.id: one.score for one in bench.possible}

    def information_bits(cause: Cause) -> float:
        outcomes: dict[object, float] = defaultdict(float)
        for rival in rivals:
            outcomes[rival.side if cause.settle.separates is Separates.SIDES else rival is cause] += exp(
                scores[rival.id]
            )
        total = sum(outcomes.values())
        return -sum(odd / total * log2(odd / total) for odd in outcomes.values())

    return min(rivals, key=lambda cause: (-round(information_bits(cause), 9), -scores[cause.id], cause.id))
