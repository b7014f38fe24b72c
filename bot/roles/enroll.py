"""``ruleout enroll``: an invitation in, an environment file out that an agent starts with."""

import argparse
import getpass
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bot.agents.station import default_interface
from bot.errors import RequestError
from bot.queue import invitation, lobby
from bot.queue.acl_file import ENROLL
from bot.queue.server import entered
from bot.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command line of this role."""
    parser.add_argument(
        "invitation",
        nargs="?",
        default="-",
        help="the line that `ruleout keys invite` printed; better not: it is asked",
    )
    parser.add_argument("--to", type=Path, required=True, metavar="FILE", help="the environment file that is written")
    parser.add_argument("--interface", help="what the agent looks through; else that of the default route")
    parser.add_argument("--force", action="store_true", help="replace the file")


def run(_settings: Settings, given: argparse.Namespace) -> int:
    """Fetch, write, and say what is next. The invitation is used up when the file can be written, not before."""
    line = given.invitation if given.invitation != "-" else _asked()
    invited, to = invitation.read(line), given.to.absolute()
    if to.exists() and not given.force:
        raise RequestError(f"{to} is there already: name another file, or replace it with --force.")
    ca_file = to.with_name(f"{to.name.removesuffix('.env')}.ca.crt")
    with _new(to) as file:
        as_guest = entered(invited.server, ENROLL, invited.password) if invited.password else invited.server
        found = lobby.fetch(as_guest, invited)
        if interface := given.interface or default_interface():
            found["RULEOUT_INTERFACE"] = interface
        if invited.ca:
            ca_file.write_text(invited.ca, encoding="ascii")
            ca_file.chmod(0o644)  # the agent's own user has to read it
            found["RULEOUT_REDIS_CA_FILE"] = str(ca_file)
        _write(file, found)
        _place(file, to, replace=given.force)
    print(f"{to} holds the settings of agent {found.get('RULEOUT_AGENT_NAME')}, for this machine's root alone.")
    if "RULEOUT_INTERFACE" not in found:
        print("Which interface it looks through could not be told: add RULEOUT_INTERFACE=NAME to it.")
    print(f"Next: ruleout --env {to} doctor agent")
    return 0


def _asked() -> str:
    """The line from whoever types, unseen, or from a pipe: in arguments it would stand in every list of processes."""
    return getpass.getpass("Invitation: ") if sys.stdin.isatty() else sys.stdin.readline()


@contextmanager
def _new(to: Path) -> Iterator[Path]:
    """A file beside ``to`` that nobody else can read, made first: what cannot be written must cost no invitation."""
    try:
        handle, name = tempfile.mkstemp(dir=to.parent, prefix=f".{to.name}.")
    except OSError as error:
        raise RequestError(f"{to} cannot be written: {error.strerror}. The invitation is not used yet.") from error
    os.close(handle)
    file = Path(name)
    try:
        yield file
    finally:
        file.unlink(missing_ok=True)


def _write(file: Path, settings: Mapping[str, str]) -> None:
    text = "".join(f"{name}={value}\n" for name, value in settings.items() if "\n" not in f"{name}{value}")
    with file.open("r+", encoding="utf-8") as out:
        out.write(f"# Written by `ruleout enroll`; it holds secrets.\n{text}")
        out.flush()
        os.fsync(out.fileno())


def _place(file: Path, to: Path, *, replace: bool) -> None:
    if replace:
        file.replace(to)
        return
    try:
        to.hardlink_to(file)  # unlike a rename it fails where somebody else was faster
    except FileExistsError as error:
        raise RequestError(f"{to} was written by somebody else meanwhile. Ask for another invitation.") from error
