"""Run the stand-in: ``python -m deploy.demo.slack --port N --manifest FILE --state-dir DIR``."""

import argparse
import json
import signal
import sys
from pathlib import Path

from deploy.demo.slack.stand_in import LOOPBACK, StandIn


def main() -> int:
    """Serve until SIGINT or SIGTERM; the first line of the output says where, as JSON."""
    parser = argparse.ArgumentParser(
        prog="python -m deploy.demo.slack", description="A stand-in for Slack on this machine."
    )
    parser.add_argument("--port", type=int, default=0, help="0 (the default) takes any free port")
    parser.add_argument("--bind", default=LOOPBACK, help=f"only {LOOPBACK} is accepted")
    parser.add_argument(
        "--manifest", type=Path, help="the app manifest, YAML or JSON; without one everything is allowed"
    )
    parser.add_argument("--state-dir", type=Path, help="gets connection.json: addresses and tokens")
    asked = parser.parse_args()
    stop = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, stop)
    try:
        running = StandIn.start(asked.port, manifest=asked.manifest, state_dir=asked.state_dir, bind=asked.bind)
    except (ValueError, OSError) as error:
        print(f"cannot start: {error}", file=sys.stderr)
        return 2
    with running:
        shown = running.connection()
        if asked.state_dir:  # the tokens stand in the file
            shown = {name: shown[name] for name in ("base_url", "page_url")}
        print(json.dumps(shown), flush=True)
        signal.sigwait(stop)
    return 0


if __name__ == "__main__":
    sys.exit(main())
