"""The answer of a look-up in the words of a card: who has it, in what order, and how old that is."""

from datetime import datetime

from bot.model.owners import Owner, Owners


def headline(owners: Owners, target: str) -> str:
    """It names who has it, and blames nobody."""
    asked = [owner for owner in owners.owners if owner.asked_for]
    if owners.conflicts:
        word = "CONFLICT" if any(one.certain for one in owners.conflicts) else "POSSIBLE CONFLICT"
        return f"{word} · {target}"
    if not asked:
        return f"NO OWNER KNOWN · {target}"
    return f"OWNER · {target} · {asked[0].name}" if len(asked) == 1 else f"{len(asked)} OWNERS · {target}"


def says(owners: Owners) -> str:
    """The one sentence; a conflict comes first, for whoever has only one sentence's time."""
    return owners.conflicts[0].says if owners.conflicts else owners.claim


def heading(owner: Owner) -> str:
    """The owner's name, and that it was only met where it was not asked for."""
    return owner.name if owner.asked_for else f"{owner.name}, which shares an address or MAC"


def age_s(read_at: datetime, at: datetime) -> float:
    """The age of the oldest fact in seconds; a worker's clock may run ahead of the bot's."""
    return max(0.0, (at - read_at).total_seconds())


def aged(read_at: datetime, at: datetime) -> str:
    """A sentence on how old the facts were when the answer was given."""
    old_s = age_s(read_at, at)
    ago = f"{old_s:.0f} s" if old_s < 120 else f"{old_s / 60:.0f} min" if old_s < 7200 else f"{old_s / 3600:,.0f} h"
    return f"Read from vCenter at `{read_at:%Y-%m-%d %H:%M:%S}` UTC, {ago} before this answer."
