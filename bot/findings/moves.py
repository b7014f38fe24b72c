"""The VM's moves joined with the loss and the ARP claims: does the loss follow the VM, a host, or each move?

A move is a trigger at most. That loss goes with the VM speaks a little for the guest, that it stays with a host a
little against it; that it heals after each move is how a switch behaves that was not told.
"""

from bot.findings.reading import claims
from bot.findings.residence import BEGINS, MOVES, Stay, moves, stays
from bot.findings.surrounding import Hit, answer, lately, of_target, why_not
from bot.findings.wording import clock_text, finding, listing, macs_text
from bot.model.finding import Evidence, Finding, Standing

MOVED = "trigger.vm_moved"
EVERYWHERE = "vcenter.moves.loss_on_every_host"
ONE_HOST = "vcenter.moves.loss_on_one_host"
HEALS = "vcenter.moves.loss_heals_after_each"
CLAIMS = "vcenter.moves.claims_changed"

STAYS = 3
"""So many stays are two moves."""
TIMES = 2


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """Whether the VM moved in the last hour, and how its loss and its MACs over the last week go with its moves."""
    looked = [stay for stay in stays(evidence) if stay.looks]
    return (
        _moved(evidence),
        _joined(evidence, EVERYWHERE, looked, _everywhere(looked), "on every host that it was on"),
        _joined(evidence, ONE_HOST, looked, _one_host(looked), "on one host alone"),
        _joined(evidence, HEALS, looked, _heals(looked), "after each move and no longer"),
        _claims(evidence),
    )


def _moved(evidence: Evidence) -> Finding:
    gone = moves(evidence)
    recent = {event for _, event, _ in lately(evidence)}
    hits: list[Hit] = []
    for one in gone:
        if one.event in recent:
            way = f"from {one.event.source or 'elsewhere'} to {one.event.host}"
            hits.append((f"VM {one.event.vm} moved {way} at {clock_text(one.at)}.", one.seen))
    hits += _on_the_way(evidence)
    clear = f"The VM of {evidence.target} did not move in the last hour"
    times = "once" if len(gone) == 1 else f"{len(gone)} times"
    clear += f"; it moved {times} in the last week." if gone else ", nor in the last week."
    return answer(evidence, MOVED, hits, clear, "events")


def _on_the_way(evidence: Evidence) -> list[Hit]:
    """Moves that began and of which no end is known: what is lost now may be the pause of the move."""
    mine = [one for one in lately(evidence) if of_target(evidence, one[1], one[2])]
    ended = max((at for at, event, _ in mine if event.kind in (*MOVES, "VmFailedMigrateEvent")), default=None)
    return [
        (f"VM {event.vm} began to move to {event.to or 'another host'} at {clock_text(at)}.", seen)
        for at, event, seen in mine
        if event.kind in BEGINS and (ended is None or at > ended)
    ]


def _joined(
    evidence: Evidence, id_: str, looked: list[Stay], found: tuple[str, list[Stay]] | None, how: str
) -> Finding:
    if found is not None:
        return finding(id_, Standing.PRESENT, found[0], [one for stay in found[1] for one in stay.lost])
    if why := why_not(evidence, ("events",)):
        return finding(id_, Standing.UNKNOWN, why)
    if len(looked) < TIMES:
        says = f"Loss of {evidence.target} was looked at on {'one' if looked else 'no'} host since its VM moved; "
        return finding(id_, Standing.UNKNOWN, f"{says}check again after the next move.")
    return finding(id_, Standing.ABSENT, f"Packets of {evidence.target} are not lost {how}.")


def _everywhere(looked: list[Stay]) -> tuple[str, list[Stay]] | None:
    if len(looked) < STAYS or len({stay.host for stay in looked}) < TIMES or not all(stay.losing for stay in looked):
        return None
    where = listing(stay.host for stay in looked)
    return f"Packets were lost before and after {len(looked) - 1} moves of the VM: on {where}.", looked


def _one_host(looked: list[Stay]) -> tuple[str, list[Stay]] | None:
    losing, clean = [stay for stay in looked if stay.losing], [stay for stay in looked if stay.clean]
    bad, good = {stay.host for stay in losing}, {stay.host for stay in clean}
    if len(bad) != 1 or not good or good & bad or len(losing) + len(clean) != len(looked):
        return None
    return (
        f"Packets are lost while the VM is on {listing(bad)}, and none while it is on {listing(sorted(good))}.",
        losing,
    )


def _heals(looked: list[Stay]) -> tuple[str, list[Stay]] | None:
    healed = [stay for stay in looked if stay.healed]
    after = [stay for stay in looked if stay.since is not None]
    if len(healed) < TIMES or len(healed) != len(after):
        return None
    when = listing(clock_text(stay.since) for stay in healed if stay.since)
    return f"After each of {len(healed)} moves ({when}) packets were lost, and a while later no longer.", healed


def _claims(evidence: Evidence) -> Finding:
    gone, heard = moves(evidence), claims(evidence)
    for one in reversed(gone):
        before = {claim.mac for claim in heard if claim.seen.seen_at < one.at}
        after = {claim.mac for claim in heard if claim.seen.seen_at >= one.at}
        if before and after and before != after:
            says = f"Before the move of VM {one.event.vm} at {clock_text(one.at)} {macs_text(before)} claimed "
            says += f"{evidence.target}, since then {macs_text(after)}."
            return finding(CLAIMS, Standing.PRESENT, says, [claim.seen for claim in heard])
        if before and after:
            says = f"The same MACs claim {evidence.target} before and after its VM moved."
            return finding(CLAIMS, Standing.ABSENT, says)
    why = why_not(evidence, ("events",))
    says = f"Nobody listened for {evidence.target} both before and after a move of its VM."
    return finding(CLAIMS, Standing.UNKNOWN, why or says)
