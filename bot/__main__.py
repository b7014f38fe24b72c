"""The command line: one role or one question a process."""

import argparse
import importlib
import sys
import traceback
from contextlib import redirect_stderr
from pathlib import Path

from bot import __version__, log
from bot.errors import RuleoutError
from bot.roles import ROLES
from bot.settings import Settings

BUG = 3
"""The exit status of a fault in ruleout itself; what it was stands above in the log."""


def main(arguments: list[str] | None = None) -> int:
    """Run ``ruleout ROLE ...``; the exit status: 0 done, 1 no verdict, 2 an error with its sentence, 3 a bug."""
    with redirect_stderr(log.Guarded(sys.stderr)):
        return _main(arguments)


def _main(arguments: list[str] | None) -> int:
    words = sys.argv[1:] if arguments is None else arguments
    parser = argparse.ArgumentParser(
        prog="ruleout", description="Who is at fault: guest, network or hypervisor? With the packets that prove it."
    )
    parser.add_argument("--version", action="version", version=f"ruleout {__version__}")
    parser.add_argument(
        "--env",
        type=Path,
        metavar="FILE",
        help="settings in a file, which go before the environment",
    )
    roles = parser.add_subparsers(dest="role", required=True, metavar="ROLE")
    added = {name: roles.add_parser(name, help=purpose, description=purpose) for name, purpose in ROLES.items()}
    name = next((word for word in _without_env(words) if not word.startswith("-")), None)
    role = importlib.import_module(f"bot.roles.{name}") if name in ROLES else None
    if role is not None and name is not None:
        role.arguments(added[name])
    given = parser.parse_args(words)
    assert role is not None, "argparse has refused every other word"
    try:
        status: int = role.run(Settings.beside(given.env) if given.env else Settings(), given)
    except RuleoutError as error:
        from bot.incidents.printed import printable  # whoever makes no mistake need not wait for it

        sys.stderr.write(printable((f"ruleout: {error}",)))  # a foreign file may have chosen some of the words
        return 2
    except KeyboardInterrupt:
        return 130
    except Exception:  # noqa: BLE001  Python would write the traceback where nothing is redacted any more
        traceback.print_exc()
        return BUG
    return status


def _without_env(words: list[str]) -> list[str]:
    """The words without ``--env FILE``, whose file is no role."""
    return words[2:] if words[:1] == ["--env"] else words


if __name__ == "__main__":
    sys.exit(main())
