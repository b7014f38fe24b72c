"""``ruleout vcenter TARGET``: who has it, asked of every vCenter through the queue, from a terminal."""

import argparse
import json
import sys
from collections.abc import Mapping
from typing import Any

from bot.archive import CaseArchive
from bot.errors import InstrumentError
from bot.incidents import guest_word, owned
from bot.incidents.bundle import LOOK_UP_INDEX
from bot.incidents.card import card
from bot.incidents.printed import as_text, printable
from bot.model import codec
from bot.model.incident import Incident, Outcome
from bot.model.request import LOOK_UP
from bot.ports import Archive
from bot.roles.nowhere import Nowhere
from bot.roles.terminal import ask
from bot.settings import Settings


def run(settings: Settings, given: argparse.Namespace) -> int:
    """Ask, wait for the end, print. Exit status 0 where somebody has it, 1 where nobody is known to."""
    kept = Kept(CaseArchive(given.save) if given.save else Nowhere())
    final = ask(settings, LOOK_UP, given.target, kept, quiet=given.json)
    closed, owners = final.closed, final.owners
    assert closed is not None, "waited for"
    if owners is None and closed.outcome is Outcome.FAILED:
        raise InstrumentError(closed.sentence or "The look-up failed.")
    if given.json:
        print(json.dumps(as_json(final, kept.files), indent=1))
    else:
        shown = card(final, ())
        sys.stdout.write(as_text(shown) + printable(tuple(guest_word.lines(None, owners))))
    return 0 if owners and any(owner.asked_for for owner in owners.owners) else 1


def as_json(final: Incident, files: Mapping[str, bytes]) -> dict[str, Any]:
    """What the card says, how old it was in seconds, and every snapshot as its vCenter's worker gave it."""
    closed, owners = final.closed, final.owners
    assert closed is not None, "waited for"
    target = str(final.request.target)
    if owners is None:
        return {"target": target, "owners": None, "because": closed.sentence}
    index = json.loads(files[LOOK_UP_INDEX])
    snapshots = [json.loads(files[row["file"]]) for row in index["artifacts"] if row["file"]]
    return {
        "target": target,
        "says": owned.says(owners),
        **codec.encode(owners),
        "age_s": owned.age_s(owners.read_at, closed.at),
        "snapshots": snapshots,
        "case": final.id,
    }


class Kept:
    """bot.ports.Archive that also remembers the files of its one case."""

    def __init__(self, behind: Archive) -> None:
        self._behind = behind
        self.files: dict[str, bytes] = {}

    def save(self, case: str, files: Mapping[str, bytes]) -> None:
        """Remember the files, then keep them."""
        self.files = dict(files)
        self._behind.save(case, files)

    def case(self, name: str) -> Mapping[str, bytes] | None:
        """The files of a case, as they are kept."""
        return self._behind.case(name)
