"""Known vulnerabilities of dependencies: found, and never called absent by a registry that knows none at all."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from deploy.audit import CONTROL, asking, audit, locked

ROOT = Path(__file__).parents[2]
OURS = (("cattrs", "26.1.0"), ("redis", "8.1.0"))
BAD = {"id": "PYSEC-1", "fixed_in": ["8.1.1"], "withdrawn": None}
WELL = {f"{name}/{version}": {"vulnerabilities": list[Any]()} for name, version in OURS}
KNOWS = {"/".join(CONTROL): {"vulnerabilities": [{"id": "PYSEC-2020-96", "fixed_in": ["5.3.1"]}]}}


@contextmanager
def registry(told: Mapping[str, object]) -> Iterator[str]:
    """A registry that answers so about releases, and 404 about all others; None is a server error."""

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.removeprefix("/pypi/").removesuffix("/json")
            status = 404 if name not in told else 200 if told[name] is not None else 503
            data = json.dumps(told.get(name)).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(
    ("told", "status", "says"),
    [
        pytest.param({**KNOWS, **WELL}, 0, "2 releases were audited", id="none known"),
        pytest.param({**KNOWS, **WELL, "redis/8.1.0": {"vulnerabilities": [BAD]}}, 1,
                     "redis 8.1.0 has PYSEC-1; mended in 8.1.1.", id="one known"),
        pytest.param({**KNOWS, **WELL, "redis/8.1.0": {"vulnerabilities": [{**BAD, "withdrawn": "2026-01-01"}]}}, 0,
                     "2 releases were audited", id="withdrawn"),
        pytest.param({**KNOWS, "cattrs/26.1.0": WELL["cattrs/26.1.0"]}, 2, "not about redis 8.1.0", id="one untold"),
        pytest.param({**KNOWS, **WELL, "redis/8.1.0": None}, 2, "not about redis 8.1.0", id="one broken"),
        pytest.param({**KNOWS, **WELL, "redis/8.1.0": []}, 2, "not about redis 8.1.0", id="one that is no answer"),
        pytest.param({**WELL, "/".join(CONTROL): {"vulnerabilities": []}}, 0, "which has some, so nothing was audited",
                     id="knows nothing at all"),
        pytest.param(WELL, 0, "which has some, so nothing was audited", id="knows no releases"),
        pytest.param({"/".join(CONTROL): None}, 0, "cannot be asked", id="broken"),
    ],
)  # fmt: skip
def test_what_a_registry_tells_is_weighed_by_what_it_knows(told: Mapping[str, object], status: int, says: str) -> None:
    """A mirror without that data would call everything sound."""
    with registry(told) as there:
        found, lines = audit(OURS, asking(there))
    assert found == status, lines
    assert any(says in line for line in lines)


def test_a_registry_that_is_away_is_said_and_no_failure() -> None:
    """Who builds without the Internet builds all the same."""
    with registry({}) as there:
        pass
    status, (line,) = audit(OURS, asking(there))
    assert (status, "cannot be asked" in line) == (0, True)


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_release_of_our_lock_files_is_found_in_them(name: str) -> None:
    """What is overlooked is not audited."""
    text = (ROOT / name).read_text()
    found = locked([text])
    assert len(found) == sum(line.startswith("    --hash") is False and "==" in line for line in text.splitlines()
                             if not line.lstrip().startswith("#"))  # fmt: skip
    assert {"redis", "scapy", "slack-sdk", "pyvmomi"} <= {release for release, _ in found}
