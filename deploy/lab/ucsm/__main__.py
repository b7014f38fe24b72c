"""``python -m deploy.lab.ucsm STATE.json FOLDER [--port 8443]``: the stand-in until it is interrupted."""

import argparse
import threading
from pathlib import Path

from deploy.lab.ucsm.authority import certify
from deploy.lab.ucsm.objects import load
from deploy.lab.ucsm.server import UcsManager


def main() -> None:
    """Serve; the CA that a worker has to trust is ``FOLDER/ca.pem``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("state", type=Path, help="class id -> objects, as JSON")
    parser.add_argument("folder", type=Path, help="where the CA and the certificate are put")
    parser.add_argument("--port", type=int, default=8443)
    given = parser.parse_args()
    authority = certify(given.folder, "IP:127.0.0.1", "DNS:localhost")
    with UcsManager(load(given.state.read_text()), authority, port=given.port) as manager:
        print(f"UCS Manager at {manager.host}:{manager.port}, trusted by {authority.ca}", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
