"""The command line: one role or one question a process."""

import argparse
import importlib
import sys
from pathlib import Path

from bot import __version__
from bot.errors import RuleoutError
from bot.roles import ROLES
from bot.settings import Settings


def main(arguments: list[str] | None = None) -> int:
    """Run ``ruleout ROLE ...``; the exit status: 0 done, 1 no verdict, 2 an error with its sentence."""
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
        print(f"ruleout: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return status


def _without_env(words: list[str]) -> list[str]:
    """The words without ``--env FILE``, whose file is no role."""
    return words[2:] if words[:1] == ["--env"] else words


if __name__ == "__main__":
    sys.exit(main())
