"""What routers and peers keep for the target beside who answers now.

On the wire a stale entry shows no anomaly at all: nobody asks, and echoes go to a MAC that is not there. By itself it
accuses nobody: it stays where a guest did not announce itself, and where a router did not listen.
"""

from bot.findings.entries import Entry, about
from bot.findings.entries_arp import SHOWN_AFTER_S, arp_entries, unsettled
from bot.findings.tabled import devices, expected
from bot.findings.wording import finding, listing
from bot.model.finding import Evidence, Finding, Standing
from bot.model.path import Mark

STALE = "tables.arp.stale"
KEPT = "tables.arp.kept_though_announced"
CORRECTED = "tables.arp.corrected_when_told"
STATIC = "tables.arp.static_wrong"
RIGHT = "tables.arp.all_right"
DISAGREE = "tables.arp.disagree"
INCOMPLETE = "tables.arp.incomplete"


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """Whether a table holds another MAC than the live one, why it may stay, and whether all tables agree."""
    entries = arp_entries(evidence)
    wrong = [entry for entry in entries if entry.mark in (Mark.WRONG, Mark.OLD)]
    stale = [entry for entry in wrong if not entry.pinned]
    return (
        _stale(evidence, stale, [entry for entry in entries if entry.was]),
        _corrected(evidence, [entry for entry in entries if entry.was]),
        _kept(evidence, [entry for entry in stale if entry.stood]),
        _those(evidence, STATIC, [entry for entry in wrong if entry.pinned], "has a wrong static entry"),
        _those(
            evidence, INCOMPLETE, [entry for entry in entries if entry.mark is Mark.MISSING], "has an incomplete entry"
        ),
        _right(evidence, entries),
        _disagree(evidence, entries),
    )


def _comparable(evidence: Evidence) -> str | None:
    """Why nothing can be compared; None where at least one entry and the right MAC are known."""
    if not devices(evidence):
        return f"No table on the way to {evidence.target} was read."
    if not arp_entries(evidence):
        return f"No ARP table that was read has an entry for {evidence.target}."
    if expected(evidence) is None:
        return f"Nobody knows which MAC {evidence.target} should have, so no entry can be called wrong."
    return None


def _those(evidence: Evidence, id_: str, entries: list[Entry], what: str) -> Finding:
    clear = f"No router or peer that was read {what} for {evidence.target}."
    return about(id_, entries, clear, _comparable(evidence), arp_entries(evidence))


def _stale(evidence: Evidence, stale: list[Entry], healed: list[Entry]) -> Finding:
    if not healed:
        return _those(evidence, STALE, stale, "holds an outdated MAC")
    before = [
        f"On {entry.device.name} {evidence.target} was at `{entry.was[0].mac}` before it was asked for, and is at "
        f"`{entry.row.mac if entry.row else None}` since."
        for entry in healed
        if entry.was
    ]
    says = " ".join((*(entry.says for entry in stale), *before))
    seen = [*(entry.seen for entry in stale), *(entry.was[1] for entry in healed if entry.was)]
    return finding(STALE, Standing.PRESENT, says, seen)


def _corrected(evidence: Evidence, healed: list[Entry]) -> Finding:
    """The router listens: so whatever it held before, nobody had told it better."""
    if healed:
        names = listing(dict.fromkeys(entry.device.name for entry in healed))
        says = (
            f"As soon as {evidence.target} told everybody its MAC, {names} took it in. So it listens, and nothing of "
            "that kind had reached it before."
        )
        return finding(CORRECTED, Standing.PRESENT, says, [entry.seen for entry in healed])
    if why := _comparable(evidence):
        return finding(CORRECTED, Standing.UNKNOWN, why)
    says = f"No entry for {evidence.target} was seen to be corrected while this check ran."
    return finding(CORRECTED, Standing.ABSENT, says)


def _kept(evidence: Evidence, stood: list[Entry]) -> Finding:
    if stood:
        names = listing(dict.fromkeys(entry.device.name for entry in stood))
        says = (
            f"The MAC of {evidence.target} was told to everybody on its segment, and {names} still held the old one "
            f"{SHOWN_AFTER_S:.0f} s later."
        )
        return finding(KEPT, Standing.PRESENT, says, [entry.seen for entry in stood])
    if why := _comparable(evidence):
        return finding(KEPT, Standing.UNKNOWN, why)
    if unsettled(evidence):
        says = (
            f"The MAC of {evidence.target} was told to everybody, and the tables were not read long enough before and "
            "after it."
        )
        return finding(KEPT, Standing.UNKNOWN, says)
    if any(entry.mark in (Mark.WRONG, Mark.OLD) for entry in arp_entries(evidence)):
        says = f"Nobody was heard telling everybody the MAC of {evidence.target}, so no table had a chance to learn it."
        return finding(KEPT, Standing.UNKNOWN, says)
    return finding(KEPT, Standing.ABSENT, f"No table kept an old MAC for {evidence.target}.")


def _right(evidence: Evidence, entries: list[Entry]) -> Finding:
    if why := _comparable(evidence):
        return finding(RIGHT, Standing.UNKNOWN, why)
    seen = [entry.seen for entry in entries]
    if all(entry.mark is Mark.RIGHT for entry in entries):
        names = listing(dict.fromkeys(entry.device.name for entry in entries))
        says = f"The ARP entries for {evidence.target} are right on {names}."
        return finding(RIGHT, Standing.PRESENT, says, seen)
    if any(entry.amiss for entry in entries):
        return finding(RIGHT, Standing.ABSENT, f"Not every ARP entry for {evidence.target} is right.", seen)
    says = f"Not every ARP entry for {evidence.target} can be called right or wrong."
    return finding(RIGHT, Standing.UNKNOWN, says)


def _disagree(evidence: Evidence, entries: list[Entry]) -> Finding:
    held = {entry.row.mac: entry for entry in entries if entry.row is not None and entry.row.mac is not None}
    by_device = {entry.device for entry in entries}
    if len(held) > 1:
        words = listing(f"`{mac}` on {one.device.name}" for mac, one in held.items())
        says = f"The tables disagree where {evidence.target} is at: {words}."
        return finding(DISAGREE, Standing.PRESENT, says, [entry.seen for entry in entries])
    if len(by_device) > 1 and held:
        says = f"All {len(by_device)} devices hold the same MAC for {evidence.target}."
        return finding(DISAGREE, Standing.ABSENT, says, [entry.seen for entry in entries])
    return finding(DISAGREE, Standing.UNKNOWN, f"No two devices were read that hold an entry for {evidence.target}.")
