"""Known vulnerabilities of what the lock files name, as PyPI tells them: ``python -m deploy.audit FILE.lock ...``.

Silence needs a control here, too: a registry that knows of none in a release that is famous for some, as a mirror
without that data, proves nothing by saying so. Then it is said that nothing was audited, and that is no failure.

Exit status 0: none known, or nobody to ask; 1: some are known; 2: the registry answers, but not about all releases.
Source: docs.pypi.org, "JSON API", ``/pypi/<project>/<version>/json``, ``vulnerabilities``.
"""

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

REGISTRY = "https://pypi.org"
CONTROL = ("pyyaml", "5.1")
"""CVE-2020-1747 and CVE-2020-14343: code in a document runs."""
ACCEPTED: Mapping[str, str] = {}
"""Ids of vulnerabilities that do not concern us -> why, in a sentence that says what of ours does not use."""
TIMEOUT_S = 10.0
_ASKED_AT_ONCE = 8
_LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)

Release = tuple[str, str]
Ask = Callable[[Release], "tuple[Known, ...] | None"]


@dataclass(frozen=True, slots=True)
class Known:
    """One vulnerability of a release, and the releases that mend it."""

    id: str
    mended_in: tuple[str, ...]


def locked(texts: Iterable[str]) -> tuple[Release, ...]:
    """Every release that the lock files name, once."""
    return tuple(sorted({(name.lower(), version) for text in texts for name, version in _LOCKED.findall(text)}))


def asking(registry: str) -> Ask:
    """Asks this registry; None: it has no answer about the release.

    Raises:
        OSError: the registry cannot be reached, or answers no question.
    """

    def ask(release: Release) -> tuple[Known, ...] | None:
        name, version = release
        try:
            with urlopen(f"{registry}/pypi/{name}/{version}/json", timeout=TIMEOUT_S) as answer:
                told = json.load(answer)["vulnerabilities"]
                return tuple(
                    Known(str(one["id"]), tuple(map(str, one.get("fixed_in") or ())))
                    for one in told
                    if not one.get("withdrawn")
                )
        except HTTPError as error:
            if error.code == 404:
                return None
            raise
        except (ValueError, KeyError, TypeError) as error:
            raise OSError(f"its answer about {name} {version} is none ({type(error).__name__})") from error

    return ask


def audit(releases: tuple[Release, ...], ask: Ask) -> tuple[int, tuple[str, ...]]:
    """The exit status, and what is to be said, line by line."""
    try:
        control = ask(CONTROL)
    except OSError as error:
        return 0, (f"The registry cannot be asked ({error}), so nothing was audited.",)
    if not control:
        named = " ".join(CONTROL)
        return 0, (f"The registry knows no vulnerability of {named}, which has some, so nothing was audited.",)
    with ThreadPoolExecutor(_ASKED_AT_ONCE) as pool:
        told = dict(zip(releases, pool.map(lambda one: _asked(one, ask), releases), strict=True))
    found = [
        f"{name} {version} has {known.id}; mended in {', '.join(known.mended_in) or 'no release yet'}."
        for (name, version), every in told.items()
        for known in every or ()
        if known.id not in ACCEPTED
    ]
    untold = [" ".join(release) for release, every in told.items() if every is None]
    lines = [*found, *([f"The registry answers, but not about {', '.join(untold)}."] if untold else [])]
    return (1 if found else 2 if untold else 0), (*lines, f"{len(told) - len(untold)} releases were audited.")


def _asked(release: Release, ask: Ask) -> tuple[Known, ...] | None:
    try:
        return ask(release)
    except OSError:
        return None


def main() -> int:
    """Audit the lock files."""
    parser = argparse.ArgumentParser(prog="python -m deploy.audit", description=__doc__)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--registry", default=REGISTRY, help="its base address")
    given = parser.parse_args()
    status, lines = audit(locked(file.read_text() for file in given.files), asking(given.registry.rstrip("/")))
    print("\n".join(lines), file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
