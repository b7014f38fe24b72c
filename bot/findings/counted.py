"""What vCenter counts over minutes: which share of the packets was lost, and how many broadcasts came at the worst.

Not a finding: what several of them read.
"""

from collections.abc import Iterator

from bot.model.observation import SurroundingSeen
from bot.model.vsphere import Counter

SAMPLE_S = 20
"""How long one sample is (see ``Counter``)."""
RECEIVED, SENT = "net.packetsRx.summation", "net.packetsTx.summation"
FLOOD_EACH_S = 1000
"""From so many broadcasts a second on every machine of the segment is kept busy by them."""

Counted = list[tuple[Counter, SurroundingSeen]]


def minutes(one: Counter) -> int:
    """Over how many whole minutes it was counted."""
    return one.samples * SAMPLE_S // 60


def shares(
    counted: Counted, name: str, least: float, of: str = RECEIVED
) -> Iterator[tuple[Counter, SurroundingSeen, float]]:
    """The counters of this name that make at least such a share of what came there (or went), with that in percent.

    What is counted under the name is not among the packets received. Where those are not told, there is no share.
    """
    received = {(one.on, one.instance): one.total for one, _ in counted if one.name == of}
    for one, seen in counted:
        whole = received.get((one.on, one.instance), 0) + one.total
        if one.name == name and (one.on, one.instance) in received and whole and one.total >= least * whole:
            yield one, seen, 100 * one.total / whole


def floods(counted: Counted, name: str) -> Iterator[tuple[Counter, SurroundingSeen, int]]:
    """The counters of this name that reached a flood in some sample, with how many that were each second."""
    for one, seen in counted:
        if one.name == name and (each_s := one.peak // SAMPLE_S) >= FLOOD_EACH_S:
            yield one, seen, each_s
