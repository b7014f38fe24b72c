"""``ruleout audit``: prove that the record of deeds is whole, or show a channel's part of it."""

import argparse
import sys
from pathlib import Path

from bot.audit import FileAudit, files, lines
from bot.errors import BundleError, RequestError
from bot.incidents.audited import told
from bot.incidents.printed import printable
from bot.model import chain
from bot.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command line of this role."""
    actions = parser.add_subparsers(dest="action", required=True)
    verify = actions.add_parser("verify", help="exit status 1, and the first line that does not fit, if it was changed")
    verify.add_argument(
        "files", nargs="*", type=Path, metavar="FILE", help="instead of the whole of RULEOUT_AUDIT_FILE"
    )
    verify.add_argument("--kept", metavar="HASH", help="a head from before, kept elsewhere: is it still in there?")
    show = actions.add_parser("show", help="the deeds that were asked for in one channel")
    show.add_argument("--channel", required=True, metavar="ID")
    show.add_argument("--most", type=int, default=50, help="how many, the newest (50)")


def run(settings: Settings, given: argparse.Namespace) -> int:
    """Print what was asked for on standard output. Exit status 1: the audit is not as it was written."""
    path = audit_path(settings)
    if given.action == "show":
        if given.most < 1:
            raise RequestError("--most must be a whole number above zero.")
        if not files(path):
            raise BundleError(f"There is no audit in {path}; set RULEOUT_AUDIT_FILE as the bot has it.")
        shown = tuple(told(entry) for entry in FileAudit(path).of_channel(given.channel, given.most))
        sys.stdout.write(printable(shown) if shown else f"Nothing was asked for in {given.channel}.\n")
        return 0
    paths = sorted(given.files, key=_first_number) if given.files else files(path)
    if not paths:
        raise BundleError(f"There is no audit in {path}; set RULEOUT_AUDIT_FILE as the bot has it, or name a file.")
    return _verify(paths, given.kept, whole=not given.files)


def audit_path(settings: Settings) -> Path:
    """Where the audit lies: beside the cases, which are deleted when their time is over, never among them."""
    named = settings.text("RULEOUT_AUDIT_FILE")
    return Path(named) if named else Path(settings.text("RULEOUT_CASES_DIR")).absolute().parent / "audit.jsonl"


def _verify(paths: list[Path], kept: str | None, *, whole: bool) -> int:
    met = _Met(kept)
    proof = chain.prove(met.watch(lines(paths)))
    for note in proof.notes:
        print(note)
    if proof.misfit:
        print(f"NOT AS IT WAS WRITTEN: {proof.misfit}.")
        return 1
    if not proof.first:
        print("NOT AS IT WAS WRITTEN: there is no deed in it.")
        return 1
    if whole and proof.first > 1:
        print(f"NOT AS IT WAS WRITTEN: deeds 1 to {proof.first - 1} are missing before the first file.")
        return 1
    if kept and not met.found:
        print(f"NOT AS IT WAS WRITTEN: no deed has the hash {kept}; the end was cut off, or all of it replaced.")
        return 1
    print(f"Deeds {proof.first} to {proof.head.number} are one chain.")
    print(f"Head: {proof.head.digest}")
    if not kept:
        print("That nothing was cut off at the end shows only a head that was kept elsewhere: --kept HASH.")
    return 0


class _Met:
    """Whether a line with the kept hash went by."""

    def __init__(self, kept: str | None) -> None:
        self._kept, self.found = (kept or "").removeprefix("sha256:").lower(), False

    def watch(self, given: "chain.Places") -> "chain.Places":
        """The same lines."""
        for place, data in given:
            line = chain.whole(data) if self._kept and not self.found else None
            self.found = self.found or (line is not None and line.digest == self._kept)
            yield place, data


def _first_number(path: Path) -> int:
    """The number of the file's first deed; files are named in any order."""
    try:
        with path.open("rb") as file:
            line = chain.whole(file.readline())
    except OSError as error:
        raise BundleError(f"{path} cannot be read: {error.strerror}.") from error
    if line is None:
        raise BundleError(f"{path} does not begin with a line of an audit.")
    return line.number
