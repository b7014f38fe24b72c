"""The command line: one role or one question a process."""

import argparse
import sys

from bot import __version__, log
from bot.errors import RuleoutError
from bot.roles import ROLES
from bot.settings import Settings


def main(arguments: list[str] | None = None) -> int:
    """Run ``ruleout ROLE ...``; the exit status."""
    parser = argparse.ArgumentParser(
        prog="ruleout", description="Who is at fault: guest, network or hypervisor? With the packets that prove it."
    )
    parser.add_argument("--version", action="version", version=f"ruleout {__version__}")
    roles = parser.add_subparsers(dest="role", required=True, metavar="ROLE")
    for name, role in ROLES.items():
        role.arguments(roles.add_parser(name, help=role.HELP, description=role.HELP))
    chosen = parser.parse_args(arguments)
    settings = Settings()
    try:
        log.setup(settings.text("RULEOUT_LOG_LEVEL"), as_json=settings.flag("RULEOUT_LOG_JSON"))
        return ROLES[chosen.role].run(settings, chosen)
    except RuleoutError as error:
        print(f"ruleout: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
