"""``ruleout keys invite``: lay an agent's settings down on the queue server, and print the line that fetches them."""

import argparse
import re
import sys
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from bot.errors import RequestError
from bot.queue import acl_file, lobby
from bot.queue.address import place
from bot.queue.invitation import Invitation, fresh_secret, write
from bot.queue.seal import queue_key
from bot.queue.server import entered
from bot.settings import SETTINGS, Settings
from bot.system import SystemClock

_MINUTES = 15
_MOST_MINUTES = 24 * 60
_MOST_CA_BYTES = 16_384
_HERE = re.compile(r"localhost|127\.[0-9.]+|::1")
_PLAIN = re.compile(r"[^\s\"'\\$`#]+")
"""Of these every reader of environment files makes the same."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command line."""
    parser.add_argument("agent", metavar="AGENT", help="the new agent's name, such as prod-2")
    parser.add_argument("segments", metavar="SEGMENT", nargs="+", help="where it stands, such as prod")
    parser.add_argument("--minutes", type=int, default=_MINUTES, help=f"how long it can be used ({_MINUTES})")
    parser.add_argument("--server", metavar="URL", help="the queue server as the agent calls it, where we call it else")
    further = "a further setting, as RULEOUT_MAX_CAPTURE_S=30"
    parser.add_argument("--set", metavar="NAME=VALUE", action="append", default=[], help=further)


def run(settings: Settings, given: argparse.Namespace) -> int:
    """Print the invitation on standard output, and what to do with it on standard error."""
    if not 1 <= given.minutes <= _MOST_MINUTES:
        raise RequestError(f"--minutes must be a number from 1 to {_MOST_MINUTES}.")
    name = given.agent.removeprefix("agent.")
    segments = [segment.removeprefix("segment.") for segment in given.segments]
    queues = [*(f"segment.{segment}" for segment in segments), f"agent.{name}"]
    user = acl_file.user_of(queues)
    masters = settings.keys("RULEOUT_MASTER_KEYS")
    ours, ca_file = settings.text("RULEOUT_REDIS_URL"), settings.text("RULEOUT_REDIS_CA_FILE") or None
    theirs = _theirs(ours, given.server)
    welcome = {
        "RULEOUT_REDIS_URL": theirs,
        "RULEOUT_AGENT_NAME": name,
        "RULEOUT_SEGMENT": segments[0],
        "RULEOUT_QUEUE_KEYS": ",".join(f"{queue}={queue_key(one, queue).hex()}" for queue in queues for one in masters),
        **dict(map(_further, given.set)),
    }
    password = None
    if urlsplit(ours).username:  # else everybody enters as the default user, without a word
        _require_users(ours, masters[0], user, queues, ca_file)
        password = acl_file.password(masters[0], acl_file.ENROLL)
        welcome["RULEOUT_REDIS_URL"] = entered(theirs, user, acl_file.password(masters[0], user))
    ends_at = SystemClock().now() + timedelta(minutes=given.minutes)
    invited = Invitation(theirs, ends_at, fresh_secret(), password, _ca(ca_file))
    lobby.leave(ours, invited, welcome, given.minutes * 60, ca_file=ca_file)
    print(write(invited))
    print(
        f"It brings {user} its settings, once, until {ends_at:%H:%M} UTC. On the agent's machine:\n"
        f"  ruleout enroll --to /etc/ruleout/agent.{name}.env     (it asks for the line)",
        file=sys.stderr,
    )
    return 0


def _theirs(ours: str, told: str | None) -> str:
    """The server's address for the agent, without anybody's password.

    Raises:
        RequestError: another machine cannot reach it by this address, or it has one password for everybody.
    """
    parts = urlsplit(told or ours)
    if urlsplit(ours).password and not urlsplit(ours).username:
        raise RequestError(
            "The queue server has one password for everybody, which no invitation may carry: give each its own user "
            "(`ruleout keys acl`)."
        )
    if told is None and (parts.scheme == "unix" or _HERE.fullmatch(parts.hostname or "")):
        raise RequestError(
            f"Another machine does not reach {place(ours)}: name the queue server as the agent calls it, --server "
            "rediss://queue.example.net:6380."
        )
    return entered(told or ours, None, None)


def _require_users(ours: str, master: bytes, user: str, queues: list[str], ca_file: str | None) -> None:
    for one in (acl_file.ENROLL, user):
        if not lobby.known(entered(ours, one, acl_file.password(master, one)), ca_file=ca_file):
            raise RequestError(
                f"The queue server does not know the user {one} by this master key: print its file anew with all "
                f"agents, `ruleout keys acl ... {','.join(queues)}`, let the server load it (ACL LOAD), and invite "
                "again."
            )


def _further(told: str) -> tuple[str, str]:
    name, _, value = told.partition("=")
    if name not in {one.name for one in SETTINGS if not one.secret and {"agent", "all"} & set(one.roles.split(", "))}:
        raise RequestError(f"--set {name} is no setting of an agent, or a secret; deploy/README.md lists them.")
    if not _PLAIN.fullmatch(value):
        raise RequestError(f"--set {name} must have a value without blanks, quotes, $ and #.")
    return name, value


def _ca(ca_file: str | None) -> str:
    if ca_file is None:
        return ""
    try:
        text = Path(ca_file).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise RequestError(f"RULEOUT_REDIS_CA_FILE names {ca_file}, which cannot be read as certificates.") from error
    if len(text) > _MOST_CA_BYTES:
        raise RequestError(
            f"{ca_file} holds more certificates than fit into one line: let RULEOUT_REDIS_CA_FILE name a file with the "
            "one CA that signed the queue server's certificate."
        )
    return text
